#include "services/s3/data_plane.h"

#include <algorithm>
#include <iterator>

#include "services/s3/core.h"
#include "services/s3/errors.h"

namespace rolecall::s3 {

namespace {

// Where an operation runs: reads answer on the caller's thread; a plan is made there too, unless
// making it takes files (slow), and then goes to the writer.
enum class Where { read, write, slow };

struct Entry {
  std::string_view name;
  Where where;
  Result<ObjectResponse> (*read)(Core&, const void* in, const Call&);
  Result<Plan> (*plan)(Core&, const void* in, const Call&);
};

template <class In, Result<ObjectResponse> (*F)(Core&, const In&, const Call&)>
constexpr Entry reads() {
  return {In::kOperation, Where::read,
          [](Core& core, const void* in, const Call& call) {
            return F(core, *static_cast<const In*>(in), call);
          },
          nullptr};
}
template <class In, Result<Plan> (*F)(Core&, const In&, const Call&), Where where = Where::write>
constexpr Entry writes() {
  return {In::kOperation, where, nullptr, [](Core& core, const void* in, const Call& call) {
            return F(core, *static_cast<const In*>(in), call);
          }};
}

constexpr Entry kEntries[] = {
    reads<GetObjectInput, get_object>(),
    reads<HeadObjectInput, head_object>(),
    reads<ListObjectsV2Input, list_objects_v2>(),
    reads<ListObjectsInput, list_objects>(),
    writes<DeleteObjectInput, delete_object>(),
    writes<DeleteObjectsInput, delete_objects>(),
    writes<CopyObjectInput, copy_object, Where::slow>(),
    reads<GetObjectAttributesInput, get_object_attributes>(),
    reads<GetObjectAclInput, get_object_acl>(),
    reads<GetObjectTaggingInput, get_object_tagging>(),
    writes<PutObjectTaggingInput, put_object_tagging>(),
    writes<DeleteObjectTaggingInput, delete_object_tagging>(),
    writes<CreateMultipartUploadInput, create_multipart_upload>(),
    writes<UploadPartCopyInput, upload_part_copy, Where::slow>(),
    writes<CompleteMultipartUploadInput, complete_multipart_upload, Where::slow>(),
    writes<AbortMultipartUploadInput, abort_multipart_upload>(),
    reads<ListMultipartUploadsInput, list_multipart_uploads>(),
    reads<ListPartsInput, list_parts>(),
    writes<DeleteBucketInput, delete_bucket>(),
};

const Entry* find_entry(std::string_view name) {
  auto at = std::find_if(std::begin(kEntries), std::end(kEntries),
                         [name](const Entry& entry) { return entry.name == name; });
  return at == std::end(kEntries) ? nullptr : at;
}

void plan_and_submit(Core& core, const Entry& entry, std::shared_ptr<Pending> pending) {
  auto plan = entry.plan(core, pending->input.get(), pending->data.call);
  if (!plan) {
    pending->done(std::move(plan).error());
    return;
  }
  pending->plan = std::move(*plan);
  submit(core, std::move(pending));
}

}  // namespace

void submit(Core& core, std::shared_ptr<Pending> pending) {
  auto job = [pending](store::WriteTxn& txn) -> Status {
    pending->freed.clear();
    pending->outcome = pending->plan.step(txn, pending->freed);
    if (pending->data.in_commit) pending->data.in_commit(txn, *pending->outcome);
    if (!*pending->outcome) return Error(pending->outcome->error());
    return {};
  };
  auto done = [&core, pending](Status status) {
    if (!status) {
      // A refusal, the job's own or of what it asked, leaves nothing. After a commit that failed
      // the rows may be on the disk all the same, and name these files: the next start's sweep
      // knows.
      if (status.error().is_api()) remove_later(core, std::move(pending->plan.created));
      pending->done(std::move(status).error());
      return;
    }
    remove_later(core, std::move(pending->freed));
    pending->done(std::move(*pending->outcome));
  };
  core.writer.submit(std::move(job), std::move(done));
}

void on_pool(Core& core, std::shared_ptr<Pending> pending,
             std::move_only_function<void(std::shared_ptr<Pending>)> work) {
  std::move_only_function<void()> job = [pending, work = std::move(work)]() mutable {
    work(std::move(pending));
  };
  if (!core.pool.submit(job)) pending->done(slow_down());
}

void remove_later(Core& core, Freed files) {
  if (files.empty()) return;
  std::move_only_function<void()> job = [&core, files = std::move(files)] {
    for (const std::string& file : files) core.blobs->remove(file);
  };
  // A full pool leaves them to the next sweep.
  static_cast<void>(core.pool.submit(job));
}

DataPlane::DataPlane(std::unique_ptr<Core> core) : core_(std::move(core)) {}
DataPlane::~DataPlane() = default;

Result<std::unique_ptr<DataPlane>> DataPlane::open(const Options& options, store::Writer& writer,
                                                   Random& random, WorkerPool& pool) {
  RC_TRY(auto blobs, store::BlobStore::open(options.blobs, random));
  auto core = std::unique_ptr<Core>(
      new Core{writer, random, pool, std::move(blobs), store::ObjectReaders(options.database)});
  // A database that cannot be read should be known now, not at the first request.
  RC_TRY(auto reader, core->readers.borrow());
  return std::unique_ptr<DataPlane>(new DataPlane(std::move(core)));
}

void DataPlane::run(std::string_view operation, services::Erased input, CallData data, Done done) {
  const Entry* entry = find_entry(operation);
  if (entry == nullptr) {  // fail closed
    done(
        ApiError::not_implemented("A header or query you provided requested a function that is "
                                  "not implemented."));
    return;
  }
  if (entry->where == Where::read) {
    done(entry->read(*core_, input.get(), data.call));
    return;
  }
  auto pending = std::make_shared<Pending>(std::move(input), std::move(data), std::move(done));
  if (entry->where == Where::write) {
    plan_and_submit(*core_, *entry, std::move(pending));
    return;
  }
  on_pool(*core_, std::move(pending), [core = core_.get(), entry](std::shared_ptr<Pending> p) {
    plan_and_submit(*core, *entry, std::move(p));
  });
}

Result<std::unique_ptr<Upload>> DataPlane::begin_upload(std::string_view operation,
                                                        services::Erased input, CallData data,
                                                        const UploadHints& hints) {
  if (operation == PutObjectInput::kOperation) {
    return begin_put_object(*core_, std::move(input), std::move(data), hints);
  }
  if (operation == UploadPartInput::kOperation) {
    return begin_upload_part(*core_, std::move(input), std::move(data), hints);
  }
  return ApiError::not_implemented("This operation takes no stream.");
}

Result<std::size_t> DataPlane::sweep() {
  RC_TRY(auto reader, core_->readers.borrow());
  return core_->blobs->sweep([&reader](std::string_view id) { return reader->names_file(id); });
}

}  // namespace rolecall::s3
