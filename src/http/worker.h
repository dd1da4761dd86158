// One event loop: its listening socket, its connections, its sweep. Sees Asio; included by
// http/*.cc only.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "http/mailbox.h"
#include "http/server.h"
#include "http/tls.h"

namespace rolecall::http {

namespace asio = boost::asio;
// The loop's own executor type, not the type-erased one: it is called for every operation.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
template <class T>
using Awaitable = asio::awaitable<T, Executor>;

class Connection;
class Worker;

// A file descriptor that closes itself.
class OwnedFd {
 public:
  explicit OwnedFd(int fd = -1) : fd_(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~OwnedFd();
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

struct Shared;

// Written by one thread, read by any.
class Tally {
 public:
  void add(std::uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct WorkerStats {
  Tally connections_total, connections_refused, tls_handshakes, tls_failures, tunnels, timeouts,
      requests, bytes_received, bytes_sent;
  std::array<Tally, 600> by_status;
};

class Worker {
 public:
  Worker(Shared& shared, unsigned index);
  ~Worker();

  // Takes over a bound, listening, non-blocking socket.
  Status listen(OwnedFd listener);
  void run();         // the thread's body
  void begin_stop();  // any thread
  // A connection accepted by another worker. Any thread.
  void adopt(OwnedFd fd, std::string peer_address, std::uint16_t peer_port);

  // The rest: on the worker's thread.
  void forget(std::uint64_t connection);
  // "Date: …\r\n", made once a second.
  std::string_view date_line();
  // As of the last sweep; cheap and coarse.
  Instant coarse_now() const { return coarse_now_; }
  asio::io_context& io() { return io_; }
  Shared& shared() { return shared_; }
  unsigned index() const { return index_; }
  bool stopping() const { return stopping_; }
  const std::shared_ptr<internal::Mailbox>& mailbox() const { return mailbox_; }
  WorkerStats& stats() { return stats_; }
  std::int64_t open_connections() const { return open_.load(std::memory_order_relaxed); }

 private:
  void wait_for_peers();
  void accept_peers();
  void start_connection(OwnedFd fd, std::string peer_address, std::uint16_t peer_port);
  void schedule_sweep();
  void sweep();

  Shared& shared_;
  const unsigned index_;
  asio::io_context io_{1};
  asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor_;
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, Executor>
      sweep_timer_;
  std::shared_ptr<internal::Mailbox> mailbox_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Connection>> connections_;
  std::uint64_t next_connection_ = 1;
  std::atomic<std::int64_t> open_{0};  // connections here or on their way here
  Instant coarse_now_;
  std::int64_t date_second_ = -1;
  std::string date_line_;
  bool stopping_ = false;
  bool accept_paused_ = false;    // no descriptor was left; tried again at the next sweep
  std::int64_t sweeps_left_ = 0;  // until what is in flight is cut off
  WorkerStats stats_;
};

// What all workers share. Fixed before the first thread starts, but for the atomics.
struct Shared {
  Shared(ServerOptions o, const Clock& c, Random& r, Application a)
      : options(std::move(o)), clock(c), random(r), application(std::move(a)) {}

  const ServerOptions options;
  const Clock& clock;
  Random& random;
  const Application application;
  const Clock* timeout_clock = nullptr;
  std::unique_ptr<TlsContext> tls;
  std::string server_line;
  std::vector<std::unique_ptr<Worker>> workers;
  std::atomic<std::int64_t> connections{0};
  std::atomic<bool> stopping{false};
};

}  // namespace rolecall::http
