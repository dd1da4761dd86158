#include <fmt/format.h>

#include "base/encoding.h"
#include "services/iam/testing.h"

namespace rolecall::iam {
namespace {

using testing::World;

std::string trusting(std::string_view principal) {
  return fmt::format(
      R"({{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{}"}},"Action":"sts:AssumeRole"}}]}})",
      principal);
}

std::string shown_trust(World& w, const std::string& role) {
  return *percent_decode(*w.must(get_role, GetRoleInput{role}).role.assume_role_policy_document);
}

TEST(Roles, EachAnswerHasTheMembersAwsGives) {
  World w;
  const std::string boundary = w.policy("limit");
  const Role made = w.must(create_role, CreateRoleInput{.path = "/p/",
                                                        .role_name = "ops",
                                                        .assume_role_policy_document =
                                                            std::string(testing::kTrustEc2),
                                                        .max_session_duration = 7200,
                                                        .permissions_boundary = boundary,
                                                        .tags = std::vector<Tag>{{"k", "v"}}})
                        .role;
  EXPECT_EQ(made.arn, "arn:aws:iam::111111111111:role/p/ops");
  EXPECT_TRUE(made.role_id.starts_with("AROA"));
  EXPECT_FALSE(made.max_session_duration);
  EXPECT_FALSE(made.role_last_used);
  EXPECT_FALSE(made.description);
  EXPECT_EQ(*made.assume_role_policy_document, percent_encode(testing::kTrustEc2));

  const Role got = w.must(get_role, GetRoleInput{"OPS"}).role;
  EXPECT_EQ(got.max_session_duration, 7200);
  ASSERT_TRUE(got.role_last_used);
  EXPECT_FALSE(got.role_last_used->last_used_date);
  EXPECT_EQ(*got.permissions_boundary->permissions_boundary_type, "Policy");
  EXPECT_EQ(*got.permissions_boundary->permissions_boundary_arn, boundary);
  EXPECT_EQ(got.tags->size(), 1u);

  const Role listed = w.must(list_roles, ListRolesInput{}).roles.at(0);
  EXPECT_EQ(listed.max_session_duration, 7200);
  EXPECT_FALSE(listed.role_last_used);
  EXPECT_FALSE(listed.tags);
  EXPECT_FALSE(listed.permissions_boundary);
}

// Each text comes back as it was given, whether its principals are found by parsing or without.
TEST(Roles, TrustTextsAreShownAsGiven) {
  World w;
  const User bea = *w.must(create_user, CreateUserInput{.user_name = "bea"}).user;
  const std::string weird =
      w.must(create_user, CreateUserInput{.path = "/a\"b/", .user_name = "cy"}).user->arn;
  int n = 0;
  for (const std::string& statement : {
           fmt::format(R"("Principal":{{"AWS":"{}"}})", bea.arn),
           fmt::format(R"("Principal" : {{ "AWS" : [ "{}" , "{}" ] }})", bea.arn,
                       "arn:aws:iam::222222222222:root"),
           fmt::format(R"("Sid":"{}","Principal":{{"AWS":"{}"}})", bea.user_id, bea.arn),
           fmt::format(
               R"("Principal":{{"AWS":"{}"}},"Condition":{{"StringEquals":{{"aws:userid":"{}"}}}})",
               bea.arn, bea.user_id),
           fmt::format(R"("Principal":{{"A\u0057S":"{}"}})", bea.arn),
           std::string(R"("Principal":{"AWS":"arn:aws:iam::111111111111:user/a\"b/cy"})"),
       }) {
    const std::string name = fmt::format("r{}", n++);
    const std::string text = fmt::format(
        R"({{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole",{}}}]}})",
        statement);
    w.must(create_role, CreateRoleInput{.role_name = name, .assume_role_policy_document = text});
    EXPECT_EQ(shown_trust(w, name), text);
    EXPECT_TRUE(w.state.account(w.dev)->roles.find(name)->trust->text().find("AIDA") !=
                std::string::npos)
        << text;
  }
}

