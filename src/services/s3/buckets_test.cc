// Buckets, their settings and policies.
#include "services/s3/s3_fixture.h"

namespace rolecall::s3 {
namespace {

class Buckets : public S3Test {
 protected:
  Result<CreateBucketOutput> create(std::string name, std::optional<std::string> location = {}) {
    CreateBucketInput in;
    in.bucket = std::move(name);
    if (location) in.create_bucket_configuration.emplace().location_constraint = location;
    return write(create_bucket, in);
  }
  void become(AccountId account) { caller_.account = account; }
  template <class In>
  In at_bucket(std::string name = "bucket") {
    In in;
    in.bucket = std::move(name);
    return in;
  }
  PutBucketPolicyInput policy(std::string text) {
    auto in = at_bucket<PutBucketPolicyInput>();
    in.policy = std::move(text);
    return in;
  }
};

TEST_F(Buckets, names) {
  for (const char* good : {"abc", "a.b-c", "123", "my-bucket-2024"}) {
    EXPECT_FALSE(check_bucket_name(good).has_value()) << good;
  }
  for (const char* bad : {"ab", "Abc", "a_b", "-abc", "abc-", "a..b", "192.168.1.1", "xn--a",
                          "abc-s3alias", "a b", ""}) {
    EXPECT_TRUE(check_bucket_name(bad).has_value()) << bad;
  }
  EXPECT_TRUE(check_bucket_name(std::string(64, 'a')).has_value());
  EXPECT_EQ(refusal_of(create("No")).code, "InvalidBucketName");
}

TEST_F(Buckets, are_global) {
  ASSERT_TRUE(create("bucket"));
  ASSERT_TRUE(create("bucket"));  // us-east-1 says yes again
  become(kProd);
  EXPECT_EQ(refusal_of(create("bucket")).code, "BucketAlreadyExists");
  become(kDev);
  region_ = "eu-west-1";
  EXPECT_EQ(refusal_of(create("bucket", "eu-west-1")).code, "BucketAlreadyOwnedByYou");
}

TEST_F(Buckets, locations) {
  EXPECT_EQ(refusal_of(create("b-1", "us-east-1")).code, "InvalidLocationConstraint");
  EXPECT_EQ(refusal_of(create("b-1", "mars-1")).code, "InvalidLocationConstraint");
  ASSERT_TRUE(create("b-1", "eu-west-1"));
  ASSERT_TRUE(create("b-2"));
  EXPECT_EQ(
      ask_for(get_bucket_location, at_bucket<GetBucketLocationInput>("b-1"))->location_constraint,
      "eu-west-1");
  EXPECT_FALSE(ask_for(get_bucket_location, at_bucket<GetBucketLocationInput>("b-2"))
                   ->location_constraint.has_value());
  region_ = "us-west-1";
  EXPECT_EQ(refusal_of(create("b-3")).code, "IllegalLocationConstraintException");
  EXPECT_EQ(refusal_of(create("b-3", "eu-west-1")).code, "IllegalLocationConstraintException");
  ASSERT_TRUE(create("b-3", "us-west-1"));
}

TEST_F(Buckets, lists_are_of_one_account_in_pages) {
  for (const char* name : {"b-2", "b-1", "c-1"}) ASSERT_TRUE(create(name));
  become(kProd);
  ASSERT_TRUE(create("prod-1"));
  become(kDev);
  auto all = *ask_for(list_buckets, ListBucketsInput{});
  ASSERT_EQ(all.buckets->size(), 3u);
  EXPECT_EQ((*all.buckets)[0].name, "b-1");
  EXPECT_FALSE((*all.buckets)[0].bucket_region.has_value());
  EXPECT_EQ(all.owner->id, std::string(52, 'c') + "111122223333");
  ListBucketsInput in;
  in.max_buckets = 2;
  auto page = *ask_for(list_buckets, in);
  EXPECT_EQ(page.buckets->size(), 2u);
  in.continuation_token = page.continuation_token;
  page = *ask_for(list_buckets, in);
  ASSERT_EQ(page.buckets->size(), 1u);
  EXPECT_EQ((*page.buckets)[0].name, "c-1");
  EXPECT_FALSE(page.continuation_token.has_value());
  in = {};
  in.prefix = "b-";
  EXPECT_EQ(ask_for(list_buckets, in)->buckets->size(), 2u);
}

TEST_F(Buckets, only_empty_ones_are_deleted) {
  make_bucket("bucket");
  put("k", "x");
  EXPECT_EQ(refused(at_bucket<DeleteBucketInput>()).code, "BucketNotEmpty");
  ok(at<DeleteObjectInput>("k"));
  ok(at_bucket<DeleteBucketInput>());
  EXPECT_EQ(refused(at_bucket<DeleteBucketInput>()).code, "NoSuchBucket");
  EXPECT_EQ(refusal_of(ask_for(head_bucket, at_bucket<HeadBucketInput>())).http_status, 404);
  become(kProd);
  EXPECT_TRUE(create("bucket"));  // the name is free again
}

TEST_F(Buckets, policies) {
  make_bucket("bucket");
  EXPECT_EQ(refusal_of(ask_for(get_bucket_policy, at_bucket<GetBucketPolicyInput>())).code,
            "NoSuchBucketPolicy");
  const std::string text =
      R"({"Version":"2012-10-17","Statement":[{"Sid":"let staging in","Effect":"Allow",)"
      R"("Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"s3:ListBucket",)"
      R"("Resource":"arn:aws:s3:::bucket"}]})";
  ASSERT_TRUE(write(put_bucket_policy, policy(text)));
  EXPECT_EQ(ask_for(get_bucket_policy, at_bucket<GetBucketPolicyInput>())->policy, text);
  EXPECT_EQ(ask_for(get_bucket_policy_status, at_bucket<GetBucketPolicyStatusInput>())
                ->policy_status->is_public,
            false);
  EXPECT_EQ(refusal_of(write(put_bucket_policy, policy("{"))).code, "MalformedPolicy");
  std::string ghost = text;
  ghost.replace(ghost.find("444455556666:root"), 17, "444455556666:user/ghost");
  EXPECT_EQ(refusal_of(write(put_bucket_policy, policy(ghost))).code, "MalformedPolicy");
  become(kProd);
  EXPECT_EQ(refusal_of(ask_for(get_bucket_policy, at_bucket<GetBucketPolicyInput>())).http_status,
            405);
  EXPECT_EQ(refusal_of(write(put_bucket_policy, policy(text))).http_status, 405);
  become(kDev);
  ASSERT_TRUE(write(delete_bucket_policy, at_bucket<DeleteBucketPolicyInput>()));
  EXPECT_EQ(refusal_of(ask_for(get_bucket_policy, at_bucket<GetBucketPolicyInput>())).code,
            "NoSuchBucketPolicy");
}

// A namesake made later gets nothing (Rule 375).
TEST_F(Buckets, policies_hold_unique_ids) {
  make_bucket("bucket");
  auto user = std::make_shared<identity::User>();
  user->name = "eve";
  user->id = "AIDAEXAMPLEEXAMPLE123";
  user->arn = "arn:aws:iam::444455556666:user/eve";
  ASSERT_TRUE(store_->write([&](store::WriteTxn& txn) -> Status {
    txn.apply({identity::Put<identity::User>{kProd, user}});
    return {};
  }));
  ASSERT_TRUE(write(put_bucket_policy,
                    policy(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":)"
                           R"({"AWS":"arn:aws:iam::444455556666:user/eve"},"Action":"s3:*",)"
                           R"("Resource":"arn:aws:s3:::bucket/*"}})")));
  auto shown = *ask_for(get_bucket_policy, at_bucket<GetBucketPolicyInput>())->policy;
  EXPECT_NE(shown.find("user/eve"), std::string::npos);
  auto snapshot = store_->snapshot();
  EXPECT_NE(find_bucket(*snapshot, "bucket")->bucket->policy->text().find(user->id),
            std::string::npos);
  ASSERT_TRUE(store_->write([&](store::WriteTxn& txn) -> Status {
    txn.apply({identity::Erase<identity::User>{kProd, "eve"}});
    return {};
  }));
  shown = *ask_for(get_bucket_policy, at_bucket<GetBucketPolicyInput>())->policy;
  EXPECT_NE(shown.find(user->id), std::string::npos);
}

TEST_F(Buckets, public_access_block) {
  make_bucket("bucket");
  const std::string text =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",)"
      R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]})";
  auto block = ask_for(get_public_access_block, at_bucket<GetPublicAccessBlockInput>());
  EXPECT_EQ(block->public_access_block_configuration->block_public_policy, true);
  EXPECT_EQ(refusal_of(write(put_bucket_policy, policy(text))).code, "AccessDenied");
  ASSERT_TRUE(write(delete_public_access_block, at_bucket<DeletePublicAccessBlockInput>()));
  EXPECT_EQ(
      refusal_of(ask_for(get_public_access_block, at_bucket<GetPublicAccessBlockInput>())).code,
      "NoSuchPublicAccessBlockConfiguration");
  ASSERT_TRUE(write(put_bucket_policy, policy(text)));
  EXPECT_EQ(ask_for(get_bucket_policy_status, at_bucket<GetBucketPolicyStatusInput>())
                ->policy_status->is_public,
            true);
  put("k", "x");
  become(kProd);
  EXPECT_EQ(read("k"), "x");
  EXPECT_TRUE(ask_.asked.back().resource_policy);
  become(kDev);
  auto restrict = at_bucket<PutPublicAccessBlockInput>();
  restrict.public_access_block_configuration.restrict_public_buckets = true;
  ASSERT_TRUE(write(put_public_access_block, restrict));
  EXPECT_EQ(read("k"), "x");
  EXPECT_TRUE(ask_.asked.back().resource_policy);
  become(kProd);
  read("k");
  EXPECT_FALSE(ask_.asked.back()
                   .resource_policy);  // Rule 292: for strangers the public policy does not count
}

TEST_F(Buckets, what_public_means) {
  auto is_public = [](std::string rest) {
    return is_public_policy(R"({"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},)" + rest +
                            "\"Action\":\"s3:*\"}]}");
  };
  EXPECT_TRUE(is_public(""));
  EXPECT_TRUE(is_public(R"("Condition":{"StringLike":{"aws:Referer":"x"}},)"));
  EXPECT_FALSE(is_public(R"("Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}},)"));
  EXPECT_TRUE(is_public(R"("Condition":{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}},)"));
  EXPECT_TRUE(is_public(R"("Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}},)"));
  EXPECT_TRUE(is_public(R"("Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}},)"));
  EXPECT_FALSE(is_public(R"("Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}},)"));
  EXPECT_FALSE(is_public_policy(R"({"Statement":{"Effect":"Deny","Principal":"*"}})"));
  EXPECT_TRUE(is_public_policy("nonsense"));
}

TEST_F(Buckets, settings) {
  make_bucket("bucket");
  EXPECT_EQ(refusal_of(ask_for(get_bucket_tagging, at_bucket<GetBucketTaggingInput>())).code,
            "NoSuchTagSet");
  auto tags = at_bucket<PutBucketTaggingInput>();
  tags.tagging.tag_set = {{"a", "b"}};
  ASSERT_TRUE(write(put_bucket_tagging, tags));
  EXPECT_EQ(ask_for(get_bucket_tagging, at_bucket<GetBucketTaggingInput>())->tag_set.size(), 1u);
  tags.tagging.tag_set = {{"aws:x", "b"}};
  EXPECT_EQ(refusal_of(write(put_bucket_tagging, tags)).code, "InvalidTag");
  ASSERT_TRUE(write(delete_bucket_tagging, at_bucket<DeleteBucketTaggingInput>()));
  auto controls = at_bucket<PutBucketOwnershipControlsInput>();
  controls.ownership_controls.rules = {{"ObjectWriter"}};
  EXPECT_EQ(refusal_of(write(put_bucket_ownership_controls, controls)).code, "NotImplemented");
  controls.ownership_controls.rules = {{"BucketOwnerEnforced"}};
  EXPECT_TRUE(write(put_bucket_ownership_controls, controls));
  EXPECT_FALSE(ask_for(get_bucket_versioning, at_bucket<GetBucketVersioningInput>())->status);
  EXPECT_EQ(refusal_of(ask_for(get_bucket_encryption, at_bucket<GetBucketEncryptionInput>())).code,
            "ServerSideEncryptionConfigurationNotFoundError");
  EXPECT_EQ((*ask_for(get_bucket_acl, at_bucket<GetBucketAclInput>())->grants)[0].permission,
            "FULL_CONTROL");
}

TEST_F(Buckets, resolver) {
  make_bucket("bucket");
  CallData d = data();
  auto get = [&](std::string_view type, std::vector<std::string> id) {
    return module().resolve(type, id, d.call);
  };
  EXPECT_EQ(get("bucket", {"bucket"})->arn, "arn:aws:s3:::bucket");
  EXPECT_EQ(get("bucket", {"bucket"})->account, kDev);
  EXPECT_EQ(get("object", {"bucket", "a/b"})->arn, "arn:aws:s3:::bucket/a/b");
  EXPECT_EQ(get("new_bucket", {"none"})->arn, "arn:aws:s3:::none");
  EXPECT_EQ(refusal_of(get("bucket", {"none"})).code, "NoSuchBucket");
  EXPECT_EQ(refusal_of(get("galaxy", {"bucket"})).code, "(fault)");
}

TEST(Module, HasNoGaps) { EXPECT_EQ(services::gaps(module()), std::vector<std::string>{}); }

}  // namespace
}  // namespace rolecall::s3
