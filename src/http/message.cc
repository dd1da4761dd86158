#include "http/message.h"

#include <unistd.h>

#include "base/error.h"
#include "http/mailbox.h"

namespace rolecall::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

std::optional<std::string_view> RequestHead::find(std::string_view name) const {
  for (const Header& header : headers)
    if (equal_ignoring_case(header.name, name)) return header.value;
  return std::nullopt;
}

FileBody::~FileBody() {
  if (fd_ >= 0) ::close(fd_);
}

Reply::Reply(std::shared_ptr<internal::Mailbox> mailbox, std::uint64_t connection,
             std::uint64_t serial)
    : mailbox_(std::move(mailbox)), connection_(connection), serial_(serial) {}

Reply::Reply(std::move_only_function<void(Response)> take)
    : take_(std::make_unique<std::move_only_function<void(Response)>>(std::move(take))) {}

Reply& Reply::operator=(Reply&& other) noexcept {
  // The answer this one owed goes with `other` and is given up there.
  std::swap(mailbox_, other.mailbox_);
  std::swap(connection_, other.connection_);
  std::swap(serial_, other.serial_);
  std::swap(take_, other.take_);
  return *this;
}

Reply::~Reply() {
  if (take_) (*take_)(Response{.status = 500});
  if (mailbox_) mailbox_->send({connection_, serial_, internal::Mailbox::Kind::abandoned, {}});
}

void Reply::operator()(Response response) {
  if (auto take = std::exchange(take_, nullptr)) return (*take)(std::move(response));
  if (auto mailbox = std::exchange(mailbox_, nullptr))
    mailbox->send({connection_, serial_, internal::Mailbox::Kind::answer, std::move(response)});
}

Flow::Flow(std::shared_ptr<internal::Mailbox> mailbox, std::uint64_t connection,
           std::uint64_t serial)
    : mailbox_(std::move(mailbox)), connection_(connection), serial_(serial) {}

void Flow::pause() const {
  RC_ASSERT(mailbox_->on_own_thread());
  mailbox_->send({connection_, serial_, internal::Mailbox::Kind::pause, {}});
}

void Flow::resume() const {
  mailbox_->send({connection_, serial_, internal::Mailbox::Kind::resume, {}});
}

namespace internal {
namespace {

thread_local const Mailbox* t_own_mailbox = nullptr;

}  // namespace

void Mailbox::open(std::function<void()> wake, std::function<void(Message&&)> deliver) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
  deliver_ = std::move(deliver);
}

void Mailbox::close() {
  std::vector<Message> dropped;  // their files are closed outside the lock
  const std::lock_guard lock(mutex_);
  wake_ = nullptr;
  dropped.swap(queue_);
}

void Mailbox::adopt_thread() { t_own_mailbox = this; }

void Mailbox::leave_thread() { t_own_mailbox = nullptr; }

bool Mailbox::on_own_thread() const { return t_own_mailbox == this; }

void Mailbox::send(Message&& message) {
  if (on_own_thread()) return deliver_(std::move(message));
  const std::lock_guard lock(mutex_);
  if (!wake_) return;
  queue_.push_back(std::move(message));
  if (queue_.size() == 1) wake_();
}

void Mailbox::drain() {
  std::vector<Message> batch;
  {
    const std::lock_guard lock(mutex_);
    batch.swap(queue_);
  }
  for (Message& message : batch) deliver_(std::move(message));
}

}  // namespace internal

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Unknown";
  }
}

}  // namespace rolecall::http
