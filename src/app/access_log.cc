#include "app/access_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "audit/redact.h"
#include "base/encoding.h"
#include "base/shown.h"

namespace rolecall::app {
namespace {

constexpr std::size_t kPendingBytesFlush = 256 * 1024;
constexpr std::size_t kPendingBytesMax = 64 * 1024 * 1024;  // a stuck disk must not take the memory
constexpr std::size_t kTargetBytesMax = 2'048;

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(fd, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return;  // the log is not worth a request
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

// Whether a parameter's value must not be kept: a proof of identity, or what the trail hides, too
// (a password in a GET's query). Names come percent-encoded if the caller likes.
bool is_secret_parameter(std::string_view encoded) {
  const auto decoded = percent_decode(encoded);
  const std::string_view name = decoded ? std::string_view(*decoded) : encoded;
  for (const std::string_view secret :
       {"X-Amz-Signature", "X-Amz-Security-Token", "X-Amz-Credential", "Signature", "SigninToken",
        "AWSAccessKeyId"}) {
    if (equal_ignoring_case(name, secret)) return true;
  }
  return audit::is_secret_member(name);
}

}  // namespace

std::string loggable_target(std::string_view target) {
  const std::size_t mark = target.find('?');
  std::string out(target.substr(0, std::min(mark, kTargetBytesMax)));
  if (mark == target.npos) return out;
  std::string_view query = target.substr(mark + 1);
  char separator = '?';
  while (!query.empty() && out.size() < kTargetBytesMax) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::string_view name = pair.substr(0, pair.find('='));
    out.push_back(separator);
    separator = '&';
    if (is_secret_parameter(name)) {
      out.append(name).append("=-");
    } else {
      out.append(pair.substr(0, kTargetBytesMax));
    }
  }
  return out;
}

Result<std::unique_ptr<AccessLog>> AccessLog::open(const std::string& path) {
  if (path == "-") return std::make_unique<AccessLog>(::dup(STDERR_FILENO));
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (fd < 0) return fault("cannot write the access log " + path + ": " + std::strerror(errno));
  return std::make_unique<AccessLog>(fd);
}

AccessLog::AccessLog(int fd) : fd_(fd), writer_([this] { run(); }) {}

AccessLog::~AccessLog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  writer_.join();
  ::close(fd_);
}

void AccessLog::line(const http::RequestHead& head,
                     const http::ServerOptions::Completed& completed) {
  static thread_local std::string text;  // its memory is taken once a thread
  text.clear();
  const auto field = [](std::string_view value) {
    text.append(value.empty() ? "-" : value).push_back(' ');
  };
  const auto number = [](auto value) {
    const fmt::format_int digits(value);
    text.append(digits.data(), digits.size());
  };
  field(format_iso8601_millis(head.received));
  field(head.request_id);
  field(head.peer_address);
  field(head.method);
  if (head.target.find('?') == head.target.npos) {
    field(shown(std::string_view(head.target).substr(0, kTargetBytesMax)));
  } else {
    field(shown(loggable_target(head.target)));
  }
  number(completed.status);
  text.push_back(' ');
  number(completed.bytes_in);
  text.push_back(' ');
  number(completed.bytes_out);
  text.push_back(' ');
  number(completed.duration_micros);
  text.append("us\n");
  bool flush = false;
  {
    const std::lock_guard lock(mutex_);
    if (pending_.size() < kPendingBytesMax) pending_.append(text);
    flush = pending_.size() > kPendingBytesFlush;
  }
  if (flush) wake_.notify_one();
}

void AccessLog::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait_for(lock, std::chrono::seconds(1),
                   [&] { return stopping_ || pending_.size() > kPendingBytesFlush; });
    std::string batch;
    batch.swap(pending_);
    const bool last = stopping_;
    lock.unlock();
    write_all(fd_, batch);
    lock.lock();
    if (last && pending_.empty()) return;
  }
}

}  // namespace rolecall::app
