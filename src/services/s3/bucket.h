// Buckets as every operation meets them: finding one, asking about one, what its settings say.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "identity/state.h"
#include "services/core/call.h"
#include "store/objects.h"

namespace rolecall::s3 {

inline constexpr std::string_view kBucketType = "s3:bucket";
inline constexpr std::size_t kBucketsMax = 10'000;  // "Amazon S3 endpoints and quotas"
inline constexpr std::size_t kBucketTagsMax = 50;   // "Using cost allocation S3 bucket tags"
inline constexpr std::size_t kObjectTagsMax = 10;   // "Categorizing your storage using tags"
inline constexpr std::size_t kKeyBytesMax = 1'024;  // "Naming Amazon S3 objects"

// Names of a bucket entity's properties.
namespace property {
inline constexpr std::string_view kLocation = "location";  // what CreateBucket was given
inline constexpr std::string_view kOwnership = "ownership";
inline constexpr std::string_view kPublicAccessBlock = "public-access-block";  // four of 0 and 1
inline constexpr std::string_view kPolicyIsPublic = "policy-is-public";
}  // namespace property

// Points into the state it was found in.
struct BucketRef {
  AccountId owner;
  const identity::Resource* bucket = nullptr;
  const std::string& name() const { return bucket->name; }
};

std::optional<BucketRef> find_bucket(const identity::State& state, std::string_view name);
// NoSuchBucket, or AccessDenied when the owner is not the one expected.
Result<BucketRef> open_bucket(const identity::State& state, std::string_view name,
                              const std::optional<std::string>& expected_owner);
// For the writer: the bucket must still be there, and be the same one.
Status bucket_unchanged(const identity::State& newest, const BucketRef& ref);

// nullopt: a name S3 would give ("Bucket naming rules").
std::optional<ApiError> check_bucket_name(std::string_view name);
// nullopt: a key S3 would take.
std::optional<ApiError> check_key(std::string_view key);

struct PublicAccessBlock {
  bool block_acls = false, ignore_acls = false, block_policy = false, restrict_buckets = false;
};
std::optional<PublicAccessBlock> public_access_block(const identity::Resource& bucket);
// Whether a bucket policy grants to the world ("The meaning of 'public'").
bool is_public_policy(std::string_view text);
// The same of the policy that the bucket has; an organization file's policy is first read here.
bool has_public_policy(const identity::Resource& bucket);
// The bucket's policy as far as it counts for this caller (Rule 292).
const identity::StoredPolicy* policy_for(const BucketRef& ref, const identity::Caller& caller);

std::string bucket_arn(const BucketRef& ref, const services::Call& call);
std::string object_arn(const BucketRef& ref, std::string_view key, const services::Call& call);
services::Question bucket_question(std::string_view action, const BucketRef& ref,
                                   const services::Call& call);
// `row`: the object as it is, for s3:ExistingObjectTag; nullptr when there is none.
services::Question object_question(std::string_view action, const BucketRef& ref,
                                   std::string_view key, const store::ObjectRow* row,
                                   const services::Call& call);
Status ask(const services::Call& call, const services::Question& question);
// Why a key that is not there cannot be read: NoSuchKey for who may list the bucket, the refusal of
// s3:ListBucket for everyone else (Rule 816).
Error missing_key(const BucketRef& ref, std::string_view key, const services::Call& call);

// S3's name of an account: 64 hex digits.
std::string canonical_id(const identity::State& state, AccountId account);

}  // namespace rolecall::s3
