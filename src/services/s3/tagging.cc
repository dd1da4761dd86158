// Tags of objects. Authorized here, because s3:ExistingObjectTag wants the object's own tags.
#include "services/s3/core.h"
#include "services/s3/facts.h"
#include "services/s3/reading.h"

namespace rolecall::s3 {

namespace {

// The object, after the caller was found to have a right to do this to it.
template <class In>
Result<store::ObjectRow> authorized_row(Core& core, const In& in, const Call& call,
                                        std::string_view action, const BucketRef& ref,
                                        const std::vector<Tag>* requested) {
  RC_TRY(auto reader, core.readers.borrow());
  RC_TRY(auto row, reader->find(in.bucket, in.key));
  services::Question q = object_question(action, ref, in.key, row ? &*row : nullptr, call);
  if (requested != nullptr) add_requested_tags(q, *requested);
  RC_CHECK(ask(call, q));
  if (!row) return missing_key(ref, in.key, call);
  return *std::move(row);
}

template <class Output, class In>
Plan retag(const In& in, const BucketRef& ref, std::vector<Tag> tags) {
  Plan plan;
  plan.step = [&in, ref, tags = std::move(tags)](store::WriteTxn& txn,
                                                 Freed&) -> Result<ObjectResponse> {
    RC_CHECK(bucket_unchanged(txn.state(), ref));
    RC_TRY(auto row, txn.objects().find(in.bucket, in.key));
    if (!row) return no_such_key(in.key);
    replace_tags(row->attributes, tags);
    RC_CHECK(txn.objects().set_attributes(in.bucket, in.key, row->attributes));
    return answer(Output{});
  };
  return plan;
}

}  // namespace

void add_requested_tags(services::Question& question, const std::vector<Tag>& tags) {
  std::vector<std::string> names;
  for (const Tag& tag : tags) {
    question.keys.emplace_back("s3:RequestObjectTag/" + tag.key,
                               std::vector<std::string>{tag.value});
    names.push_back(tag.key);
  }
  if (!names.empty()) question.keys.emplace_back("s3:RequestObjectTagKeys", std::move(names));
}

Result<ObjectResponse> get_object_tagging(Core& core, const GetObjectTaggingInput& in,
                                          const Call& call) {
  RC_TRY(BucketRef ref, open_readable(in, call));
  RC_TRY(auto row, authorized_row(core, in, call, "s3:GetObjectTagging", ref, nullptr));
  GetObjectTaggingOutput out;
  out.tag_set = tags_of(row.attributes);
  return answer(std::move(out));
}

Result<Plan> put_object_tagging(Core& core, const PutObjectTaggingInput& in, const Call& call) {
  RC_TRY(BucketRef ref, open_readable(in, call));
  RC_TRY(auto row, authorized_row(core, in, call, "s3:PutObjectTagging", ref, &in.tagging.tag_set));
  if (auto wrong = check_tags(in.tagging.tag_set, TagOwner::object)) return *wrong;
  return retag<PutObjectTaggingOutput>(in, ref, in.tagging.tag_set);
}

Result<Plan> delete_object_tagging(Core& core, const DeleteObjectTaggingInput& in,
                                   const Call& call) {
  RC_TRY(BucketRef ref, open_readable(in, call));
  RC_TRY(auto row, authorized_row(core, in, call, "s3:DeleteObjectTagging", ref, nullptr));
  return retag<DeleteObjectTaggingOutput>(in, ref, {});
}

}  // namespace rolecall::s3
