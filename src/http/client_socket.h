// A blocking, bounded-in-time stream to one peer, plain or TLS.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/tls.h"

namespace rolecall::http {

// How long the next wait may last: the idle limit, cut by the limit of the whole call.
class Patience {
 public:
  // Readable `cancel_fd` (-1: none): every wait ends at once.
  Patience(int idle_millis, int total_millis, int cancel_fd = -1);
  // Milliseconds for poll(); 0 when the call's time is over.
  int next(int limit_millis) const;
  int next() const { return next(idle_millis_); }
  // poll() for `events` on `fd`, interrupted by no signal: a Fault when time is over, on errors and
  // when the call was cancelled.
  Status wait(int fd, short events, int limit_millis) const;
  Status wait(int fd, short events) const { return wait(fd, events, idle_millis_); }

 private:
  using Steady = std::chrono::steady_clock;
  int idle_millis_;
  int cancel_fd_;
  std::optional<Steady::time_point> end_;
};

class ClientSocket {
 public:
  // Tries each address of the host in turn.
  static Result<std::unique_ptr<ClientSocket>> connect(const std::string& host, std::uint16_t port,
                                                       int connect_millis,
                                                       const Patience& patience);
  ~ClientSocket();
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  // From now on everything goes through TLS.
  Status start_tls(std::shared_ptr<TlsTrust> trust, const std::string& host,
                   const Patience& patience);
  Status write(std::string_view bytes, const Patience& patience);
  // 0: the peer has closed.
  Result<std::size_t> read(char* into, std::size_t size, const Patience& patience);
  // Nothing unasked has come and the peer has not closed.
  bool still_idle() const;

 private:
  explicit ClientSocket(int fd) : fd_(fd) {}
  Status write_raw(std::string_view bytes, const Patience& patience);
  Result<std::size_t> read_raw(char* into, std::size_t size, const Patience& patience);
  Status send_records(const Patience& patience);

  int fd_;
  std::shared_ptr<TlsTrust> trust_;
  std::unique_ptr<TlsSession> tls_;
  std::unique_ptr<char[]> records_;
};

}  // namespace rolecall::http
