// Managed policies: the account's own, and AWS's, which nobody changes (Rule 249).
#include <fmt/format.h>

#include "identity/ids.h"
#include "services/iam/documents.h"
#include "services/iam/limits.h"
#include "services/iam/operations.h"
#include "services/iam/paging.h"
#include "services/iam/shapes.h"
#include "services/iam/tag_rules.h"

namespace rolecall::iam {

Result<Change<CreatePolicyOutput>> create_policy(const CreatePolicyInput& in, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(identity::PolicyRef document, make_document(policy::Kind::managed, in.policy_document));
  if (account->policies.contains(in.policy_name)) {
    return ApiError::entity_already_exists(fmt::format(
        "A policy called {} already exists. Duplicate names are not allowed.", in.policy_name));
  }
  if (account->policies.size() >= kPoliciesPerAccountMax) {
    return quota_exceeded("PoliciesPerAccount", kPoliciesPerAccountMax);
  }
  identity::ManagedPolicy policy;
  policy.name = in.policy_name;
  policy.path = in.path.value_or("/");
  policy.arn = entity_arn(call, "policy", policy.path, policy.name);
  policy.id = identity::make_unique_id(identity::kManagedPolicyIdPrefix, call.random);
  policy.description = in.description.value_or("");
  policy.created = policy.updated = call.now.truncated_to_seconds();
  policy.versions.push_back(
      {.number = 1, .document = std::move(document), .created = policy.created});
  RC_TRY(policy.tags, checked_tags(list_of(in.tags)));
  Change<CreatePolicyOutput> change;
  change.output.policy = to_policy(call, *account, Managed{&policy, nullptr});
  set_if_any(change.output.policy->tags, to_tags(policy.tags));
  put(change.events, call, std::move(policy));
  return change;
}

Result<GetPolicyOutput> get_policy(const GetPolicyInput& in, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const Managed policy, managed_named(call, in.policy_arn));
  return GetPolicyOutput{.policy = to_full_policy(call, *account, policy)};
}

Result<Change<DeletePolicyOutput>> delete_policy(const DeletePolicyInput& in, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const identity::ManagedPolicy* policy, own_policy(call, in.policy_arn, "DeletePolicy"));
  const identity::PolicyUsage usage = usage_of(*account, policy->arn);
  if (usage.attachments > 0 || usage.boundaries > 0) {
    return ApiError::delete_conflict("Cannot delete a policy attached to entities.");
  }
  if (policy->versions.size() > 1) {
    return ApiError::delete_conflict(
        "This policy has more than one version. Before you delete a policy, you must delete the "
        "policy's versions. The default version is deleted with the policy.");
  }
  Change<DeletePolicyOutput> change;
  erase(change.events, call, *policy);
  return change;
}

namespace {

// What ListPolicies was asked for.
struct PolicyFilter {
  const Call& call;
  const identity::Account& account;
  const ListPoliciesInput& in;

  bool wants(const Managed& policy) const {
    if (!under_path(policy.path(), in.path_prefix)) return false;
    const identity::PolicyUsage usage = usage_of(account, arn_of(call, policy));
    const bool as_boundary = in.policy_usage_filter == "PermissionsBoundary";
    const bool as_permissions = in.policy_usage_filter == "PermissionsPolicy";
    if (as_boundary && usage.boundaries == 0) return false;
    if (!in.only_attached.value_or(false)) return true;
    if (as_permissions) return usage.attachments > 0;
    return usage.attachments > 0 || usage.boundaries > 0;
  }
};

// Markers tell the account's policies ("l/NAME") from AWS's ("a/NAME"); the account's come first.
constexpr std::string_view kLocalMarker = "l/";
constexpr std::string_view kAwsMarker = "a/";

}  // namespace

