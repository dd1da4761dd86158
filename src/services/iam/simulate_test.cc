#include "services/iam/simulate.h"

#include <fmt/format.h>

#include <set>

#include "services/iam/testing.h"

namespace rolecall::iam {
namespace {

using testing::World;

constexpr std::string_view kReadS3 = R"({
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
    {"Effect": "Deny", "Action": "s3:GetObject",
     "Resource": "arn:aws:s3:::secret/*"}
  ]
})";

TEST(Simulate, DecidesLikeTheEvaluatorAndNamesStatements) {
  World w;
  w.user("bea");
  w.must(put_user_policy, PutUserPolicyInput{"bea", "reader", std::string(kReadS3)});
  const auto out = w.must(
      simulate_principal_policy,
      SimulatePrincipalPolicyInput{
          .policy_source_arn = "arn:aws:iam::111111111111:user/bea",
          .action_names = {"s3:GetObject", "s3:PutObject"},
          .resource_arns = std::vector<std::string>{"arn:aws:s3:::b/k", "arn:aws:s3:::secret/k"}});
  const auto& results = *out.evaluation_results;
  ASSERT_EQ(results.size(), 4u);
  EXPECT_FALSE(*out.is_truncated);
  EXPECT_EQ(results[0].eval_decision, "allowed");
  EXPECT_EQ(results[0].eval_resource_name, "arn:aws:s3:::b/k");
  const auto& allowed = results[0].matched_statements->at(0);
  EXPECT_EQ(*allowed.source_policy_id, "user_bea_reader");
  EXPECT_EQ(*allowed.source_policy_type, "IAM Policy");
  EXPECT_EQ(*allowed.start_position->line, 3);
  EXPECT_EQ(*allowed.start_position->column, 17);
  EXPECT_EQ(*allowed.end_position->line, 4);
  EXPECT_EQ(*allowed.end_position->column, 62);
  EXPECT_EQ(results[1].eval_decision, "explicitDeny");
  ASSERT_EQ(results[1].matched_statements->size(), 1u);
  EXPECT_EQ(*results[1].matched_statements->at(0).start_position->line, 4);
  EXPECT_EQ(*results[1].matched_statements->at(0).start_position->column, 63);
  EXPECT_EQ(*results[1].matched_statements->at(0).end_position->line, 6);
  EXPECT_EQ(results[2].eval_decision, "implicitDeny");
  EXPECT_TRUE(results[2].matched_statements->empty());
  EXPECT_EQ(results[2].resource_specific_results->at(0).eval_resource_decision, "implicitDeny");
  EXPECT_FALSE(results[0].permissions_boundary_decision_detail);
  EXPECT_FALSE(results[0].organizations_decision_detail);
}

