// From S3 to a file: written under a name of its own beside the target and renamed when it is
// whole. Large objects come in ranges, several at a time, each checked to be of the same object.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>

#include "client/failure.h"
#include "transfer/engine.h"
#include "transfer/multipart.h"
#include "transfer/parts.h"

namespace rolecall::transfer {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

// Folders above `path`, as far as they are missing.
Status make_folders_for(const std::string& path) {
  const std::string folder = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
  struct stat about{};
  if (::stat(folder.c_str(), &about) == 0) return {};
  for (std::size_t slash = folder.find('/', 1);; slash = folder.find('/', slash + 1)) {
    if (::mkdir(folder.substr(0, slash).c_str(), 0777) != 0 && errno != EEXIST) {
      const Error why = errno_error(errno, folder.substr(0, slash));
      return client::general_failure("Could not create directory " + folder + ": " +
                                     client::failure_text(why));
    }
    if (slash == folder.npos) return {};
  }
}

// Where the bytes go. Removes what it wrote unless keep() was called.
class Landing {
 public:
  static Result<std::shared_ptr<Landing>> open(const std::string& path, Random& random) {
    std::shared_ptr<Landing> out(new Landing(path));
    struct stat about{};
    if (::stat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode)) {
      // A device or pipe is written to as it is.
      out->is_special_ = true;
      out->fd_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    } else {
      out->written_ = path + "." + random.text(8, kHexDigits);
      out->fd_ = ::open(out->written_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
    if (out->fd_ < 0) {
      const Error why = errno_error(errno, out->is_special_ ? path : out->written_);
      out->written_.clear();
      return why;
    }
    return out;
  }
  ~Landing() {
    if (fd_ >= 0) ::close(fd_);
    if (!written_.empty()) ::unlink(written_.c_str());
  }
  Landing(const Landing&) = delete;
  Landing& operator=(const Landing&) = delete;

  bool is_special() const { return is_special_; }

  Status write(std::string_view bytes, std::uint64_t offset) const {
    while (!bytes.empty()) {
      const ssize_t put =
          is_special_ ? ::write(fd_, bytes.data(), bytes.size())
                      : ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return errno_error(errno, is_special_ ? path_ : written_);
      bytes.remove_prefix(static_cast<std::size_t>(put));
      offset += static_cast<std::uint64_t>(put);
    }
    return {};
  }

  // Cuts off what an attempt wrote that was longer than the one that counts.
  Status cut(std::uint64_t size) const {
    if (is_special_ || ::ftruncate(fd_, static_cast<off_t>(size)) == 0) return {};
    return errno_error(errno, written_);
  }

  // Closes and renames. `modified` becomes the file's time.
  Status keep(std::optional<Instant> modified, std::string& warning) {
    if (modified && !is_special_) {
      const timespec at{static_cast<time_t>(modified->seconds()), 0};
      const timespec both[2] = {at, at};
      if (::futimens(fd_, both) != 0) {
        warning = "Successfully Downloaded " + path_ +
                  " but was unable to update the last modified time. " +
                  client::failure_text(errno_error(errno, path_));
      }
    }
    // Some file systems tell only now that the disk is full.
    if (::close(std::exchange(fd_, -1)) != 0) return errno_error(errno, path_);
    if (is_special_) return {};
    if (::rename(written_.c_str(), path_.c_str()) != 0) return errno_error(errno, path_);
    written_.clear();
    return {};
  }

 private:
  explicit Landing(std::string path) : path_(std::move(path)) {}
  std::string path_, written_;
  int fd_ = -1;
  bool is_special_ = false;
};

s3::GetObjectInput input_for(const Engine& engine, const File& file) {
  const S3Path source = split_s3_path(file.path);
  s3::GetObjectInput in;
  in.bucket = source.bucket;
  in.key = source.key;
  in.request_payer = engine.options.request_payer;
  apply_customer_key(engine.options.customer_key, in);
  return in;
}

// One GET into `landing` from `offset` on; `expected`: as many bytes must come.
Status get_into(Engine& engine, Transfer& transfer, const s3::GetObjectInput& in,
                const Landing& landing, std::uint64_t offset,
                std::optional<std::uint64_t> expected) {
  std::uint64_t got = 0;
  Status written;
  CallParts parts;
  parts.on_start = [&](const http::ClientResponse& head) {
    if (got > 0) engine.report.progress(transfer, -static_cast<std::int64_t>(got));
    if (got > 0 && landing.is_special()) {
      written = client::general_failure("the answer broke off and cannot be begun again");
      return false;
    }
    got = 0;
    // A server that knows no ranges sends everything: that is not what was asked for.
    if (in.range && head.status != 206) {
      written = client::general_failure("the server answered a range with the whole object");
      return false;
    }
    return true;
  };
  parts.on_body = [&](std::string_view piece) {
    if (expected && piece.size() > *expected - got) {
      written = client::general_failure("the answer is longer than was asked for");
      return false;
    }
    written = landing.write(piece, offset + got);
    if (!written || engine.cancel.requested()) return false;
    got += piece.size();
    engine.report.progress(transfer, static_cast<std::int64_t>(piece.size()));
    return true;
  };
  auto done = engine.source.call(in, parts);
  if (!written) return written;
  if (!done) return std::move(done).error();
  if (expected && got != *expected) return client::general_failure("the answer was cut off");
  return expected ? Status() : landing.cut(got);
}

void finish(Engine& engine, const File& file, Transfer& transfer, Landing& landing, Status status) {
  std::string warning;
  if (status) status = landing.keep(file.modified, warning);
  if (status && engine.is_move) status = remove_source(engine, Direction::download, file);
  end_transfer(engine, transfer, status);
  if (!warning.empty()) engine.report.warn(skip_warning(file.target, warning));
}

// Ranges on the way; the last one to end finishes.
struct Ranges {
  File file;
  TransferPtr transfer;
  std::shared_ptr<Landing> landing;
  std::mutex mutex;
  std::size_t left = 0;
  std::optional<Error> error;

