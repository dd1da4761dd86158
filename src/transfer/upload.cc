// From a file to S3: in one request, or in parts that are read while they are sent.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "client/failure.h"
#include "transfer/engine.h"
#include "transfer/multipart.h"
#include "transfer/parts.h"

namespace rolecall::transfer {
namespace {

// Up to here a file is read at once and travels in the same segment as the request's head.
constexpr std::uint64_t kReadWholeBytes = 64 * 1024;

class OpenFile {
 public:
  static Result<std::shared_ptr<OpenFile>> open(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno_error(errno, path);
    std::shared_ptr<OpenFile> out(new OpenFile(fd, path));
    struct stat about{};
    if (::fstat(fd, &about) != 0) return errno_error(errno, path);
    if (S_ISDIR(about.st_mode)) return errno_error(EISDIR, path);
    out->size_ = static_cast<std::uint64_t>(about.st_size);
    return out;
  }
  ~OpenFile() { ::close(fd_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  // When it was opened; what is appended later is not sent.
  std::uint64_t size() const { return size_; }

  Result<std::size_t> read(char* into, std::size_t size, std::uint64_t offset) const {
    for (;;) {
      const ssize_t got = ::pread(fd_, into, size, static_cast<off_t>(offset));
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) return errno_error(errno, path_);
    }
  }

 private:
  OpenFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  int fd_;
  std::string path_;
  std::uint64_t size_ = 0;
};

// A range of a file as a body. Tells how far it is, without the passes that only hash.
class FilePart final : public http::BodySource {
 public:
  FilePart(std::shared_ptr<OpenFile> file, std::uint64_t offset, std::uint64_t size,
           bool hashes_first, std::function<void(std::int64_t)> moved)
      : file_(std::move(file)),
        offset_(offset),
        size_(size),
        silent_passes_(hashes_first ? 1 : 0),
        moved_(std::move(moved)) {}

  std::uint64_t size() const override { return size_; }

  Status rewind() override {
    if (told_ > 0) moved_(-told_);
    told_ = 0;
    at_ = 0;
    ++passes_;
    return {};
  }

  Result<std::size_t> read(char* into, std::size_t size) override {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, size_ - at_));
    if (wanted == 0) return std::size_t{0};
    RC_TRY(const std::size_t got, file_->read(into, wanted, offset_ + at_));
    if (got == 0) return client::general_failure("the file became shorter while it was sent");
    at_ += got;
    if (passes_ > silent_passes_) {
      told_ += static_cast<std::int64_t>(got);
      moved_(static_cast<std::int64_t>(got));
    }
    return got;
  }

 private:
  std::shared_ptr<OpenFile> file_;
  std::uint64_t offset_, size_, at_ = 0;
  int passes_ = 0, silent_passes_;
  std::int64_t told_ = 0;
  std::function<void(std::int64_t)> moved_;
};

template <class Input>
void describe(const Engine& engine, const File& file, Input& in) {
  const S3Path target = split_s3_path(file.target);
  in.bucket = target.bucket;
  in.key = target.key;
  apply_object_options(engine.options, in);
  if (!in.content_type && engine.options.guess_type) {
    if (const auto type = engine.types.guess(file.path)) in.content_type = std::string(*type);
  }
}

Status put(Engine& engine, const File& file, const std::shared_ptr<OpenFile>& open,
           Transfer& transfer) {
  s3::PutObjectInput in;
  describe(engine, file, in);
  FilePart source(open, 0, open->size(), engine.target.hashes_first(),
                  [&](std::int64_t bytes) { engine.report.progress(transfer, bytes); });
  CallParts parts;
  std::string whole;
  if (open->size() <= kReadWholeBytes) {
    RC_CHECK(source.rewind());
    whole.resize(static_cast<std::size_t>(open->size()));
    for (std::size_t used = 0; used < whole.size();) {
      RC_TRY(const std::size_t got, source.read(whole.data() + used, whole.size() - used));
      used += got;
    }
    parts.body = whole;
  } else {
    parts.source = &source;
  }
  auto done = engine.target.call(in, parts);
  if (!done) return std::move(done).error();
  if (parts.source == nullptr && engine.target.hashes_first()) {
    engine.report.progress(transfer, static_cast<std::int64_t>(whole.size()));
  }
  return {};
}

Result<std::string> send_part(Engine& engine, const Multipart& multipart, std::int32_t number,
                              FilePart& part) {
  s3::UploadPartInput in;
  in.bucket = multipart.bucket();
  in.key = multipart.key();
  in.upload_id = multipart.upload_id();
  in.part_number = number;
  in.request_payer = engine.options.request_payer;
  apply_customer_key(engine.options.customer_key, in);
  RC_TRY(auto sent, engine.target.call(in, {.source = &part}));
  return sent.etag.value_or("");
}

void upload_parts(Engine& engine, const File& file, const std::shared_ptr<OpenFile>& open,
                  const TransferPtr& transfer) {
  s3::CreateMultipartUploadInput create;
  describe(engine, file, create);
  auto multipart = Multipart::begin(engine, create);
  if (!multipart) return end_transfer(engine, *transfer, multipart.error());
  const std::uint64_t size = open->size(), part = part_size(engine.sizing.part, size);
  const std::uint64_t count = part_count(size, part);
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto number = static_cast<std::int32_t>(i) + 1;
    (*multipart)
        ->add(number, [&engine, transfer, open, number, offset = i * part,
                       bytes = std::min(part, size - i * part)](const Multipart& to) {
          FilePart source(open, offset, bytes, engine.target.hashes_first(),
                          [&](std::int64_t moved) { engine.report.progress(*transfer, moved); });
          return send_part(engine, to, number, source);
        });
  }
  (*multipart)->close({}, [&engine, file, transfer](const Status& status) {
    end_transfer(
        engine, *transfer,
        status && engine.is_move ? remove_source(engine, Direction::upload, file) : status);
  });
}

}  // namespace

void upload(Engine& engine, const File& file, const TransferPtr& transfer) {
  auto open = OpenFile::open(file.path);
  if (!open) return end_transfer(engine, *transfer, open.error());
  if ((*open)->size() >= engine.sizing.threshold) {
    return upload_parts(engine, file, *open, transfer);
  }
  Status status = put(engine, file, *open, *transfer);
  if (status && engine.is_move) status = remove_source(engine, Direction::upload, file);
  end_transfer(engine, *transfer, status);
}

}  // namespace rolecall::transfer
