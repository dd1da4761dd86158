#include "identity/organization.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "identity/testing.h"

namespace rolecall::identity {
namespace {

const AccountId kManagement = AccountId::from_number(1);
const AccountId kMember = AccountId::from_number(22);

template <class T>
Event put_in(const std::string& organization, T entity) {
  return PutIn<T>{organization, std::make_shared<const T>(std::move(entity))};
}

Event member_of(const std::string& organization, AccountId account, std::string parent) {
  OrganizationMember member = make_member(account);
  member.parent = std::move(parent);
  return put_in(organization, std::move(member));
}

// r-1 ── ou-a ── ou-b ── 22, in o-1.
State small() {
  State state;
  state.apply({PutOrganization{{"o-1", kManagement, "r-1", true, {}}},
               put_in<OrganizationUnit>("o-1", {"r-1", "Root", ""}),
               put_in<OrganizationUnit>("o-1", {"ou-a", "A", "r-1"}),
               put_in<OrganizationUnit>("o-1", {"ou-b", "B", "ou-a"}),
               member_of("o-1", kManagement, "r-1"), member_of("o-1", kMember, "ou-b")});
  return state;
}

std::vector<std::string> nodes_with(const Organization& organization, const std::string& policy) {
  std::vector<std::string> out;
  for (auto at = organization.targets.lower_bound(policy + "/");
       at != organization.targets.end() && (*at)->table_key.starts_with(policy + "/"); ++at) {
    out.emplace_back((*at)->node());
  }
  return out;
}

TEST(Organization, the_way_to_an_account) {
  const State state = small();
  const Organization* organization = state.organization_of(kMember);
  ASSERT_NE(organization, nullptr);
  EXPECT_EQ(organization->way_to(kMember), (std::vector<std::string_view>{"r-1", "ou-a", "ou-b"}));
  EXPECT_EQ(organization->way_to(kManagement), std::vector<std::string_view>{"r-1"});
  EXPECT_TRUE(organization->way_to(AccountId::from_number(3)).empty());
  EXPECT_TRUE(organization->way_to(AccountId()).empty());
  EXPECT_EQ(state.organization_of(AccountId::from_number(3)), nullptr);
  EXPECT_EQ(state.organization_of(AccountId()), nullptr);
  EXPECT_EQ(state.organization("o-2"), nullptr);
}

TEST(Organization, units_in_a_circle_make_no_endless_way) {
  State state = small();
  state.apply({put_in<OrganizationUnit>("o-1", {"ou-a", "A", "ou-b"})});
  EXPECT_LE(state.organization("o-1")->way_to(kMember).size(), 16u);
}

TEST(Organization, an_account_is_in_one_at_most) {
  State state = small();
  const State before = state;
  state.apply({PutOrganization{{"o-2", AccountId::from_number(9), "r-2", true, {}}},
               put_in<OrganizationUnit>("o-2", {"r-2", "Root", ""}),
               member_of("o-2", kMember, "r-2")});
  EXPECT_EQ(state.organization_of(kMember)->info.id, "o-2");
  EXPECT_EQ(state.organization("o-1")->member(kMember), nullptr);
  EXPECT_EQ(state.organization_of(kManagement)->info.id, "o-1");
  EXPECT_EQ(state.organizations().size(), 2u);
  EXPECT_EQ(before.organization_of(kMember)->info.id, "o-1") << "a snapshot stays";

  state.apply({EraseIn<OrganizationMember>{"o-1", kMember.text()}});  // not there any more
  EXPECT_EQ(state.organization_of(kMember)->info.id, "o-2");
  state.apply({EraseIn<OrganizationMember>{"o-2", kMember.text()}});
  EXPECT_EQ(state.organization_of(kMember), nullptr);
  state.apply({EraseOrganization{"o-1"}});
  EXPECT_EQ(state.organization_of(kManagement), nullptr);
  EXPECT_EQ(state.organizations().size(), 1u);
  EXPECT_EQ(before.organizations().size(), 1u);
}

TEST(Organization, attachments_are_known_from_both_sides) {
  State state = small();
  state.apply({put_in<NodePolicies>("o-1", {"ou-a", {"p-1", "p-2"}}),
               put_in<NodePolicies>("o-1", {kMember.text(), {"p-2"}}),
               put_in<NodePolicies>("o-1", {"r-1", {"p-22"}})});
  const auto& organization = *state.organization("o-1");
  EXPECT_EQ(nodes_with(organization, "p-2"), (std::vector<std::string>{kMember.text(), "ou-a"}));
  EXPECT_EQ(nodes_with(organization, "p-22"), std::vector<std::string>{"r-1"});
  state.apply({put_in<NodePolicies>("o-1", {"ou-a", {"p-2", "p-3"}})});
  EXPECT_TRUE(nodes_with(*state.organization("o-1"), "p-1").empty());
  EXPECT_EQ(nodes_with(*state.organization("o-1"), "p-3"), std::vector<std::string>{"ou-a"});
  state.apply(
      {put_in<NodePolicies>("o-1", {"ou-a", {}}), EraseIn<NodePolicies>{"o-1", kMember.text()}});
  EXPECT_TRUE(nodes_with(*state.organization("o-1"), "p-2").empty());
  EXPECT_EQ(state.organization("o-1")->attachments.find("ou-a"), nullptr);
  EXPECT_EQ(state.organization("o-1")->targets.size(), 1u);
}

TEST(Organization, a_change_is_logged_by_its_own_size) {
  const testing::PlainSealer sealer;
  Events events = {PutOrganization{{"o-1", kManagement, "r-1", true, {}}}};
  for (int i = 0; i < 2'000; ++i) {
    events.push_back(
        put_in<OrganizationUnit>("o-1", {fmt::format("ou-{}", i), "a unit's name", "r-1"}));
    events.push_back(put_in<NodePolicies>("o-1", {fmt::format("ou-{}", i), {"p-FullAWSAccess"}}));
  }
  State state;
  state.apply(events);
  const Event attach = put_in<NodePolicies>("o-1", {"ou-7", {"p-FullAWSAccess", "p-12345678"}});
  EXPECT_LT(encode_events({attach}, sealer).size(), 64u);
  state.apply({attach});
  EXPECT_EQ(nodes_with(*state.organization("o-1"), "p-12345678"), std::vector<std::string>{"ou-7"});
}

}  // namespace
}  // namespace rolecall::identity
