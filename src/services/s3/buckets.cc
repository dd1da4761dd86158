// Buckets themselves: making, finding, listing them, and what is fixed about each.
#include "services/s3/buckets.h"

#include "base/encoding.h"
#include "services/core/regions.h"
#include "services/s3/bucket.h"
#include "services/s3/errors.h"

namespace rolecall::s3 {

namespace {

constexpr std::string_view kFirstRegion = "us-east-1";
constexpr std::int32_t kListBucketsMax = 10'000;

// Where a new bucket lives, or why it may not ("CreateBucket", LocationConstraint).
Result<std::string> location_of(const CreateBucketInput& in, std::string_view endpoint_region) {
  std::string_view asked;
  if (in.create_bucket_configuration && in.create_bucket_configuration->location_constraint) {
    asked = *in.create_bucket_configuration->location_constraint;
  }
  if (asked == "EU") asked = "eu-west-1";
  if (endpoint_region == kFirstRegion) {
    if (asked.empty()) return std::string(kFirstRegion);
    // us-east-1 is what is meant when nothing is said; it cannot be said.
    if (asked == kFirstRegion || services::find_region(asked) == nullptr) {
      ApiError e = ApiError::make(400, "InvalidLocationConstraint",
                                  "The specified location-constraint is not valid");
      e.details = {{"LocationConstraint", std::string(asked)}};
      return e;
    }
    return std::string(asked);
  }
  if (asked == endpoint_region) return std::string(asked);
  return ApiError::make(400, "IllegalLocationConstraintException",
                        "The " + std::string(asked.empty() ? "unspecified" : asked) +
                            " location constraint is incompatible for the region specific endpoint "
                            "this request was sent to.");
}

std::optional<ApiError> refuse_unserved(const CreateBucketInput& in) {
  if (in.object_lock_enabled_for_bucket.value_or(false)) {
    return header_not_implemented("x-amz-bucket-object-lock-enabled");
  }
  if (in.object_ownership && *in.object_ownership != "BucketOwnerEnforced") {
    return header_not_implemented("x-amz-object-ownership");
  }
  const bool granted = in.grant_full_control || in.grant_read || in.grant_read_acp ||
                       in.grant_write || in.grant_write_acp;
  if (granted || (in.acl && *in.acl != "private")) {
    return ApiError::make(400, "InvalidBucketAclWithObjectOwnership",
                          "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced "
                          "setting");
  }
  return std::nullopt;
}

std::size_t count_buckets(const identity::Account& account) {
  std::size_t n = 0;
  const std::string prefix = identity::resource_key(kBucketType, "");
  for (auto it = account.resources.lower_bound(prefix); it != account.resources.end(); ++it) {
    if ((*it)->type != kBucketType) break;
    ++n;
  }
  return n;
}

}  // namespace

Result<Change<CreateBucketOutput>> create_bucket(const CreateBucketInput& in, const Call& call) {
  if (auto wrong = check_bucket_name(in.bucket)) return *wrong;
  if (auto wrong = refuse_unserved(in)) return *wrong;
  RC_TRY(std::string region, location_of(in, call.region));
  Change<CreateBucketOutput> out;
  out.output.location = "/" + in.bucket;
  if (auto there = find_bucket(call.state, in.bucket)) {
    ApiError e;
    if (there->owner != call.account) {
      e = ApiError::make(409, "BucketAlreadyExists",
                         "The requested bucket name is not available. The bucket namespace is "
                         "shared by all users of the system. Please select a different name and "
                         "try again.");
    } else if (region == kFirstRegion && there->bucket->region == kFirstRegion) {
      return out;  // For history's sake this region says yes again.
    } else {
      e = ApiError::make(409, "BucketAlreadyOwnedByYou",
                         "Your previous request to create the named bucket succeeded and you "
                         "already own it.");
    }
    e.details = {{"BucketName", in.bucket}};
    return e;
  }
  const identity::Account* account = call.state.account(call.account);
  if (account == nullptr) return fault("s3: the caller has no account");
  if (count_buckets(*account) >= kBucketsMax) {
    return ApiError::make(400, "TooManyBuckets",
                          "You have attempted to create more buckets than allowed");
  }
  auto bucket = std::make_shared<identity::Resource>(
      identity::make_resource(std::string(kBucketType), in.bucket));
  bucket->arn = make_arn(call.partition, "s3", "", AccountId(), in.bucket);
  bucket->region = region;
  bucket->created = call.now;  // whole: tells a bucket from an earlier one of the same name
  // New buckets are closed to the public ("Blocking public access", default since April 2023).
  bucket->set_property(property::kPublicAccessBlock, "1111");
  out.events.push_back(identity::Put<identity::Resource>{call.account, std::move(bucket)});
  return out;
}

Result<HeadBucketOutput> head_bucket(const HeadBucketInput& in, const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  HeadBucketOutput out;
  out.bucket_region = ref.bucket->region;
  out.access_point_alias = false;
  return out;
}

Result<ListBucketsOutput> list_buckets(const ListBucketsInput& in, const Call& call) {
  ListBucketsOutput out;
  out.owner.emplace().id = canonical_id(call.state, call.account);
  auto& buckets = out.buckets.emplace();
  const identity::Account* account = call.state.account(call.account);
  if (account == nullptr) return out;
  const auto max = static_cast<std::size_t>(in.max_buckets.value_or(kListBucketsMax));
  const std::string_view prefix = in.prefix ? std::string_view(*in.prefix) : "";
  std::string from = identity::resource_key(kBucketType, prefix);
  if (in.continuation_token) {
    auto last = base64url_decode(*in.continuation_token);
    if (!last || check_bucket_name(*last)) {
      return invalid_argument("The continuation token provided is incorrect", "continuation-token",
                              *in.continuation_token);
    }
    // The smallest name after the last one of the page before.
    from = std::max(from, identity::resource_key(kBucketType, *last) + '\0');
  }
  // Only callers who know about pages are told regions.
  const bool paged = in.max_buckets || in.prefix || in.continuation_token || in.bucket_region;
  for (auto it = account->resources.lower_bound(from); it != account->resources.end(); ++it) {
    const identity::Resource& resource = **it;
    if (resource.type != kBucketType || !resource.name.starts_with(prefix)) break;
    if (in.bucket_region && resource.region != *in.bucket_region) continue;
    if (buckets.size() == max) {
      out.continuation_token = base64url_encode(*buckets.back().name);
      break;
    }
    Bucket& bucket = buckets.emplace_back();
    bucket.name = resource.name;
    bucket.creation_date = resource.created.truncated_to_seconds();
    if (paged) bucket.bucket_region = resource.region;
  }
  if (in.prefix) out.prefix = in.prefix;
  return out;
}

Result<GetBucketLocationOutput> get_bucket_location(const GetBucketLocationInput& in,
                                                    const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  GetBucketLocationOutput out;
  if (ref.bucket->region != kFirstRegion) out.location_constraint = ref.bucket->region;
  return out;
}

Result<GetBucketVersioningOutput> get_bucket_versioning(const GetBucketVersioningInput& in,
                                                        const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  static_cast<void>(ref);
  return GetBucketVersioningOutput{};  // never enabled
}

Result<GetBucketEncryptionOutput> get_bucket_encryption(const GetBucketEncryptionInput& in,
                                                        const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  // Object bytes are as safe as the disk they are on: there is no configuration to show.
  ApiError e = ApiError::make(404, "ServerSideEncryptionConfigurationNotFoundError",
                              "The server side encryption configuration was not found");
  e.details = {{"BucketName", ref.name()}};
  return e;
}

Result<GetBucketAclOutput> get_bucket_acl(const GetBucketAclInput& in, const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  GetBucketAclOutput out;
  out.owner.emplace().id = canonical_id(call.state, ref.owner);
  // Bucket owner enforced: the one list there can be.
  Grant& grant = out.grants.emplace().emplace_back();
  grant.grantee.emplace();
  grant.grantee->type = "CanonicalUser";
  grant.grantee->id = out.owner->id;
  grant.permission = "FULL_CONTROL";
  return out;
}

}  // namespace rolecall::s3
