#include <fmt/core.h>
#include <gtest/gtest.h>

#include "policy/document.h"
#include "policy/kind.h"
#include "standing/applies.h"
#include "standing/callers.h"
#include "standing/principals.h"

namespace rolecall::standing {
namespace {

const AccountId kManagement = AccountId::from_number(111111111111);
const AccountId kMember = AccountId::from_number(222222222222);
const AccountId kStranger = AccountId::from_number(333333333333);

template <class T>
std::shared_ptr<const T> shared(T value) {
  return std::make_shared<const T>(std::move(value));
}
template <class T>
identity::Event put_in(const std::string& organization, T entity) {
  return identity::PutIn<T>{organization, shared(std::move(entity))};
}
identity::Event member_of(const std::string& organization, AccountId account, std::string parent) {
  identity::OrganizationMember member = identity::make_member(account);
  member.parent = std::move(parent);
  return put_in(organization, std::move(member));
}
identity::PolicyRef document(std::string_view action) {
  return identity::make_policy(
      fmt::format(R"({{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{}",)"
                  R"("Resource":"*"}}]}})",
                  action),
      policy::Kind::inline_);
}
identity::OrganizationPolicy control(std::string name, std::string_view type,
                                     bool aws_managed = false) {
  identity::OrganizationPolicy out;
  out.id = "p-" + name;
  out.name = std::move(name);
  out.type = std::string(type);
  out.aws_managed = aws_managed;
  out.document = document("*");
  return out;
}

std::vector<std::string> names(const PolicyList& list) {
  EXPECT_EQ(list.refs.size(), list.sources.size());
  std::vector<std::string> out;
  for (const auto& ref : list.refs) out.emplace_back(ref.name);
  return out;
}
using Levels = std::vector<std::vector<std::string>>;
Levels names(const std::vector<PolicyList>& levels) {
  Levels out;
  for (const auto& level : levels) out.push_back(names(level));
  return out;
}

// o-1: root with the management account, unit A with unit B, the member in B.
class Standings : public ::testing::Test {
 protected:
  void SetUp() override {
    using identity::kResourceControlPolicy;
    using identity::kServiceControlPolicy;
    info_ = {"o-1",
             kManagement,
             "r-1",
             true,
             {std::string(kServiceControlPolicy), std::string(kResourceControlPolicy)}};
    state.apply({identity::PutOrganization{info_},
                 put_in<identity::OrganizationUnit>("o-1", {"r-1", "Root", ""}),
                 put_in<identity::OrganizationUnit>("o-1", {"ou-a", "A", "r-1"}),
                 put_in<identity::OrganizationUnit>("o-1", {"ou-b", "B", "ou-a"}),
                 member_of("o-1", kManagement, "r-1"), member_of("o-1", kMember, "ou-b"),
                 put_in("o-1", control("full", kServiceControlPolicy, true)),
                 put_in("o-1", control("deny", kServiceControlPolicy)),
                 put_in("o-1", control("rcp-full", kResourceControlPolicy, true)),
                 put_in("o-1", control("rcp", kResourceControlPolicy)),
                 put_in("o-1", control("tags", "TAG_POLICY")),
                 put_in<identity::NodePolicies>("o-1", {"r-1", {"p-full", "p-rcp-full", "p-tags"}}),
                 put_in<identity::NodePolicies>("o-1", {"ou-b", {"p-full", "p-rcp", "p-deny"}}),
                 put_in<identity::NodePolicies>("o-1", {kMember.text(), {"p-gone", "p-full"}})});
  }
  void put_info() { state.apply({identity::PutOrganization{info_}}); }