TEST(Roles, Refusals) {
  World w;
  w.role("ops");
  const auto make = [&](std::string name, std::string_view trust) {
    return w.refusal(create_role,
                     CreateRoleInput{.role_name = std::move(name),
                                     .assume_role_policy_document = std::string(trust)});
  };
  EXPECT_EQ(make("OPS", testing::kTrustEc2),
            "EntityAlreadyExists 409: Role with name OPS already exists.");
  EXPECT_EQ(make("x", "{"), "MalformedPolicyDocument 400: This policy contains invalid Json");
  EXPECT_EQ(w.refusal(get_role, GetRoleInput{"x"}),
            "NoSuchEntity 404: The role with name x cannot be found.");
  EXPECT_EQ(w.refusal(create_role, CreateRoleInput{.path = "/aws-service-role/x.amazonaws.com/",
                                                   .role_name = "x",
                                                   .assume_role_policy_document =
                                                       std::string(testing::kTrustEc2)})
                .substr(0, 12),
            "InvalidInput");
  EXPECT_EQ(
      w.refusal(create_role,
                CreateRoleInput{.role_name = "x",
                                .assume_role_policy_document = std::string(testing::kTrustEc2),
                                .permissions_boundary = "arn:aws:iam::111111111111:policy/none"}),
      "NoSuchEntity 404: Scope ARN: arn:aws:iam::111111111111:policy/none does not exist or "
      "is not attachable.");
}

TEST(Roles, TrustHoldsUniqueIdsAndShowsArns) {  // Rules 372 to 374
  World w;
  w.user("bea", "/team/");
  const std::string arn = "arn:aws:iam::111111111111:user/team/bea";
  const std::string id = w.account().users.find("bea")->id;
  w.role("ops", trusting(arn));
  EXPECT_NE(w.account().roles.find("ops")->trust->text().find(id), std::string::npos);
  EXPECT_EQ(shown_trust(w, "ops"), trusting(arn));
  w.must(update_user, UpdateUserInput{.user_name = "bea", .new_user_name = "ann"});
  EXPECT_EQ(shown_trust(w, "ops"), trusting("arn:aws:iam::111111111111:user/team/ann"));
  // Deleted: the bare id. Made again: another id, the trust stays with the old one.
  w.must(delete_user, DeleteUserInput{"ann"});
  EXPECT_EQ(shown_trust(w, "ops"), trusting(id));
  w.user("ann", "/team/");
  EXPECT_EQ(shown_trust(w, "ops"), trusting(id));
  EXPECT_EQ(w.refusal(update_assume_role_policy, UpdateAssumeRolePolicyInput{"ops", trusting(id)})
                .substr(0, 23),
            "MalformedPolicyDocument");
}

TEST(Roles, TrustPrincipalsMustExistHere) {  // Rule 44; docs/differences.md for other accounts
  World w;
  w.role("base");
  w.become_root(w.prod);
  w.user("eve");
  w.become_user("admin");
  const auto accepted = {"111111111111", "arn:aws:iam::222222222222:root", "333333333333",
                         "arn:aws:iam::333333333333:root", "arn:aws:iam::222222222222:user/eve",
                         "arn:aws:iam::111111111111:role/base", "*",
                         "arn:aws:sts::111111111111:assumed-role/base/session",
                         // the administrator of the flag
                         "arn:aws:iam::111111111111:user/rolecall/admin"};
  int n = 0;
  for (const char* principal : accepted) {
    EXPECT_EQ(
        w.refusal(create_role, CreateRoleInput{.role_name = "a" + std::to_string(n++),
                                               .assume_role_policy_document = trusting(principal)}),
        "ok")
        << principal;
  }
  const auto refused = {"arn:aws:iam::111111111111:user/none",
                        "arn:aws:iam::222222222222:user/x/eve",
                        "arn:aws:iam::333333333333:user/any",
                        "arn:aws:iam::111111111111:role/none",
                        "AIDAAAAAAAAAAAAAAAAAA",
                        "arn:aws:iam::111111111111:group/g",
                        "arn:aws-cn:iam::111111111111:root",
                        "arn:aws:sts::111111111111:assumed-role/none/session"};
  for (const char* principal : refused) {
    EXPECT_EQ(
        w.refusal(create_role, CreateRoleInput{.role_name = "r",
                                               .assume_role_policy_document = trusting(principal)}),
        fmt::format("MalformedPolicyDocument 400: Invalid principal in policy: \"AWS\":\"{}\"",
                    principal))
        << principal;
  }
  EXPECT_EQ(shown_trust(w, "a0"), trusting("arn:aws:iam::111111111111:root"));
}

