// Operations on buckets that need the identity state only: plain reads and writes (services/core).
#pragma once

#include "models/s3.h"
#include "services/core/call.h"

namespace rolecall::s3 {

using services::Call;
using services::Change;

// buckets.cc
Result<Change<CreateBucketOutput>> create_bucket(const CreateBucketInput&, const Call&);
Result<HeadBucketOutput> head_bucket(const HeadBucketInput&, const Call&);
Result<ListBucketsOutput> list_buckets(const ListBucketsInput&, const Call&);
Result<GetBucketLocationOutput> get_bucket_location(const GetBucketLocationInput&, const Call&);
Result<GetBucketVersioningOutput> get_bucket_versioning(const GetBucketVersioningInput&,
                                                        const Call&);
Result<GetBucketEncryptionOutput> get_bucket_encryption(const GetBucketEncryptionInput&,
                                                        const Call&);
Result<GetBucketAclOutput> get_bucket_acl(const GetBucketAclInput&, const Call&);

// bucket_policy.cc
Result<GetBucketPolicyOutput> get_bucket_policy(const GetBucketPolicyInput&, const Call&);
Result<Change<PutBucketPolicyOutput>> put_bucket_policy(const PutBucketPolicyInput&, const Call&);
Result<Change<DeleteBucketPolicyOutput>> delete_bucket_policy(const DeleteBucketPolicyInput&,
                                                              const Call&);
Result<GetBucketPolicyStatusOutput> get_bucket_policy_status(const GetBucketPolicyStatusInput&,
                                                             const Call&);

// settings.cc
Result<GetBucketTaggingOutput> get_bucket_tagging(const GetBucketTaggingInput&, const Call&);
Result<Change<PutBucketTaggingOutput>> put_bucket_tagging(const PutBucketTaggingInput&,
                                                          const Call&);
Result<Change<DeleteBucketTaggingOutput>> delete_bucket_tagging(const DeleteBucketTaggingInput&,
                                                                const Call&);
Result<GetPublicAccessBlockOutput> get_public_access_block(const GetPublicAccessBlockInput&,
                                                           const Call&);
Result<Change<PutPublicAccessBlockOutput>> put_public_access_block(const PutPublicAccessBlockInput&,
                                                                   const Call&);
Result<Change<DeletePublicAccessBlockOutput>> delete_public_access_block(
    const DeletePublicAccessBlockInput&, const Call&);
Result<GetBucketOwnershipControlsOutput> get_bucket_ownership_controls(
    const GetBucketOwnershipControlsInput&, const Call&);
Result<Change<PutBucketOwnershipControlsOutput>> put_bucket_ownership_controls(
    const PutBucketOwnershipControlsInput&, const Call&);

}  // namespace rolecall::s3