Result<ListPoliciesOutput> list_policies(const ListPoliciesInput& in, const Call& call) {
  RC_TRY(Page page, page_of(in));
  RC_TRY(const identity::Account* account, account_of(call));
  const PolicyFilter filter{call, *account, in};
  const std::string scope = in.scope.value_or("All");
  ListPoliciesOutput out;
  out.policies.emplace();
  std::string last;
  const auto give = [&](const Managed& policy, std::string_view marker) {
    if (out.policies->size() == page.items_max) return false;
    out.policies->push_back(to_policy(call, *account, policy));
    last = std::string(marker) + std::string(policy.name());
    return true;
  };
  const bool in_aws_part = page.after.starts_with(kAwsMarker);
  if (scope != "AWS" && !in_aws_part) {
    const std::string after = page.after.empty() ? "" : page.after.substr(kLocalMarker.size());
    auto it = after.empty() ? account->policies.begin() : account->policies.upper_bound(after);
    for (; it != account->policies.end(); ++it) {
      const Managed policy{it->get(), nullptr};
      if (filter.wants(policy) && !give(policy, kLocalMarker)) {
        end_page(out, last);
        return out;
      }
    }
  }
  if (scope != "Local") {
    const std::string_view after =
        in_aws_part ? std::string_view(page.after).substr(kAwsMarker.size()) : "";
    for (const identity::AwsManagedPolicy& aws : identity::aws_managed_policies()) {
      using Order = identity::Table<identity::ManagedPolicy>;
      if (!after.empty() && Order::compare(aws.name, after) <= 0) continue;
      const Managed policy{nullptr, &aws};
      if (filter.wants(policy) && !give(policy, kAwsMarker)) {
        end_page(out, last);
        return out;
      }
    }
  }
  end_page(out, std::nullopt);
  return out;
}

namespace {

// Who uses a policy, and as what.
struct UsageFilter {
  std::string_view arn;
  const ListEntitiesForPolicyInput& in;

  bool wants_kind(std::string_view kind) const {
    return !in.entity_filter || *in.entity_filter == kind;
  }
  bool attached(const identity::Grants& grants) const {
    return in.policy_usage_filter != "PermissionsBoundary" &&
           std::find(grants.attached.begin(), grants.attached.end(), arn) != grants.attached.end();
  }
  bool bounded(std::string_view boundary) const {
    return in.policy_usage_filter != "PermissionsPolicy" && boundary == arn;
  }
};

}  // namespace

Result<ListEntitiesForPolicyOutput> list_entities_for_policy(const ListEntitiesForPolicyInput& in,
                                                             const Call& call) {
  RC_TRY(const Page page, page_of(in));
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const Managed policy, managed_named(call, in.policy_arn));
  const std::string arn = arn_of(call, policy);
  const UsageFilter filter{arn, in};
  ListEntitiesForPolicyOutput out;
  out.policy_groups.emplace();
  out.policy_users.emplace();
  out.policy_roles.emplace();

  // One page runs through groups, users and roles; the marker's letter says where it stopped.
  std::size_t given = 0;
  const auto part = [&](std::string_view letter, const auto& table, auto wants,
                        auto emit) -> std::optional<std::string> {
    const std::string_view at = std::string_view(page.after).substr(0, 2);
    if (!page.after.empty() && at > letter) return std::nullopt;  // given on an earlier page
    Page rest{page.items_max - given, at == letter ? page.after.substr(2) : ""};
    const bool full = rest.items_max == 0;
    if (full) rest.items_max = 1;  // look whether anything is left
    bool left = false;
    auto last = walk(table, rest, wants, [&](const auto& entity) {
      if (full) {
        left = true;
        return;
      }
      emit(entity);
      ++given;
    });
    if (full) return left ? std::optional<std::string>(letter) : std::nullopt;
    if (last) return std::string(letter) + *last;
    return std::nullopt;
  };

  auto more = part(
      "g/", account->groups,
      [&](const identity::Group& group) {
        return filter.wants_kind("Group") && under_path(group.path, in.path_prefix) &&
               filter.attached(group.grants);
      },
      [&](const identity::Group& group) {
        out.policy_groups->push_back({.group_name = group.name, .group_id = group.id});
      });
  if (!more) {
    more = part(
        "u/", account->users,
        [&](const identity::User& user) {
          return !user.from_flag && filter.wants_kind("User") &&
                 under_path(user.path, in.path_prefix) &&
                 (filter.attached(user.grants) || filter.bounded(user.boundary));
        },
        [&](const identity::User& user) {
          out.policy_users->push_back({.user_name = user.name, .user_id = user.id});
        });
  }
  // Letters in the order of the parts: "g/" < "u/" < "v/".
  if (!more) {
    more = part(
        "v/", account->roles,
        [&](const identity::Role& role) {
          return filter.wants_kind("Role") && under_path(role.path, in.path_prefix) &&
                 (filter.attached(role.grants) || filter.bounded(role.boundary));
        },
        [&](const identity::Role& role) {
          out.policy_roles->push_back({.role_name = role.name, .role_id = role.id});
        });
  }
  end_page(out, more);
  return out;
}

}  // namespace rolecall::iam
