#include <fmt/core.h>

#include <algorithm>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "identity/ids.h"
#include "identity/managed_policies.h"
#include "policy/kind.h"
#include "seed/planner.h"

namespace rolecall::seed {
namespace {

constexpr std::size_t kVersionsPerPolicyMax = 5;  // Rule 61
constexpr std::string_view kBucketType = "s3:bucket";

bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::any_of(list.begin(), list.end(),
                     [&](const auto& item) { return equal_ignoring_case(item, name); });
}

// True when something changed. Tags that the file does not name stay.
bool merge_tags(identity::Tags& to, const identity::Tags& from) {
  bool changed = false;
  for (const auto& tag : from) {
    const auto at = std::find_if(to.begin(), to.end(), [&](const auto& other) {
      return equal_ignoring_case(other.key, tag.key);
    });
    if (at == to.end()) {
      to.push_back(tag);
      changed = true;
    } else if (*at != tag) {
      *at = tag;
      changed = true;
    }
  }
  return changed;
}

// One account of the file against the account as it is.
class AccountPlan {
 public:
  AccountPlan(Planner& planner, const Account& wanted)
      : planner_(planner), wanted_(wanted), id_(wanted.id) {}

  void account_itself() {
    const identity::Account* there = now();
    identity::AccountInfo info;
    bool changed = there == nullptr;
    if (there != nullptr) {
      info = there->info;
    } else {
      info.id = id_;
      info.name = wanted_.name;
      info.canonical_id = identity::make_canonical_id(planner_.effects.random);
      info.created = planner_.effects.now;
    }
    const auto set = [&](std::string& to, const std::string& from) {
      if (from.empty() || to == from) return;
      to = from;
      changed = true;
    };
    set(info.name, wanted_.name);
    set(info.email, wanted_.email);
    if (!wanted_.alias.empty()) {
      const auto* owner = planner_.next.global_name("alias/" + wanted_.alias);
      if (owner != nullptr && owner->account != id_) {
        problem(wanted_.at, fmt::format("the alias `{}` is another account's", wanted_.alias));
      } else {
        set(info.alias, wanted_.alias);
      }
    }
    if (wanted_.root_key) {
      if (!contains(info.root_access_keys, wanted_.root_key->id)) {
        info.root_access_keys.push_back(wanted_.root_key->id);
        changed = true;
      }
    }
    if (changed) planner_.emit(identity::PutAccount{std::move(info)});
    if (wanted_.root_key) access_key(*wanted_.root_key, "", wanted_.at);
  }

  void policies() {
    for (const auto& policy : wanted_.policies) managed(policy);
  }

  void groups() {
    for (const auto& wanted : wanted_.groups) {
      const identity::Group* there = now()->groups.find(wanted.name);
      identity::Group group = there != nullptr ? *there : identity::Group();
      bool changed = there == nullptr;
      if (there == nullptr) {
        name_it(group, wanted, "group", identity::kGroupIdPrefix);
      } else {
        same_path(wanted, group.path, "group");
      }
      changed |= grant(group.grants, wanted.grants);
      if (changed) planner_.put(id_, std::move(group));
    }
  }

  void users() {
    for (const auto& wanted : wanted_.users) user(wanted);
  }

  // Before any trust policy is read: it may name this role.
  void name_roles() {
    for (const auto& role : wanted_.roles) {
      if (now()->roles.find(role.name) != nullptr) continue;
      planner_.new_role_ids[arn("role", role.path, role.name)] =
          identity::make_unique_id(identity::kRoleIdPrefix, planner_.effects.random);
    }
  }

