#include "identity/state.h"

#include "identity/managed_policies.h"

namespace rolecall::identity {
namespace {

constexpr std::string_view kBucketType = "s3:bucket";  // its names are global (AWS "Bucket naming")

std::string alias_key(std::string_view alias) { return "alias/" + std::string(alias); }

// The account table's key: the number, big-endian, so that its order is the accounts' order.
struct AccountKey {
  char bytes[8];
  explicit AccountKey(AccountId id) {
    for (std::size_t i = 0; i < 8; ++i) {
      bytes[i] = static_cast<char>(id.number() >> (8 * (7 - i)) & 0xFF);
    }
  }
  std::string_view view() const { return {bytes, sizeof bytes}; }
};

struct AccountSlot {
  AccountKey key{AccountId()};
  Cow<Account> account;
};
struct AccountTraits {
  using Entry = AccountSlot;
  static constexpr bool kExact = true;
  static std::string_view key(const Entry& entry) { return entry.key.view(); }
};

struct OrganizationSlot {
  std::string id;
  Cow<Organization> organization;
};
struct OrganizationTraits {
  using Entry = OrganizationSlot;
  static constexpr bool kExact = true;
  static std::string_view key(const Entry& entry) { return entry.id; }
};

}  // namespace

struct State::Roots {
  PersistentTree<AccountTraits> accounts;
  PersistentTree<OrganizationTraits> organizations;
  Table<Membership> memberships;
  Cow<std::vector<std::shared_ptr<const CarriedEvent>>> carried;
  Table<AccessKey> access_keys;
  Table<PrincipalIndexEntry> principals;
  Table<GlobalName> global_names;
};

namespace {

enum class Count { more, less };

void count_usage(Account& account, std::string_view arn, Count direction, bool boundary) {
  if (arn.empty()) return;
  const PolicyUsage* old = account.policy_usage.find(arn);
  PolicyUsage now = old ? *old : PolicyUsage{std::string(arn)};
  std::uint32_t& counter = boundary ? now.boundaries : now.attachments;
  if (direction == Count::more) {
    ++counter;
  } else {
    RC_ASSERT(counter > 0);
    --counter;
  }
  if (now.attachments == 0 && now.boundaries == 0) {
    account.policy_usage.erase(arn);
  } else {
    account.policy_usage.put(std::make_shared<PolicyUsage>(std::move(now)));
  }
}

template <class T>
const std::string& boundary_of(const T& entity) {
  static const std::string none;
  if constexpr (requires { entity.boundary; }) return entity.boundary;
  return none;
}

// Most writes leave attachments and boundary alone: then the table is not touched.
template <class T>
void move_usage(Account& account, const T* before, const T* after) {
  if (before && after && before->grants.attached == after->grants.attached &&
      boundary_of(*before) == boundary_of(*after)) {
    return;
  }
  if (before) {
    for (const auto& arn : before->grants.attached) count_usage(account, arn, Count::less, false);
    count_usage(account, boundary_of(*before), Count::less, true);
  }
  if (after) {
    for (const auto& arn : after->grants.attached) count_usage(account, arn, Count::more, false);
    count_usage(account, boundary_of(*after), Count::more, true);
  }
}

template <class T>
Table<T>& table_of(Account& account) {
  if constexpr (std::is_same_v<T, User>) return account.users;
  if constexpr (std::is_same_v<T, Group>) return account.groups;
  if constexpr (std::is_same_v<T, Role>) return account.roles;
  if constexpr (std::is_same_v<T, ManagedPolicy>) return account.policies;
  if constexpr (std::is_same_v<T, InstanceProfile>) return account.instance_profiles;
  if constexpr (std::is_same_v<T, MfaDevice>) return account.mfa_devices;
  if constexpr (std::is_same_v<T, Resource>) return account.resources;
}

template <class T>
Table<T>& table_of(Organization& organization) {
  if constexpr (std::is_same_v<T, OrganizationUnit>) return organization.units;
  if constexpr (std::is_same_v<T, OrganizationMember>) return organization.members;
  if constexpr (std::is_same_v<T, OrganizationPolicy>) return organization.policies;
  if constexpr (std::is_same_v<T, NodePolicies>) return organization.attachments;
}

bool contains(const NodePolicies* list, const std::string& policy) {
  return list != nullptr &&
         std::find(list->policies.begin(), list->policies.end(), policy) != list->policies.end();
}

// One node's policies were `before` and are `after`; null: none.
void move_targets(Organization& organization, const NodePolicies* before,
                  const NodePolicies* after) {
  const auto each_only_in = [](const NodePolicies* in, const NodePolicies* other, auto use) {
    if (in == nullptr) return;
    for (const std::string& policy : in->policies) {
      if (!contains(other, policy)) use(policy + "/" + in->node);
    }
  };
  each_only_in(before, after, [&](const std::string& key) { organization.targets.erase(key); });
  each_only_in(after, before, [&](std::string key) {
    organization.targets.put(std::make_shared<PolicyTarget>(PolicyTarget{std::move(key)}));
  });
}

template <class T>
inline constexpr bool kIsPrincipal = std::is_same_v<T, User> || std::is_same_v<T, Role>;
template <class T>
inline constexpr bool kHasGrants = kIsPrincipal<T> || std::is_same_v<T, Group>;

}  // namespace

State::State() = default;
State::State(const State&) = default;
State& State::operator=(const State&) = default;
State::State(State&&) noexcept = default;
State& State::operator=(State&&) noexcept = default;
State::~State() = default;

const Account* State::account(AccountId id) const {
  const AccountSlot* slot = roots_->accounts.find(AccountKey(id).view());
  return slot ? &*slot->account : nullptr;
}
const AccessKey* State::access_key(std::string_view id) const {
  return roots_->access_keys.find(id);
}
const PrincipalIndexEntry* State::principal(std::string_view unique_id) const {
  return roots_->principals.find(unique_id);
}
const GlobalName* State::global_name(std::string_view name) const {
  return roots_->global_names.find(name);
}
const Organization* State::organization(std::string_view id) const {
  const OrganizationSlot* slot = roots_->organizations.find(id);
  return slot ? &*slot->organization : nullptr;
}
const Organization* State::organization_of(AccountId member) const {
  if (member.empty() || roots_->memberships.empty()) return nullptr;
  const Membership* membership = roots_->memberships.find(member.text());
  return membership ? organization(membership->organization) : nullptr;
}
const std::vector<std::shared_ptr<const CarriedEvent>>& State::carried() const {
  return *roots_->carried;
}
const Table<AccessKey>& State::access_keys() const { return roots_->access_keys; }
const Table<PrincipalIndexEntry>& State::principals() const { return roots_->principals; }
const Table<GlobalName>& State::global_names() const { return roots_->global_names; }
std::size_t State::account_count() const { return roots_->accounts.size(); }

std::vector<AccountId> State::account_ids() const {
  std::vector<AccountId> ids;
  ids.reserve(roots_->accounts.size());
  for (const AccountSlot& slot : roots_->accounts) ids.push_back(slot.account->info.id);
  return ids;
}

std::vector<const Organization*> State::organizations() const {
  std::vector<const Organization*> out;
  out.reserve(roots_->organizations.size());
  for (const OrganizationSlot& slot : roots_->organizations) out.push_back(&*slot.organization);
  return out;
}

Account& State::mutable_account(AccountId id) {
  const AccountKey key(id);
  auto& accounts = roots_.edit().accounts;
  AccountSlot* slot = accounts.edit(key.view());
  if (!slot) {
    AccountSlot made{key, {}};
    made.account.edit().info.id = id;
    accounts.put(std::move(made));
    slot = accounts.edit(key.view());
  }
  return slot->account.edit();
}

Organization& State::mutable_organization(const std::string& id) {
  auto& organizations = roots_.edit().organizations;
  OrganizationSlot* slot = organizations.edit(id);
  if (!slot) {
    OrganizationSlot made{id, {}};
    made.organization.edit().info.id = id;
    organizations.put(std::move(made));
    slot = organizations.edit(id);
  }
  return slot->organization.edit();
}

void State::apply(const Events& events) {
  for (const Event& event : events) apply_one(event);
  ++revision_;
}

// One overload for each kind of event.
struct State::Apply {
  State& state;

