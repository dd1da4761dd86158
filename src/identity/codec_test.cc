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
  EXPECT_FALSE(decode_events(std::string_view("\x00", 1), kSealer));
  EXPECT_FALSE(decode_events("\x03", kSealer)) << "a later version";
  EXPECT_FALSE(decode_events("\x01\xff", kSealer));
  EXPECT_TRUE(decode_events("\x01", kSealer)->empty());
  EXPECT_TRUE(decode_events("\x02", kSealer)->empty());
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
      } else if constexpr (std::is_same_v<T, OrganizationInfo>) {
        return PutOrganization{value};
      } else if constexpr (std::is_same_v<T, OrganizationUnit> ||
                           std::is_same_v<T, OrganizationMember> ||
                           std::is_same_v<T, OrganizationPolicy> ||
                           std::is_same_v<T, NodePolicies>) {
        return PutIn<T>{"o-1", std::make_shared<T>(value)};
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
  } else if constexpr (std::is_same_v<T, OrganizationMember>) {
    base = make_member(kAccount);
  } else if constexpr (std::is_same_v<T, OrganizationPolicy>) {
    base.document = make_policy("{}", policy::Kind::scp);
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
  each_member_counts<OrganizationInfo>(
      {[](auto& v) { v.id = "x"; }, [](auto& v) { v.management_account = kAccount; },
       [](auto& v) { v.root = "r"; }, [](auto& v) { v.all_features = false; },
       [](auto& v) { v.enabled_policy_types = {"x"}; }});
  each_member_counts<OrganizationUnit>({[](auto& v) { v.id = "x"; }, [](auto& v) { v.name = "x"; },
                                        [](auto& v) { v.parent = "x"; }});
  each_member_counts<OrganizationMember>(
      {[](auto& v) { v = make_member(AccountId::from_number(2)); }, [](auto& v) { v.parent = "x"; },
       [](auto& v) { v.joined_method = JoinedMethod::invited; }, [](auto& v) { v.joined = {1}; }});
  each_member_counts<OrganizationPolicy>(
      {[](auto& v) { v.id = "x"; }, [](auto& v) { v.name = "x"; }, [](auto& v) { v.type = "x"; },
       [](auto& v) { v.description = "x"; }, [](auto& v) { v.aws_managed = true; },
       [&](auto& v) { v.document = document; }});
  each_member_counts<NodePolicies>(
      {[](auto& v) { v.node = "x"; }, [](auto& v) { v.policies = {"x"}; }});
}

// ---- bytes of other versions ----

// The first version's bytes, by hand: what a data folder of then holds.
class Version1 {
 public:
  Version1() { out_ = "\x01"; }
  Version1& number(std::uint64_t n) {
    for (; n >= 0x80; n >>= 7) out_ += static_cast<char>(n | 0x80);
    out_ += static_cast<char>(n);
    return *this;
  }
  Version1& text(std::string_view text) {
    number(text.size());
    out_ += text;
    return *this;
  }
  Version1& texts(const std::vector<std::string>& list) {
    number(list.size());
    for (const auto& item : list) text(item);
    return *this;
  }
  // A policy that was not in the batch before.
  Version1& policy(policy::Kind kind, std::string_view document) {
    number(1).number(static_cast<std::uint64_t>(kind));
    return text(document);
  }
  const std::string& bytes() const { return out_; }

 private:
  std::string out_;
};

TEST(Codec, an_organization_of_the_first_version_is_read) {
  constexpr std::string_view kDeny = R"({"Statement":[]})";
  Version1 old;
  // PutOrganization: present, id, management account, all features, types.
  old.number(1).number(1).text("o-1").number(5 + 1).number(1).texts({"SERVICE_CONTROL_POLICY"});
  old.number(3);  // units: id, name, parent
  old.text("r-1").text("Root").text("");
  old.text("ou-1").text("Workloads").text("r-1");
  old.text("ou-2").text("Production").text("ou-1");
  old.number(2).number(5 + 1).text("r-1").number(7 + 1).text("ou-2");  // accounts
  old.number(2);  // policies: id, name, type, description, AWS's own, document, targets
  old.text("p-full").text("FullAWSAccess").text("SERVICE_CONTROL_POLICY").text("all").number(1);
  old.policy(policy::Kind::scp, "{}").texts({"r-1", "ou-1", "ou-2", "000000000007"});
  old.text("p-deny").text("Deny").text("SERVICE_CONTROL_POLICY").text("").number(0);
  old.policy(policy::Kind::scp, kDeny).texts({"ou-1", "000000000007"});
  // An event behind it: Erase<Group>.
  old.number(5).number(7 + 1).text("gone");

  const auto events = decode_events(old.bytes(), kSealer);
  ASSERT_TRUE(events.has_value()) << events.error().text();
  State state;
  state.apply(*events);
  const AccountId member = AccountId::from_number(7);
  const Organization* organization = state.organization_of(member);
  ASSERT_NE(organization, nullptr);
  EXPECT_EQ(organization, state.organization("o-1"));
  EXPECT_EQ(organization->info.management_account, AccountId::from_number(5));
  EXPECT_EQ(organization->info.root, "r-1");
  EXPECT_TRUE(organization->info.all_features);
  EXPECT_TRUE(organization->info.is_enabled(kServiceControlPolicy));
  EXPECT_EQ(organization->way_to(member), (std::vector<std::string_view>{"r-1", "ou-1", "ou-2"}));
  EXPECT_EQ(organization->members.size(), 2u);
  EXPECT_EQ(organization->attachments.find("000000000007")->policies,
            (std::vector<std::string>{"p-full", "p-deny"}));
  EXPECT_EQ(organization->attachments.find("r-1")->policies, std::vector<std::string>{"p-full"});
  EXPECT_EQ(organization->policies.find("p-deny")->document->text(), kDeny);
  EXPECT_EQ(organization->policies.find("p-deny")->document->kind(), policy::Kind::scp);
  EXPECT_TRUE(organization->policies.find("p-full")->aws_managed);
  EXPECT_EQ(organization->targets.size(), 6u);
  for (std::size_t cut = 2; cut < old.bytes().size() - 7; ++cut) {
    EXPECT_FALSE(decode_events(std::string_view(old.bytes()).substr(0, cut), kSealer)) << cut;
  }
}