TEST(Roles, UpdateAndDelete) {
  World w;
  w.role("ops");
  w.must(update_role,
         UpdateRoleInput{.role_name = "ops", .description = "d", .max_session_duration = 4000});
  EXPECT_EQ(w.must(get_role, GetRoleInput{"ops"}).role.max_session_duration, 4000);
  EXPECT_EQ(
      *w.must(update_role_description, UpdateRoleDescriptionInput{"ops", "e"}).role->description,
      "e");
  w.must(create_instance_profile, CreateInstanceProfileInput{.instance_profile_name = "p"});
  w.must(add_role_to_instance_profile, AddRoleToInstanceProfileInput{"p", "ops"});
  w.must(put_role_policy, PutRolePolicyInput{"ops", "i", std::string(testing::kAllowAll)});
  w.must(attach_role_policy, AttachRolePolicyInput{"ops", std::string(testing::kReadOnly)});
  const DeleteRoleInput in{"ops"};
  EXPECT_EQ(w.refusal(delete_role, in),
            "DeleteConflict 409: Cannot delete entity, must remove roles from instance profile "
            "first.");
  w.must(remove_role_from_instance_profile, RemoveRoleFromInstanceProfileInput{"p", "OPS"});
  EXPECT_EQ(w.refusal(delete_role, in),
            "DeleteConflict 409: Cannot delete entity, must delete policies first.");
  w.must(delete_role_policy, DeleteRolePolicyInput{"ops", "i"});
  EXPECT_EQ(w.refusal(delete_role, in),
            "DeleteConflict 409: Cannot delete entity, must detach all policies first.");
  w.must(detach_role_policy, DetachRolePolicyInput{"ops", std::string(testing::kReadOnly)});
  EXPECT_EQ(w.refusal(delete_role, in), "ok");
}

