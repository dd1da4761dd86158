#include "http/worker.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cerrno>

#include "base/log.h"
#include "http/connection.h"

namespace rolecall::http {
namespace {

// Enough to empty a full backlog, few enough to let the loop breathe.
constexpr int kAcceptsAtOnce = 64;

// Sent without looking at the request: whoever floods us is owed no more than that.
constexpr std::string_view kTooManyConnections =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 21\r\n"
    "Retry-After: 1\r\nConnection: close\r\n\r\ntoo many connections\n";

struct Peer {
  std::string address;
  std::uint16_t port = 0;
};

Peer peer_of(const sockaddr_storage& storage) {
  char text[INET6_ADDRSTRLEN] = "";
  if (storage.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return {text, ntohs(v4.sin_port)};
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
  inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
  std::string_view shown = text;
  // A dual-stack socket shows IPv4 peers as ::ffff:a.b.c.d; policies compare plain addresses.
  if (shown.starts_with("::ffff:") && shown.find('.') != shown.npos) shown.remove_prefix(7);
  return {std::string(shown), ntohs(v6.sin6_port)};
}

}  // namespace

OwnedFd::~OwnedFd() {
  if (fd_ >= 0) ::close(fd_);
}

Worker::Worker(Shared& shared, unsigned index)
    : shared_(shared),
      index_(index),
      acceptor_(io_.get_executor()),
      sweep_timer_(io_.get_executor()),
      mailbox_(std::make_shared<internal::Mailbox>()),
      coarse_now_(shared.timeout_clock->now()) {
  mailbox_->open([this] { asio::post(io_, [this] { mailbox_->drain(); }); },
                 [this](internal::Mailbox::Message&& message) {
                   const auto found = connections_.find(message.connection);
                   if (found != connections_.end()) found->second->deliver(std::move(message));
                 });
}

Worker::~Worker() { mailbox_->close(); }

Status Worker::listen(OwnedFd listener) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (getsockname(listener.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0)
    return fault("could not read the address of the listening socket");
  boost::system::error_code error;
  acceptor_.assign(bound.ss_family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(),
                   listener.get(), error);
  if (error) return fault("could not listen: " + error.message());
  listener.release();
  wait_for_peers();
  schedule_sweep();
  return {};
}

void Worker::run() {
  mailbox_->adopt_thread();
  io_.run();
  mailbox_->close();
  connections_.clear();
  mailbox_->leave_thread();
}

void Worker::begin_stop() {
  asio::post(io_, [this] {
    if (std::exchange(stopping_, true)) return;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    sweeps_left_ = std::int64_t{shared_.options.timeouts.drain} * 1000 /
                       std::max(1, shared_.options.sweep_interval_millis) +
                   1;
    // stop_when_idle ends connections later, from their own coroutines: the map stays as it is.
    for (const auto& [id, connection] : connections_) connection->stop_when_idle();
    if (connections_.empty()) sweep_timer_.cancel();
  });
}

void Worker::wait_for_peers() {
  acceptor_.async_wait(asio::socket_base::wait_read, [this](boost::system::error_code error) {
    if (error || stopping_) return;
    accept_peers();
  });
}

void Worker::accept_peers() {
  for (int i = 0; i < kAcceptsAtOnce; ++i) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    OwnedFd fd(::accept4(acceptor_.native_handle(), reinterpret_cast<sockaddr*>(&storage), &size,
                         SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd.get() < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) break;
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        accept_paused_ = true;
        log::warning("no descriptor left for a new connection");
        return;
      }
      continue;  // the peer gave up while it waited
    }
    stats_.connections_total.add();
    if (shared_.connections.fetch_add(1) >=
        static_cast<std::int64_t>(shared_.options.limits.connections)) {
      shared_.connections.fetch_sub(1);
      stats_.connections_refused.add();
      (void)::send(fd.get(), kTooManyConnections.data(), kTooManyConnections.size(), MSG_NOSIGNAL);
      (void)::shutdown(fd.get(), SHUT_WR);
      continue;
    }
    const int on = 1;
    // Without it the kernel holds a small second segment back until the peer's delayed ACK (40 ms).
    (void)setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Peer peer = peer_of(storage);
    // The kernel spreads few connections unevenly over the sockets; the emptiest loop takes it.
    Worker* target = this;
    for (const auto& worker : shared_.workers)
      if (worker->open_connections() < target->open_connections()) target = worker.get();
    target->open_.fetch_add(1, std::memory_order_relaxed);
    if (target == this)
      start_connection(std::move(fd), std::move(peer.address), peer.port);
    else
      target->adopt(std::move(fd), std::move(peer.address), peer.port);
  }
  wait_for_peers();
}

void Worker::adopt(OwnedFd fd, std::string peer_address, std::uint16_t peer_port) {
  asio::post(io_,
             [this, fd = std::move(fd), address = std::move(peer_address), peer_port]() mutable {
               start_connection(std::move(fd), std::move(address), peer_port);
             });
}

void Worker::start_connection(OwnedFd fd, std::string peer_address, std::uint16_t peer_port) {
  Socket socket(io_.get_executor());
  boost::system::error_code error;
  if (!stopping_) socket.assign(asio::ip::tcp::v4(), fd.get(), error);
  if (stopping_ || error) {
    open_.fetch_sub(1, std::memory_order_relaxed);
    shared_.connections.fetch_sub(1);
    return;
  }
  fd.release();
  const std::uint64_t id = next_connection_++;
  auto connection = std::make_shared<Connection>(*this, id, std::move(socket),
                                                 std::move(peer_address), peer_port);
  connections_.emplace(id, connection);
  connection->start();
}

void Worker::forget(std::uint64_t connection) {
  connections_.erase(connection);
  open_.fetch_sub(1, std::memory_order_relaxed);
  shared_.connections.fetch_sub(1);
  if (stopping_ && connections_.empty()) sweep_timer_.cancel();
}

std::string_view Worker::date_line() {
  const Instant now = shared_.clock.now();
  if (const std::int64_t second = now.seconds(); second != date_second_) {
    date_second_ = second;
    date_line_ = "Date: " + format_http_date(now) + "\r\n";
  }
  return date_line_;
}

void Worker::schedule_sweep() {
  sweep_timer_.expires_after(std::chrono::milliseconds(shared_.options.sweep_interval_millis));
  sweep_timer_.async_wait([this](boost::system::error_code) { sweep(); });
}

void Worker::sweep() {
  coarse_now_ = shared_.timeout_clock->now();
  std::vector<std::shared_ptr<Connection>> all;
  all.reserve(connections_.size());
  for (const auto& [id, connection] : connections_) all.push_back(connection);
  const bool cut_off = stopping_ && --sweeps_left_ <= 0;
  for (const auto& connection : all) {
    if (cut_off)
      connection->force_close();
    else
      connection->check_timeout(coarse_now_);
  }
  if (std::exchange(accept_paused_, false) && !stopping_) accept_peers();
  if (!stopping_ || !connections_.empty()) schedule_sweep();
}

}  // namespace rolecall::http
