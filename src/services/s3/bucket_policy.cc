// Bucket policies ("Bucket policies for Amazon S3"). Rule 225, the root user's exception, is the
// engine's.
#include <fmt/format.h>

#include "policy/validate.h"
#include "services/s3/bucket.h"
#include "services/s3/buckets.h"
#include "services/s3/errors.h"
#include "standing/principals.h"

namespace rolecall::s3 {

namespace {

// Policies are the owner's own affair, whatever they grant to others: API page of PutBucketPolicy.
Status owners_only(const BucketRef& ref, std::string_view method, const Call& call) {
  if (call.caller.account == ref.owner) return {};
  ApiError e = ApiError::make(405, "MethodNotAllowed",
                              "The specified method is not allowed against this resource.");
  e.details = {{"Method", std::string(method)}, {"ResourceType", "BUCKETPOLICY"}};
  return e;
}

ApiError no_policy(const BucketRef& ref) {
  ApiError e = ApiError::make(404, "NoSuchBucketPolicy", "The bucket policy does not exist");
  e.details = {{"BucketName", ref.name()}};
  return e;
}

identity::Events put(const BucketRef& ref, identity::Resource bucket) {
  return {identity::Put<identity::Resource>{
      ref.owner, std::make_shared<identity::Resource>(std::move(bucket))}};
}

}  // namespace

Result<GetBucketPolicyOutput> get_bucket_policy(const GetBucketPolicyInput& in, const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  RC_CHECK(owners_only(ref, "GET", call));
  if (ref.bucket->policy == nullptr) return no_policy(ref);
  GetBucketPolicyOutput out;
  out.policy = standing::show_principals(call.state, ref.bucket->policy->text());
  return out;
}

Result<Change<PutBucketPolicyOutput>> put_bucket_policy(const PutBucketPolicyInput& in,
                                                        const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  RC_CHECK(owners_only(ref, "PUT", call));
  policy::ValidateOptions options;
  options.bucket = in.bucket;
  options.principal_exists = [&call](std::string_view principal) {
    return standing::principal_exists(call.state, call.partition, principal);
  };
  if (auto wrong = policy::validate(policy::Kind::bucket, in.policy, options)) return *wrong;
  const bool is_public = is_public_policy(in.policy);
  if (auto block = public_access_block(*ref.bucket); is_public && block && block->block_policy) {
    return ApiError::access_denied(fmt::format(
        "User: {} is not authorized to perform: s3:PutBucketPolicy on resource: \"{}\" because "
        "public policies are blocked by the BlockPublicPolicy block public access setting.",
        call.caller.arn, bucket_arn(ref, call)));
  }
  identity::Resource bucket = *ref.bucket;
  bucket.policy =
      identity::make_policy(standing::hold_principals(call.state, in.policy), policy::Kind::bucket);
  bucket.set_property(property::kPolicyIsPublic, is_public ? "true" : "false");
  return Change<PutBucketPolicyOutput>{put(ref, std::move(bucket)), {}};
}

Result<Change<DeleteBucketPolicyOutput>> delete_bucket_policy(const DeleteBucketPolicyInput& in,
                                                              const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  RC_CHECK(owners_only(ref, "DELETE", call));
  if (ref.bucket->policy == nullptr) return Change<DeleteBucketPolicyOutput>{};
  identity::Resource bucket = *ref.bucket;
  bucket.policy = nullptr;
  bucket.erase_property(property::kPolicyIsPublic);
  return Change<DeleteBucketPolicyOutput>{put(ref, std::move(bucket)), {}};
}

Result<GetBucketPolicyStatusOutput> get_bucket_policy_status(const GetBucketPolicyStatusInput& in,
                                                             const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  if (ref.bucket->policy == nullptr) return no_policy(ref);
  GetBucketPolicyStatusOutput out;
  out.policy_status.emplace().is_public = has_public_policy(*ref.bucket);
  return out;
}

}  // namespace rolecall::s3