TEST(InstanceProfiles, HoldOneRole) {
  World w;
  w.role("ops");
  w.role("other");
  const auto made =
      w.must(create_instance_profile, CreateInstanceProfileInput{.instance_profile_name = "p"});
  EXPECT_TRUE(made.instance_profile.roles.empty());
  EXPECT_TRUE(made.instance_profile.instance_profile_id.starts_with("AIPA"));
  EXPECT_EQ(
      w.refusal(create_instance_profile, CreateInstanceProfileInput{.instance_profile_name = "P"}),
      "EntityAlreadyExists 409: Instance Profile P already exists.");
  w.must(add_role_to_instance_profile, AddRoleToInstanceProfileInput{"p", "ops"});
  EXPECT_EQ(w.refusal(add_role_to_instance_profile, AddRoleToInstanceProfileInput{"p", "other"}),
            "LimitExceeded 409: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
  const auto got = w.must(get_instance_profile, GetInstanceProfileInput{"p"}).instance_profile;
  ASSERT_EQ(got.roles.size(), 1u);
  EXPECT_EQ(got.roles[0].role_name, "ops");
  EXPECT_FALSE(got.roles[0].max_session_duration);
  EXPECT_EQ(
      w.must(list_instance_profiles_for_role, ListInstanceProfilesForRoleInput{.role_name = "ops"})
          .instance_profiles.size(),
      1u);
  EXPECT_TRUE(w.must(list_instance_profiles_for_role,
                     ListInstanceProfilesForRoleInput{.role_name = "other"})
                  .instance_profiles.empty());
  EXPECT_EQ(w.must(list_instance_profiles, ListInstanceProfilesInput{}).instance_profiles.size(),
            1u);
  EXPECT_EQ(w.refusal(delete_instance_profile, DeleteInstanceProfileInput{"p"}),
            "DeleteConflict 409: Cannot delete entity, must remove roles from instance profile "
            "first.");
  EXPECT_EQ(w.refusal(remove_role_from_instance_profile,
                      RemoveRoleFromInstanceProfileInput{"p", "other"}),
            "NoSuchEntity 404: The role with name other cannot be found.");
  w.must(remove_role_from_instance_profile, RemoveRoleFromInstanceProfileInput{"p", "ops"});
  EXPECT_EQ(w.refusal(delete_instance_profile, DeleteInstanceProfileInput{"p"}), "ok");
  EXPECT_EQ(w.refusal(get_instance_profile, GetInstanceProfileInput{"p"}),
            "NoSuchEntity 404: Instance Profile p cannot be found.");
}

TEST(Boundaries, OnlyManagedPolicies) {  // Rule 65
  World w;
  w.user("bea");
  w.role("ops");
  const std::string arn = w.policy("limit");
  w.must(put_user_permissions_boundary, PutUserPermissionsBoundaryInput{"bea", arn});
  w.must(put_role_permissions_boundary,
         PutRolePermissionsBoundaryInput{"ops", std::string(testing::kReadOnly)});
  EXPECT_EQ(*w.must(get_user, GetUserInput{.user_name = "bea"})
                 .user.permissions_boundary->permissions_boundary_arn,
            arn);
  EXPECT_EQ(w.refusal(delete_policy, DeletePolicyInput{arn}),
            "DeleteConflict 409: Cannot delete a policy attached to entities.");
  EXPECT_EQ(w.refusal(put_user_permissions_boundary,
                      PutUserPermissionsBoundaryInput{"bea", "arn:aws:iam::aws:policy/None"}),
            "NoSuchEntity 404: Scope ARN: arn:aws:iam::aws:policy/None does not exist or is not "
            "attachable.");
  EXPECT_EQ(w.refusal(put_user_permissions_boundary,
                      PutUserPermissionsBoundaryInput{"bea", "this is certainly no ARN"}),
            "ValidationError 400: Invalid ARN:  Could not be parsed!");
  const auto policy = *w.must(get_policy, GetPolicyInput{arn}).policy;
  EXPECT_EQ(policy.attachment_count, 0);
  EXPECT_EQ(policy.permissions_boundary_usage_count, 1);
  w.must(delete_user_permissions_boundary, DeleteUserPermissionsBoundaryInput{"bea"});
  w.must(delete_role_permissions_boundary, DeleteRolePermissionsBoundaryInput{"ops"});
  EXPECT_EQ(w.refusal(delete_role_permissions_boundary, DeleteRolePermissionsBoundaryInput{"ops"})
                .substr(0, 12),
            "NoSuchEntity");
  EXPECT_EQ(w.refusal(delete_policy, DeletePolicyInput{arn}), "ok");
}

TEST(ServiceLinkedRoles, OnlyTheirServiceChangesThem) {
  World w;
  const Role role = *w.must(create_service_linked_role,
                            CreateServiceLinkedRoleInput{.aws_service_name = "ram.amazonaws.com"})
                         .role;
  EXPECT_EQ(role.arn,
            "arn:aws:iam::111111111111:role/aws-service-role/ram.amazonaws.com/"
            "AWSServiceRoleForResourceAccessManager");
  const auto attached = w.must(list_attached_role_policies,
                               ListAttachedRolePoliciesInput{.role_name = role.role_name});
  ASSERT_EQ(attached.attached_policies->size(), 1u);
  EXPECT_EQ(*attached.attached_policies->at(0).policy_name,
            "AWSResourceAccessManagerServiceRolePolicy");
  const std::string protected_text =
      "UnmodifiableEntity 400: Cannot perform the operation on the protected role "
      "'AWSServiceRoleForResourceAccessManager' - this role is only modifiable by AWS";
  EXPECT_EQ(w.refusal(delete_role, DeleteRoleInput{role.role_name}), protected_text);
  EXPECT_EQ(w.refusal(attach_role_policy,
                      AttachRolePolicyInput{role.role_name, std::string(testing::kReadOnly)}),
            protected_text);
  EXPECT_EQ(w.refusal(put_role_policy,
                      PutRolePolicyInput{role.role_name, "p", std::string(testing::kAllowAll)}),
            protected_text);
  EXPECT_EQ(w.refusal(update_assume_role_policy,
                      UpdateAssumeRolePolicyInput{role.role_name, std::string(testing::kTrustEc2)}),
            protected_text);
  EXPECT_EQ(w.refusal(create_service_linked_role,
                      CreateServiceLinkedRoleInput{.aws_service_name = "ram.amazonaws.com"}),
            "InvalidInput 400: Service role name AWSServiceRoleForResourceAccessManager has been "
            "taken in this account, please try a different suffix.");
  EXPECT_EQ(w.refusal(create_service_linked_role,
                      CreateServiceLinkedRoleInput{.aws_service_name = "rds.amazonaws.com",
                                                   .custom_suffix = "x"}),
            "InvalidInput 400: Custom suffix is not allowed for rds.amazonaws.com");
  EXPECT_EQ(w.must(create_service_linked_role,
                   CreateServiceLinkedRoleInput{.aws_service_name = "lexv2.amazonaws.com",
                                                .custom_suffix = "x"})
                .role->role_name,
            "AWSServiceRoleForLexV2Bots_x");
  const auto task = w.must(delete_service_linked_role, DeleteServiceLinkedRoleInput{role.role_name})
                        .deletion_task_id;
  EXPECT_EQ(
      w.must(get_service_linked_role_deletion_status, GetServiceLinkedRoleDeletionStatusInput{task})
          .status,
      "SUCCEEDED");
  w.role("ops");
  EXPECT_EQ(w.refusal(delete_service_linked_role, DeleteServiceLinkedRoleInput{"ops"}),
            "InvalidInput 400: The role ops is not a service-linked role.");
  EXPECT_EQ(w.refusal(get_service_linked_role_deletion_status,
                      GetServiceLinkedRoleDeletionStatusInput{"nonsense"}),
            "InvalidInput 400: The deletion task id nonsense is not valid.");
}

}  // namespace
}  // namespace rolecall::iam
