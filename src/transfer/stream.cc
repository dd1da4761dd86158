// Standard input as an upload's source and standard output as a download's target: a bounded number
// of parts in memory, whatever comes.
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <deque>

#include "client/failure.h"
#include "transfer/engine.h"
#include "transfer/multipart.h"
#include "transfer/parts.h"

namespace rolecall::transfer {
namespace {

// Parts held at once. More would not be faster than what feeds or takes them.
constexpr std::size_t kPartsHeldMax = 6;

// Up to `size` bytes; fewer only at the end.
Result<std::string> read_block(const Cancel& cancel, int from, std::uint64_t size) {
  std::string out;
  while (out.size() < size) {
    pollfd both[2] = {{from, POLLIN, 0}, {cancel.fd(), POLLIN, 0}};
    if (::poll(both, 2, -1) < 0 && errno != EINTR) return errno_error(errno, "-");
    if (both[1].revents != 0) return client::general_failure("cancelled");
    const std::size_t used = out.size();
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(size - used, std::uint64_t{256} << 10));
    if (out.capacity() < used + wanted) out.reserve(std::max(2 * used, used + wanted));
    out.resize(used + wanted);
    const ssize_t got = ::read(from, out.data() + used, wanted);
    out.resize(used + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno != EINTR && errno != EAGAIN) return errno_error(errno, "-");
    if (got == 0) break;
  }
  return out;
}

// Lets a bounded number pass.
class Slots : public std::enable_shared_from_this<Slots> {
 public:
  explicit Slots(std::size_t count) : free_(count) {}
  // Waits. The slot is free again when the last copy of what is answered goes.
  std::shared_ptr<void> take() {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [this] { return free_ > 0; });
    --free_;
    return {nullptr, [self = shared_from_this()](void*) { self->give(); }};
  }

 private:
  void give() {
    const std::lock_guard lock(mutex_);
    ++free_;
    freed_.notify_one();
  }
  std::mutex mutex_;
  std::condition_variable freed_;
  std::size_t free_;
};

Result<std::string> send_block(Engine& engine, const Multipart& multipart, std::int32_t number,
                               const std::string& block) {
  s3::UploadPartInput in;
  in.bucket = multipart.bucket();
  in.key = multipart.key();
  in.upload_id = multipart.upload_id();
  in.part_number = number;
  in.request_payer = engine.options.request_payer;
  apply_customer_key(engine.options.customer_key, in);
  RC_TRY(auto sent, engine.target.call(in, {.body = block}));
  return sent.etag.value_or("");
}

// Reads and sends until the end; an answer only when reading failed.
Status feed(Engine& engine, Multipart& multipart, int from, std::uint64_t part, std::string block,
            const std::shared_ptr<Slots>& slots) {
  for (std::int32_t number = 1;; ++number) {
    if (static_cast<std::uint64_t>(number) > kPartsMax) {
      return client::general_failure(
          "the stream needs more than 10,000 parts: give its size with --expected-size");
    }
    const bool last = block.size() < part;
    multipart.add(number,
                  [&engine, slot = slots->take(), number, bytes = std::move(block)](
                      const Multipart& to) { return send_block(engine, to, number, bytes); });
    if (last || multipart.failed()) return {};
    RC_TRY(block, read_block(engine.cancel, from, part));
    if (block.empty()) return {};
  }
}

Status put_block(Engine& engine, const S3Path& to, const std::string& block) {
  s3::PutObjectInput in;
  in.bucket = to.bucket;
  in.key = to.key;
  apply_object_options(engine.options, in);
  auto done = engine.target.call(in, {.body = block});
  if (!done) return std::move(done).error();
  return {};
}

Status write_all(std::string_view bytes, int to) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(to, bytes.data(), bytes.size());
    if (put < 0 && errno != EINTR) return errno_error(errno, "-");
    if (put > 0) bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

// A range being fetched into memory.
struct Block {
  std::mutex mutex;
  std::condition_variable changed;
  bool ready = false;
  std::string bytes;
  Status status;
};

