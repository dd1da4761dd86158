#include <fmt/core.h>

#include <algorithm>

#include "policy/kind.h"
#include "seed/planner.h"

namespace rolecall::seed {
namespace {

constexpr std::string_view kScp = "SERVICE_CONTROL_POLICY";
constexpr std::string_view kRcp = "RESOURCE_CONTROL_POLICY";
constexpr std::string_view kFullAccess =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";
constexpr std::string_view kFullAccessId = "p-FullAWSAccess";
constexpr std::string_view kIdAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

class OrganizationPlan {
 public:
  OrganizationPlan(Planner& planner, const Organization& wanted)
      : planner_(planner), wanted_(wanted) {}

  void run() {
    const identity::Organization* there = planner_.next.organization();
    if (there != nullptr) {
      organization_ = *there;
      check_management();
    } else if (!found()) {
      return;
    }
    unit(wanted_.root, organization_.units.front().id, "");
    place_management();
    enable_policy_types();
    for (const auto& policy : wanted_.policies) control_policy(policy);
    attach_full_access();
    if (changed_) {
      planner_.emit(identity::PutOrganization{
          std::make_shared<const identity::Organization>(std::move(organization_))});
    }
  }

 private:
  void problem(Place at, std::string message) { planner_.problems.add(at, std::move(message)); }
  std::string id(std::string_view prefix, std::size_t length) {
    return std::string(prefix) + planner_.effects.random.text(length, kIdAlphabet);
  }

  const Account* account(const std::pair<std::string, Place>& name) {
    const Account* found = planner_.account_named(name.first);
    if (found == nullptr) {
      problem(name.second, fmt::format("the file has no account `{}`", name.first));
    }
    return found;
  }

  bool found() {
    const Account* management = account(wanted_.management);
    if (management == nullptr) return false;
    organization_.id = id("o-", 10);
    organization_.management_account = management->id;
    organization_.units.push_back({id("r-", 4), "Root", ""});
    changed_ = true;
    return true;
  }

  void check_management() {
    const Account* management = account(wanted_.management);
    if (management != nullptr && management->id != organization_.management_account) {
      problem(wanted_.management.second,
              "the organization is there with another management account, which cannot change");
    }
  }

  // Puts the account under that unit.
  void place(AccountId account, const std::string& parent) {
    auto& accounts = organization_.accounts;
    const auto at =
        std::lower_bound(accounts.begin(), accounts.end(), account,
                         [](const auto& entry, AccountId wanted) { return entry.first < wanted; });
    if (at != accounts.end() && at->first == account) {
      if (at->second == parent) return;
      at->second = parent;
    } else {
      accounts.insert(at, {account, parent});
    }
    changed_ = true;
  }

  // `path` is the unit's own: "" for the root, "Workloads/Prod" below.
  void unit(const Unit& wanted, const std::string& unit_id, const std::string& path) {
    unit_ids_.emplace_back(path.empty() ? "root" : path, unit_id);
    for (const auto& name : wanted.accounts) {
      const Account* member = account(name);
      if (member == nullptr) continue;
      if (contains(placed_, name.first)) {
        problem(name.second, fmt::format("`{}` is under two units", name.first));
        continue;
      }
      placed_.push_back(name.first);
      place(member->id, unit_id);
    }
    for (const auto& inner : wanted.units) {
      const auto at = std::find_if(
          organization_.units.begin(), organization_.units.end(), [&](const auto& existing) {
            return existing.parent == unit_id && existing.name == inner.name;
          });
      std::string inner_id;
      if (at != organization_.units.end()) {
        inner_id = at->id;
      } else {
        // The id of a unit repeats its root's: ou-ROOT-……
        inner_id = id("ou-" + organization_.units.front().id.substr(2) + "-", 8);
        organization_.units.push_back({inner_id, inner.name, unit_id});
        changed_ = true;
      }
      unit(inner, inner_id, path.empty() ? inner.name : path + "/" + inner.name);
    }
  }

