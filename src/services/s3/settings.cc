// A bucket's tags, its public access block, its ownership controls.
#include "services/s3/bucket.h"
#include "services/s3/buckets.h"
#include "services/s3/errors.h"
#include "services/s3/facts.h"

namespace rolecall::s3 {

namespace {

constexpr std::string_view kEnforced = "BucketOwnerEnforced";

identity::Events put(const BucketRef& ref, identity::Resource bucket) {
  return {identity::Put<identity::Resource>{
      ref.owner, std::make_shared<identity::Resource>(std::move(bucket))}};
}

ApiError not_found(const BucketRef& ref, std::string code, std::string message) {
  ApiError e = ApiError::make(404, std::move(code), std::move(message));
  e.details = {{"BucketName", ref.name()}};
  return e;
}

}  // namespace

Result<GetBucketTaggingOutput> get_bucket_tagging(const GetBucketTaggingInput& in,
                                                  const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  if (ref.bucket->tags.empty()) {
    return not_found(ref, "NoSuchTagSet", "The TagSet does not exist");
  }
  GetBucketTaggingOutput out;
  for (const identity::Tag& tag : ref.bucket->tags) out.tag_set.push_back({tag.key, tag.value});
  return out;
}

Result<Change<PutBucketTaggingOutput>> put_bucket_tagging(const PutBucketTaggingInput& in,
                                                          const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  if (auto wrong = check_tags(in.tagging.tag_set, TagOwner::bucket)) return *wrong;
  identity::Resource bucket = *ref.bucket;
  bucket.tags.clear();
  for (const Tag& tag : in.tagging.tag_set) bucket.tags.push_back({tag.key, tag.value});
  return Change<PutBucketTaggingOutput>{put(ref, std::move(bucket)), {}};
}

Result<Change<DeleteBucketTaggingOutput>> delete_bucket_tagging(const DeleteBucketTaggingInput& in,
                                                                const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  identity::Resource bucket = *ref.bucket;
  bucket.tags.clear();
  return Change<DeleteBucketTaggingOutput>{put(ref, std::move(bucket)), {}};
}

Result<GetPublicAccessBlockOutput> get_public_access_block(const GetPublicAccessBlockInput& in,
                                                           const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  auto block = public_access_block(*ref.bucket);
  if (!block) {
    return not_found(ref, "NoSuchPublicAccessBlockConfiguration",
                     "The public access block configuration was not found");
  }
  GetPublicAccessBlockOutput out;
  auto& config = out.public_access_block_configuration.emplace();
  config.block_public_acls = block->block_acls;
  config.ignore_public_acls = block->ignore_acls;
  config.block_public_policy = block->block_policy;
  config.restrict_public_buckets = block->restrict_buckets;
  return out;
}

Result<Change<PutPublicAccessBlockOutput>> put_public_access_block(
    const PutPublicAccessBlockInput& in, const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  const auto& config = in.public_access_block_configuration;
  std::string text;
  for (const auto& flag : {config.block_public_acls, config.ignore_public_acls,
                           config.block_public_policy, config.restrict_public_buckets}) {
    text += flag.value_or(false) ? '1' : '0';
  }
  identity::Resource bucket = *ref.bucket;
  bucket.set_property(property::kPublicAccessBlock, text);
  return Change<PutPublicAccessBlockOutput>{put(ref, std::move(bucket)), {}};
}

Result<Change<DeletePublicAccessBlockOutput>> delete_public_access_block(
    const DeletePublicAccessBlockInput& in, const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  identity::Resource bucket = *ref.bucket;
  bucket.erase_property(property::kPublicAccessBlock);
  return Change<DeletePublicAccessBlockOutput>{put(ref, std::move(bucket)), {}};
}

Result<GetBucketOwnershipControlsOutput> get_bucket_ownership_controls(
    const GetBucketOwnershipControlsInput& in, const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  static_cast<void>(ref);
  GetBucketOwnershipControlsOutput out;
  out.ownership_controls.emplace().rules.push_back({std::string(kEnforced)});
  return out;
}

Result<Change<PutBucketOwnershipControlsOutput>> put_bucket_ownership_controls(
    const PutBucketOwnershipControlsInput& in, const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  static_cast<void>(ref);
  const auto& rules = in.ownership_controls.rules;
  if (rules.size() != 1) return malformed_xml();
  // The other settings bring access control lists to life, which are not done here.
  if (rules[0].object_ownership != kEnforced) {
    return ApiError::not_implemented(
        "Object ownership other than BucketOwnerEnforced is not "
        "implemented.");
  }
  return Change<PutBucketOwnershipControlsOutput>{};
}

}  // namespace rolecall::s3