std::shared_ptr<Block> fetch_block(Engine& engine, s3::GetObjectInput in, std::uint64_t offset,
                                   std::uint64_t size) {
  auto block = std::make_shared<Block>();
  in.range = "bytes=" + std::to_string(offset) + "-" + std::to_string(offset + size - 1);
  engine.workers.submit_part([&engine, in = std::move(in), size, block] {
    std::string bytes;
    CallParts parts;
    parts.on_start = [&](const http::ClientResponse& head) {
      bytes.clear();
      bytes.reserve(static_cast<std::size_t>(size));
      return head.status == 206;
    };
    parts.on_body = [&](std::string_view piece) {
      if (piece.size() > size - bytes.size()) return false;
      bytes.append(piece);
      return true;
    };
    auto done = engine.source.call(in, parts);
    const std::lock_guard lock(block->mutex);
    if (!done) {
      block->status = std::move(done).error();
    } else if (bytes.size() != size) {
      block->status = client::general_failure("the answer was cut off");
    }
    block->bytes = std::move(bytes);
    block->ready = true;
    block->changed.notify_one();
  });
  return block;
}

Status write_in_order(Engine& engine, const s3::GetObjectInput& in, std::uint64_t size, int to) {
  const std::uint64_t part = part_size(engine.sizing.part, size);
  std::deque<std::shared_ptr<Block>> under_way;
  std::uint64_t asked = 0;
  Status status;
  while (asked < size || !under_way.empty()) {
    while (status && asked < size && under_way.size() < kPartsHeldMax) {
      const std::uint64_t bytes = std::min(part, size - asked);
      under_way.push_back(fetch_block(engine, in, asked, bytes));
      asked += bytes;
    }
    // Also after a failure: what is under way refers to what is ours.
    if (under_way.empty()) break;
    const auto block = std::move(under_way.front());
    under_way.pop_front();
    std::unique_lock lock(block->mutex);
    block->changed.wait(lock, [&] { return block->ready; });
    if (status && !block->status) status = block->status;
    if (status) status = write_all(block->bytes, to);
  }
  return status;
}

}  // namespace

void upload_stream(Engine& engine, int from, const std::string& target) {
  const S3Path to = split_s3_path(target);
  const TransferPtr transfer =
      engine.report.begin("upload", "-", std::string(kScheme) + target, std::nullopt);
  const std::uint64_t part = part_size(engine.sizing.part, engine.options.expected_size);
  auto block = read_block(engine.cancel, from, std::max(engine.sizing.threshold, part));
  if (!block) return end_transfer(engine, *transfer, block.error());
  if (block->size() < engine.sizing.threshold) {
    return end_transfer(engine, *transfer, put_block(engine, to, *block));
  }
  s3::CreateMultipartUploadInput create;
  create.bucket = to.bucket;
  create.key = to.key;
  apply_object_options(engine.options, create);
  auto multipart = Multipart::begin(engine, create);
  if (!multipart) return end_transfer(engine, *transfer, multipart.error());
  const auto slots = std::make_shared<Slots>(kPartsHeldMax);
  const Status fed = feed(engine, **multipart, from, part, std::move(*block), slots);
  (*multipart)->close(fed, [&engine, transfer](const Status& status) {
    end_transfer(engine, *transfer, status);
  });
}

void download_stream(Engine& engine, const std::string& source, int to) {
  const S3Path from = split_s3_path(source);
  const TransferPtr transfer =
      engine.report.begin("download", std::string(kScheme) + source, "-", std::nullopt);
  s3::HeadObjectInput head;
  head.bucket = from.bucket;
  head.key = from.key;
  head.request_payer = engine.options.request_payer;
  apply_customer_key(engine.options.customer_key, head);
  auto about = engine.source.call(head);
  if (!about) return end_transfer(engine, *transfer, about.error());
  s3::GetObjectInput in;
  in.bucket = from.bucket;
  in.key = from.key;
  in.request_payer = engine.options.request_payer;
  in.if_match = about->etag;
  apply_customer_key(engine.options.customer_key, in);
  const auto size = static_cast<std::uint64_t>(about->content_length.value_or(0));
  if (size == 0) return end_transfer(engine, *transfer, {});
  end_transfer(engine, *transfer, write_in_order(engine, in, size, to));
}

}  // namespace rolecall::transfer