  void roles() {
    for (const auto& wanted : wanted_.roles) {
      const identity::Role* there = now()->roles.find(wanted.name);
      identity::Role role = there != nullptr ? *there : identity::Role();
      bool changed = there == nullptr;
      if (there == nullptr) {
        name_it(role, wanted, "role", identity::kRoleIdPrefix);
        role.id = planner_.new_role_ids[role.arn];
      } else {
        same_path(wanted, role.path, "role");
      }
      if (wanted.description &&
          (!role.has_description || role.description != *wanted.description)) {
        role.description = *wanted.description;
        role.has_description = true;
        changed = true;
      }
      if (role.max_session_seconds != wanted.max_session_seconds) {
        role.max_session_seconds = wanted.max_session_seconds;
        changed = true;
      }
      changed |= assign(role.trust, stored_trust(planner_, wanted.trust), policy::Kind::trust);
      changed |= grant(role.grants, wanted.grants);
      changed |= bound(role.boundary, wanted.boundary);
      changed |= merge_tags(role.tags, wanted.tags);
      if (changed) planner_.put(id_, std::move(role));
    }
  }

  void instance_profiles() {
    for (const auto& wanted : wanted_.instance_profiles) {
      const identity::InstanceProfile* there = now()->instance_profiles.find(wanted.name);
      identity::InstanceProfile profile = there != nullptr ? *there : identity::InstanceProfile();
      bool changed = there == nullptr;
      if (there == nullptr) {
        name_it(profile, wanted, "instance-profile", identity::kInstanceProfileIdPrefix);
      } else {
        same_path(wanted, profile.path, "instance profile");
      }
      if (!wanted.role.empty() && !equal_ignoring_case(profile.role_name, wanted.role)) {
        if (const auto* role = now()->roles.find(wanted.role)) {
          profile.role_name = role->name;
          changed = true;
        } else {
          problem(wanted.at, fmt::format("the account has no role `{}`", wanted.role));
        }
      }
      if (changed) planner_.put(id_, std::move(profile));
    }
  }

  void buckets() {
    for (const auto& wanted : wanted_.buckets) {
      const auto* owner =
          planner_.next.global_name(identity::resource_key(kBucketType, wanted.name));
      if (owner != nullptr && owner->account != id_) {
        problem(wanted.at, fmt::format("the bucket `{}` is another account's", wanted.name));
        continue;
      }
      const identity::Resource* there =
          now()->resources.find(identity::resource_key(kBucketType, wanted.name));
      identity::Resource bucket =
          there != nullptr ? *there
                           : identity::make_resource(std::string(kBucketType), wanted.name);
      bool changed = there == nullptr;
      if (there == nullptr) {
        bucket.arn = make_arn(kPartition, "s3", "", AccountId(), wanted.name);
        bucket.region = wanted.region;
        bucket.created = planner_.effects.now;
        if (wanted.region != "us-east-1") bucket.set_property("location", wanted.region);
      } else if (bucket.region != wanted.region) {
        problem(wanted.at, fmt::format("the bucket is in {} already", bucket.region));
      }
      if (wanted.policy) {
        changed |= assign(bucket.policy, stored_bucket_policy(planner_, *wanted.policy),
                          policy::Kind::bucket);
      }
      changed |= merge_tags(bucket.tags, wanted.tags);
      if (changed) planner_.put(id_, std::move(bucket));
    }
  }

 private:
  // Never null after account_itself().
  const identity::Account* now() const { return planner_.next.account(id_); }
  void problem(Place at, std::string message) { planner_.problems.add(at, std::move(message)); }

  std::string arn(std::string_view type, std::string_view path, std::string_view name) const {
    return make_arn(kPartition, "iam", "", id_, fmt::format("{}{}{}", type, path, name));
  }

  template <class Entity, class Wanted>
  void name_it(Entity& entity, const Wanted& wanted, std::string_view type,
               std::string_view id_prefix) {
    entity.name = wanted.name;
    entity.path = wanted.path;
    entity.arn = arn(type, wanted.path, wanted.name);
    entity.id = identity::make_unique_id(id_prefix, planner_.effects.random);
    entity.created = planner_.effects.now;
  }

  template <class Wanted>
  void same_path(const Wanted& wanted, const std::string& path, std::string_view what) {
    if (wanted.path == path) return;
    problem(wanted.at, fmt::format("the {} `{}` is there with the path `{}`, which cannot change",
                                   what, wanted.name, path));
  }