TEST(Codec, a_policy_given_twice_in_the_first_version_is_read) {
  Version1 old;
  for (const char* name : {"a", "b"}) {
    // Put<Group>: account, name, path, id, arn, created, inline policies, attached, members.
    old.number(4).number(2).text(name).text("/").text("").text("").number(0).number(1).text("in");
    if (*name == 'a') {
      old.policy(policy::Kind::inline_, "{\"x\":1}");
    } else {
      old.number(2);  // the batch's first
    }
    old.number(0).number(0);
  }
  const auto events = decode_events(old.bytes(), kSealer);
  ASSERT_TRUE(events.has_value()) << events.error().text();
  State state;
  state.apply(*events);
  const auto* b = state.account(AccountId::from_number(1))->groups.find("b");
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(b->grants.inline_policies[0].document->text(), "{\"x\":1}");
  EXPECT_EQ(decode_events(encode_events(*events, kSealer), kSealer)->size(), 2u);
}

TEST(Codec, what_a_later_version_allows_to_leave_unread_is_carried) {
  auto policy = make_policy("{\"later\":1}", policy::Kind::scp);
  auto group = std::make_shared<Group>();
  group->name = "g";
  group->grants.inline_policies = {{"in", policy}};
  const CarriedEvent later{0x80 | 40, {policy, make_policy("{}", policy::Kind::trust)}, "\x01?!"};
  const auto events =
      decode_events(encode_events({later, Put<Group>{kAccount, group}, later}, kSealer), kSealer);
  ASSERT_TRUE(events.has_value()) << events.error().text();
  ASSERT_EQ(events->size(), 3u);
  State state;
  state.apply(*events);
  ASSERT_EQ(state.carried().size(), 2u);
  // It is in the next checkpoint, with its policies, whatever stands before it there.
  State again;
  encode_state(state, kSealer, 1, [&](const std::string& batch) {
    const auto read = decode_events(batch, kSealer);
    EXPECT_TRUE(read.has_value());
    if (read) again.apply(*read);
    return true;
  });
  ASSERT_EQ(again.carried().size(), 2u);
  for (const auto& event : again.carried()) {
    EXPECT_EQ(event->kind, later.kind);
    EXPECT_EQ(event->bytes, later.bytes);
    ASSERT_EQ(event->policies.size(), 2u);
    EXPECT_EQ(event->policies[0]->text(), "{\"later\":1}");
    EXPECT_EQ(event->policies[1]->kind(), policy::Kind::trust);
  }
  EXPECT_NE(again.account(kAccount)->groups.find("g"), nullptr);
}

TEST(Codec, an_unknown_kind_that_may_not_be_left_out_is_refused) {
  for (const int kind : {18, 28, 90, 127}) {
    std::string bytes = "\x02";
    bytes += static_cast<char>(kind);
    bytes += std::string_view("\x00\x01x", 3);
    const auto events = decode_events(bytes, kSealer);
    ASSERT_FALSE(events.has_value()) << kind;
    EXPECT_NE(events.error().text().find("unknown event"), std::string::npos);
  }
  // Its frame must be whole.
  EXPECT_TRUE(decode_events(std::string_view("\x02\x80\x00\x01x", 5), kSealer).has_value());
  EXPECT_FALSE(decode_events(std::string_view("\x02\x80\x00\x02x", 5), kSealer).has_value());
  EXPECT_FALSE(decode_events(std::string_view("\x02\x80\x01\x00\x01x", 6), kSealer).has_value());
}

TEST(Codec, an_event_has_its_fields_and_nothing_more) {
  std::string bytes = encode_events({Erase<Group>{kAccount, "g"}}, kSealer);
  ASSERT_TRUE(decode_events(bytes, kSealer).has_value());
  // The frame's length counts one byte more, and it is there.
  bytes[3] = static_cast<char>(bytes[3] + 1);
  bytes += 'x';
  EXPECT_FALSE(decode_events(bytes, kSealer).has_value());
}

}  // namespace
}  // namespace rolecall::identity
