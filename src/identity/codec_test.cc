#include "identity/codec.h"

#include <gtest/gtest.h>

#include "identity/testing.h"

namespace rolecall::identity {
namespace {

using testing::EventMaker;
using testing::PlainSealer;

const PlainSealer kSealer;
const AccountId kAccount = AccountId::from_number(1);

TEST(Codec, what_was_written_is_read_again) {
  EventMaker maker(3);
  for (int round = 0; round < 300; ++round) {
    Events events;
    for (int i = 0; i < 10; ++i) events.push_back(maker.next());
    const std::string bytes = encode_events(events, kSealer);
    const auto again = decode_events(bytes, kSealer);
    ASSERT_TRUE(again.has_value()) << again.error().text();
    ASSERT_EQ(again->size(), events.size());
    EXPECT_EQ(encode_events(*again, kSealer), bytes);
    State a, b;
    a.apply(events);
    b.apply(*again);
    EXPECT_EQ(a.principals().size(), b.principals().size());
  }
}

TEST(Codec, damaged_bytes_are_refused_or_mean_something_else) {
  EventMaker maker(4);
  auto random = make_seeded_random(5);
  for (int round = 0; round < 200; ++round) {
    const std::string bytes = encode_events({maker.next(), maker.next()}, kSealer);
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
      const auto cut_short = decode_events(std::string_view(bytes).substr(0, cut), kSealer);
      if (cut_short) {
        EXPECT_LT(cut_short->size(), 2u);
      }
    }
    for (int flip = 0; flip < 20; ++flip) {
      std::string bad = bytes;
      bad[random->next_u64() % bad.size()] = static_cast<char>(random->next_u64());
      if (const auto events = decode_events(bad, kSealer)) {
        State state;
        state.apply(*events);  // whatever decodes can be applied
        const std::string written = encode_events(*events, kSealer);
        const auto again = decode_events(written, kSealer);
        ASSERT_TRUE(again.has_value());
        EXPECT_EQ(encode_events(*again, kSealer), written);
      }
    }
  }
  EXPECT_FALSE(decode_events("", kSealer));
  EXPECT_FALSE(decode_events("\x02", kSealer));
  EXPECT_FALSE(decode_events("\x01\xff", kSealer));
  EXPECT_TRUE(decode_events("\x01", kSealer)->empty());
}

TEST(Codec, a_managed_policy_has_its_default_version) {
  auto policy = std::make_shared<ManagedPolicy>();
  policy->default_version = 2;  // no versions at all
  EXPECT_FALSE(
      decode_events(encode_events({Put<ManagedPolicy>{kAccount, policy}}, kSealer), kSealer));
}

TEST(Codec, secrets_are_bound_to_their_owner) {
  auto key = std::make_shared<AccessKey>();
  key->id = "AKIA1";
  key->secret = Secret("hush");
  std::string bytes = encode_events({Put<AccessKey>{kAccount, key}}, kSealer);
  EXPECT_EQ(
      std::get<Put<AccessKey>>(decode_events(bytes, kSealer)->front()).entity->secret.reveal(),
      "hush");
  bytes.replace(bytes.find("AKIA1"), 5, "AKIA2");  // the id, not the sealed text's purpose
  EXPECT_FALSE(decode_events(bytes, kSealer));
}

TEST(Codec, entities_of_flags_are_left_out) {
  auto key = std::make_shared<AccessKey>();
  key->from_flag = true;
  auto user = std::make_shared<User>();
  user->from_flag = true;
  const Events events = {Put<AccessKey>{kAccount, key}, Put<User>{kAccount, user}};
  EXPECT_TRUE(decode_events(encode_events(events, kSealer), kSealer)->empty());
}

// Each change to one member must change the bytes and survive decoding: no member is forgotten.
template <class T>
void each_member_counts(const std::vector<std::function<void(T&)>>& changes) {
  const auto bytes_of = [](const T& value) {
    Event event = [&]() -> Event {
      if constexpr (std::is_same_v<T, AccountInfo>) {
        return PutAccount{value};
      } else if constexpr (std::is_same_v<T, Organization>) {
        return PutOrganization{std::make_shared<Organization>(value)};
      } else {
        return Put<T>{kAccount, std::make_shared<T>(value)};
      }
    }();
    const std::string bytes = encode_events({event}, kSealer);
    const auto again = decode_events(bytes, kSealer);
    EXPECT_TRUE(again.has_value());
    EXPECT_EQ(encode_events(*again, kSealer), bytes);
    return bytes;
  };
  T base{};
  if constexpr (std::is_same_v<T, ManagedPolicy>) {
    base.versions = {{1, make_policy("{}", policy::Kind::managed), {}}};
  }
  const std::string before = bytes_of(base);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    T changed = base;
    changes[i](changed);
    EXPECT_NE(bytes_of(changed), before) << "change " << i;
  }
}

