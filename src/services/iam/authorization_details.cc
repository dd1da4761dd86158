// GetAccountAuthorizationDetails: the whole account, page by page.
#include "services/iam/documents.h"
#include "services/iam/operations.h"
#include "services/iam/paging.h"
#include "services/iam/profiles_of.h"
#include "services/iam/shapes.h"

namespace rolecall::iam {
namespace {

std::vector<PolicyDetail> to_details(const identity::Grants& grants) {
  std::vector<PolicyDetail> out;
  for (const identity::InlinePolicy& policy : grants.inline_policies) {
    out.push_back(
        {.policy_name = policy.name, .policy_document = encoded(policy.document->text())});
  }
  return out;
}

std::vector<AttachedPolicy> to_attached_list(const identity::Grants& grants) {
  std::vector<AttachedPolicy> out;
  for (const std::string& arn : grants.attached) out.push_back(to_attached(arn));
  return out;
}

UserDetail to_detail(const identity::User& user) {
  UserDetail out;
  out.path = user.path;
  out.user_name = user.name;
  out.user_id = user.id;
  out.arn = user.arn;
  out.create_date = user.created;
  set_if_any(out.user_policy_list, to_details(user.grants));
  out.group_list = user.groups;
  out.attached_managed_policies = to_attached_list(user.grants);
  out.permissions_boundary = to_boundary(user.boundary);
  set_if_any(out.tags, to_tags(user.tags));
  return out;
}

GroupDetail to_detail(const identity::Group& group) {
  GroupDetail out;
  out.path = group.path;
  out.group_name = group.name;
  out.group_id = group.id;
  out.arn = group.arn;
  out.create_date = group.created;
  out.group_policy_list = to_details(group.grants);
  out.attached_managed_policies = to_attached_list(group.grants);
  return out;
}

// The profiles of every role, found in one walk: a page may hold a thousand roles.
using ProfilesByRole = std::map<std::string, std::vector<const identity::InstanceProfile*>>;

RoleDetail to_detail(const Call& call, const identity::Role& role, const ProfilesByRole& profiles) {
  RoleDetail out;
  out.path = role.path;
  out.role_name = role.name;
  out.role_id = role.id;
  out.arn = role.arn;
  out.create_date = role.created;
  out.assume_role_policy_document = encoded_trust(call.state, *role.trust);
  out.instance_profile_list.emplace();
  if (const auto found = profiles.find(role.name); found != profiles.end()) {
    for (const identity::InstanceProfile* profile : found->second) {
      out.instance_profile_list->push_back(to_profile(call, *profile));
    }
  }
  out.role_policy_list = to_details(role.grants);
  out.attached_managed_policies = to_attached_list(role.grants);
  out.permissions_boundary = to_boundary(role.boundary);
  set_if_any(out.tags, to_tags(role.tags));
  out.role_last_used = role_last_used(call, role);
  return out;
}

ManagedPolicyDetail to_detail(const Call& call, const identity::Account& account,
                              const Managed& policy) {
  const Policy shown = to_full_policy(call, account, policy);
  ManagedPolicyDetail out;
  out.policy_name = shown.policy_name;
  out.policy_id = shown.policy_id;
  out.arn = shown.arn;
  out.path = shown.path;
  out.default_version_id = shown.default_version_id;
  out.attachment_count = shown.attachment_count;
  out.permissions_boundary_usage_count = shown.permissions_boundary_usage_count;
  out.is_attachable = shown.is_attachable;
  out.description = shown.description;
  out.create_date = shown.create_date;
  out.update_date = shown.update_date;
  auto& versions = out.policy_version_list.emplace();
  const auto add = [&](const identity::StoredPolicy& text, std::string id, bool is_default,
                       Instant created) {
    PolicyVersion version;
    version.document = encoded(text.text());
    version.version_id = std::move(id);
    version.is_default_version = is_default;
    version.create_date = created;
    versions.push_back(std::move(version));
  };
  if (policy.aws) {
    add(*policy.aws->document(), policy.aws->default_version_id, true, policy.aws->updated);
    return out;
  }
  for (auto it = policy.own->versions.rbegin(); it != policy.own->versions.rend(); ++it) {
    add(*it->document, version_id(it->number), it->number == policy.own->default_version,
        it->created);
  }
  return out;
}

// The parts in the order in which pages run through them; a marker begins with its part's letter.
constexpr char kUsers = 'a', kGroups = 'b', kRoles = 'c', kLocalPolicies = 'd', kAwsPolicies = 'e';

}  // namespace

Result<GetAccountAuthorizationDetailsOutput> get_account_authorization_details(
    const GetAccountAuthorizationDetailsInput& in, const Call& call) {
  RC_TRY(const Page page, page_of(in));
  RC_TRY(const identity::Account* account, account_of(call));
  const std::vector<std::string>& filter = list_of(in.filter);
  const auto wants = [&](std::string_view kind) {
    return filter.empty() || std::find(filter.begin(), filter.end(), kind) != filter.end();
  };
  GetAccountAuthorizationDetailsOutput out;
  auto& users = out.user_detail_list.emplace();
  auto& groups = out.group_detail_list.emplace();
  auto& roles = out.role_detail_list.emplace();
  auto& policies = out.policies.emplace();

  const char at = page.after.empty() ? kUsers : page.after.front();
  std::size_t given = 0;
  std::optional<std::string> more;
  const auto part = [&](char letter, std::string_view kind, const auto& table, auto accept,
                        auto emit) {
    if (more || letter < at || !wants(kind)) return;
    Page rest{page.items_max - given,
              letter == at && !page.after.empty() ? page.after.substr(1) : std::string()};
    if (rest.items_max == 0) {
      more = std::string(1, letter);
      return;
    }
    auto last = walk(table, rest, accept, [&](const auto& entity) {
      emit(entity);
      ++given;
    });
    if (last) more = std::string(1, letter) + *last;
  };
  const auto any = [](const auto&) { return true; };

  part(
      kUsers, "User", account->users, [](const identity::User& user) { return !user.from_flag; },
      [&](const identity::User& user) { users.push_back(to_detail(user)); });
  part(kGroups, "Group", account->groups, any,
       [&](const identity::Group& group) { groups.push_back(to_detail(group)); });
  ProfilesByRole profiles;
  for (const auto& profile : account->instance_profiles) {
    if (!profile->role_name.empty()) profiles[profile->role_name].push_back(profile.get());
  }
  part(kRoles, "Role", account->roles, any,
       [&](const identity::Role& role) { roles.push_back(to_detail(call, role, profiles)); });
  part(kLocalPolicies, "LocalManagedPolicy", account->policies, any,
       [&](const identity::ManagedPolicy& policy) {
         policies.push_back(to_detail(call, *account, Managed{&policy, nullptr}));
       });
  // Of AWS's policies those that the account uses.
  part(
      kAwsPolicies, "AWSManagedPolicy", account->policy_usage,
      [](const identity::PolicyUsage& usage) {
        return (usage.attachments > 0 || usage.boundaries > 0) &&
               identity::find_aws_managed_policy(usage.arn) != nullptr;
      },
      [&](const identity::PolicyUsage& usage) {
        policies.push_back(to_detail(
            call, *account, Managed{nullptr, identity::find_aws_managed_policy(usage.arn)}));
      });
  end_page(out, more);
  return out;
}

}  // namespace rolecall::iam
