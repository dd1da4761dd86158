#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "policy/kind.h"
#include "seed/planner.h"

namespace rolecall::seed {
namespace {

constexpr std::string_view kFullAccess =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";
constexpr std::string_view kFullAccessId = "p-FullAWSAccess";
constexpr std::string_view kIdAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// Every event is applied to the planner's state at once, which frees what it replaces: what an
// entity is changed to is a copy of it, and no reference into the state outlives an emit().
class OrganizationPlan {
 public:
  OrganizationPlan(Planner& planner, const Organization& wanted)
      : planner_(planner), wanted_(wanted) {}

  void run() {
    const Account* management = account(wanted_.management);
    if (management == nullptr || !found(*management)) return;
    for (const auto& unit : now().units) unit_names_[{unit->parent, unit->name}] = unit->id;
    for (const auto& node : now().attachments) attached_[node->node] = node->policies;
    const std::string root = now().info.root;
    unit(wanted_.root, root, "");
    if (now().member(management->id) == nullptr) place(management->id, root);
    enable_policy_types();
    attach_full_access();
    for (const auto& policy : now().policies) {
      policy_ids_[{policy->type, policy->name}] = policy->id;
    }
    for (const auto& policy : wanted_.policies) control_policy(policy);
    for (const std::string& node : touched_) {
      put(identity::NodePolicies{node, attached_[node]});
    }
  }

 private:
  void problem(Place at, std::string message) { planner_.problems.add(at, std::move(message)); }
  std::string id(std::string_view prefix, std::size_t length) {
    return std::string(prefix) + planner_.effects.random.text(length, kIdAlphabet);
  }
  // Valid until the next emit().
  const identity::Organization& now() const { return *planner_.next.organization(id_); }
  template <class T>
  void put(T entity) {
    planner_.emit(identity::PutIn<T>{id_, std::make_shared<const T>(std::move(entity))});
  }

  const Account* account(const std::pair<std::string, Place>& name) {
    const Account* found = planner_.account_named(name.first);
    if (found == nullptr) {
      problem(name.second, fmt::format("the file has no account `{}`", name.first));
    }
    return found;
  }

  // The organization to work on: the one that the management account manages, or a new one.
  bool found(const Account& management) {
    for (const identity::Organization* there : planner_.next.organizations()) {
      if (there->info.management_account == management.id) {
        id_ = there->info.id;
        return true;
      }
    }
    if (planner_.next.organization_of(management.id) != nullptr) {
      problem(wanted_.management.second,
              "the organization is there with another management account, which cannot change");
      return false;
    }
    identity::OrganizationInfo info;
    info.id = id_ = id("o-", 10);
    info.management_account = management.id;
    info.root = id("r-", 4);
    const std::string root = info.root;
    planner_.emit(identity::PutOrganization{std::move(info)});
    put(identity::OrganizationUnit{root, "Root", ""});
    new_nodes_.push_back(root);
    return true;
  }

  // Puts the account under that unit.
  void place(AccountId account, const std::string& parent) {
    const identity::OrganizationMember* there = now().member(account);
    if (there != nullptr && there->parent == parent) return;
    identity::OrganizationMember member;
    if (there != nullptr) {
      member = *there;
    } else {
      member = identity::make_member(account);
      // The management account comes with its organization ("Account" in the API reference).
      if (account == now().info.management_account) {
        member.joined_method = identity::JoinedMethod::invited;
      }
      member.joined = planner_.effects.now;
      new_nodes_.push_back(account.text());
    }
    member.parent = parent;
    put(std::move(member));
  }

  // `path` is the unit's own: "" for the root, "Workloads/Prod" below.
  void unit(const Unit& wanted, const std::string& unit_id, const std::string& path) {
    unit_ids_.emplace(path.empty() ? "root" : path, unit_id);
    for (const auto& name : wanted.accounts) {
      const Account* member = account(name);
      if (member == nullptr) continue;
      if (!placed_.insert(member->id).second) {
        problem(name.second, fmt::format("`{}` is under two units", name.first));
        continue;
      }
      const identity::Organization* other = planner_.next.organization_of(member->id);
      if (other != nullptr && other->info.id != id_) {
        problem(name.second, fmt::format("`{}` is in another organization", name.first));
        continue;
      }
      place(member->id, unit_id);
    }
    for (const auto& inner : wanted.units) {
      std::string& inner_id = unit_names_[{unit_id, inner.name}];
      if (inner_id.empty()) {
        // The id of a unit repeats its root's: ou-ROOT-……
        inner_id = id("ou-" + now().info.root.substr(2) + "-", 8);
        put(identity::OrganizationUnit{inner_id, inner.name, unit_id});
        new_nodes_.push_back(inner_id);
      }
      unit(inner, std::string(inner_id), path.empty() ? inner.name : path + "/" + inner.name);
    }
  }

