// Create, get, list, rename and delete users.
#include <fmt/format.h>

#include "base/encoding.h"
#include "identity/ids.h"
#include "services/iam/boundary_rules.h"
#include "services/iam/limits.h"
#include "services/iam/operations.h"
#include "services/iam/paging.h"
#include "services/iam/service_credentials.h"
#include "services/iam/shapes.h"
#include "services/iam/tag_rules.h"

namespace rolecall::iam {
namespace {

ApiError user_exists(std::string_view name) {
  return ApiError::entity_already_exists(fmt::format("User with name {} already exists.", name));
}

// What must be gone before a user can be deleted ("DeleteUser"), in the order AWS names it.
Status nothing_left(const identity::Account& account, const identity::User& user) {
  const auto conflict = [](std::string_view what) {
    return ApiError::delete_conflict(fmt::format("Cannot delete entity, must {} first.", what));
  };
  if (!user.grants.inline_policies.empty()) return conflict("delete policies");
  if (!user.grants.attached.empty()) return conflict("detach all policies");
  if (!user.groups.empty()) return conflict("remove users from group");
  if (user.login) return conflict("delete login profile");
  if (!user.access_keys.empty()) return conflict("delete access keys");
  if (!user.mfa_devices.empty()) return conflict("delete MFA device");
  if (has_service_credentials(account, user)) return conflict("remove referenced objects");
  return {};
}

// Everything that holds a user's name follows when it changes.
void rename_references(const Call& call, const identity::Account& account,
                       const identity::User& user, const std::string& new_name,
                       identity::Events& events) {
  for (const std::string& group_name : user.groups) {
    const identity::Group* group = account.groups.find(group_name);
    if (!group) continue;
    identity::Group changed = *group;
    for (std::string& member : changed.members) {
      if (equal_ignoring_case(member, user.name)) member = new_name;
    }
    put(events, call, std::move(changed));
  }
  for (const std::string& id : user.access_keys) {
    const identity::AccessKey* key = call.state.access_key(id);
    if (!key) continue;
    identity::AccessKey changed = *key;
    changed.user_name = new_name;
    put(events, call, std::move(changed));
  }
  for (const std::string& serial : user.mfa_devices) {
    const identity::MfaDevice* device = account.mfa_devices.find(serial);
    if (!device) continue;
    identity::MfaDevice changed = *device;
    changed.user_name = new_name;
    put(events, call, std::move(changed));
  }
}

}  // namespace

Result<Change<CreateUserOutput>> create_user(const CreateUserInput& in, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  if (account->users.contains(in.user_name)) return user_exists(in.user_name);
  if (account->users.size() >= kUsersPerAccountMax) {
    return quota_exceeded("UsersPerAccount", kUsersPerAccountMax);
  }
  identity::User user;
  user.name = in.user_name;
  user.path = in.path.value_or("/");
  user.arn = entity_arn(call, "user", user.path, user.name);
  user.id = identity::make_unique_id(identity::kUserIdPrefix, call.random);
  user.created = call.now.truncated_to_seconds();
  RC_TRY(user.tags, checked_tags(list_of(in.tags)));
  if (in.permissions_boundary) {
    RC_TRY(user.boundary, checked_boundary(call, *in.permissions_boundary));
  }
  Change<CreateUserOutput> change;
  change.output.user = to_full_user(user);
  put(change.events, call, std::move(user));
  return change;
}

Result<GetUserOutput> get_user(const GetUserInput& in, const Call& call) {
  RC_TRY(const Subject subject, user_or_caller(call, in.user_name));
  if (!subject.root()) return GetUserOutput{.user = to_full_user(*subject.user)};
  RC_TRY(const identity::Account* account, account_of(call));
  return GetUserOutput{.user = to_root_user(call, *account)};
}

Result<ListUsersOutput> list_users(const ListUsersInput& in, const Call& call) {
  RC_TRY(const Page page, page_of(in));
  RC_TRY(const identity::Account* account, account_of(call));
  ListUsersOutput out;
  end_page(out, walk(
                    account->users, page,
                    [&](const identity::User& user) {
                      return !user.from_flag && under_path(user.path, in.path_prefix);
                    },
                    [&](const identity::User& user) { out.users.push_back(to_user(user)); }));
  return out;
}

Result<Change<UpdateUserOutput>> update_user(const UpdateUserInput& in, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  identity::User changed = *user;
  changed.name = in.new_user_name.value_or(user->name);
  changed.path = in.new_path.value_or(user->path);
  if (!equal_ignoring_case(changed.name, user->name) && account->users.contains(changed.name)) {
    return user_exists(changed.name);
  }
  changed.arn = entity_arn(call, "user", changed.path, changed.name);
  Change<UpdateUserOutput> change;
  if (changed.arn == user->arn) return change;
  if (changed.name != user->name) {
    erase(change.events, call, *user);
    rename_references(call, *account, *user, changed.name, change.events);
  }
  put(change.events, call, std::move(changed));
  return change;
}

Result<Change<DeleteUserOutput>> delete_user(const DeleteUserInput& in, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  RC_CHECK(nothing_left(*account, *user));
  Change<DeleteUserOutput> change;
  erase(change.events, call, *user);
  return change;
}

}  // namespace rolecall::iam
