// The table of S3's operations.
#include "models/s3.h"
#include "services/s3/buckets.h"
#include "services/s3/module.h"

namespace rolecall::s3 {

std::span<const services::Binding> bindings() {
  using services::custom;
  using services::serve;
  static const services::Binding table[] = {
      // Buckets: the identity state is all they need.
      serve(create_bucket),
      serve(head_bucket),
      serve(list_buckets),
      serve(get_bucket_location),
      serve(get_bucket_versioning),
      serve(get_bucket_encryption),
      serve(get_bucket_acl),
      serve(get_bucket_policy),
      serve(put_bucket_policy),
      serve(delete_bucket_policy),
      serve(get_bucket_policy_status),
      serve(get_bucket_tagging),
      serve(put_bucket_tagging),
      serve(delete_bucket_tagging),
      serve(get_public_access_block),
      serve(put_public_access_block),
      serve(delete_public_access_block),
      serve(get_bucket_ownership_controls),
      serve(put_bucket_ownership_controls),
      // Objects: the data plane's.
      custom<DeleteBucketInput>(),
      custom<PutObjectInput>(),
      custom<GetObjectInput>(),
      custom<HeadObjectInput>(),
      custom<DeleteObjectInput>(),
      custom<DeleteObjectsInput>(),
      custom<CopyObjectInput>(),
      custom<GetObjectAttributesInput>(),
      custom<GetObjectAclInput>(),
      custom<GetObjectTaggingInput>(),
      custom<PutObjectTaggingInput>(),
      custom<DeleteObjectTaggingInput>(),
      custom<ListObjectsInput>(),
      custom<ListObjectsV2Input>(),
      custom<CreateMultipartUploadInput>(),
      custom<UploadPartInput>(),
      custom<UploadPartCopyInput>(),
      custom<CompleteMultipartUploadInput>(),
      custom<AbortMultipartUploadInput>(),
      custom<ListPartsInput>(),
      custom<ListMultipartUploadsInput>(),
  };
  return table;
}

}  // namespace rolecall::s3
