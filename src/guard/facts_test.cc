// Questions made of authorization facts, on the made-up service of wire/testing (parcel.auth.json).
#include "guard/facts.h"

#include <gtest/gtest.h>

#include "models/parcel.h"
#include "services/core/testing.h"

namespace rolecall::guard {
namespace {

using services::testing::World;
using Texts = std::vector<std::string>;

using Id = std::span<const std::string>;

constexpr services::ResourceType kParcel[] = {
    {"parcel", [](Id id, const services::Call&) -> Result<services::ResolvedResource> {
       services::ResolvedResource out;
       out.arn = "arn:aws:parcel:::parcel";
       for (const auto& text : id) out.arn += "/" + text;
       return out;
     }}};
constexpr services::ResourceType kGone[] = {
    {"parcel", [](Id, const services::Call&) -> Result<services::ResolvedResource> {
       return ApiError::make(404, "NoSuchParcel", "gone");
     }}};
const services::Module kService{.model = &parcel::kService, .operations = {}, .resources = kParcel};

const wire::Operation& operation(std::string_view name) {
  const wire::Operation* found = parcel::kService.find(name);
  RC_ASSERT(found != nullptr);
  return *found;
}

TEST(Facts, TagsInAMapAreTagsOfTheRequest) {
  World world;
  parcel::SendParcelInput in;
  in.sender = "ann";
  in.place = "x";
  in.marks = {{"team", "red"}, {"cost", ""}};
  EXPECT_TRUE(authorize(operation("SendParcel"), &in, world.call(), kService));
  ASSERT_EQ(world.ask.texts(), Texts{"parcel:SendParcel arn:aws:parcel:::parcel/ann/x"});
  EXPECT_EQ(world.ask.key("aws:RequestTag/team"), Texts{"red"});
  EXPECT_EQ(world.ask.key("aws:RequestTag/cost"), Texts{""});
  EXPECT_EQ(world.ask.key("aws:TagKeys"), (Texts{"cost", "team"}));
}

TEST(Facts, WithoutTagsThereIsNoTagKey) {
  World world;
  for (const bool present : {false, true}) {
    parcel::SendParcelInput in;
    if (present) in.marks.emplace();
    EXPECT_TRUE(authorize(operation("SendParcel"), &in, world.call(), kService));
    EXPECT_EQ(world.ask.key("aws:TagKeys", world.ask.asked.size() - 1), Texts{"(absent)"});
  }
}

TEST(Facts, KeysOfEveryItemGoTogether) {
  World world;
  parcel::SendParcelInput in;
  in.contents.emplace();
  in.contents->boxes.emplace(2);
  (*in.contents->boxes)[0].label = "a";
  (*in.contents->boxes)[1].label = "b";
  EXPECT_TRUE(authorize(operation("SendParcel"), &in, world.call(), kService));
  EXPECT_EQ(world.ask.key("parcel:Labels"), (Texts{"a", "b"}));
}

TEST(Facts, ARefusalAndAResourceThatIsNotThereStopTheCall) {
  World world;
  world.ask.deny_all = true;
  parcel::GetLabelInput in;
  in.id = "p1";
  auto refused = authorize(operation("GetLabel"), &in, world.call(), kService);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().api().message, "no parcel:GetLabel");
  world.ask.asked.clear();
  const services::Module gone{.model = &parcel::kService, .operations = {}, .resources = kGone};
  refused = authorize(operation("GetLabel"), &in, world.call(), gone);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().api().code, "NoSuchParcel");
  EXPECT_TRUE(world.ask.asked.empty());
}

TEST(Facts, AnySignatureSufficesWhereTheFactsSaySo) {
  World world;
  world.ask.deny_all = true;
  const parcel::ListParcelsInput in;
  EXPECT_TRUE(authorize(operation("ListParcels"), &in, world.call(), kService));
  EXPECT_TRUE(world.ask.asked.empty());
  // But one there must be.
  world.caller = {};
  EXPECT_FALSE(authorize(operation("ListParcels"), &in, world.call(), kService));
}

TEST(Facts, NoneIsNeededWhereTheFactsSaySo) {
  World world;
  world.ask.deny_all = true;
  world.caller = {};
  wire::Operation anonymous = operation("ListParcels");
  anonymous.authorization = {.anonymous = true};
  const parcel::ListParcelsInput in;
  EXPECT_TRUE(authorize(anonymous, &in, world.call(), kService));
  EXPECT_TRUE(world.ask.asked.empty());
}

}  // namespace
}  // namespace rolecall::guard
