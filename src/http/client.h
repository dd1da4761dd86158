// A blocking HTTP/1.1 client: one request, one answer, verified TLS, bounded in time and size.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace rolecall::http {

// A request's body that is read while it is sent, for what should not be held in memory. Each
// attempt rewinds it first.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual std::uint64_t size() const = 0;
  virtual Status rewind() = 0;
  // The next bytes, at least one; 0 at the end.
  virtual Result<std::size_t> read(char* into, std::size_t size) = 0;
};

struct ClientRequest {
  std::string method = "GET";
  // http://host[:port]/path?query or https://…; path and query are sent as they are written here.
  std::string url;
  // Sent in this order. Host is added unless given; Content-Length always when there is a body.
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  BodySource* source = nullptr;  // instead of `body`; must outlive the call
};

struct ClientResponse {
  int status = 0;
  std::string reason;
  std::vector<std::pair<std::string, std::string>> headers;  // as received
  std::string body;                                          // decoded if it came chunked

  // The first header of that name, whatever its case.
  std::optional<std::string_view> find(std::string_view name) const;
};

// Keeps connections open between calls, by origin. Thread-safe; must outlive the calls that use it.
class ConnectionPool {
 public:
  ConnectionPool();
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  class Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

struct ClientOptions {
  int connect_timeout_millis = 10'000;
  // Between two pieces received or sent.
  int idle_timeout_millis = 60'000;
  // For the whole call; 0: none.
  int total_timeout_millis = 0;
  std::size_t body_bytes_max = std::size_t{64} << 20;  // a larger answer is a Fault
  // PEM file of trusted authorities; empty: the system's.
  std::string ca_bundle = {};
  bool verify_tls = true;  // false only where the user asked for it by name
  // http://[user:password@]host:port of a proxy; empty: none. See proxy_for().
  std::string proxy = {};
  // nullptr: one connection per call.
  ConnectionPool* pool = nullptr;
  // If set, the body is handed over in pieces instead of being kept; false ends the call.
  // `on_head`, if set too, sees status and headers first and decides: false keeps this answer's
  // body.
  std::function<bool(const ClientResponse& head)> on_head = {};
  std::function<bool(std::string_view piece)> on_body = {};
  // As soon as this descriptor is readable the call ends with a Fault. -1: none.
  int cancel_fd = -1;
};

// Does one request. Any answer, whatever its status, is a value; a Fault says in words what failed
// ("could not connect to `host:port`: connection refused"). Redirects are not followed.
//   RC_TRY(auto answer, fetch({.method = "PUT", .url = "http://169.254.169.254/…"}, {}));
Result<ClientResponse> fetch(const ClientRequest& request, const ClientOptions& options);

// The proxy that the environment names for `url` (http_proxy, HTTPS_PROXY, ALL_PROXY, NO_PROXY; the
// lower-case name wins; HTTP_PROXY in capitals is ignored, as CGI programs must). "" for none.
// `environment` answers a variable's value.
std::string proxy_for(
    std::string_view url,
    const std::function<std::optional<std::string>(std::string_view name)>& environment);

}  // namespace rolecall::http