  identity::State state;
  identity::OrganizationInfo info_;
};

TEST_F(Standings, levels_go_from_the_root_to_the_account) {
  EXPECT_EQ(names(control_levels(kMember, state, Control::scp)),
            (Levels{{"full"}, {}, {"full", "deny"}, {"full"}}));
  EXPECT_EQ(names(control_levels(kMember, state, Control::rcp)), (Levels{{}, {}, {"rcp"}, {}}));
  EXPECT_EQ(names(control_levels(kManagement, state, Control::scp)), (Levels{{"full"}, {}}));
  EXPECT_TRUE(control_levels(kManagement, state, Control::rcp).empty()) << "Rule 205";
  EXPECT_TRUE(control_levels(kStranger, state, Control::scp).empty());
  EXPECT_TRUE(control_levels(AccountId(), state, Control::scp).empty());
}

TEST_F(Standings, no_level_without_the_policy_type_or_all_features) {
  info_.enabled_policy_types = {std::string(identity::kServiceControlPolicy)};
  put_info();
  EXPECT_EQ(control_levels(kMember, state, Control::scp).size(), 4u);
  EXPECT_TRUE(control_levels(kMember, state, Control::rcp).empty());
  info_.all_features = false;
  put_info();
  EXPECT_TRUE(control_levels(kMember, state, Control::scp).empty());
}

TEST_F(Standings, each_organization_binds_its_own) {
  state.apply({identity::PutOrganization{{"o-2", kStranger, "r-2", true, {}}},
               put_in<identity::OrganizationUnit>("o-2", {"r-2", "Root", ""}),
               member_of("o-2", kStranger, "r-2")});
  EXPECT_TRUE(control_levels(kStranger, state, Control::scp).empty());
  EXPECT_EQ(control_levels(kMember, state, Control::scp).size(), 4u);
  EXPECT_TRUE(same_organization(kMember, kManagement, state));
  EXPECT_FALSE(same_organization(kMember, kStranger, state)) << "both are members, of two";
  EXPECT_FALSE(same_organization(AccountId::from_number(4), AccountId::from_number(4), state));
  EXPECT_EQ(organization_path(kMember, *state.organization_of(kMember)), "o-1/r-1/ou-a/ou-b/");
  EXPECT_EQ(organization_path(kStranger, *state.organization_of(kStranger)), "o-2/r-2/");
}

// ---- principals ----

class Principals : public ::testing::Test {
 protected:
  void SetUp() override {
    identity::User bob;
    bob.name = "bob";
    bob.path = "/team/";
    bob.id = "AIDABOBBOBBOBBOBBOBBO";
    bob.arn = "arn:aws:iam::222222222222:user/team/bob";
    bob.groups = {"ops", "gone"};
    bob.boundary = "arn:aws:iam::222222222222:policy/missing";
    bob.grants.inline_policies = {{"own", document("s3:*")}};
    bob.grants.attached = {"arn:aws:iam::aws:policy/ReadOnlyAccess"};
    identity::User admin;
    admin.name = "admin";
    admin.path = "/rolecall/";
    admin.id = "AIDAADMINADMINADMINAD";
    admin.arn = "arn:aws:iam::222222222222:user/rolecall/admin";
    admin.from_flag = true;
    identity::Group ops;
    ops.name = "ops";
    ops.arn = "arn:aws:iam::222222222222:group/ops";
    ops.grants.inline_policies = {{"shared", document("ec2:*")}};
    identity::Role role;
    role.name = "Reader";
    role.id = "AROAREADERREADERREADE";
    role.arn = "arn:aws:iam::222222222222:role/Reader";
    role.grants.inline_policies = {{"read", document("s3:Get*")}};
    state.apply({identity::Put<identity::User>{kMember, shared(bob)},
                 identity::Put<identity::User>{kMember, shared(admin)},
                 identity::Put<identity::Group>{kMember, shared(ops)},
                 identity::Put<identity::Role>{kMember, shared(role)}});
  }
  identity::State state;
};

TEST_F(Principals, are_found_by_their_whole_arn) {
  EXPECT_EQ(find_entity(state, "arn:aws:iam::222222222222:user/team/bob")->user->name, "bob");
  EXPECT_EQ(find_entity(state, "arn:aws:iam::222222222222:role/Reader")->role->name, "Reader");
  EXPECT_EQ(find_entity(state, "arn:aws:iam::222222222222:group/ops")->group->name, "ops");
  EXPECT_TRUE(find_entity(state, "arn:aws:iam::222222222222:user/rolecall/admin")->user->from_flag);
  for (const char* other :
       {"arn:aws:iam::222222222222:user/bob",  // another path
        "arn:aws:iam::222222222222:user/secret/bob",
        "arn:aws:iam::222222222222:role/team/bob",  // another kind
        "arn:aws:iam::222222222222:user/Team/bob", "arn:aws-cn:iam::222222222222:user/team/bob",
        "arn:aws:iam:eu-west-1:222222222222:user/team/bob",
        "arn:aws:iam::333333333333:user/team/bob",  // no such account
        "arn:aws:sts::222222222222:user/team/bob", "arn:aws:iam::222222222222:root",
        "arn:aws:iam::222222222222:policy/own", "222222222222", "bob", "",
        "arn:aws:iam::222222222222:user/"}) {
    EXPECT_FALSE(find_entity(state, other).has_value()) << other;
    EXPECT_EQ(unique_id_of(state, other), "") << other;
  }
  EXPECT_EQ(unique_id_of(state, "arn:aws:iam::222222222222:group/ops"), "");
  for (const char* arn :
       {"arn:aws:iam::222222222222:user/team/bob", "arn:aws:iam::222222222222:user/rolecall/admin",
        "arn:aws:iam::222222222222:role/Reader"}) {
    EXPECT_EQ(arn_of(state, unique_id_of(state, arn)), arn);
  }
  EXPECT_EQ(arn_of(state, "AIDANOBODY"), "");
}

TEST_F(Principals, of_policies_exist_or_not) {
  for (const char* there :
       {"*", "123456789012", "arn:aws:iam::222222222222:user/team/bob", "AROAREADERREADERREADE",
        "arn:aws:iam::222222222222:user/rolecall/admin", "arn:aws:iam::999999999999:root",
        "arn:aws:sts::222222222222:assumed-role/Reader/any",
        "arn:aws:sts::222222222222:federated-user/any"}) {
    EXPECT_TRUE(principal_exists(state, "aws", there)) << there;
  }
  for (const char* gone :
       {"arn:aws:iam::222222222222:user/bob", "AROAGONEGONEGONEGONEG",
        "arn:aws:sts::222222222222:assumed-role/Gone/any",
        "arn:aws:sts::999999999999:federated-user/any", "arn:aws-cn:iam::222222222222:root",
        "arn:aws:iam::222222222222:group/ops", "arn:aws:s3:::bucket", "bob"}) {
    EXPECT_FALSE(principal_exists(state, "aws", gone)) << gone;
  }
}

TEST_F(Principals, are_held_as_ids_and_shown_as_arns) {
  const std::string text =
      R"({"Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::222222222222:user/team/bob",)"
      R"("arn:aws:iam::222222222222:user/bob","222222222222"]},"Action":"s3:*","Resource":"*"}]})";
  const std::string held = hold_principals(state, text);
  EXPECT_NE(held.find("\"AIDABOBBOBBOBBOBBOBBO\""), std::string::npos) << held;
  EXPECT_NE(held.find(":user/bob"), std::string::npos) << held;
  EXPECT_EQ(show_principals(state, held), text);
  state.apply({identity::Erase<identity::User>{kMember, "bob"}});
  EXPECT_EQ(show_principals(state, held), held) << "the id of one that is gone stays";
}

TEST_F(Principals, what_applies_to_a_user) {
  const identity::Caller caller =
      caller_of_user(kMember, find_entity(state, "arn:aws:iam::222222222222:user/team/bob")->user);
  const Standing standing = applies(caller, state);
  EXPECT_EQ(names(standing.identity),
            (std::vector<std::string>{"own", "arn:aws:iam::aws:policy/ReadOnlyAccess", "shared"}));
  EXPECT_TRUE(standing.identity.sources[0].is_inline);
  EXPECT_EQ(standing.identity.sources[0].holder, Holder::user);
  EXPECT_FALSE(standing.identity.sources[1].is_inline);
  EXPECT_EQ(standing.identity.sources[2].holder, Holder::group);
  EXPECT_EQ(standing.identity.sources[2].holder_name, "ops");
  // A boundary that is not there is one that nobody can read: it denies.
  ASSERT_EQ(standing.boundary.refs.size(), 1u);
  EXPECT_FALSE(standing.boundary.refs[0].document->readable());
  EXPECT_TRUE(standing.session.empty());
  EXPECT_TRUE(standing.scps.empty());
  EXPECT_EQ(standing.organization, nullptr);
}

TEST_F(Principals, what_applies_to_a_role_session) {
  auto session = std::make_shared<identity::Session>();
  session->account = kMember;
  session->principal_id = "AROAREADERREADERREADE";
  session->name = "me";
  session->access_key_id = "ASIA1";
  session->inline_documents = {document("s3:GetObject")};
  session->policy_arns = {"arn:aws:iam::222222222222:policy/missing"};
  const auto caller = caller_of_session(session, state, "aws");
  ASSERT_TRUE(caller.has_value());
  EXPECT_EQ(caller->arn, "arn:aws:sts::222222222222:assumed-role/Reader/me");
  EXPECT_EQ(caller->user_id, "AROAREADERREADERREADE:me");
  EXPECT_EQ(caller->access_key_id, "ASIA1");
  const Standing standing = applies(*caller, state);
  EXPECT_EQ(names(standing.identity), std::vector<std::string>{"read"});
  EXPECT_TRUE(standing.boundary.empty());
  ASSERT_EQ(standing.session.refs.size(), 2u);
  EXPECT_TRUE(standing.session.refs[0].document->readable());
  EXPECT_FALSE(standing.session.refs[1].document->readable());

  session = std::make_shared<identity::Session>(*session);
  session->kind = identity::SessionKind::session_token;
  EXPECT_FALSE(caller_of_session(session, state, "aws").has_value()) << "a role has no such token";
  session->kind = identity::SessionKind::assumed_role;
  state.apply({identity::Erase<identity::Role>{kMember, "Reader"}});
  EXPECT_FALSE(caller_of_session(session, state, "aws").has_value());
}

TEST_F(Principals, callers_of_keys_and_sessions) {
  identity::AccessKey key;
  key.id = "AKIA1";
  key.account = kMember;
  EXPECT_EQ(caller_of_key(key, state, "aws")->arn, "arn:aws:iam::222222222222:root");
  EXPECT_EQ(caller_of_key(key, state, "aws")->kind, identity::CallerKind::root);
  key.user_name = "BOB";
  EXPECT_EQ(caller_of_key(key, state, "aws")->user_id, "AIDABOBBOBBOBBOBBOBBO");
  EXPECT_EQ(caller_of_key(key, state, "aws")->access_key_id, "AKIA1");
  key.user_name = "nobody";
  EXPECT_FALSE(caller_of_key(key, state, "aws").has_value());

  identity::Session session;
  session.account = kMember;
  session.name = "fed";
  session.kind = identity::SessionKind::session_token;
  const auto of = [&] { return caller_of_session(shared(session), state, "aws"); };
  EXPECT_EQ(of()->kind, identity::CallerKind::root);
  session.kind = identity::SessionKind::federated_user;
  EXPECT_EQ(of()->arn, "arn:aws:sts::222222222222:federated-user/fed");
  EXPECT_EQ(of()->user, nullptr);
  session.principal_id = "AIDABOBBOBBOBBOBBOBBO";
  EXPECT_EQ(of()->user_id, "222222222222:fed");
  EXPECT_EQ(of()->user->name, "bob");
  session.kind = identity::SessionKind::session_token;
  EXPECT_EQ(of()->arn, "arn:aws:iam::222222222222:user/team/bob");
  session.kind = identity::SessionKind::assumed_role;
  EXPECT_FALSE(of().has_value()) << "a user is no role";

  identity::AccountInfo info;
  info.id = kMember;
  info.closed = true;
  state.apply({identity::PutAccount{info}});
  key.user_name = "";
  EXPECT_FALSE(caller_of_key(key, state, "aws").has_value());
  session.kind = identity::SessionKind::session_token;
  EXPECT_FALSE(of().has_value());
}

}  // namespace
}  // namespace rolecall::standing