TEST(Simulate, BoundaryGroupsAndContext) {
  World w;
  w.user("bea");
  w.group("g");
  w.must(add_user_to_group, AddUserToGroupInput{"g", "bea"});
  w.must(put_group_policy, PutGroupPolicyInput{"g", "own", std::string(R"({"Version":"2012-10-17",
    "Statement":{"Effect":"Allow","Action":"*","Resource":"*",
                 "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}})")});
  w.must(
      put_user_permissions_boundary,
      PutUserPermissionsBoundaryInput{
          "bea",
          w.policy(
              "limit",
              R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}})")});
  SimulatePrincipalPolicyInput in{.policy_source_arn = "arn:aws:iam::111111111111:user/bea",
                                  .action_names = {"s3:GetObject", "iam:GetUser"}};
  auto out = *w.must(simulate_principal_policy, in).evaluation_results;
  EXPECT_EQ(out[0].eval_decision, "implicitDeny");
  EXPECT_EQ(*out[0].missing_context_values, std::vector<std::string>{"aws:MultiFactorAuthPresent"});
  in.context_entries =
      std::vector<ContextEntry>{{.context_key_name = "aws:MultiFactorAuthPresent",
                                 .context_key_values = std::vector<std::string>{"true"},
                                 .context_key_type = "boolean"}};
  out = *w.must(simulate_principal_policy, in).evaluation_results;
  EXPECT_EQ(out[0].eval_decision, "allowed");
  EXPECT_TRUE(*out[0].permissions_boundary_decision_detail->allowed_by_permissions_boundary);
  EXPECT_EQ(out[1].eval_decision, "implicitDeny");
  EXPECT_FALSE(*out[1].permissions_boundary_decision_detail->allowed_by_permissions_boundary);
}

TEST(Simulate, CustomPoliciesPagesAndRefusals) {
  World w;
  SimulateCustomPolicyInput in{
      .policy_input_list = {std::string(kReadS3)},
      .action_names = {"s3:GetObject", "s3:GetBucketPolicy", "s3:PutObject"},
      .max_items = 2};
  auto out = w.must(simulate_custom_policy, in);
  ASSERT_EQ(out.evaluation_results->size(), 2u);
  EXPECT_EQ(*out.evaluation_results->at(0).matched_statements->at(0).source_policy_id,
            "PolicyInputList.1");
  EXPECT_TRUE(*out.is_truncated);
  in.marker = out.marker;
  out = w.must(simulate_custom_policy, in);
  ASSERT_EQ(out.evaluation_results->size(), 1u);
  EXPECT_EQ(out.evaluation_results->at(0).eval_action_name, "s3:PutObject");
  EXPECT_FALSE(*out.is_truncated);

  EXPECT_EQ(w.refusal(simulate_custom_policy,
                      SimulateCustomPolicyInput{.policy_input_list = {"{"},
                                                .action_names = {"s3:GetObject"}}),
            "InvalidInput 400: This policy contains invalid Json");
  EXPECT_EQ(w.refusal(simulate_custom_policy,
                      SimulateCustomPolicyInput{.policy_input_list = {std::string(kReadS3)},
                                                .action_names = {"nonsense"}}),
            "InvalidInput 400: Invalid Action: nonsense");
  EXPECT_EQ(w.refusal(simulate_principal_policy,
                      SimulatePrincipalPolicyInput{
                          .policy_source_arn = "arn:aws:iam::111111111111:user/none",
                          .action_names = {"s3:GetObject"}}),
            "NoSuchEntity 404: The user with name none cannot be found.");
  EXPECT_EQ(w.refusal(simulate_principal_policy,
                      SimulatePrincipalPolicyInput{.policy_source_arn = "arn:aws:s3:::somebucket",
                                                   .action_names = {"s3:GetObject"}}),
            "InvalidInput 400: Invalid Entity Arn: arn:aws:s3:::somebucket");
}

TEST(Simulate, ContextKeysOfPolicies) {
  World w;
  const std::string text =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*",
         "Resource":"arn:aws:s3:::b/${aws:username}/*",
         "Condition":{"StringLike":{"s3:prefix":"${aws:PrincipalTag/team, 'none'}"},
                      "Bool":{"AWS:SecureTransport":"true"}}},
        {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:securetransport":false}}}]})";
  EXPECT_EQ(*w.must(get_context_keys_for_custom_policy, GetContextKeysForCustomPolicyInput{{text}})
                 .context_key_names,
            (std::vector<std::string>{"s3:prefix", "aws:PrincipalTag/team", "AWS:SecureTransport",
                                      "aws:username"}));
  w.role("ops");
  w.must(put_role_policy, PutRolePolicyInput{"ops", "p", text});
  EXPECT_EQ(w.must(get_context_keys_for_principal_policy,
                   GetContextKeysForPrincipalPolicyInput{.policy_source_arn =
                                                             "arn:aws:iam::111111111111:role/ops"})
                .context_key_names->size(),
            4u);
}

// ---- what the authorization facts' resource types mean

services::ResolvedResource resolve(World& w, std::string_view type, std::vector<std::string> id) {
  auto out = module().resolve(type, id, w.call());
  EXPECT_TRUE(out) << type;
  return out ? std::move(*out) : services::ResolvedResource{};
}

TEST(Resolver, Arns) {
  World w;
  w.user("bea", "/team/");
  w.must(tag_user, TagUserInput{"bea", {{"k", "v"}}});
  w.group("g");
  w.must(create_role,
         CreateRoleInput{.path = "/r/",
                         .role_name = "ops",
                         .assume_role_policy_document = std::string(testing::kTrustEc2),
                         .permissions_boundary = std::string(testing::kReadOnly)});
  const std::string iam = "arn:aws:iam::111111111111:";
  struct Case {
    std::string_view type;
    std::vector<std::string> id;
    std::string arn;
  };
  const Case cases[] = {
      {"*", {}, "*"},
      {"user", {"BEA"}, iam + "user/team/bea"},
      {"user", {"none"}, iam + "user/none"},
      {"self-or-user", {""}, iam + "user/rolecall/admin"},
      {"self-or-user", {}, iam + "user/rolecall/admin"},
      {"self-or-user", {"bea"}, iam + "user/team/bea"},
      {"bounded-user", {"bea"}, iam + "user/team/bea"},
      {"group", {"g"}, iam + "group/g"},
      {"role", {"ops"}, iam + "role/r/ops"},
      {"role", {"none"}, iam + "role/none"},
      {"instance-profile", {"none"}, iam + "instance-profile/none"},
      {"policy", {iam + "policy/x/p"}, iam + "policy/x/p"},
      {"mfa", {iam + "mfa/m"}, iam + "mfa/m"},
      {"principal", {iam + "role/r/ops"}, iam + "role/r/ops"},
      {"new-user", {"n", "/p/"}, iam + "user/p/n"},
      {"new-user", {"n", ""}, iam + "user/n"},
      {"new-role", {"n"}, iam + "role/n"},
      {"new-policy", {"n", "/p/"}, iam + "policy/p/n"},
      {"new-group", {"n"}, iam + "group/n"},
      {"new-instance-profile", {"n"}, iam + "instance-profile/n"},
      {"new-mfa", {"n"}, iam + "mfa/n"},
      {"new-service-linked-role",
       {"x.amazonaws.com"},
       iam + "role/aws-service-role/x.amazonaws.com/*"},
      {"deletion-task",
       {"task/aws-service-role/x.amazonaws.com/R/id"},
       iam + "role/aws-service-role/x.amazonaws.com/R"},
      {"access-key", {"AKIANONENONENONENONE"}, "*"},
  };
  for (const Case& c : cases) EXPECT_EQ(resolve(w, c.type, c.id).arn, c.arn) << c.type;
  // What refusals print.
  const Case shown[] = {
      {"user", {"bea"}, "user bea"},
      {"self-or-user", {}, "user admin"},
      {"bounded-role", {"ops"}, "role ops"},
      {"group", {"g"}, "group g"},
      {"instance-profile", {"p"}, "instance profile p"},
      {"policy", {iam + "policy/p"}, "policy " + iam + "policy/p"},
      {"new-policy", {"p", "/x/"}, "policy p"},
      {"new-user", {"n"}, ""},
      {"tagged-role", {"ops"}, ""},
      {"role-passed-to-ec2", {"ops"}, ""},
      {"user-list", {}, iam + "user/"},
      {"role-list", {"/x/"}, iam + "role/x/"},
      {"policy-list", {}, "policy path /"},
  };
  for (const Case& c : shown) EXPECT_EQ(resolve(w, c.type, c.id).shown, c.arn) << c.type;
  EXPECT_EQ(resolve(w, "user-list", {"/x/"}).arn, "*");
  ASSERT_TRUE(resolve(w, "user", {"bea"}).tags);
  EXPECT_EQ(resolve(w, "user", {"bea"}).tags->at(0).key, "k");
  EXPECT_FALSE(resolve(w, "user", {"none"}).tags);
  EXPECT_EQ(resolve(w, "bounded-role", {"ops"}).keys.at(0).first, "iam:PermissionsBoundary");
  EXPECT_TRUE(resolve(w, "bounded-user", {"bea"}).keys.empty());
  const auto passed = resolve(w, "role-passed-to-ec2", {"ops"});
  EXPECT_EQ(passed.arn, iam + "role/r/ops");
  EXPECT_EQ(passed.keys.at(0).first, "iam:PassedToService");
  EXPECT_EQ(passed.keys.at(0).second.at(0), "ec2.amazonaws.com");
  const std::vector<std::string> none;
  EXPECT_FALSE(module().resolve("unheard-of", none, w.call()));
}

TEST(Module, HasNoGaps) {
  EXPECT_EQ(services::gaps(module()), std::vector<std::string>{});
  // Nothing that only looks waits for the writer.
  for (const services::Binding& binding : module().operations) {
    const bool reads = binding.name.starts_with("Get") || binding.name.starts_with("List") ||
                       binding.name.starts_with("Simulate");
    EXPECT_EQ(binding.kind == services::BindingKind::read, reads) << binding.name;
  }
}

}  // namespace
}  // namespace rolecall::iam