  void enable_policy_types() {
    identity::OrganizationInfo info = now().info;
    for (const auto& policy : wanted_.policies) {
      const std::string_view type = type_of(policy);
      if (!info.is_enabled(type)) info.enabled_policy_types.emplace_back(type);
    }
    if (info.enabled_policy_types.size() != now().info.enabled_policy_types.size()) {
      planner_.emit(identity::PutOrganization{std::move(info)});
    }
  }

  // AWS attaches FullAWSAccess to every node while SCPs are enabled ("SCP evaluation"); without it
  // an SCP that only denies would leave nothing allowed. Where somebody took it off later it stays
  // off; nodes that are new here get it.
  void attach_full_access() {
    if (!now().info.is_enabled(identity::kServiceControlPolicy)) return;
    if (now().policies.find(kFullAccessId) != nullptr) {
      for (const std::string& node : new_nodes_) attach(node, std::string(kFullAccessId));
      return;
    }
    identity::OrganizationPolicy policy;
    policy.id = std::string(kFullAccessId);
    policy.name = "FullAWSAccess";
    policy.type = std::string(identity::kServiceControlPolicy);
    policy.description = "Allows access to every operation";
    policy.aws_managed = true;
    policy.document = identity::make_policy(std::string(kFullAccess), policy::Kind::scp);
    put(std::move(policy));
    for (const auto& unit : now().units) attach(unit->id, std::string(kFullAccessId));
    for (const auto& member : now().members) attach(member->table_key, std::string(kFullAccessId));
  }

  static std::string_view type_of(const ControlPolicy& policy) {
    return policy.rcp ? identity::kResourceControlPolicy : identity::kServiceControlPolicy;
  }

  // "" and a problem when the name means nothing.
  std::string target(const std::pair<std::string, Place>& name) {
    const auto unit = unit_ids_.find(name.first);
    const Account* account = planner_.account_named(name.first);
    if (unit != unit_ids_.end()) {
      if (account != nullptr) {
        problem(name.second, fmt::format("`{}` is a unit and an account", name.first));
      }
      return unit->second;
    }
    if (account != nullptr) return account->id.text();
    problem(name.second,
            fmt::format("`{}` is neither root, a unit's path nor an account", name.first));
    return {};
  }

  void attach(const std::string& node, const std::string& policy) {
    std::vector<std::string>& policies = attached_[node];
    if (contains(policies, policy)) return;
    policies.push_back(policy);
    touched_.insert(node);
  }

  void control_policy(const ControlPolicy& wanted) {
    identity::OrganizationPolicy policy;
    const auto there = policy_ids_.find(std::pair(std::string(type_of(wanted)), wanted.name));
    bool changed = there == policy_ids_.end();
    if (changed) {
      policy.id = id("p-", 8);
      policy.name = wanted.name;
      policy.type = std::string(type_of(wanted));
    } else {
      policy = *now().policies.find(there->second);
    }
    if (!wanted.description.empty() && policy.description != wanted.description) {
      policy.description = wanted.description;
      changed = true;
    }
    changed |= assign(policy.document, wanted.document.text,
                      wanted.rcp ? policy::Kind::rcp : policy::Kind::scp);
    for (const auto& name : wanted.attach) {
      if (const std::string node = target(name); !node.empty()) attach(node, policy.id);
    }
    if (changed) put(std::move(policy));
  }

  Planner& planner_;
  const Organization& wanted_;
  std::string id_;
  std::map<std::pair<std::string, std::string>, std::string> unit_names_;  // parent, name → id
  std::map<std::string, std::string, std::less<>> unit_ids_;               // path → id
  std::map<std::pair<std::string, std::string>, std::string> policy_ids_;  // type, name → id
  std::map<std::string, std::vector<std::string>> attached_;  // node → policies, as it will be
  std::set<std::string> touched_;                             // nodes whose policies change
  std::vector<std::string> new_nodes_;
  std::set<AccountId> placed_;
};

}  // namespace

void plan_organization(Planner& planner, const Organization& organization) {
  OrganizationPlan(planner, organization).run();
}

}  // namespace rolecall::seed
