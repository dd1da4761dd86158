// The door to everything that touches objects: their bytes, their index, and the few bucket
// operations that must look at both (DeleteBucket). The front door authenticates, reads the input,
// checks the model's authorization facts, and then calls run() or begin_upload(); it sends what it
// is given and writes the audit record.
//
//   plane.run("GetObject", std::move(input), std::move(data), [reply](Result<ObjectResponse> r)
//   {…});
//
//   RC_TRY(auto upload, plane.begin_upload("PutObject", std::move(input), std::move(data), {}));
//   upload->write(piece); …; upload->finish(trailers, [reply](Result<ObjectResponse> r) {…});
//
// Operations whose facts say `by_handler` are authorized in here, through call.ask.
#pragma once

#include <unistd.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "services/core/binding.h"
#include "services/core/call.h"
#include "services/s3/worker_pool.h"
#include "store/blobs.h"
#include "store/objects.h"
#include "store/writer.h"

namespace rolecall::s3 {

// A piece of an open file. Owns the descriptor until release().
class FileSlice {
 public:
  FileSlice(int owned_fd, std::uint64_t offset, std::uint64_t length)
      : fd_(owned_fd), offset_(offset), length_(length) {}
  FileSlice(FileSlice&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), offset_(other.offset_), length_(other.length_) {}
  FileSlice& operator=(FileSlice&& other) noexcept {
    std::swap(fd_, other.fd_);
    offset_ = other.offset_;
    length_ = other.length_;
    return *this;
  }
  ~FileSlice() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  std::uint64_t offset() const { return offset_; }
  std::uint64_t length() const { return length_; }

 private:
  int fd_;
  std::uint64_t offset_, length_;
};

// A success, as far as it is not the model's business.
struct ObjectResponse {
  services::Erased output;  // the operation's generated output struct; headers and XML come from it
  // The bytes of GetObject. nothing: wire/ encodes the body from the output, if it has one.
  std::variant<std::monostate, std::string, FileSlice> body = {};
  int status = 0;  // 0: the model's. 206, 304 otherwise; with 304 there is no body
  // What HEAD announces as Content-Length though no body follows.
  std::optional<std::uint64_t> content_length = {};
};

using Done = std::move_only_function<void(Result<ObjectResponse>)>;

// One exchange. `call`'s references and views must stay good until Done has been called and
// destroyed: keep what they refer to behind `owner`.
struct CallData {
  std::shared_ptr<const void> owner;
  services::Call call;
  // Called on the writer's thread while the write's commit is open, with what the caller will be
  // told: the place to give WriteTxn::audit() the record, so that it is durable with the write. Not
  // called when the operation was refused before it came to a write, nor for reads.
  std::move_only_function<void(store::WriteTxn&, const Result<ObjectResponse>&)> in_commit = {};
};

// What the request's head says about the body to come.
struct UploadHints {
  std::optional<std::uint64_t> size = {};  // decoded length; refused at once when too large
  std::string_view trailer = {};           // value of x-amz-trailer, "" when absent
};

// The body of a PutObject or UploadPart. One thread at a time. Destroyed unfinished it leaves no
// trace: do that when the signature of the body turns out wrong.
class Upload {
 public:
  virtual ~Upload() = default;
  // The next decoded bytes. A failure ends the upload: answer it.
  virtual Status write(std::string_view piece) = 0;
  // The body is complete and proven. `trailers`: decoded trailing headers, names in lower case.
  virtual void finish(std::span<const std::pair<std::string, std::string>> trailers, Done done) = 0;
};

class DataPlane {
 public:
  struct Options {
    std::string database;  // path of the SQLite database
    std::string blobs;     // folder for object files: DIR/objects
  };
  static Result<std::unique_ptr<DataPlane>> open(const Options& options, store::Writer& writer,
                                                 Random& random, WorkerPool& pool);
  ~DataPlane();

  // `operation` is one of those bound as custom except PutObject and UploadPart; `input` holds its
  // generated input. `done` is called exactly once: on this thread before run() returns (reads and
  // early refusals), on a pool thread, or on the writer's.
  void run(std::string_view operation, services::Erased input, CallData data, Done done);

  // `operation` is PutObject or UploadPart. Refusals that can be known from the head come now, so
  // that a client that waits for 100-continue sends no body.
  Result<std::unique_ptr<Upload>> begin_upload(std::string_view operation, services::Erased input,
                                               CallData data, const UploadHints& hints);

  // Removes object files that nothing names (a crash between file and commit leaves one). May run
  // beside everything else; start it on the pool once after start. Returns how many.
  Result<std::size_t> sweep();

  struct Core;  // what the operations share (core.h)

 private:
  explicit DataPlane(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace rolecall::s3