  // "" and a problem when the reference names no policy.
  std::string policy_arn(const std::pair<std::string, Place>& reference) {
    const auto& [text, at] = reference;
    if (text.starts_with("arn:")) {
      if (identity::find_policy_document(planner_.next, text) != nullptr) return text;
    } else if (const auto* own = now()->policies.find(text)) {
      return own->arn;
    } else if (const auto* aws = identity::find_aws_managed_policy_by_name(text)) {
      return aws->arn;
    }
    problem(at, fmt::format("there is no managed policy `{}`", text));
    return {};
  }

  bool grant(identity::Grants& to, const Grants& from) {
    bool changed = false;
    for (const auto& wanted : from.inline_policies) {
      const auto at =
          std::lower_bound(to.inline_policies.begin(), to.inline_policies.end(), wanted.name,
                           [](const identity::InlinePolicy& item, const std::string& name) {
                             return identity::Table<identity::User>::compare(item.name, name) < 0;
                           });
      if (at != to.inline_policies.end() && equal_ignoring_case(at->name, wanted.name)) {
        changed |= assign(at->document, wanted.document.text, policy::Kind::inline_);
      } else {
        to.inline_policies.insert(
            at, {wanted.name, document_of(wanted.document, policy::Kind::inline_)});
        changed = true;
      }
    }
    for (const auto& reference : from.attach) {
      const std::string arn = policy_arn(reference);
      if (arn.empty() ||
          std::find(to.attached.begin(), to.attached.end(), arn) != to.attached.end()) {
        continue;
      }
      to.attached.push_back(arn);
      changed = true;
    }
    return changed;
  }

  bool bound(std::string& to, const std::optional<std::pair<std::string, Place>>& wanted) {
    if (!wanted) return false;
    const std::string arn = policy_arn(*wanted);
    if (arn.empty() || to == arn) return false;
    to = arn;
    return true;
  }

  void managed(const ManagedPolicy& wanted) {
    const identity::ManagedPolicy* there = now()->policies.find(wanted.name);
    identity::ManagedPolicy policy = there != nullptr ? *there : identity::ManagedPolicy();
    bool changed = there == nullptr;
    if (there == nullptr) {
      name_it(policy, wanted, "policy", identity::kManagedPolicyIdPrefix);
      policy.description = wanted.description;  // given once, as in IAM
      policy.updated = planner_.effects.now;
      policy.versions = {
          {1, document_of(wanted.document, policy::Kind::managed), planner_.effects.now}};
    } else {
      same_path(wanted, policy.path, "policy");
      const auto* current = policy.version(policy.default_version);
      if (current == nullptr || current->document->text() != wanted.document.text) {
        new_version(policy, wanted.document);
        changed = true;
      }
    }
    changed |= merge_tags(policy.tags, wanted.tags);
    if (changed) planner_.put(id_, std::move(policy));
  }

  // A sixth version takes the place of the oldest.
  void new_version(identity::ManagedPolicy& policy, const Document& document) {
    if (policy.versions.size() >= kVersionsPerPolicyMax) {
      const auto oldest = std::find_if(
          policy.versions.begin(), policy.versions.end(),
          [&](const auto& version) { return version.number != policy.default_version; });
      if (oldest != policy.versions.end()) policy.versions.erase(oldest);
    }
    policy.versions.push_back({++policy.last_version, document_of(document, policy::Kind::managed),
                               planner_.effects.now});
    policy.default_version = policy.last_version;
    policy.updated = planner_.effects.now;
  }

  void access_key(const AccessKey& wanted, const std::string& user_name, Place at) {
    const identity::AccessKey* there = planner_.next.access_key(wanted.id);
    const auto status = wanted.active ? identity::KeyStatus::active : identity::KeyStatus::inactive;
    if (there != nullptr) {
      if (there->account != id_ || !equal_ignoring_case(there->user_name, user_name)) {
        problem(at, fmt::format("the access key {} is somebody else's", wanted.id));
        return;
      }
      if (there->status == status &&
          crypto::equal_constant_time(there->secret.reveal(), wanted.secret.reveal())) {
        return;
      }
    }
    identity::AccessKey key;
    if (there != nullptr) key = *there;
    key.id = wanted.id;
    key.account = id_;
    key.user_name = user_name;
    key.secret = wanted.secret;
    key.status = status;
    if (there == nullptr) key.created = planner_.effects.now;
    planner_.put(id_, std::move(key));
  }

