// Bytes in and out of a connection, plain or TLS.
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "http/connection.h"

namespace rolecall::http {
namespace {

constexpr asio::use_awaitable_t<Executor> kAwait;
// One TLS record and its overhead.
constexpr std::size_t kTlsReadBytes = 17 * 1024;
// Plain text encrypted before the socket is asked again.
constexpr std::size_t kTlsWriteBytes = 64 * 1024;
// A file up to this size is read behind its head and sent with it in one call; sendfile's extra
// system call costs more than the copy.
constexpr std::uint64_t kReadFileBytes = 32 * 1024;
constexpr std::size_t kFileReadBytes = 64 * 1024;
// sendfile hands back after this much, so that other connections of the thread get their turn.
constexpr std::size_t kSendfileBytes = 1024 * 1024;

}  // namespace

Awaitable<std::size_t> Connection::receive_raw(char* into, std::size_t size) {
  boost::system::error_code error;
  const std::size_t got = co_await socket_.async_read_some(asio::mutable_buffer(into, size),
                                                           asio::redirect_error(kAwait, error));
  if (error) co_return 0;
  worker_.stats().bytes_received.add(got);
  co_return got;
}

// 0: the peer has closed, or the wait was cut short (timed_out_, dead_).
Awaitable<std::size_t> Connection::receive(char* into, std::size_t size) {
  if (!tls_) co_return co_await receive_raw(into, size);
  for (;;) {
    std::size_t got = 0;
    const auto step = tls_->read(into, size, got);
    if (step == TlsSession::Step::done) co_return got;
    if (!flush_now()) {
      if (!co_await flush()) co_return 0;
    }
    if (step == TlsSession::Step::failed) co_return 0;
    const std::size_t raw = co_await receive_raw(tls_input_.get(), kTlsReadBytes);
    if (raw == 0) co_return 0;
    const std::string_view records(tls_input_.get(), raw);
    tls_->feed(records);
  }
}

Awaitable<bool> Connection::handshake() {
  Shared& shared = worker_.shared();
  if (!shared.tls) co_return false;
  set_phase(Phase::handshake);
  tls_ = std::make_unique<TlsSession>(*shared.tls, tunnel_host_);
  tls_input_ = std::make_unique_for_overwrite<char[]>(kTlsReadBytes);
  tls_->feed(in_.view());
  in_.consume(in_.view().size());
  for (;;) {
    const auto step = tls_->handshake();
    bool sent = flush_now();
    if (!sent) sent = co_await flush();
    if (step == TlsSession::Step::failed || !sent) break;
    if (step == TlsSession::Step::done) {
      worker_.stats().tls_handshakes.add();
      co_return true;
    }
    // flush() may have changed the phase; its time goes on from the first byte.
    phase_ = Phase::handshake;
    const std::size_t raw = co_await receive_raw(tls_input_.get(), kTlsReadBytes);
    if (raw == 0) break;
    const std::string_view records(tls_input_.get(), raw);
    tls_->feed(records);
  }
  worker_.stats().tls_failures.add();
  co_return false;
}

// -1: the peer is gone; else what the socket took.
std::ptrdiff_t Connection::send_some(std::string_view first, std::string_view second, int flags) {
  iovec parts[2] = {{const_cast<char*>(first.data()), first.size()},
                    {const_cast<char*>(second.data()), second.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = second.empty() ? 1 : 2;
  const ssize_t sent = ::sendmsg(socket_.native_handle(), &message, flags | MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return 0;
    dead_ = true;
    return -1;
  }
  worker_.stats().bytes_sent.add(static_cast<std::uint64_t>(sent));
  return sent;
}

bool Connection::flush_now() {
  if (dead_) return false;
  if (tls_) {
    if (!out_.empty() && !tls_->write(out_)) {
      dead_ = true;
      return false;
    }
    out_.clear();
    const std::string_view records = tls_->output();
    if (records.empty()) return true;
    const std::ptrdiff_t sent = send_some(records, {}, 0);
    if (sent > 0) tls_->consume_output(static_cast<std::size_t>(sent));
    return tls_->output().empty();
  }
  if (out_.empty()) return true;
  const std::ptrdiff_t sent = send_some(out_, {}, 0);
  if (sent == static_cast<std::ptrdiff_t>(out_.size())) {
    out_.clear();
    return true;
  }
  if (sent > 0) out_.erase(0, static_cast<std::size_t>(sent));
  return false;
}

Awaitable<bool> Connection::flush() { return send(std::string_view(), false); }

Awaitable<bool> Connection::send(std::string_view body, bool more_follows) {
  const int flags = more_follows ? MSG_MORE : 0;
  if (!tls_) {
    const bool sent = co_await send_raw(out_, body, flags);
    out_.clear();
    co_return sent;
  }
  if (!out_.empty() && !tls_->write(out_)) co_return false;
  out_.clear();
  do {
    const std::string_view piece = body.substr(0, kTlsWriteBytes);
    body.remove_prefix(piece.size());
    if (!piece.empty() && !tls_->write(piece)) co_return false;
    while (!tls_->output().empty()) {
      const std::string_view records = tls_->output();
      const bool sent = co_await send_raw(records, std::string_view(), flags);
      if (!sent) co_return false;
      tls_->consume_output(records.size());
    }
  } while (!body.empty());
  co_return true;
}

Awaitable<bool> Connection::send_raw(std::string_view first, std::string_view second, int flags) {
  while (!dead_ && !(first.empty() && second.empty())) {
    const std::ptrdiff_t sent =
        first.empty() ? send_some(second, {}, flags) : send_some(first, second, flags);
    if (sent > 0) {
      const auto taken = static_cast<std::size_t>(sent);
      const std::size_t of_first = std::min(taken, first.size());
      first.remove_prefix(of_first);
      second.remove_prefix(taken - of_first);
      continue;
    }
    if (sent < 0) co_return false;
    if (!co_await wait_writable()) co_return false;
  }
  co_return !dead_;
}

Awaitable<bool> Connection::wait_writable() {
  set_phase(Phase::write);
  boost::system::error_code error;
  co_await socket_.async_wait(asio::socket_base::wait_write, asio::redirect_error(kAwait, error));
  co_return !error && !dead_;
}

Awaitable<bool> Connection::send_file(const FileBody& file) {
  auto offset = static_cast<off_t>(file.offset());
  std::uint64_t left = file.length();
  if (left <= kReadFileBytes) {
    // A file shorter than announced leaves the peer without its bytes: the connection must end.
    const std::size_t head = out_.size();
    out_.resize(head + static_cast<std::size_t>(left));
    std::size_t filled = head;
    while (filled < out_.size()) {
      const ssize_t got = ::pread(file.fd(), out_.data() + filled, out_.size() - filled, offset);
      if (got <= 0) co_return false;
      filled += static_cast<std::size_t>(got);
      offset += got;
    }
    co_return true;
  }
  if (tls_) {
    const auto buffer = std::make_unique_for_overwrite<char[]>(kFileReadBytes);
    while (left > 0) {
      const std::size_t wanted = std::min<std::uint64_t>(left, kFileReadBytes);
      const ssize_t got = ::pread(file.fd(), buffer.get(), wanted, offset);
      if (got <= 0) co_return false;
      offset += got;
      left -= static_cast<std::uint64_t>(got);
      const std::string_view piece(buffer.get(), static_cast<std::size_t>(got));
      if (!co_await send(piece, false)) co_return false;
    }
    co_return true;
  }
  if (!co_await send(std::string_view(), true)) co_return false;
  while (left > 0) {
    const std::size_t wanted = std::min<std::uint64_t>(left, kSendfileBytes);
    const ssize_t sent = ::sendfile(socket_.native_handle(), file.fd(), &offset, wanted);
    if (sent > 0) {
      left -= static_cast<std::uint64_t>(sent);
      worker_.stats().bytes_sent.add(static_cast<std::uint64_t>(sent));
      continue;
    }
    if (sent == 0 || (errno != EAGAIN && errno != EINTR)) co_return false;
    if (!co_await wait_writable()) co_return false;
  }
  co_return true;
}

// `linger`: the peer may still be sending; closing at once would reset the connection and could
// destroy the answer on its way.
Awaitable<void> Connection::close_after_flush(bool linger) {
  if (!flush_now()) {
    if (!co_await flush()) co_return;
  }
  if (tls_) {
    tls_->say_goodbye();
    if (!flush_now()) {
      if (!co_await flush()) co_return;
    }
  }
  boost::system::error_code ignored;
  socket_.shutdown(asio::socket_base::shutdown_send, ignored);
  if (!linger) co_return;
  set_phase(Phase::linger);
  const auto buffer = std::make_unique_for_overwrite<char[]>(kFileReadBytes);
  while (!dead_ && !timed_out_) {
    const std::size_t got = co_await receive_raw(buffer.get(), kFileReadBytes);
    if (got == 0) break;
  }
}

}  // namespace rolecall::http