TEST(Codec, no_member_is_forgotten) {
  const PolicyRef document = make_policy("{}", policy::Kind::trust);
  each_member_counts<AccessKey>(
      {[](auto& v) { v.id = "x"; }, [](auto& v) { v.account = kAccount; },
       [](auto& v) { v.user_name = "x"; }, [](auto& v) { v.secret = Secret("x"); },
       [](auto& v) { v.status = KeyStatus::inactive; }, [](auto& v) { v.created = {1}; }});
  each_member_counts<User>(
      {[](auto& v) { v.name = "x"; }, [](auto& v) { v.path = "/x/"; }, [](auto& v) { v.id = "x"; },
       [](auto& v) { v.arn = "x"; }, [](auto& v) { v.created = {1}; },
       [](auto& v) { v.tags = {{"k", ""}}; }, [](auto& v) { v.tags = {{"", "v"}}; },
       [](auto& v) { v.boundary = "x"; }, [](auto& v) { v.grants.attached = {"x"}; },
       [&](auto& v) { v.grants.inline_policies = {{"x", document}}; },
       [](auto& v) { v.groups = {"x"}; }, [](auto& v) { v.access_keys = {"x"}; },
       [](auto& v) { v.mfa_devices = {"x"}; }, [](auto& v) { v.login = LoginProfile{}; },
       [](auto& v) { v.login = LoginProfile{"x", {}, false}; },
       [](auto& v) { v.login = LoginProfile{"", {1}, false}; },
       [](auto& v) { v.login = LoginProfile{"", {}, true}; },
       [](auto& v) { v.password_last_used = Instant{}; }});
  each_member_counts<Group>(
      {[](auto& v) { v.name = "x"; }, [](auto& v) { v.path = "/x/"; }, [](auto& v) { v.id = "x"; },
       [](auto& v) { v.arn = "x"; }, [](auto& v) { v.created = {1}; },
       [](auto& v) { v.grants.attached = {"x"}; }, [](auto& v) { v.members = {"x"}; }});
  each_member_counts<Role>(
      {[](auto& v) { v.name = "x"; }, [](auto& v) { v.path = "/x/"; }, [](auto& v) { v.id = "x"; },
       [](auto& v) { v.arn = "x"; }, [](auto& v) { v.created = {1}; },
       [](auto& v) { v.description = "x"; }, [](auto& v) { v.has_description = true; },
       [](auto& v) { v.max_session_seconds = 1; }, [&](auto& v) { v.trust = document; },
       [](auto& v) { v.tags = {{"k", "v"}}; }, [](auto& v) { v.boundary = "x"; },
       [](auto& v) { v.grants.attached = {"x"}; }});
  each_member_counts<ManagedPolicy>(
      {[](auto& v) { v.name = "x"; }, [](auto& v) { v.path = "/x/"; }, [](auto& v) { v.id = "x"; },
       [](auto& v) { v.arn = "x"; }, [](auto& v) { v.description = "x"; },
       [](auto& v) { v.created = {1}; }, [](auto& v) { v.updated = {1}; },
       [&](auto& v) { v.versions[0].document = document; },
       [](auto& v) { v.versions[0].created = {1}; },
       [](auto& v) { v.versions[0].number = v.default_version = 2; },
       [](auto& v) { v.last_version = 9; }, [](auto& v) { v.tags = {{"k", "v"}}; }});
  each_member_counts<InstanceProfile>(
      {[](auto& v) { v.name = "x"; }, [](auto& v) { v.path = "/x/"; }, [](auto& v) { v.id = "x"; },
       [](auto& v) { v.arn = "x"; }, [](auto& v) { v.created = {1}; },
       [](auto& v) { v.tags = {{"k", "v"}}; }, [](auto& v) { v.role_name = "x"; }});
  each_member_counts<MfaDevice>(
      {[](auto& v) { v.serial = "x"; }, [](auto& v) { v.seed = Secret("x"); },
       [](auto& v) { v.tags = {{"k", "v"}}; }, [](auto& v) { v.user_name = "x"; },
       [](auto& v) { v.for_root = true; }, [](auto& v) { v.enabled = Instant{}; },
       [](auto& v) { v.drift_steps = -1; }, [](auto& v) { v.last_step = 7; }});
  each_member_counts<Resource>(
      {[](auto& v) { v.type = "x"; }, [](auto& v) { v.name = "x"; }, [](auto& v) { v.arn = "x"; },
       [](auto& v) { v.region = "x"; }, [](auto& v) { v.created = {1}; },
       [](auto& v) { v.tags = {{"k", "v"}}; }, [&](auto& v) { v.policy = document; },
       [](auto& v) { v.set_property("x", "y"); }});
  each_member_counts<AccountInfo>(
      {[](auto& v) { v.id = kAccount; }, [](auto& v) { v.name = "x"; },
       [](auto& v) { v.email = "x"; }, [](auto& v) { v.alias = "x"; },
       [](auto& v) { v.canonical_id = "x"; }, [](auto& v) { v.created = {1}; },
       [](auto& v) { v.root_access_keys = {"x"}; }, [](auto& v) { v.root_mfa_devices = {"x"}; },
       [](auto& v) { v.password_policy = PasswordPolicy{}; }, [](auto& v) { v.closed = true; }});
  each_member_counts<Organization>(
      {[](auto& v) { v.id = "x"; }, [](auto& v) { v.management_account = kAccount; },
       [](auto& v) { v.all_features = false; }, [](auto& v) { v.enabled_policy_types = {"x"}; },
       [](auto& v) { v.units = {{"r", "n", "p"}}; },
       [](auto& v) { v.accounts = {{kAccount, "r"}}; },
       [](auto& v) { v.policies.emplace_back(); }});
}

}  // namespace
}  // namespace rolecall::identity
