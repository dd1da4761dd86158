#include "base/encoding.h"
#include "services/iam/testing.h"

namespace rolecall::iam {
namespace {

using testing::World;

TEST(Users, CreateAnswersWhatAwsAnswers) {
  World w;
  const auto out = w.must(
      create_user,
      CreateUserInput{.path = "/team/", .user_name = "Bea", .tags = std::vector<Tag>{{"k", "v"}}});
  const User& user = *out.user;
  EXPECT_EQ(user.user_name, "Bea");
  EXPECT_EQ(user.path, "/team/");
  EXPECT_EQ(user.arn, "arn:aws:iam::111111111111:user/team/Bea");
  EXPECT_TRUE(user.user_id.starts_with("AIDA"));
  EXPECT_EQ(user.user_id.size(), 21u);
  EXPECT_EQ(user.create_date, w.clock.now());
  ASSERT_TRUE(user.tags);
  EXPECT_EQ(user.tags->size(), 1u);
  EXPECT_FALSE(user.permissions_boundary);
  EXPECT_FALSE(user.password_last_used);
}

TEST(Users, NoTagsMemberWithoutTags) {
  World w;
  w.user("bea");
  EXPECT_FALSE(w.must(get_user, GetUserInput{.user_name = "bea"}).user.tags);
}

TEST(Users, NamesAreUniqueAndFoundWithoutCase) {
  World w;
  w.user("Bea");
  EXPECT_EQ(w.refusal(create_user, CreateUserInput{.user_name = "BEA"}),
            "EntityAlreadyExists 409: User with name BEA already exists.");
  EXPECT_EQ(w.must(get_user, GetUserInput{.user_name = "bEA"}).user.user_name, "Bea");
}

TEST(Users, UnknownOnesAreRefusedEverywhere) {
  World w;
  const std::string text = "NoSuchEntity 404: The user with name x cannot be found.";
  EXPECT_EQ(w.refusal(get_user, GetUserInput{.user_name = "x"}), text);
  EXPECT_EQ(w.refusal(delete_user, DeleteUserInput{.user_name = "x"}), text);
  EXPECT_EQ(w.refusal(update_user, UpdateUserInput{.user_name = "x"}), text);
  EXPECT_EQ(w.refusal(list_groups_for_user, ListGroupsForUserInput{.user_name = "x"}), text);
  EXPECT_EQ(w.refusal(list_user_policies, ListUserPoliciesInput{.user_name = "x"}), text);
  EXPECT_EQ(w.refusal(list_user_tags, ListUserTagsInput{.user_name = "x"}), text);
  EXPECT_EQ(w.refusal(list_access_keys, ListAccessKeysInput{.user_name = "x"}), text);
  EXPECT_EQ(w.refusal(create_access_key, CreateAccessKeyInput{.user_name = "x"}), text);
  EXPECT_EQ(w.refusal(attach_user_policy,
                      AttachUserPolicyInput{.user_name = "x",
                                            .policy_arn = std::string(testing::kReadOnly)}),
            text);
  EXPECT_EQ(w.refusal(put_user_policy,
                      PutUserPolicyInput{.user_name = "x",
                                         .policy_name = "p",
                                         .policy_document = std::string(testing::kAllowAll)}),
            text);
  EXPECT_EQ(w.refusal(create_login_profile,
                      CreateLoginProfileInput{.user_name = "x", .password = "Abcdef12!"}),
            text);
}

TEST(Users, WithoutANameItIsTheCaller) {
  World w;
  EXPECT_EQ(w.must(get_user, GetUserInput{}).user.user_name, "admin");
  w.become_root();
  const User root = w.must(get_user, GetUserInput{}).user;
  EXPECT_EQ(root.arn, "arn:aws:iam::111111111111:root");
  EXPECT_EQ(root.user_id, "111111111111");
  EXPECT_FALSE(root.user_name);
  EXPECT_FALSE(root.path);
  w.role("ops");
  w.become_role("ops");
  EXPECT_EQ(w.refusal(get_user, GetUserInput{}),
            "ValidationError 400: Must specify userName when calling with non-User credentials");
}

TEST(Users, TheFlagsAdministratorIsShownNowhere) {
  World w;
  w.user("bea");
  const auto users = w.must(list_users, ListUsersInput{});
  ASSERT_EQ(users.users.size(), 1u);
  EXPECT_EQ(users.users[0].user_name, "bea");
  EXPECT_TRUE(w.must(list_access_keys, ListAccessKeysInput{}).access_key_metadata.empty());
  EXPECT_EQ((*w.must(get_account_summary, GetAccountSummaryInput{}).summary_map)["Users"], 1);
  EXPECT_EQ(w.must(get_account_authorization_details, GetAccountAuthorizationDetailsInput{})
                .user_detail_list->size(),
            1u);
  EXPECT_EQ(w.refusal(create_access_key, CreateAccessKeyInput{}).substr(0, 18),
            "UnmodifiableEntity");
  EXPECT_EQ(w.refusal(delete_user, DeleteUserInput{.user_name = "admin"}),
            "NoSuchEntity 404: The user with name admin cannot be found.");
  w.become_user("bea");
  EXPECT_EQ(w.refusal(get_user, GetUserInput{.user_name = "admin"}),
            "NoSuchEntity 404: The user with name admin cannot be found.");
  EXPECT_EQ(w.refusal(get_access_key_last_used,
                      GetAccessKeyLastUsedInput{.access_key_id = "AKIAFLAGFLAGFLAGFLAG"}),
            "NoSuchEntity 404: The Access Key with id AKIAFLAGFLAGFLAGFLAG cannot be found.");
}

TEST(Users, DeletionNamesWhatIsLeftInAwsOrder) {
  World w;
  w.user("bea");
  w.group("g");
  const DeleteUserInput in{.user_name = "bea"};
  const auto conflict = [](std::string_view what) {
    return "DeleteConflict 409: Cannot delete entity, must " + std::string(what) + " first.";
  };
  const std::string all(testing::kAllowAll), arn(testing::kReadOnly);
  w.must(put_user_policy, PutUserPolicyInput{"bea", "p", all});
  w.must(attach_user_policy, AttachUserPolicyInput{"bea", arn});
  w.must(add_user_to_group, AddUserToGroupInput{"g", "bea"});
  w.must(create_login_profile, CreateLoginProfileInput{"bea", "Abcdef12!"});
  const auto key = w.must(create_access_key, CreateAccessKeyInput{.user_name = "bea"}).access_key;
  EXPECT_EQ(w.refusal(delete_user, in), conflict("delete policies"));
  w.must(delete_user_policy, DeleteUserPolicyInput{"bea", "p"});
  EXPECT_EQ(w.refusal(delete_user, in), conflict("detach all policies"));
  w.must(detach_user_policy, DetachUserPolicyInput{"bea", arn});
  EXPECT_EQ(w.refusal(delete_user, in), conflict("remove users from group"));
  w.must(remove_user_from_group, RemoveUserFromGroupInput{"g", "bea"});
  EXPECT_EQ(w.refusal(delete_user, in), conflict("delete login profile"));
  w.must(delete_login_profile, DeleteLoginProfileInput{"bea"});
  EXPECT_EQ(w.refusal(delete_user, in), conflict("delete access keys"));
  w.must(delete_access_key, DeleteAccessKeyInput{"bea", key.access_key_id});
  EXPECT_EQ(w.refusal(delete_user, in), "ok");
  EXPECT_EQ(w.state.access_key(key.access_key_id), nullptr);
}

TEST(Users, RenamingCarriesKeysAndGroupsAlong) {
  World w;
  w.user("bea");
  w.user("eve");
  w.group("g");
  w.must(add_user_to_group, AddUserToGroupInput{"g", "bea"});
  const auto key = w.must(create_access_key, CreateAccessKeyInput{.user_name = "bea"}).access_key;
  const std::string id = w.account().users.find("bea")->id;
  EXPECT_EQ(w.refusal(update_user, UpdateUserInput{.user_name = "bea", .new_user_name = "EVE"}),
            "EntityAlreadyExists 409: User with name EVE already exists.");
  w.must(update_user,
         UpdateUserInput{.user_name = "bea", .new_path = "/x/", .new_user_name = "ann"});
  EXPECT_EQ(w.account().users.find("bea"), nullptr);
  const identity::User* ann = w.account().users.find("ann");
  ASSERT_TRUE(ann);
  EXPECT_EQ(ann->id, id);
  EXPECT_EQ(ann->arn, "arn:aws:iam::111111111111:user/x/ann");
  EXPECT_EQ(w.state.access_key(key.access_key_id)->user_name, "ann");
  EXPECT_EQ(w.account().groups.find("g")->members, std::vector<std::string>{"ann"});
  ASSERT_TRUE(w.state.principal(id));
  EXPECT_EQ(w.state.principal(id)->name, "ann");
  // Only the case changes: the same user.
  w.must(update_user, UpdateUserInput{.user_name = "ann", .new_user_name = "Ann"});
  EXPECT_EQ(w.account().users.find("ann")->name, "Ann");
}

TEST(Users, PagesHoldWhileUsersComeAndGo) {
  World w;
  for (const char* name : {"c", "A", "e", "B", "d"}) w.user(name);
  w.user("z", "/other/");
  ListUsersInput in{.path_prefix = "/", .max_items = 2};
  auto page = w.must(list_users, in);
  ASSERT_EQ(page.users.size(), 2u);
  EXPECT_EQ(page.users[0].user_name, "A");
  EXPECT_EQ(page.users[1].user_name, "B");
  EXPECT_TRUE(*page.is_truncated);
  w.must(delete_user, DeleteUserInput{"B"});  // the marker's own user goes away
  in.marker = page.marker;
  page = w.must(list_users, in);
  ASSERT_EQ(page.users.size(), 2u);
  EXPECT_EQ(page.users[0].user_name, "c");
  in.marker = page.marker;
  page = w.must(list_users, in);
  ASSERT_EQ(page.users.size(), 2u);
  EXPECT_EQ(page.users[1].user_name, "z");
  EXPECT_FALSE(*page.is_truncated);
  EXPECT_FALSE(page.marker);
  EXPECT_EQ(w.must(list_users, ListUsersInput{.path_prefix = "/other/"}).users.size(), 1u);
  EXPECT_EQ(w.refusal(list_users, ListUsersInput{.marker = "nonsense!"}),
            "ValidationError 400: Invalid Marker.");
  EXPECT_EQ(w.refusal(list_users, ListUsersInput{.marker = base64url_encode("other")}),
            "ValidationError 400: Invalid Marker.");
}

TEST(Groups, MembersComeAndGo) {
  World w;
  w.user("bea");
  w.group("Ops");
  EXPECT_EQ(w.refusal(create_group, CreateGroupInput{.group_name = "ops"}),
            "EntityAlreadyExists 409: Group with name ops already exists.");
  w.must(add_user_to_group, AddUserToGroupInput{"ops", "BEA"});
  w.must(add_user_to_group, AddUserToGroupInput{"ops", "bea"});  // idempotent
  const auto group = w.must(get_group, GetGroupInput{.group_name = "Ops"});
  ASSERT_EQ(group.users.size(), 1u);
  EXPECT_FALSE(*group.is_truncated);
  EXPECT_EQ(w.must(list_groups_for_user, ListGroupsForUserInput{.user_name = "bea"}).groups.size(),
            1u);
  w.must(update_group, UpdateGroupInput{.group_name = "ops", .new_group_name = "admins"});
  EXPECT_EQ(w.account().users.find("bea")->groups, std::vector<std::string>{"admins"});
  const DeleteGroupInput remove{"admins"};
  EXPECT_EQ(w.refusal(delete_group, remove),
            "DeleteConflict 409: Cannot delete entity, must remove users from group first.");
  w.must(remove_user_from_group, RemoveUserFromGroupInput{"admins", "bea"});
  EXPECT_EQ(w.refusal(remove_user_from_group, RemoveUserFromGroupInput{"admins", "bea"}),
            "NoSuchEntity 404: User bea not in group admins");
  w.must(put_group_policy, PutGroupPolicyInput{"admins", "p", std::string(testing::kAllowAll)});
  EXPECT_EQ(w.refusal(delete_group, remove),
            "DeleteConflict 409: Cannot delete entity, must delete policies first.");
  w.must(delete_group_policy, DeleteGroupPolicyInput{"admins", "p"});
  w.must(attach_group_policy, AttachGroupPolicyInput{"admins", std::string(testing::kReadOnly)});
  EXPECT_EQ(w.refusal(delete_group, remove),
            "DeleteConflict 409: Cannot delete entity, must detach all policies first.");
  w.must(detach_group_policy, DetachGroupPolicyInput{"admins", std::string(testing::kReadOnly)});
  EXPECT_EQ(w.refusal(delete_group, remove), "ok");
  EXPECT_EQ(w.refusal(delete_group, remove),
            "NoSuchEntity 404: The group with name admins cannot be found.");
}

TEST(Groups, TenAUser) {
  World w;
  w.user("bea");
  for (int i = 0; i < 11; ++i) w.group("g" + std::to_string(i));
  for (int i = 0; i < 10; ++i) {
    w.must(add_user_to_group, AddUserToGroupInput{"g" + std::to_string(i), "bea"});
  }
  EXPECT_EQ(w.refusal(add_user_to_group, AddUserToGroupInput{"g10", "bea"}),
            "LimitExceeded 409: Cannot exceed quota for GroupsPerUser: 10");
}

}  // namespace
}  // namespace rolecall::iam
