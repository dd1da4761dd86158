// What gaps() finds, on the made-up service of wire/testing: a served operation nobody does and a
// resource nobody can find must stop the start, not the call.
#include "services/core/module.h"

#include <gtest/gtest.h>

#include "models/parcel.h"
#include "services/core/testing.h"

namespace rolecall::services {
namespace {

using Texts = std::vector<std::string>;
using Id = std::span<const std::string>;

Result<Change<parcel::SendParcelOutput>> send_parcel(const parcel::SendParcelInput& in,
                                                     const Call&) {
  if (in.weight > 100) return ApiError::make(413, "TooHeavy", "heavy");
  return Change<parcel::SendParcelOutput>{{}, {.id = "p-" + in.sender}};
}
Result<parcel::GetLabelOutput> get_label(const parcel::GetLabelInput&, const Call&) {
  return parcel::GetLabelOutput{};
}
Result<parcel::ListParcelsOutput> list_parcels(const parcel::ListParcelsInput& in, const Call&) {
  return parcel::ListParcelsOutput{{std::to_string(in.most.value_or(0))}};
}
Result<Change<parcel::ListParcelsOutput>> list_and_remember(const parcel::ListParcelsInput&,
                                                            const Call&) {
  return Change<parcel::ListParcelsOutput>{{}, {{"remembered"}}};
}
bool is_many(const parcel::ListParcelsInput& in) { return in.most.value_or(0) > 10; }
// Of no operation that is served.
struct BurnParcelInput {
  static constexpr std::string_view kOperation = "BurnParcel";
};
struct LoseParcelInput {
  static constexpr std::string_view kOperation = "LoseParcel";
};

constexpr ResourceType kResources[] = {
    {"parcel",
     [](Id id, const Call&) -> Result<ResolvedResource> {
       if (id.empty()) return ApiError::make(404, "NoSuchParcel", "none");
       ResolvedResource out;
       out.arn = "arn:aws:parcel:::" + id[0];
       return out;
     },
     [](Id id, const Call&) { return "parcel " + id[0]; }},
    {"depot", [](Id, const Call&) -> Result<ResolvedResource> { return ResolvedResource{}; }},
};

std::vector<Binding> all() { return {serve(send_parcel), serve(get_label), serve(list_parcels)}; }

Texts gaps_of(const std::vector<Binding>& bindings,
              std::span<const ResourceType> resources = kResources) {
  return gaps({.model = &parcel::kService, .operations = bindings, .resources = resources});
}

TEST(Gaps, NoneWhereServedIsBound) { EXPECT_EQ(gaps_of(all()), Texts{}); }

TEST(Gaps, AServedOperationThatIsNotBound) {
  auto bindings = all();
  bindings.erase(bindings.begin() + 1);
  EXPECT_EQ(gaps_of(bindings), Texts{"parcel:GetLabel is served and bound to no function"});
  EXPECT_EQ(gaps_of({}).size(), 3u);
}

TEST(Gaps, ABindingOfWhatIsNotServed) {
  auto bindings = all();
  bindings.push_back(custom<BurnParcelInput>());
  EXPECT_EQ(gaps_of(bindings), Texts{"parcel:BurnParcel is bound and not served"});
  bindings.back() = custom<LoseParcelInput>();
  EXPECT_EQ(gaps_of(bindings), Texts{"parcel has no operation LoseParcel, which is bound"});
}

TEST(Gaps, TwoBindingsOfOneOperation) {
  auto bindings = all();
  bindings.push_back(serve(get_label));
  EXPECT_EQ(gaps_of(bindings), Texts{"parcel:GetLabel is bound more than once"});
}

TEST(Gaps, AResourceThatNobodyCanFind) {
  const Texts both{"parcel:GetLabel is asked for a `parcel`, which the service cannot find",
                   "parcel:SendParcel is asked for a `parcel`, which the service cannot find"};
  EXPECT_EQ(gaps_of(all(), {}), both);
  EXPECT_EQ(gaps_of(all(), std::span(kResources).last(1)), both);
  const ResourceType twice[] = {kResources[0], kResources[1], kResources[0]};
  EXPECT_EQ(gaps_of(all(), twice), Texts{"parcel has two resource types `parcel`"});
}

TEST(Modules, ResolveByType) {
  const testing::World world;
  const Module module{.model = &parcel::kService, .operations = {}, .resources = kResources};
  const Texts id{"p1"};
  auto found = module.resolve("parcel", id, world.call());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->arn, "arn:aws:parcel:::p1");
  EXPECT_EQ(found->shown, "parcel p1");
  EXPECT_EQ(module.resolve("depot", id, world.call())->shown, "");
  EXPECT_EQ(module.resolve("*", id, world.call())->arn, "*");
  EXPECT_EQ(module.resolve("parcel", {}, world.call()).error().api().code, "NoSuchParcel");
  const auto unknown = module.resolve("galaxy", id, world.call());
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().fault().what, "parcel: unknown resource type `galaxy`");
}

TEST(Bindings, RunWhatTheyAreMadeOf) {
  const testing::World world;
  const Binding send = serve(send_parcel);
  EXPECT_EQ(send.name, "SendParcel");
  EXPECT_EQ(send.kind, BindingKind::write);
  parcel::SendParcelInput parcel;
  parcel.sender = "ann";
  auto sent = send.run_write(send.function, &parcel, world.call());
  ASSERT_TRUE(sent);
  EXPECT_EQ(static_cast<const parcel::SendParcelOutput*>(sent->output.get())->id, "p-ann");
  parcel.weight = 101;
  EXPECT_EQ(send.run_write(send.function, &parcel, world.call()).error().api().code, "TooHeavy");

  const Binding list = serve<is_many>(list_parcels, list_and_remember);
  EXPECT_EQ(list.kind, BindingKind::read);
  for (const int most : {1, 11}) {
    const parcel::ListParcelsInput in{.most = most};
    EXPECT_EQ(list.needs_writer(&in), most == 11);
    const auto read = list.run_read(list.function, &in, world.call());
    EXPECT_EQ(static_cast<const parcel::ListParcelsOutput*>(read->get())->parcels,
              Texts{std::to_string(most)});
    const auto written = list.run_write(list.write_function, &in, world.call());
    EXPECT_EQ(static_cast<const parcel::ListParcelsOutput*>(written->output.get())->parcels,
              Texts{"remembered"});
  }
}

}  // namespace
}  // namespace rolecall::services
