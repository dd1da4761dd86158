// DeleteObject, DeleteObjects, DeleteBucket.
#include "services/s3/core.h"
#include "services/s3/facts.h"
#include "services/s3/reading.h"

namespace rolecall::s3 {

namespace {

constexpr std::size_t kDeleteKeysMax = 1'000;  // API page of DeleteObjects

}  // namespace

Result<Plan> delete_object(Core&, const DeleteObjectInput& in, const Call& call) {
  RC_TRY(BucketRef ref, open_readable(in, call));
  Plan plan;
  plan.step = [&in, ref](store::WriteTxn& txn, Freed& freed) -> Result<ObjectResponse> {
    RC_CHECK(bucket_unchanged(txn.state(), ref));
    if (in.if_match) {
      RC_TRY(auto row, txn.objects().find(in.bucket, in.key));
      if (!row) return no_such_key(in.key);
      if (!etag_matches(*in.if_match, row->etag)) return precondition_failed("If-Match");
    }
    // A key that is not there is deleted already.
    RC_TRY(bool was_there, txn.objects().erase(in.bucket, in.key, freed));
    static_cast<void>(was_there);
    return answer(DeleteObjectOutput{});
  };
  return plan;
}

Result<Plan> delete_objects(Core&, const DeleteObjectsInput& in, const Call& call) {
  const std::vector<ObjectIdentifier>& objects = in.delete_.objects;
  if (objects.empty() || objects.size() > kDeleteKeysMax) return malformed_xml();
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  // Each key is a question of its own (Rule 110); the answer tells them one by one.
  std::vector<std::optional<ApiError>> refusals;
  refusals.reserve(objects.size());
  for (const ObjectIdentifier& object : objects) {
    auto refusal = check_key(object.key);
    if (!refusal) {
      services::Question q = object_question("s3:DeleteObject", ref, object.key, nullptr, call);
      if (object.version_id) q.keys.push_back({"s3:VersionId", {*object.version_id}});
      refusal = call.ask.may(q);
    }
    if (!refusal && check_version(object.version_id)) {
      refusal = ApiError::make(404, "NoSuchVersion", "The specified version does not exist.");
    }
    refusals.push_back(std::move(refusal));
  }
  Plan plan;
  plan.step = [&in, ref, refusals = std::move(refusals)](store::WriteTxn& txn,
                                                         Freed& freed) -> Result<ObjectResponse> {
    RC_CHECK(bucket_unchanged(txn.state(), ref));
    DeleteObjectsOutput out;
    const auto tell = [&out](const ObjectIdentifier& object, const ApiError& why) {
      if (!out.errors) out.errors.emplace();
      ErrorShape& error = out.errors->emplace_back();
      error.key = object.key;
      error.version_id = object.version_id;
      error.code = why.code;
      error.message = why.message;
    };
    for (std::size_t i = 0; i < refusals.size(); ++i) {
      const ObjectIdentifier& object = in.delete_.objects[i];
      if (refusals[i]) {
        tell(object, *refusals[i]);
        continue;
      }
      if (object.etag) {
        RC_TRY(const auto row, txn.objects().find(in.bucket, object.key));
        std::optional<ApiError> unmet;
        if (!row) {
          unmet = no_such_key(object.key);
        } else if (!etag_matches(*object.etag, row->etag)) {
          unmet = precondition_failed("If-Match");
        }
        if (unmet) {
          tell(object, *unmet);
          continue;
        }
      }
      RC_TRY(bool was_there, txn.objects().erase(in.bucket, object.key, freed));
      static_cast<void>(was_there);
      if (in.delete_.quiet.value_or(false)) continue;
      if (!out.deleted) out.deleted.emplace();
      DeletedObject& deleted = out.deleted->emplace_back();
      deleted.key = object.key;
      deleted.version_id = object.version_id;
    }
    return answer(std::move(out));
  };
  return plan;
}

Result<Plan> delete_bucket(Core&, const DeleteBucketInput& in, const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  Plan plan;
  plan.step = [&in, ref](store::WriteTxn& txn, Freed& freed) -> Result<ObjectResponse> {
    RC_CHECK(bucket_unchanged(txn.state(), ref));
    RC_TRY(bool any, txn.objects().any_object(in.bucket));
    if (any) {
      ApiError e =
          ApiError::make(409, "BucketNotEmpty", "The bucket you tried to delete is not empty");
      e.details = {{"BucketName", in.bucket}};
      return e;
    }
    // Uploads that were never completed go with their bucket.
    RC_CHECK(txn.objects().erase_uploads(in.bucket, freed));
    txn.apply({identity::Erase<identity::Resource>{
        ref.owner, identity::resource_key(kBucketType, in.bucket)}});
    return answer(DeleteBucketOutput{});
  };
  return plan;
}

}  // namespace rolecall::s3