  void place_management() {
    const auto& accounts = organization_.accounts;
    const bool member = std::any_of(accounts.begin(), accounts.end(), [&](const auto& entry) {
      return entry.first == organization_.management_account;
    });
    if (!member) place(organization_.management_account, organization_.units.front().id);
  }

  void enable_policy_types() {
    for (const auto& policy : wanted_.policies) {
      const std::string_view type = policy.rcp ? kRcp : kScp;
      if (contains(organization_.enabled_policy_types, type)) continue;
      organization_.enabled_policy_types.emplace_back(type);
      changed_ = true;
    }
  }

  // "" and a problem when the name means nothing.
  std::string target(const std::pair<std::string, Place>& name) {
    for (const auto& [path, unit_id] : unit_ids_) {
      if (path == name.first) return unit_id;
    }
    if (const Account* account = planner_.account_named(name.first)) return account->id.text();
    problem(name.second,
            fmt::format("`{}` is neither root, a unit's path nor an account", name.first));
    return {};
  }

  void control_policy(const ControlPolicy& wanted) {
    const std::string_view type = wanted.rcp ? kRcp : kScp;
    auto& policies = organization_.policies;
    auto at = std::find_if(policies.begin(), policies.end(), [&](const auto& policy) {
      return policy.type == type && policy.name == wanted.name;
    });
    if (at == policies.end()) {
      identity::OrganizationPolicy policy;
      policy.id = id("p-", 8);
      policy.name = wanted.name;
      policy.type = std::string(type);
      at = policies.insert(policies.end(), std::move(policy));
      changed_ = true;
    }
    if (!wanted.description.empty() && at->description != wanted.description) {
      at->description = wanted.description;
      changed_ = true;
    }
    changed_ |= assign(at->document, wanted.document.text,
                       wanted.rcp ? policy::Kind::rcp : policy::Kind::scp);
    for (const auto& name : wanted.attach) {
      const std::string id = target(name);
      if (id.empty() || contains(at->targets, id)) continue;
      at->targets.push_back(id);
      changed_ = true;
    }
  }

  // AWS attaches FullAWSAccess to every node while SCPs are enabled ("SCP evaluation"); without it
  // an SCP that only denies would leave nothing allowed.
  void attach_full_access() {
    if (!contains(organization_.enabled_policy_types, kScp)) return;
    auto& policies = organization_.policies;
    auto at = std::find_if(policies.begin(), policies.end(),
                           [](const auto& policy) { return policy.id == kFullAccessId; });
    const bool is_new = at == policies.end();
    if (is_new) {
      identity::OrganizationPolicy policy;
      policy.id = std::string(kFullAccessId);
      policy.name = "FullAWSAccess";
      policy.type = std::string(kScp);
      policy.description = "Allows access to every operation";
      policy.aws_managed = true;
      policy.document = identity::make_policy(std::string(kFullAccess), policy::Kind::scp);
      at = policies.insert(policies.begin(), std::move(policy));
      changed_ = true;
    }
    // Where somebody took it off later it stays off; nodes that are new here get it.
    const identity::Organization* before = planner_.next.organization();
    const auto known = [&](std::string_view node) {
      if (is_new || before == nullptr) return false;
      for (const auto& unit : before->units) {
        if (unit.id == node) return true;
      }
      for (const auto& entry : before->accounts) {
        if (entry.first.text() == node) return true;
      }
      return false;
    };
    const auto attach = [&](const std::string& node) {
      if (known(node) || contains(at->targets, node)) return;
      at->targets.push_back(node);
      changed_ = true;
    };
    for (const auto& unit : organization_.units) attach(unit.id);
    for (const auto& entry : organization_.accounts) attach(entry.first.text());
  }

  Planner& planner_;
  const Organization& wanted_;
  identity::Organization organization_;
  std::vector<std::pair<std::string, std::string>> unit_ids_;  // path → id
  std::vector<std::string> placed_;
  bool changed_ = false;
};

}  // namespace

void plan_organization(Planner& planner, const Organization& organization) {
  OrganizationPlan(planner, organization).run();
}

}  // namespace rolecall::seed
