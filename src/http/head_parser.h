// Where a head ends, what it says, and how its body is framed. Strict where senders and proxies
// have disagreed before: anything that two parsers could read differently is refused.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace rolecall::http {

// Finds the end of a head, looking at each byte once however it arrives.
class HeadScanner {
 public:
  enum class State { more, complete, malformed };
  // `bytes`: everything from the head's first byte on; the next call brings at least as much.
  // malformed: a line feed without carriage return, a folded line, an empty first line.
  State scan(std::string_view bytes);
  // With its final empty line, once complete.
  std::size_t length() const { return line_start_; }
  bool first_line_seen() const { return line_start_ > 0; }
  void reset() { *this = {}; }

 private:
  std::size_t scanned_ = 0, line_start_ = 0;
};

// Why a head is refused, as the HTTP status that says so.
struct HeadError {
  int status = 400;
  std::string_view reason;
};

// How the body is delimited and whether the connection goes on.
struct Framing {
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = true;
  bool expect_continue = false;
};

struct RequestLine {
  std::string_view method, target, authority;
  int minor_version = 1;
  Framing framing;
};

struct StatusLine {
  int status = 0;
  std::string_view reason;
  Framing framing;
};

// `head` is complete (HeadScanner); `headers` is filled with views into it.
std::expected<RequestLine, HeadError> parse_request_head(std::string_view head,
                                                         std::vector<Header>& headers,
                                                         const std::size_t header_count_max);
std::expected<StatusLine, HeadError> parse_status_head(std::string_view head,
                                                       std::vector<Header>& headers,
                                                       const std::size_t header_count_max);

// "host:port" of a CONNECT; nullopt unless both are there and the host is a name or IPv4 address.
struct HostPort {
  std::string_view host;
  std::uint16_t port;
};
std::optional<HostPort> parse_connect_target(std::string_view target);

}  // namespace rolecall::http