  bool failed() {
    const std::lock_guard lock(mutex);
    return error.has_value();
  }
  // Whether this was the last.
  bool leave(Status status) {
    const std::lock_guard lock(mutex);
    if (!status && !error) error = std::move(status).error();
    return --left == 0;
  }
};

void download_ranges(Engine& engine, const File& file, const TransferPtr& transfer,
                     std::shared_ptr<Landing> landing) {
  auto ranges = std::make_shared<Ranges>();
  ranges->file = file;
  ranges->transfer = transfer;
  ranges->landing = std::move(landing);
  const std::uint64_t size = file.size.value_or(0), part = part_size(engine.sizing.part, size);
  ranges->left = part_count(size, part);
  for (std::uint64_t offset = 0; offset < size; offset += part) {
    const std::uint64_t bytes = std::min(part, size - offset);
    engine.workers.submit_part([&engine, ranges, offset, bytes] {
      Status status;
      if (engine.cancel.requested()) {
        status = client::general_failure("cancelled");
      } else if (!ranges->failed()) {
        s3::GetObjectInput in = input_for(engine, ranges->file);
        in.range = "bytes=" + std::to_string(offset) + "-" + std::to_string(offset + bytes - 1);
        // All ranges must be of one object, whoever overwrites it meanwhile.
        if (!ranges->file.etag.empty()) in.if_match = ranges->file.etag;
        status = get_into(engine, *ranges->transfer, in, *ranges->landing, offset, bytes);
      }
      if (!ranges->leave(std::move(status))) return;
      finish(engine, ranges->file, *ranges->transfer, *ranges->landing,
             ranges->error ? Status(*ranges->error) : Status());
    });
  }
}

}  // namespace

void download(Engine& engine, const File& file, const TransferPtr& transfer) {
  if (const Status made = make_folders_for(file.target); !made) {
    return end_transfer(engine, *transfer, made);
  }
  auto landing = Landing::open(file.target, engine.random);
  if (!landing) return end_transfer(engine, *transfer, landing.error());
  if (file.size.value_or(0) >= engine.sizing.threshold && !(*landing)->is_special()) {
    return download_ranges(engine, file, transfer, std::move(*landing));
  }
  finish(engine, file, *transfer, **landing,
         get_into(engine, *transfer, input_for(engine, file), **landing, 0, std::nullopt));
}

}  // namespace rolecall::transfer