  void operator()(const PutAccount& event) const {
    Account& account = state.mutable_account(event.info.id);
    if (account.info.alias != event.info.alias) {
      release_name(alias_key(account.info.alias), event.info.id);
      if (!event.info.alias.empty()) claim_name(alias_key(event.info.alias), event.info.id);
    }
    account.info = event.info;
  }

  void operator()(const PutOrganization& event) const {
    state.mutable_organization(event.info.id).info = event.info;
  }
  void operator()(const EraseOrganization& event) const {
    const Organization* organization = state.organization(event.organization);
    if (!organization) return;
    auto& memberships = state.roots_.edit().memberships;
    for (const auto& member : organization->members) memberships.erase(member->table_key);
    state.roots_.edit().organizations.erase(event.organization);
  }
  template <class T>
  void operator()(const PutIn<T>& event) const {
    if constexpr (std::is_same_v<T, OrganizationMember>) join(event.organization, *event.entity);
    Organization& organization = state.mutable_organization(event.organization);
    Table<T>& table = table_of<T>(organization);
    if constexpr (std::is_same_v<T, NodePolicies>) {
      move_targets(organization, table.find(event.entity->node), event.entity.get());
      if (event.entity->policies.empty()) {
        table.erase(event.entity->node);
        return;
      }
    }
    table.put(event.entity);
  }
  template <class T>
  void operator()(const EraseIn<T>& event) const {
    const Organization* there = state.organization(event.organization);
    if (!there) return;
    Organization& organization = state.mutable_organization(event.organization);
    Table<T>& table = table_of<T>(organization);
    if (!table.contains(event.key)) return;
    if constexpr (std::is_same_v<T, NodePolicies>) {
      move_targets(organization, table.find(event.key), nullptr);
    }
    if constexpr (std::is_same_v<T, OrganizationMember>) {
      state.roots_.edit().memberships.erase(event.key);
    }
    table.erase(event.key);
  }
  void operator()(const CarriedEvent& event) const {
    state.roots_.edit().carried.edit().push_back(std::make_shared<CarriedEvent>(event));
  }

