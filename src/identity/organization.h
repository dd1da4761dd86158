// What organizations are made of ("AWS Organizations terminology and concepts"). A server may hold
// several; an account is in one at most. Each kind of thing has its own table, so that a change
// costs what it changes and a question costs what lies on the way from the root to one account.
//
//   const Organization* o = state.organization_of(account);      // nullptr: in none
//   for (const std::string_view node : o->way_to(account)) …     // root, units
//
// A new member is also named in codec.cc, which does not compile until it is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "identity/stored_policy.h"
#include "identity/table.h"

namespace rolecall::identity {

// The types of policies that limit who may do what. (Others shape what services do; their names
// are the API's as well.)
inline constexpr std::string_view kServiceControlPolicy = "SERVICE_CONTROL_POLICY";
inline constexpr std::string_view kResourceControlPolicy = "RESOURCE_CONTROL_POLICY";

// The organization's own facts; what it holds is in its tables.
struct OrganizationInfo {
  std::string id;  // o-…
  AccountId management_account;
  std::string root;          // r-…: the id of the unit above all others
  bool all_features = true;  // false: consolidated billing, where no policy applies
  std::vector<std::string> enabled_policy_types;  // in the root
  bool is_enabled(std::string_view policy_type) const;
};

// A unit; the root is one as well.
struct OrganizationUnit {
  std::string id;  // ou-…; the root's is r-…
  std::string name;
  std::string parent;  // empty for the root
  static constexpr bool kExactKeys = true;
  std::string_view key() const { return id; }
};

enum class JoinedMethod : std::uint8_t { created, invited };

// That an account is in the organization, and where.
struct OrganizationMember {
  AccountId account;
  std::string parent;  // id of a unit or the root
  JoinedMethod joined_method = JoinedMethod::created;
  Instant joined;  // 0: written by a version that did not keep it

  std::string table_key;  // the account's digits; set by make_member()
  static constexpr bool kExactKeys = true;
  std::string_view key() const { return table_key; }
};
// A member with its table key set; fill in the rest.
OrganizationMember make_member(AccountId account);

struct OrganizationPolicy {
  std::string id;  // p-…
  std::string name;
  std::string type;  // kServiceControlPolicy …
  std::string description;
  bool aws_managed = false;
  PolicyRef document;
  static constexpr bool kExactKeys = true;
  std::string_view key() const { return id; }
};

// The policies, of all types, on one node: the root, a unit or an account.
struct NodePolicies {
  std::string node;                   // r-…, ou-… or twelve digits
  std::vector<std::string> policies;  // ids, in the order attached; never empty in a State
  static constexpr bool kExactKeys = true;
  std::string_view key() const { return node; }
};

// The other way: a node that a policy is on. Those of one policy stand together, from
// targets.lower_bound(POLICY + "/") on.
struct PolicyTarget {
  std::string table_key;  // POLICY/NODE
  static constexpr bool kExactKeys = true;
  std::string_view key() const { return table_key; }
  std::string_view node() const;
};

struct Organization {
  OrganizationInfo info;
  Table<OrganizationUnit> units;
  Table<OrganizationMember> members;
  Table<OrganizationPolicy> policies;
  Table<NodePolicies> attachments;
  Table<PolicyTarget> targets;  // derived from attachments

  // nullptr when the account is no member.
  const OrganizationMember* member(AccountId account) const;
  // The ids of the nodes above the account, the root first; empty when it is no member. They live
  // as long as this organization.
  std::vector<std::string_view> way_to(AccountId account) const;
};

}  // namespace rolecall::identity
