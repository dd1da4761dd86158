#include "http/client_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace rolecall::http {
namespace {

constexpr std::size_t kRecordBytes = 17 * 1024;

Fault timed_out() { return fault("timed out"); }
Fault from_errno() { return fault(std::strerror(errno)); }

}  // namespace

Patience::Patience(int idle_millis, int total_millis, int cancel_fd)
    : idle_millis_(idle_millis), cancel_fd_(cancel_fd) {
  if (total_millis > 0) end_ = Steady::now() + std::chrono::milliseconds(total_millis);
}

int Patience::next(int limit_millis) const {
  if (!end_) return limit_millis;
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(*end_ - Steady::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, limit_millis));
}

Status Patience::wait(int fd, short events, int limit_millis) const {
  pollfd both[2] = {{fd, events, 0}, {cancel_fd_, POLLIN, 0}};
  int ready = 0;
  do ready = ::poll(both, cancel_fd_ < 0 ? 1 : 2, next(limit_millis));
  while (ready < 0 && errno == EINTR);
  if (ready == 0) return timed_out();
  if (ready < 0) return from_errno();
  if (cancel_fd_ >= 0 && both[1].revents != 0) return fault("cancelled");
  return {};
}

Result<std::unique_ptr<ClientSocket>> ClientSocket::connect(const std::string& host,
                                                            std::uint16_t port, int connect_millis,
                                                            const Patience& patience) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string service = std::to_string(port);
  if (const int error = getaddrinfo(host.c_str(), service.c_str(), &hints, &found); error != 0)
    return fault("could not resolve `" + host + "`: " + gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, &freeaddrinfo);
  std::string why = "no address";
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    std::unique_ptr<ClientSocket> socket(
        new ClientSocket(::socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)));
    if (socket->fd_ < 0) {
      why = std::strerror(errno);
      continue;
    }
    const int on = 1;
    setsockopt(socket->fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket->fd_, at->ai_addr, at->ai_addrlen) == 0) return socket;
    if (errno != EINPROGRESS) {
      why = std::strerror(errno);
      continue;
    }
    if (const auto ready = patience.wait(socket->fd_, POLLOUT, connect_millis); !ready) {
      why = ready.error().text();
      continue;
    }
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket->fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0) return socket;
    why = std::strerror(error);
  }
  return fault("could not connect to `" + host + ":" + service + "`: " + why);
}

ClientSocket::~ClientSocket() {
  if (tls_ && fd_ >= 0) {
    tls_->say_goodbye();
    const std::string_view last = tls_->output();
    (void)::send(fd_, last.data(), last.size(), MSG_NOSIGNAL);
  }
  if (fd_ >= 0) ::close(fd_);
}

Status ClientSocket::start_tls(std::shared_ptr<TlsTrust> trust, const std::string& host,
                               const Patience& patience) {
  trust_ = std::move(trust);
  tls_ = std::make_unique<TlsSession>(*trust_, host);
  records_ = std::make_unique_for_overwrite<char[]>(kRecordBytes);
  for (;;) {
    const auto step = tls_->handshake();
    RC_CHECK(send_records(patience));
    if (step == TlsSession::Step::done) return {};
    if (step == TlsSession::Step::failed)
      return fault("TLS with `" + host + "` failed: " + tls_->failure());
    RC_TRY(const std::size_t got, read_raw(records_.get(), kRecordBytes, patience));
    if (got == 0) return fault("TLS with `" + host + "` failed: the peer closed the connection");
    tls_->feed({records_.get(), got});
  }
}

Status ClientSocket::write(std::string_view bytes, const Patience& patience) {
  if (!tls_) return write_raw(bytes, patience);
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, 64 * 1024);
    bytes.remove_prefix(piece.size());
    if (!tls_->write(piece)) return fault("TLS failed while sending");
    RC_CHECK(send_records(patience));
  }
  return {};
}

Result<std::size_t> ClientSocket::read(char* into, std::size_t size, const Patience& patience) {
  if (!tls_) return read_raw(into, size, patience);
  for (;;) {
    std::size_t got = 0;
    const auto step = tls_->read(into, size, got);
    if (step == TlsSession::Step::done) return got;
    RC_CHECK(send_records(patience));
    if (step == TlsSession::Step::failed) return fault("TLS failed: " + tls_->failure());
    RC_TRY(const std::size_t raw, read_raw(records_.get(), kRecordBytes, patience));
    // Without the peer's goodbye an answer may have been cut off by somebody else.
    if (raw == 0) return fault("the connection was closed without TLS's goodbye");
    tls_->feed({records_.get(), raw});
  }
}

bool ClientSocket::still_idle() const {
  char one;
  return ::recv(fd_, &one, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
         (errno == EAGAIN || errno == EWOULDBLOCK);
}

Status ClientSocket::write_raw(std::string_view bytes, const Patience& patience) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      RC_CHECK(patience.wait(fd_, POLLOUT));
    } else if (errno != EINTR) {
      return from_errno();
    }
  }
  return {};
}

Result<std::size_t> ClientSocket::read_raw(char* into, std::size_t size, const Patience& patience) {
  for (;;) {
    const ssize_t got = ::recv(fd_, into, size, 0);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      RC_CHECK(patience.wait(fd_, POLLIN));
    } else if (errno != EINTR) {
      return from_errno();
    }
  }
}

Status ClientSocket::send_records(const Patience& patience) {
  const std::string_view records = tls_->output();
  if (records.empty()) return {};
  RC_CHECK(write_raw(records, patience));
  tls_->consume_output(records.size());
  return {};
}

}  // namespace rolecall::http