  void operator()(const Put<AccessKey>& event) const {
    state.roots_.edit().access_keys.put(event.entity);
  }
  void operator()(const Erase<AccessKey>& event) const {
    state.roots_.edit().access_keys.erase(event.key);
  }

  template <class T>
  void operator()(const Put<T>& event) const {
    Account& account = state.mutable_account(event.account);
    Table<T>& table = table_of<T>(account);
    std::shared_ptr<const T> entity = event.entity;
    const std::shared_ptr<const T> before = table.get(entity->key());
    if constexpr (kHasGrants<T>) move_usage(account, before.get(), entity.get());
    if constexpr (kIsPrincipal<T>) {
      if (before && before->id != entity->id) forget_principal(*before, event.account);
      remember_principal(*entity, event.account);
    }
    if constexpr (std::is_same_v<T, Resource>) {
      RC_ASSERT(entity->table_key == resource_key(entity->type, entity->name));
      if (entity->type == kBucketType && !before) claim_name(entity->table_key, event.account);
    }
    table.put(std::move(entity));
  }

  template <class T>
  void operator()(const Erase<T>& event) const {
    Account& account = state.mutable_account(event.account);
    Table<T>& table = table_of<T>(account);
    const std::shared_ptr<const T> before = table.get(event.key);
    if (!before) return;
    if constexpr (kHasGrants<T>) move_usage<T>(account, before.get(), nullptr);
    if constexpr (kIsPrincipal<T>) forget_principal(*before, event.account);
    if constexpr (std::is_same_v<T, Resource>) {
      if (before->type == kBucketType) release_name(before->table_key, event.account);
    }
    table.erase(event.key);
  }

 private:
  void join(const std::string& organization, const OrganizationMember& member) const {
    RC_ASSERT(member.table_key == member.account.text());
    const Organization* before = state.organization_of(member.account);
    if (before && before->info.id == organization) return;
    if (before) {
      const std::string left = before->info.id;
      state.mutable_organization(left).members.erase(member.table_key);
    }
    state.roots_.edit().memberships.put(
        std::make_shared<Membership>(Membership{member.table_key, organization}));
  }
  void claim_name(std::string name, AccountId account) const {
    state.roots_.edit().global_names.put(
        std::make_shared<GlobalName>(GlobalName{std::move(name), account}));
  }
  // Only the owner's: a name may have been claimed by another account within the same batch.
  void release_name(const std::string& name, AccountId account) const {
    const GlobalName* held = state.global_name(name);
    if (held && held->account == account) state.roots_.edit().global_names.erase(name);
  }
  template <class T>
  void remember_principal(const T& entity, AccountId account) const {
    constexpr bool is_role = std::is_same_v<T, Role>;
    const PrincipalIndexEntry* known = state.principal(entity.id);
    if (known && known->account == account && known->is_role == is_role &&
        known->name == entity.key()) {
      return;
    }
    state.roots_.edit().principals.put(std::make_shared<PrincipalIndexEntry>(
        PrincipalIndexEntry{entity.id, account, is_role, std::string(entity.key())}));
  }
  // A renamed user keeps its id: putting the new name may come before erasing the old one.
  template <class T>
  void forget_principal(const T& entity, AccountId account) const {
    const PrincipalIndexEntry* known = state.principal(entity.id);
    if (known && known->account == account && known->name == entity.key() &&
        known->is_role == std::is_same_v<T, Role>) {
      state.roots_.edit().principals.erase(entity.id);
    }
  }
};

void State::apply_one(const Event& event) { std::visit(Apply{*this}, event); }

PolicyRef find_policy_document(const State& state, std::string_view policy_arn) {
  const std::optional<ArnView> arn = ArnView::parse(policy_arn);
  if (!arn || arn->service != "iam" || arn->resource_type() != "policy") return nullptr;
  if (arn->account == "aws") return aws_managed_policy_document(policy_arn);
  const std::optional<AccountId> id = AccountId::parse(arn->account);
  const Account* account = id ? state.account(*id) : nullptr;
  const ManagedPolicy* policy = account ? account->policies.find(arn->resource_name()) : nullptr;
  if (!policy || policy->arn != policy_arn) return nullptr;
  const PolicyVersion* version = policy->version(policy->default_version);
  return version ? version->document : nullptr;
}

}  // namespace rolecall::identity
