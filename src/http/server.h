// The HTTP/1.1 server: plain and TLS on one port, and a proxy's CONNECT answered by itself.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "http/message.h"

namespace rolecall::http {

// A certificate with its chain (leaf first) and its private key, as PEM.
struct CertificatePem {
  std::string chain;
  Secret private_key;
};

// Where the server gets a certificate for a TLS handshake. Called from all of its threads, on the
// event loop, once a handshake: keep what was made, and answer the same pointer until it changes
// (parsed forms are kept by that pointer).
class CertificateSource {
 public:
  virtual ~CertificateSource() = default;
  // `host`: the name in the client's SNI; without one the CONNECT host; else empty (the client came
  // by address: answer the default certificate). Lower case. nullptr refuses the handshake.
  virtual std::shared_ptr<const CertificatePem> leaf_for(std::string_view host) = 0;
};

// Limits on what a peer may send. Each is answered with the status named.
struct Limits {
  // 431. Twice nginx's default of four 8 KiB buffers: a session token alone may take 4 KiB in the
  // query and again in a header.
  std::size_t head_bytes = 64 * 1024;
  // 431. Real clients send 10 to 30; metadata headers are limited by their bytes.
  std::size_t header_count = 200;
  // 414. Presigned requests with a session token stay below 8 KiB; list calls carry long keys.
  std::size_t target_bytes = 16 * 1024;
  // 413. Above the largest single upload that object stores take (5 GiB).
  std::uint64_t body_bytes = std::uint64_t{6} << 30;
  // 408. A body must come at this rate on the whole, once half a minute has passed: a byte now and
  // then would hold its memory for years.
  std::uint64_t bytes_per_second_min = 1024;
  // 503. Connections of all threads together; keep below the descriptor limit.
  std::size_t connections = 8192;
};

// Seconds, measured on ServerOptions::timeouts by a sweep, so each may last a sweep longer.
struct Timeouts {
  int handshake = 15;  // TLS, from the first byte
  int head = 20;       // from its first byte to its last: a trickling client gets 408
  int body_idle = 60;  // between two pieces: 408
  int keep_alive_idle = 75;
  int write_stall = 60;  // the peer takes nothing
  int answer = 300;      // the application is silent: 503
  int drain = 10;        // stop() waits that long for requests in flight
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one, see Server::port()
  unsigned threads = 1;    // event loops; one per core serves best
  std::string server_name = "rolecall";
  Limits limits = {};
  Timeouts timeouts = {};
  int sweep_interval_millis = 1000;
  // What timeouts are measured with; nullptr is the machine's monotonic clock. Kept apart from the
  // server's Clock, which tests and `dev` servers move by days.
  const Clock* timeout_clock = nullptr;
  // nullptr: a TLS handshake is refused and CONNECT answers 501.
  std::shared_ptr<CertificateSource> certificates = nullptr;
  // Which hosts CONNECT may name (lower case, no port). Empty function: none (403).
  std::function<bool(std::string_view host, std::uint16_t port)> tunnel_allowed = {};
  // Shapes the errors that arise before the application is asked (400, 408, 413, 414, 431, 501,
  // 503 …) and the 500 of an unused Reply. Empty: a line of plain text. Thread-safe.
  std::function<Response(int status, std::string_view reason, std::string_view request_id)>
      shape_error = {};
  // After each answer was handed to the socket or its connection died (status 0 when no answer was
  // sent). `head.method` is empty for a head that could not be read. On the connection's thread.
  struct Completed {
    int status;
    std::uint64_t bytes_in, bytes_out;  // body received, decoded; body sent
    std::int64_t duration_micros;       // from the complete head to the written answer
  };
  std::function<void(const RequestHead& head, const Completed& completed)> on_complete = {};
};

struct ServerStats {
  std::uint64_t connections_total = 0, connections_refused = 0, tls_handshakes = 0,
                tls_failures = 0, tunnels = 0, timeouts = 0;
  std::int64_t connections_open = 0;
  std::uint64_t requests = 0, bytes_received = 0, bytes_sent = 0;  // bytes on the socket
  std::array<std::uint64_t, 600> by_status{};                      // index: HTTP status
};

// `threads` event loops, each with its own listening socket on the same port. A connection stays on
// the thread that first served it.
//   Server server(options, clock, random, application);
//   RC_CHECK(server.start());
//   log(server.port()); …; server.stop(); server.join();
class Server {
 public:
  // clock (Date, RequestHead::received) and random (request ids) must outlive the server.
  Server(ServerOptions options, const Clock& clock, Random& random, Application application);
  ~Server();  // stop() and join()
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds and starts the threads; a Fault names the address that could not be had. Once.
  Status start();
  // The port bound, after start().
  std::uint16_t port() const;
  // Stops accepting, closes idle connections, lets requests in flight finish within
  // Timeouts::drain. Returns at once; from any thread, any number of times.
  void stop();
  // Waits until the threads have ended. Not from one of them.
  void join();
  // Sums over threads; from any thread, while running.
  ServerStats stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rolecall::http
