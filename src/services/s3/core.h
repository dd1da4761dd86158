// What the operations of the data plane share. For the files of this folder only.
#pragma once

#include "models/s3.h"
#include "services/s3/data_plane.h"

namespace rolecall::s3 {

using services::Call;
using Freed = store::ObjectTxn::Freed;

struct DataPlane::Core {
  store::Writer& writer;
  Random& random;
  WorkerPool& pool;
  std::unique_ptr<store::BlobStore> blobs;
  store::ObjectReaders readers;
};
using Core = DataPlane::Core;

// What a write wants to do once it holds the writer. It decides its conditions there, because only
// there nobody else writes. Blob files that nothing names after it go to the list.
using CommitStep = std::move_only_function<Result<ObjectResponse>(store::WriteTxn&, Freed&)>;
struct Plan {
  CommitStep step;
  std::vector<std::string> created;  // blob files made for it, removed when it does not happen
};

// An exchange on its way through the writer. The step may refer to `input` and `data.call`.
struct Pending {
  services::Erased input;
  CallData data;
  Done done;
  Plan plan = {};
  Freed freed = {};
  std::optional<Result<ObjectResponse>> outcome = {};
};
void submit(Core& core, std::shared_ptr<Pending> pending);
// Slow work on the pool; SlowDown through pending->done when it is full.
void on_pool(Core& core, std::shared_ptr<Pending> pending,
             std::move_only_function<void(std::shared_ptr<Pending>)> work);
// Blob files that nothing names any more; a crash leaves them to sweep().
void remove_later(Core& core, Freed files);

template <class Output>
ObjectResponse answer(Output output) {
  return ObjectResponse{services::Erased::of(std::move(output))};
}

// ---- the operations, one family a file ----

// read.cc
Result<ObjectResponse> get_object(Core&, const GetObjectInput&, const Call&);
Result<ObjectResponse> head_object(Core&, const HeadObjectInput&, const Call&);
Result<ObjectResponse> get_object_attributes(Core&, const GetObjectAttributesInput&, const Call&);
Result<ObjectResponse> get_object_acl(Core&, const GetObjectAclInput&, const Call&);
// listing.cc
Result<ObjectResponse> list_objects(Core&, const ListObjectsInput&, const Call&);
Result<ObjectResponse> list_objects_v2(Core&, const ListObjectsV2Input&, const Call&);
Result<ObjectResponse> list_multipart_uploads(Core&, const ListMultipartUploadsInput&, const Call&);
Result<ObjectResponse> list_parts(Core&, const ListPartsInput&, const Call&);
// tagging.cc
Result<ObjectResponse> get_object_tagging(Core&, const GetObjectTaggingInput&, const Call&);
Result<Plan> put_object_tagging(Core&, const PutObjectTaggingInput&, const Call&);
Result<Plan> delete_object_tagging(Core&, const DeleteObjectTaggingInput&, const Call&);
// remove.cc
Result<Plan> delete_object(Core&, const DeleteObjectInput&, const Call&);
Result<Plan> delete_objects(Core&, const DeleteObjectsInput&, const Call&);
Result<Plan> delete_bucket(Core&, const DeleteBucketInput&, const Call&);
// copy.cc
Result<Plan> copy_object(Core&, const CopyObjectInput&, const Call&);
Result<Plan> upload_part_copy(Core&, const UploadPartCopyInput&, const Call&);
// multipart.cc
Result<Plan> create_multipart_upload(Core&, const CreateMultipartUploadInput&, const Call&);
Result<Plan> complete_multipart_upload(Core&, const CompleteMultipartUploadInput&, const Call&);
Result<Plan> abort_multipart_upload(Core&, const AbortMultipartUploadInput&, const Call&);
// upload.cc
Result<std::unique_ptr<Upload>> begin_put_object(Core&, services::Erased, CallData,
                                                 const UploadHints&);
Result<std::unique_ptr<Upload>> begin_upload_part(Core&, services::Erased, CallData,
                                                  const UploadHints&);

}  // namespace rolecall::s3
