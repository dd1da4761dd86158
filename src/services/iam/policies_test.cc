#include <fmt/format.h>

#include <set>

#include "base/encoding.h"
#include "identity/managed_policies.h"
#include "services/iam/testing.h"

namespace rolecall::iam {
namespace {

using testing::World;

const std::string kAll(testing::kAllowAll);
const std::string kAwsArn(testing::kReadOnly);

TEST(Policies, CreateAnswersWhatAwsAnswers) {
  World w;
  const Policy policy =
      *w.must(create_policy,
              CreatePolicyInput{
                  .policy_name = "p", .path = "/x/", .policy_document = kAll, .description = "why"})
           .policy;
  EXPECT_EQ(policy.arn, "arn:aws:iam::111111111111:policy/x/p");
  EXPECT_TRUE(policy.policy_id->starts_with("ANPA"));
  EXPECT_EQ(policy.default_version_id, "v1");
  EXPECT_EQ(policy.attachment_count, 0);
  EXPECT_EQ(policy.permissions_boundary_usage_count, 0);
  EXPECT_EQ(policy.is_attachable, true);
  EXPECT_FALSE(policy.description);
  EXPECT_FALSE(policy.tags);
  EXPECT_EQ(*w.must(get_policy, GetPolicyInput{*policy.arn}).policy->description, "why");
}

TEST(Policies, Refusals) {
  World w;
  w.policy("p");
  EXPECT_EQ(
      w.refusal(create_policy, CreatePolicyInput{.policy_name = "P", .policy_document = kAll}),
      "EntityAlreadyExists 409: A policy called P already exists. Duplicate names are not "
      "allowed.");
  EXPECT_EQ(w.refusal(create_policy, CreatePolicyInput{.policy_name = "q", .policy_document = "{"}),
            "MalformedPolicyDocument 400: This policy contains invalid Json");
  const std::string none = "arn:aws:iam::111111111111:policy/none";
  const std::string not_found = "NoSuchEntity 404: Policy " + none + " was not found.";
  EXPECT_EQ(w.refusal(get_policy, GetPolicyInput{none}), not_found);
  EXPECT_EQ(w.refusal(delete_policy, DeletePolicyInput{none}), not_found);
  EXPECT_EQ(w.refusal(create_policy_version,
                      CreatePolicyVersionInput{.policy_arn = none, .policy_document = kAll}),
            not_found);
  EXPECT_EQ(w.refusal(list_policy_versions, ListPolicyVersionsInput{.policy_arn = none}),
            not_found);
  EXPECT_EQ(w.refusal(list_entities_for_policy, ListEntitiesForPolicyInput{.policy_arn = none}),
            not_found);
  EXPECT_EQ(w.refusal(get_policy, GetPolicyInput{"not an arn at all, is it"}),
            "ValidationError 400: Invalid ARN:  Could not be parsed!");
  EXPECT_EQ(w.refusal(get_policy, GetPolicyInput{"arn:aws:iam::111111111111:role/p"}),
            "InvalidInput 400: ARN arn:aws:iam::111111111111:role/p is not valid.");
  EXPECT_EQ(
      w.refusal(get_policy, GetPolicyInput{"arn:aws-cn:iam::111111111111:policy/p"}).substr(0, 12),
      "InvalidInput");
  // The path is part of the name an ARN gives.
  EXPECT_EQ(w.refusal(get_policy, GetPolicyInput{"arn:aws:iam::111111111111:policy/x/p"}),
            "NoSuchEntity 404: Policy arn:aws:iam::111111111111:policy/x/p was not found.");
}

TEST(Policies, AwsOnesCanOnlyBeRead) {  // Rule 249
  World w;
  const Policy policy = *w.must(get_policy, GetPolicyInput{kAwsArn}).policy;
  EXPECT_EQ(*policy.policy_name, "ReadOnlyAccess");
  EXPECT_EQ(*policy.arn, kAwsArn);
  const auto denied = [&](std::string_view action) {
    return fmt::format(
        "AccessDenied 403: User: arn:aws:iam::111111111111:user/rolecall/admin is not authorized "
        "to perform: iam:{} on resource: policy {}",
        action, kAwsArn);
  };
  EXPECT_EQ(w.refusal(delete_policy, DeletePolicyInput{kAwsArn}), denied("DeletePolicy"));
  EXPECT_EQ(w.refusal(create_policy_version,
                      CreatePolicyVersionInput{.policy_arn = kAwsArn, .policy_document = kAll}),
            denied("CreatePolicyVersion"));
  EXPECT_EQ(w.refusal(set_default_policy_version, SetDefaultPolicyVersionInput{kAwsArn, "v1"}),
            denied("SetDefaultPolicyVersion"));
  EXPECT_EQ(w.refusal(tag_policy, TagPolicyInput{kAwsArn, {{"k", "v"}}}), denied("TagPolicy"));
  const auto version =
      w.must(get_policy_version, GetPolicyVersionInput{kAwsArn, *policy.default_version_id});
  EXPECT_NE(percent_decode(*version.policy_version->document)->find("Statement"),
            std::string::npos);
  EXPECT_EQ(
      w.must(list_policy_versions, ListPolicyVersionsInput{.policy_arn = kAwsArn}).versions->size(),
      1u);
}

TEST(PolicyVersions, FiveAtMostAndTheDefaultStays) {
  World w;
  const std::string arn = w.policy("p");
  for (int n = 2; n <= 5; ++n) {
    const auto made =
        *w.must(create_policy_version,
                CreatePolicyVersionInput{
                    .policy_arn = arn, .policy_document = kAll, .set_as_default = n == 3})
             .policy_version;
    EXPECT_EQ(made.version_id, "v" + std::to_string(n));
    EXPECT_EQ(made.is_default_version, n == 3);
    EXPECT_FALSE(made.document);
  }
  EXPECT_EQ(w.refusal(create_policy_version,
                      CreatePolicyVersionInput{.policy_arn = arn, .policy_document = kAll}),
            "LimitExceeded 409: A managed policy can have up to 5 versions. Before you create a "
            "new version, you must delete an existing version.");
  EXPECT_EQ(w.refusal(delete_policy_version, DeletePolicyVersionInput{arn, "v3"}),
            "DeleteConflict 409: Cannot delete the default version of a policy.");
  EXPECT_EQ(w.refusal(delete_policy, DeletePolicyInput{arn}),
            "DeleteConflict 409: This policy has more than one version. Before you delete a "
            "policy, you must delete the policy's versions. The default version is deleted with "
            "the policy.");
  w.must(delete_policy_version, DeletePolicyVersionInput{arn, "v5"});
  EXPECT_EQ(*w.must(create_policy_version,
                    CreatePolicyVersionInput{.policy_arn = arn, .policy_document = kAll})
                 .policy_version->version_id,
            "v6");  // numbers are never given twice
  w.must(set_default_policy_version, SetDefaultPolicyVersionInput{arn, "v1"});
  EXPECT_EQ(*w.must(get_policy, GetPolicyInput{arn}).policy->default_version_id, "v1");
  for (const char* bad : {"v9", "v1.x", "v3x"}) {
    EXPECT_EQ(w.refusal(get_policy_version, GetPolicyVersionInput{arn, bad}),
              fmt::format("NoSuchEntity 404: Policy {} version {} does not exist or is not "
                          "attachable.",
                          arn, bad));
  }
  auto page =
      w.must(list_policy_versions, ListPolicyVersionsInput{.policy_arn = arn, .max_items = 3});
  ASSERT_EQ(page.versions->size(), 3u);
  EXPECT_EQ(page.versions->at(0).version_id, "v6");
  page = w.must(list_policy_versions,
                ListPolicyVersionsInput{.policy_arn = arn, .marker = page.marker});
  ASSERT_EQ(page.versions->size(), 2u);
  EXPECT_EQ(page.versions->at(1).version_id, "v1");
  EXPECT_EQ(page.versions->at(1).is_default_version, true);
}

TEST(InlinePolicies, TextComesBackAsGiven) {
  World w;
  w.role("ops");
  const std::string text =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/a%3Ab c"}})";
  w.must(put_role_policy, PutRolePolicyInput{"ops", "p", text});
  const auto got = w.must(get_role_policy, GetRolePolicyInput{"OPS", "P"});
  EXPECT_EQ(got.role_name, "ops");
  EXPECT_EQ(got.policy_name, "p");
  EXPECT_EQ(*percent_decode(got.policy_document), text);
  EXPECT_EQ(got.policy_document.find(' '), std::string::npos);
  w.must(put_role_policy, PutRolePolicyInput{"ops", "p", kAll});  // replaces
  EXPECT_EQ(w.must(list_role_policies, ListRolePoliciesInput{.role_name = "ops"}).policy_names,
            std::vector<std::string>{"p"});
}

TEST(InlinePolicies, RefusalsAndSizes) {  // Rule 55
  World w;
  w.user("bea");
  w.group("g");
  w.role("ops");
  EXPECT_EQ(w.refusal(get_user_policy, GetUserPolicyInput{"bea", "x"}),
            "NoSuchEntity 404: The user policy with name x cannot be found.");
  EXPECT_EQ(w.refusal(delete_group_policy, DeleteGroupPolicyInput{"g", "x"}),
            "NoSuchEntity 404: The group policy with name x cannot be found.");
  EXPECT_EQ(w.refusal(get_role_policy, GetRolePolicyInput{"ops", "x"}),
            "NoSuchEntity 404: The role policy with name x cannot be found.");
  const std::string empty =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:","Resource":"*"}]})";
  const auto sized = [&](std::size_t characters) {
    std::string text = empty;
    text.insert(text.find("s3:") + 3, std::string(characters - empty.size(), 'a'));
    return text;
  };
  w.must(put_user_policy, PutUserPolicyInput{"bea", "a", sized(1500)});
  EXPECT_EQ(w.refusal(put_user_policy, PutUserPolicyInput{"bea", "b", sized(549)}),
            "LimitExceeded 409: Maximum policy size of 2048 bytes exceeded for user bea");
  EXPECT_EQ(w.refusal(put_user_policy,
                      PutUserPolicyInput{"bea", "b", "  \n" + sized(548) + std::string(50, ' ')}),
            "ok");  // white space does not count
  EXPECT_EQ(w.refusal(put_user_policy, PutUserPolicyInput{"bea", "A", sized(1500)}), "ok");
  EXPECT_EQ(w.refusal(put_group_policy, PutGroupPolicyInput{"g", "a", sized(5121)}),
            "LimitExceeded 409: Maximum policy size of 5120 bytes exceeded for group g");
  EXPECT_EQ(w.refusal(put_role_policy, PutRolePolicyInput{"ops", "a", sized(10241)}),
            "LimitExceeded 409: Maximum policy size of 10240 bytes exceeded for role ops");
  EXPECT_EQ(w.refusal(put_role_policy, PutRolePolicyInput{"ops", "a", "# no"}).substr(0, 23),
            "MalformedPolicyDocument");
}

TEST(Attachments, CountsAndLists) {
  World w;
  w.user("bea");
  w.group("g");
  w.role("ops");
  const std::string arn = w.policy("mine");
  w.must(attach_user_policy, AttachUserPolicyInput{"bea", arn});
  w.must(attach_user_policy, AttachUserPolicyInput{"bea", arn});  // idempotent
  w.must(attach_group_policy, AttachGroupPolicyInput{"g", arn});
  w.must(attach_role_policy, AttachRolePolicyInput{"ops", arn});
  w.must(attach_role_policy, AttachRolePolicyInput{"ops", kAwsArn});
  EXPECT_EQ(*w.must(get_policy, GetPolicyInput{arn}).policy->attachment_count, 3);
  const auto listed =
      w.must(list_attached_role_policies, ListAttachedRolePoliciesInput{.role_name = "ops"});
  ASSERT_EQ(listed.attached_policies->size(), 2u);
  EXPECT_EQ(*listed.attached_policies->at(0).policy_name, "mine");
  EXPECT_EQ(*listed.attached_policies->at(1).policy_arn, kAwsArn);
  EXPECT_EQ(w.refusal(delete_policy, DeletePolicyInput{arn}),
            "DeleteConflict 409: Cannot delete a policy attached to entities.");

  const auto entities =
      w.must(list_entities_for_policy, ListEntitiesForPolicyInput{.policy_arn = arn});
  EXPECT_EQ(entities.policy_groups->size(), 1u);
  EXPECT_EQ(entities.policy_users->size(), 1u);
  EXPECT_EQ(entities.policy_roles->size(), 1u);
  // The same three, one a page.
  ListEntitiesForPolicyInput in{.policy_arn = arn, .max_items = 1};
  std::string seen;
  for (int pages = 0; pages < 5; ++pages) {
    const auto page = w.must(list_entities_for_policy, in);
    for (const auto& e : *page.policy_groups) seen += *e.group_name + ",";
    for (const auto& e : *page.policy_users) seen += *e.user_name + ",";
    for (const auto& e : *page.policy_roles) seen += *e.role_name + ",";
    if (!*page.is_truncated) break;
    in.marker = page.marker;
  }
  EXPECT_EQ(seen, "g,bea,ops,");
  EXPECT_EQ(w.must(list_entities_for_policy,
                   ListEntitiesForPolicyInput{.policy_arn = arn, .entity_filter = "Role"})
                .policy_users->size(),
            0u);
  w.must(detach_user_policy, DetachUserPolicyInput{"bea", arn});
  EXPECT_EQ(*w.must(get_policy, GetPolicyInput{arn}).policy->attachment_count, 2);
}

TEST(Attachments, Refusals) {
  World w;
  w.user("bea");
  w.role("ops");
  const std::string none = "arn:aws:iam::111111111111:policy/none";
  EXPECT_EQ(w.refusal(attach_user_policy, AttachUserPolicyInput{"bea", none}),
            "NoSuchEntity 404: Policy " + none + " does not exist or is not attachable.");
  EXPECT_EQ(w.refusal(attach_user_policy, AttachUserPolicyInput{"bea", "longEnoughButNoArnAtAll"}),
            "ValidationError 400: Invalid ARN:  Could not be parsed!");
  EXPECT_EQ(w.refusal(detach_user_policy, DetachUserPolicyInput{"bea", none}),
            "NoSuchEntity 404: Policy " + none + " was not found.");
  // Another account's policy is none of ours.
  w.become_root(w.prod);
  const std::string theirs = w.policy("p");
  w.become_user("admin");
  EXPECT_EQ(w.refusal(attach_role_policy, AttachRolePolicyInput{"ops", theirs}),
            "NoSuchEntity 404: Policy " + theirs + " does not exist or is not attachable.");
  EXPECT_EQ(w.refusal(attach_role_policy,
                      AttachRolePolicyInput{"ops",
                                            "arn:aws:iam::aws:policy/aws-service-role/"
                                            "AmazonRDSServiceRolePolicy"}),
            "PolicyNotAttachable 400: Cannot attach a Service Role Policy to a Customer Role.");
  for (int i = 0; i < 10; ++i) {
    w.must(attach_role_policy, AttachRolePolicyInput{"ops", w.policy("p" + std::to_string(i))});
  }
  EXPECT_EQ(w.refusal(attach_role_policy, AttachRolePolicyInput{"ops", kAwsArn}),
            "LimitExceeded 409: Cannot exceed quota for PoliciesPerRole: 10");
}

TEST(ListPolicies, ScopesFiltersAndPages) {
  World w;
  w.role("ops");
  w.policy("b");
  const std::string a = w.policy("a");
  w.must(attach_role_policy, AttachRolePolicyInput{"ops", a});
  w.must(attach_role_policy, AttachRolePolicyInput{"ops", kAwsArn});
  const auto local = w.must(list_policies, ListPoliciesInput{.scope = "Local"});
  ASSERT_EQ(local.policies->size(), 2u);
  EXPECT_EQ(*local.policies->at(0).policy_name, "a");
  EXPECT_EQ(w.must(list_policies, ListPoliciesInput{.only_attached = true}).policies->size(), 2u);
  EXPECT_EQ(w.must(list_policies, ListPoliciesInput{.policy_usage_filter = "PermissionsBoundary"})
                .policies->size(),
            0u);
  EXPECT_EQ(w.must(list_policies, ListPoliciesInput{.scope = "Local", .path_prefix = "/x/"})
                .policies->size(),
            0u);
  // Everything, page by page: the account's two and all of AWS's, each once.
  ListPoliciesInput in{.max_items = 1000};
  std::size_t count = 0;
  std::set<std::string> arns;
  for (;;) {
    const auto page = w.must(list_policies, in);
    count += page.policies->size();
    for (const Policy& policy : *page.policies) arns.insert(*policy.arn);
    if (!*page.is_truncated) break;
    in.marker = page.marker;
  }
  EXPECT_EQ(count, 2 + identity::aws_managed_policies().size());
  EXPECT_EQ(arns.size(), count);
  // A page that ends between the two parts.
  const auto first = w.must(list_policies, ListPoliciesInput{.max_items = 2});
  EXPECT_TRUE(*first.is_truncated);
  const auto second =
      w.must(list_policies, ListPoliciesInput{.marker = first.marker, .max_items = 1});
  EXPECT_TRUE(second.policies->at(0).arn->starts_with("arn:aws:iam::aws:policy/"));
}

TEST(Tags, RulesOfTagging) {  // Rule 64
  World w;
  w.role("ops");
  const auto tag = [&](std::vector<Tag> tags) {
    return w.refusal(tag_role, TagRoleInput{"ops", std::move(tags)});
  };
  EXPECT_EQ(tag({{"Team", "a"}, {"b", ""}}), "ok");
  EXPECT_EQ(tag({{"x", "1"}, {"X", "2"}}),
            "InvalidInput 400: Duplicate tag keys found. Please note that Tag keys are case "
            "insensitive.");
  EXPECT_EQ(tag({{"AWS:x", "1"}}),
            "InvalidInput 400: aws: prefixed tag key names are not allowed for external use.");
  EXPECT_EQ(tag({{"team", "c"}}), "ok");  // takes the old one's place, in its own case
  const auto tags = w.must(list_role_tags, ListRoleTagsInput{.role_name = "ops"}).tags;
  ASSERT_EQ(tags.size(), 2u);
  EXPECT_EQ(tags[0].key, "b");
  EXPECT_EQ(tags[1].key, "team");
  EXPECT_EQ(tags[1].value, "c");
  std::vector<Tag> many;
  for (int i = 0; i < 48; ++i) many.push_back({"k" + std::to_string(i), "v"});
  EXPECT_EQ(tag(many), "ok");
  EXPECT_EQ(tag({{"one-more", "v"}}),
            "LimitExceeded 409: The number of tags has reached the maximum limit.");
  EXPECT_EQ(tag({{"k0", "other"}}), "ok");
  w.must(untag_role, UntagRoleInput{"ops", {"TEAM", "not-there"}});
  EXPECT_EQ(w.must(list_role_tags, ListRoleTagsInput{.role_name = "ops"}).tags.size(), 49u);
}

TEST(Tags, EveryKindOfEntity) {
  World w;
  w.user("bea");
  const std::string arn = w.policy("p");
  w.must(create_instance_profile, CreateInstanceProfileInput{.instance_profile_name = "ip"});
  const auto serial =
      w.must(create_virtual_mfa_device, CreateVirtualMFADeviceInput{.virtual_mfa_device_name = "m"})
          .virtual_mfa_device.serial_number;
  const std::vector<Tag> tags = {{"k", "v"}};
  w.must(tag_user, TagUserInput{"bea", tags});
  w.must(tag_policy, TagPolicyInput{arn, tags});
  w.must(tag_instance_profile, TagInstanceProfileInput{"ip", tags});
  w.must(tag_mfa_device, TagMFADeviceInput{serial, tags});
  EXPECT_EQ(w.must(list_user_tags, ListUserTagsInput{.user_name = "bea"}).tags.size(), 1u);
  EXPECT_EQ(w.must(list_policy_tags, ListPolicyTagsInput{.policy_arn = arn}).tags.size(), 1u);
  EXPECT_EQ(w.must(list_instance_profile_tags,
                   ListInstanceProfileTagsInput{.instance_profile_name = "ip"})
                .tags.size(),
            1u);
  EXPECT_EQ(
      w.must(list_mfa_device_tags, ListMFADeviceTagsInput{.serial_number = serial}).tags.size(),
      1u);
  EXPECT_EQ(w.must(get_policy, GetPolicyInput{arn}).policy->tags->size(), 1u);
  w.must(untag_user, UntagUserInput{"bea", {"K"}});
  w.must(untag_policy, UntagPolicyInput{arn, {"k"}});
  w.must(untag_instance_profile, UntagInstanceProfileInput{"ip", {"k"}});
  w.must(untag_mfa_device, UntagMFADeviceInput{serial, {"k"}});
  EXPECT_FALSE(w.must(get_user, GetUserInput{.user_name = "bea"}).user.tags);
  EXPECT_FALSE(w.must(get_policy, GetPolicyInput{arn}).policy->tags);
}

}  // namespace
}  // namespace rolecall::iam
