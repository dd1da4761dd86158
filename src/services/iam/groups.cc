// Groups and who is in them.
#include <fmt/format.h>

#include "base/encoding.h"
#include "identity/ids.h"
#include "services/iam/limits.h"
#include "services/iam/operations.h"
#include "services/iam/paging.h"
#include "services/iam/shapes.h"

namespace rolecall::iam {
namespace {

ApiError group_exists(std::string_view name) {
  return ApiError::entity_already_exists(fmt::format("Group with name {} already exists.", name));
}

}  // namespace

Result<Change<CreateGroupOutput>> create_group(const CreateGroupInput& in, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  if (account->groups.contains(in.group_name)) return group_exists(in.group_name);
  if (account->groups.size() >= kGroupsPerAccountMax) {
    return quota_exceeded("GroupsPerAccount", kGroupsPerAccountMax);
  }
  identity::Group group;
  group.name = in.group_name;
  group.path = in.path.value_or("/");
  group.arn = entity_arn(call, "group", group.path, group.name);
  group.id = identity::make_unique_id(identity::kGroupIdPrefix, call.random);
  group.created = call.now.truncated_to_seconds();
  Change<CreateGroupOutput> change;
  change.output.group = to_group(group);
  put(change.events, call, std::move(group));
  return change;
}

Result<GetGroupOutput> get_group(const GetGroupInput& in, const Call& call) {
  RC_TRY(const Page page, page_of(in));
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const identity::Group* group, group_named(call, in.group_name));
  GetGroupOutput out;
  out.group = to_group(*group);
  end_page(out,
           walk_list(
               group->members, page, [](const std::string& name) { return std::string_view(name); },
               [&](const std::string& name) {
                 if (const identity::User* user = account->users.find(name)) {
                   out.users.push_back(to_user(*user));
                 }
               }));
  return out;
}

Result<ListGroupsOutput> list_groups(const ListGroupsInput& in, const Call& call) {
  RC_TRY(const Page page, page_of(in));
  RC_TRY(const identity::Account* account, account_of(call));
  ListGroupsOutput out;
  end_page(out,
           walk(
               account->groups, page,
               [&](const identity::Group& group) { return under_path(group.path, in.path_prefix); },
               [&](const identity::Group& group) { out.groups.push_back(to_group(group)); }));
  return out;
}

Result<ListGroupsForUserOutput> list_groups_for_user(const ListGroupsForUserInput& in,
                                                     const Call& call) {
  RC_TRY(const Page page, page_of(in));
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const Subject subject, user_or_caller(call, in.user_name));
  ListGroupsForUserOutput out;
  end_page(out, walk_list(
                    subject.user->groups, page,
                    [](const std::string& name) { return std::string_view(name); },
                    [&](const std::string& name) {
                      if (const identity::Group* group = account->groups.find(name)) {
                        out.groups.push_back(to_group(*group));
                      }
                    }));
  return out;
}

Result<Change<UpdateGroupOutput>> update_group(const UpdateGroupInput& in, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const identity::Group* group, group_named(call, in.group_name));
  identity::Group changed = *group;
  changed.name = in.new_group_name.value_or(group->name);
  changed.path = in.new_path.value_or(group->path);
  if (!equal_ignoring_case(changed.name, group->name) && account->groups.contains(changed.name)) {
    return group_exists(changed.name);
  }
  changed.arn = entity_arn(call, "group", changed.path, changed.name);
  Change<UpdateGroupOutput> change;
  if (changed.arn == group->arn) return change;
  if (changed.name != group->name) {
    erase(change.events, call, *group);
    for (const std::string& member : group->members) {
      const identity::User* user = account->users.find(member);
      if (!user) continue;
      identity::User follower = *user;
      for (std::string& name : follower.groups) {
        if (equal_ignoring_case(name, group->name)) name = changed.name;
      }
      put(change.events, call, std::move(follower));
    }
  }
  put(change.events, call, std::move(changed));
  return change;
}

Result<Change<DeleteGroupOutput>> delete_group(const DeleteGroupInput& in, const Call& call) {
  RC_TRY(const identity::Group* group, group_named(call, in.group_name));
  const auto conflict = [](std::string_view what) {
    return ApiError::delete_conflict(fmt::format("Cannot delete entity, must {} first.", what));
  };
  if (!group->members.empty()) return conflict("remove users from group");
  if (!group->grants.inline_policies.empty()) return conflict("delete policies");
  if (!group->grants.attached.empty()) return conflict("detach all policies");
  Change<DeleteGroupOutput> change;
  erase(change.events, call, *group);
  return change;
}

Result<Change<AddUserToGroupOutput>> add_user_to_group(const AddUserToGroupInput& in,
                                                       const Call& call) {
  RC_TRY(const identity::Group* group, group_named(call, in.group_name));
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  Change<AddUserToGroupOutput> change;
  if (contains(user->groups, group->name)) return change;  // idempotent in AWS
  if (user->groups.size() >= kGroupsPerUserMax) {
    return quota_exceeded("GroupsPerUser", kGroupsPerUserMax);
  }
  identity::User joined = *user;
  joined.groups.push_back(group->name);
  identity::Group grown = *group;
  grown.members.push_back(user->name);
  put(change.events, call, std::move(joined));
  put(change.events, call, std::move(grown));
  return change;
}

Result<Change<RemoveUserFromGroupOutput>> remove_user_from_group(const RemoveUserFromGroupInput& in,
                                                                 const Call& call) {
  RC_TRY(const identity::Group* group, group_named(call, in.group_name));
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  Change<RemoveUserFromGroupOutput> change;
  if (!contains(user->groups, group->name)) {
    return ApiError::no_such_entity(
        fmt::format("User {} not in group {}", user->name, group->name));
  }
  identity::User left = *user;
  remove_name(left.groups, group->name);
  identity::Group shrunk = *group;
  remove_name(shrunk.members, user->name);
  put(change.events, call, std::move(left));
  put(change.events, call, std::move(shrunk));
  return change;
}

}  // namespace rolecall::iam
