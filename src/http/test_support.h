// What the tests of this folder share: an application that does as its target says, a raw socket
// to say anything to it, and certificates made on the spot.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/server.h"

namespace rolecall::http::test {

// A blocking loopback socket. Reads give up (and fail the test) after 10 s.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;

  void send(std::string_view bytes);
  // Each byte in a segment of its own.
  void trickle(std::string_view bytes);
  // Reads until the text ends with `end`.
  std::string read_until(std::string_view end);
  // One answer: head, and the body its Content-Length announces (none after `head_request`).
  std::string read_answer(bool head_request = false);
  // Everything until the server closes.
  std::string read_all();
  void shut_down_writing();
  void reset();  // closes with RST
  int fd() const { return fd_; }

 private:
  bool fill();
  int fd_;
  std::string buffer_;
};

// The status code of an answer's first line, 0 if it is none.
int status_of(std::string_view answer);
std::string body_of(std::string_view answer);

struct Logged {
  std::string method, target;
  int status;
  std::uint64_t bytes_in, bytes_out;
  bool tls;
  std::string tunnel_host;
};

// /hello answers "hello\n"; /echo the body; /head what the head said; /refuse 403 before the body;
// /refuse-body 403 at its first piece; /later keeps the Reply for the test; /drop destroys it;
// /throw throws; /big?N N bytes; /file?N N bytes of a file; /pause pauses after each piece;
// /split answers with a line break in a header; /close ends the connection.
class TestServer {
 public:
  explicit TestServer(ServerOptions options = {});
  ~TestServer();

  std::uint16_t port() const { return server_->port(); }
  std::string url(std::string_view target, bool tls = false) const;
  Server& server() { return *server_; }
  FakeClock& clock() { return clock_; }
  FakeClock& timeout_clock() { return timeout_clock_; }
  // The Reply of the next /later request.
  Reply next_later();
  // Waits until a resume handle has been kept by /pause.
  Flow next_flow();
  std::vector<Logged> log();
  // Waits until the log has that many lines.
  std::vector<Logged> wait_for_log(std::size_t lines);
  void stop_server() { server_->stop(); }

  std::atomic<int> exchanges_alive{0};

 private:
  friend class TestExchange;
  FakeClock clock_, timeout_clock_;
  std::unique_ptr<Random> random_ = make_seeded_random(1);
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Reply> later_;
  std::vector<Flow> flows_;
  std::vector<Logged> log_;
  std::unique_ptr<Server> server_;
};

// A CA and leaves for any host it is asked for, but for "refused.example".
class TestAuthority final : public CertificateSource {
 public:
  TestAuthority();
  ~TestAuthority() override;
  std::shared_ptr<const CertificatePem> leaf_for(std::string_view host) override;
  // Path of the CA's PEM file.
  const std::string& bundle() const { return bundle_; }

 private:
  struct Keys;
  std::unique_ptr<Keys> keys_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const CertificatePem>> leaves_;
  std::string bundle_;
};

}  // namespace rolecall::http::test
