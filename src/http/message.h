// What a request and an answer look like to an application: plain values, no sockets, no Asio.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.h"

namespace rolecall::http {

// One header line as received: order, case of the name and duplicates are kept; blanks around the
// value are not part of it.
struct Header {
  std::string_view name, value;
};

bool equal_ignoring_case(std::string_view a, std::string_view b);

// The head of a request. All views are valid until the exchange ends (its Exchange is destroyed, or
// on_complete has returned).
struct RequestHead {
  std::string_view method = {};
  // Path and query, raw. The absolute form (`GET http://host/path`) is reduced to these.
  std::string_view target = {};
  // Whom the client meant: the absolute form's authority, else the Host header. May hold a port.
  std::string_view authority = {};
  int minor_version = 1;  // HTTP/1.minor_version
  std::span<const Header> headers = {};
  std::optional<std::uint64_t> content_length = {};  // nullopt: no body, or chunked
  bool chunked = false;
  bool tls = false;
  // The host of the CONNECT that opened this tunnel, empty outside one.
  std::string_view tunnel_host = {};
  std::string_view peer_address = {};  // textual, without port
  std::uint16_t peer_port = 0;
  std::string_view request_id = {};  // made by the server: a version 4 UUID, unique per request
  Instant received = {};             // when the head was complete
  unsigned thread_index = 0;         // 0 … ServerOptions::threads-1, for per-thread state

  // The first header of that name, whatever its case.
  std::optional<std::string_view> find(std::string_view name) const;
};

// A piece of a file to send. Owns the descriptor.
class FileBody {
 public:
  FileBody(int owned_fd, std::uint64_t offset, std::uint64_t length)
      : fd_(owned_fd), offset_(offset), length_(length) {}
  FileBody(FileBody&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), offset_(other.offset_), length_(other.length_) {}
  FileBody& operator=(FileBody&& other) noexcept {
    std::swap(fd_, other.fd_);
    offset_ = other.offset_;
    length_ = other.length_;
    return *this;
  }
  ~FileBody();

  int fd() const { return fd_; }
  std::uint64_t offset() const { return offset_; }
  std::uint64_t length() const { return length_; }

 private:
  int fd_;
  std::uint64_t offset_, length_;
};

// An answer. Date, Server (unless given), Content-Length and Connection are added when it is
// written; Content-Length, Transfer-Encoding and Connection given here are ignored. A header with
// a control character in it turns the whole answer into a 500.
//   return Response{.status = 403, .headers = {{"Content-Type", "text/plain"}}, .body = "no\n"};
struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::variant<std::string, FileBody> body = std::string();
  bool close = false;  // end the connection after this answer
  // The Content-Length to announce in answer to HEAD, where no body is sent anyway.
  std::optional<std::uint64_t> content_length_override = {};
};

namespace internal {
class Mailbox;
}

// The one answer that an exchange owes. Move-only; call it once, from any thread, at any time:
// nothing happens if the connection has died or the server is gone. Destroyed unused it answers
// 500.
class Reply {
 public:
  Reply(std::shared_ptr<internal::Mailbox> mailbox, std::uint64_t connection, std::uint64_t serial);
  // For tests of an application without a server: the answer goes to `take`.
  explicit Reply(std::move_only_function<void(Response)> take);
  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&&) noexcept;
  ~Reply();
  void operator()(Response response);

 private:
  std::shared_ptr<internal::Mailbox> mailbox_;  // empty once used
  std::uint64_t connection_ = 0, serial_ = 0;
  std::unique_ptr<std::move_only_function<void(Response)>> take_;
};

// Back-pressure for uploads. pause() is called on the connection's thread, within on_start or
// on_body; no further piece is delivered and nothing more is read until resume(), which any thread
// may call. resume() without pause(), or on a dead connection, does nothing.
class Flow {
 public:
  Flow(std::shared_ptr<internal::Mailbox> mailbox, std::uint64_t connection, std::uint64_t serial);
  void pause() const;
  void resume() const;

 private:
  std::shared_ptr<internal::Mailbox> mailbox_;
  std::uint64_t connection_, serial_;
};

// One request whose head has been accepted. Called on the connection's thread only and destroyed
// there, after its answer was written or when the connection died (perhaps before on_end).
class Exchange {
 public:
  virtual ~Exchange() = default;
  // Before the first piece, if there is a body.
  virtual void on_start(Flow) {}
  // The body's pieces in order, decoded if it came chunked. A Response refuses the rest.
  virtual std::optional<Response> on_body(std::string_view piece) = 0;
  // The body is complete (at once where there is none). Answer now or later.
  virtual void on_end(Reply reply) = 0;
};

// Decides on a head: an Exchange to go on with, or a Response that refuses before the body is read
// (no 100-continue is sent then). Called from all of the server's threads at once; must not block.
using Application =
    std::function<std::variant<std::unique_ptr<Exchange>, Response>(const RequestHead&)>;

// The reason phrase of a status, "Unknown" for one without.
std::string_view reason_phrase(int status);

}  // namespace rolecall::http