  // True when the user's list of devices changed.
  bool mfa_device(identity::User& user, const Mfa& wanted, Place at) {
    const std::string serial = arn("mfa", "/", wanted.name);
    const identity::MfaDevice* there = now()->mfa_devices.find(serial);
    if (there != nullptr && there->enabled && !equal_ignoring_case(there->user_name, user.name)) {
      problem(at, fmt::format("the MFA device `{}` is somebody else's", wanted.name));
      return false;
    }
    const bool same = there != nullptr && there->enabled &&
                      crypto::equal_constant_time(there->seed.reveal(), wanted.seed.reveal());
    if (!same) {
      identity::MfaDevice device;
      device.serial = serial;
      device.seed = wanted.seed;
      device.user_name = user.name;
      device.enabled = planner_.effects.now.truncated_to_seconds();
      planner_.put(id_, std::move(device));
    }
    if (std::find(user.mfa_devices.begin(), user.mfa_devices.end(), serial) !=
        user.mfa_devices.end()) {
      return false;
    }
    user.mfa_devices.push_back(serial);
    return true;
  }

  void user(const User& wanted) {
    const identity::User* there = now()->users.find(wanted.name);
    if (there != nullptr && there->from_flag) {
      problem(wanted.at, fmt::format("the user `{}` belongs to --admin-key", wanted.name));
      return;
    }
    identity::User user = there != nullptr ? *there : identity::User();
    bool changed = there == nullptr;
    if (there == nullptr) {
      name_it(user, wanted, "user", identity::kUserIdPrefix);
    } else {
      same_path(wanted, user.path, "user");
    }
    changed |= grant(user.grants, wanted.grants);
    changed |= bound(user.boundary, wanted.boundary);
    changed |= merge_tags(user.tags, wanted.tags);
    for (const auto& key : wanted.access_keys) {
      access_key(key, user.name, wanted.at);
      if (!contains(user.access_keys, key.id)) {
        user.access_keys.push_back(key.id);
        changed = true;
      }
    }
    if (wanted.mfa) changed |= mfa_device(user, *wanted.mfa, wanted.at);

    std::vector<identity::Group> joined;
    for (const auto& [name, at] : wanted.groups) {
      const identity::Group* group = now()->groups.find(name);
      if (group == nullptr) {
        problem(at, fmt::format("the account has no group `{}`", name));
      } else if (!contains(user.groups, group->name)) {
        user.groups.push_back(group->name);
        identity::Group with = *group;
        if (!contains(with.members, user.name)) with.members.push_back(user.name);
        joined.push_back(std::move(with));
        changed = true;
      }
    }
    if (changed) planner_.put(id_, std::move(user));
    for (auto& group : joined) planner_.put(id_, std::move(group));
  }

  Planner& planner_;
  const Account& wanted_;
  AccountId id_;
};

}  // namespace

const Account* Planner::account_named(std::string_view name) const {
  for (const auto& account : seed.accounts) {
    if (account.name == name) return &account;
  }
  return nullptr;
}

Result<identity::Events> plan(const Seed& seed, const identity::State& state, Effects effects) {
  Planner planner{seed, state, effects};
  planner.problems.file = seed.file;
  std::vector<AccountPlan> accounts;
  for (const auto& account : seed.accounts) accounts.emplace_back(planner, account);
  // Each step over all accounts: policies and trusts may name what another account holds.
  for (auto& account : accounts) account.account_itself();
  for (auto& account : accounts) account.policies();
  for (auto& account : accounts) account.groups();
  for (auto& account : accounts) account.users();
  for (auto& account : accounts) account.name_roles();
  for (auto& account : accounts) account.roles();
  for (auto& account : accounts) account.instance_profiles();
  for (auto& account : accounts) account.buckets();
  if (seed.organization) plan_organization(planner, *seed.organization);
  if (!planner.problems.list.empty()) return planner.problems.fault();
  return std::move(planner.events);
}

}  // namespace rolecall::seed
