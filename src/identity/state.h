// The state of every account at one revision, and the events that lead from one revision to the
// next.
//
// State is a value: copying it copies a few pointers, because its tables share structure. The one
// writer owns the newest and applies events to it; readers hold an older copy (a Snapshot) for as
// long as they like. apply() is the only way to change it, and replaying the same events rebuilds
// the same state.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/persistent_tree.h"
#include "identity/entities.h"
#include "identity/organization.h"
#include "identity/table.h"

namespace rolecall::identity {

// Says how often a managed policy is used, so that counting needs no walk.
struct PolicyUsage {
  std::string arn;
  std::uint32_t attachments = 0;
  std::uint32_t boundaries = 0;
  static constexpr bool kExactKeys = true;
  std::string_view key() const { return arn; }
};

// One account. Tables are ordered by key without regard to case (Table's default order).
struct Account {
  AccountInfo info;
  Table<User> users;
  Table<Group> groups;
  Table<Role> roles;
  Table<ManagedPolicy> policies;
  Table<InstanceProfile> instance_profiles;
  Table<MfaDevice> mfa_devices;
  Table<Resource> resources;
  Table<PolicyUsage> policy_usage;  // derived; of customer and AWS managed policies

  const AccountInfo& key() const { return info; }
};

// Where a unique id (AIDA…, AROA…) lives now: the way from a session or a trust policy to its
// principal.
struct PrincipalIndexEntry {
  std::string id;
  AccountId account;
  bool is_role = false;
  std::string name;
  static constexpr bool kExactKeys = true;
  std::string_view key() const { return id; }
};

// Which organization an account is in.
struct Membership {
  std::string account;  // its digits
  std::string organization;
  static constexpr bool kExactKeys = true;
  std::string_view key() const { return account; }
};

// Names that are unique over all accounts: buckets ("s3:bucket/NAME") and account aliases
// ("alias/NAME").
struct GlobalName {
  std::string name;
  AccountId account;
  static constexpr bool kExactKeys = true;
  std::string_view key() const { return name; }
};

// ---- events ----
// A change is told as the entities it puts and erases. What it *means* is in the audit record
// beside it.

template <class T>
struct Put {
  AccountId account;
  std::shared_ptr<const T> entity;
};
template <class T>
struct Erase {
  AccountId account;
  std::string key;
};
struct PutAccount {
  AccountInfo info;
};
// The same in an organization.
struct PutOrganization {
  OrganizationInfo info;
};
struct EraseOrganization {
  std::string organization;
};
template <class T>
struct PutIn {
  std::string organization;
  std::shared_ptr<const T> entity;
};
template <class T>
struct EraseIn {
  std::string organization;
  std::string key;
};
// What a later version of this program wrote and allows earlier ones to leave unread (codec.cc).
// It is kept as it came, so that a checkpoint made by this one still has it.
struct CarriedEvent {
  std::uint8_t kind = 0;
  std::vector<PolicyRef> policies;
  std::string bytes;
};

using Event =
    std::variant<PutAccount, PutOrganization, Put<User>, Erase<User>, Put<Group>, Erase<Group>,
                 Put<Role>, Erase<Role>, Put<ManagedPolicy>, Erase<ManagedPolicy>,
                 Put<InstanceProfile>, Erase<InstanceProfile>, Put<MfaDevice>, Erase<MfaDevice>,
                 Put<AccessKey>, Erase<AccessKey>, Put<Resource>, Erase<Resource>, CarriedEvent,
                 EraseOrganization, PutIn<OrganizationUnit>, EraseIn<OrganizationUnit>,
                 PutIn<OrganizationMember>, EraseIn<OrganizationMember>, PutIn<OrganizationPolicy>,
                 EraseIn<OrganizationPolicy>, PutIn<NodePolicies>, EraseIn<NodePolicies>>;
using Events = std::vector<Event>;

// ---- the state ----

class State {
 public:
  State();              // no account at all, revision 0
  State(const State&);  // O(1)
  State& operator=(const State&);
  State(State&&) noexcept;
  State& operator=(State&&) noexcept;
  ~State();

  std::uint64_t revision() const { return revision_; }

  // nullptr when there is no such thing. Pointers live as long as this State.
  const Account* account(AccountId id) const;
  const AccessKey* access_key(std::string_view id) const;
  const PrincipalIndexEntry* principal(std::string_view unique_id) const;
  const GlobalName* global_name(std::string_view name) const;
  const Organization* organization(std::string_view id) const;
  // The one that the account is a member of.
  const Organization* organization_of(AccountId member) const;
  std::vector<const Organization*> organizations() const;  // in order of id
  std::vector<AccountId> account_ids() const;              // in order of number
  std::size_t account_count() const;
  // The whole tables, for walks over everything (checkpoints, reports); ordered by id and name.
  const Table<AccessKey>& access_keys() const;
  const Table<PrincipalIndexEntry>& principals() const;
  const Table<GlobalName>& global_names() const;
  // In the order in which they came.
  const std::vector<std::shared_ptr<const CarriedEvent>>& carried() const;

  // Applies one batch (one write's events) and moves to the next revision. Derived indices
  // (principals, global names, policy usage, memberships, targets) follow. An event names its
  // account or organization; one that no Put made is made empty. An account that becomes a member
  // of an organization is no longer one of another.
  void apply(const Events& events);
  void apply_one(const Event& event);
  void set_revision(std::uint64_t revision) { revision_ = revision; }

 private:
  Account& mutable_account(AccountId id);
  Organization& mutable_organization(const std::string& id);

  std::uint64_t revision_ = 0;
  struct Roots;
  struct Apply;
  Cow<Roots> roots_;
};

using Snapshot = std::shared_ptr<const State>;

// Convenience used by every service: the managed policy an ARN names, of the account or of AWS.
// (AWS managed policies are in managed_policies.h, shared by all accounts.)
PolicyRef find_policy_document(const State& state, std::string_view policy_arn);

}  // namespace rolecall::identity
