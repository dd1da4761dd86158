// The table of S3's operations.
#include "services/core/registry.h"
#include "services/s3/buckets.h"
#include "services/s3/data_plane.h"

namespace rolecall::s3 {

std::span<const services::Binding> bindings() {
  using services::custom;
  using services::read;
  using services::write;
  static const services::Binding table[] = {
      // Buckets: the identity state is all they need.
      write("CreateBucket", create_bucket),
      read("HeadBucket", head_bucket),
      read("ListBuckets", list_buckets),
      read("GetBucketLocation", get_bucket_location),
      read("GetBucketVersioning", get_bucket_versioning),
      read("GetBucketEncryption", get_bucket_encryption),
      read("GetBucketAcl", get_bucket_acl),
      read("GetBucketPolicy", get_bucket_policy),
      write("PutBucketPolicy", put_bucket_policy),
      write("DeleteBucketPolicy", delete_bucket_policy),
      read("GetBucketPolicyStatus", get_bucket_policy_status),
      read("GetBucketTagging", get_bucket_tagging),
      write("PutBucketTagging", put_bucket_tagging),
      write("DeleteBucketTagging", delete_bucket_tagging),
      read("GetPublicAccessBlock", get_public_access_block),
      write("PutPublicAccessBlock", put_public_access_block),
      write("DeletePublicAccessBlock", delete_public_access_block),
      read("GetBucketOwnershipControls", get_bucket_ownership_controls),
      write("PutBucketOwnershipControls", put_bucket_ownership_controls),
      // Objects: the data plane's.
      custom("DeleteBucket"),
      custom("PutObject"),
      custom("GetObject"),
      custom("HeadObject"),
      custom("DeleteObject"),
      custom("DeleteObjects"),
      custom("CopyObject"),
      custom("GetObjectAttributes"),
      custom("GetObjectAcl"),
      custom("GetObjectTagging"),
      custom("PutObjectTagging"),
      custom("DeleteObjectTagging"),
      custom("ListObjects"),
      custom("ListObjectsV2"),
      custom("CreateMultipartUpload"),
      custom("UploadPart"),
      custom("UploadPartCopy"),
      custom("CompleteMultipartUpload"),
      custom("AbortMultipartUpload"),
      custom("ListParts"),
      custom("ListMultipartUploads"),
  };
  return table;
}

}  // namespace rolecall::s3
