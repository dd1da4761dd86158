#include "http/head_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>

namespace rolecall::http {
namespace {

namespace beast = boost::beast;
using BeastError = beast::http::error;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

// Beast checks the syntax of lines and tokens; everything it reports lands in our own values.
template <bool kRequest>
class Parser final : public beast::http::basic_parser<kRequest> {
 public:
  Parser(std::vector<Header>& headers, std::size_t count_max)
      : headers_(headers), count_max_(count_max) {
    this->header_limit(static_cast<std::uint32_t>(-1));  // the caller has bounded the head
    this->skip(true);                                    // bodies are ours
  }

  std::string_view method, target, reason;
  int status_code = 0, version = 0;
  bool too_many = false;

 private:
  using Code = beast::error_code;
  void on_request_impl(beast::http::verb, beast::string_view verb, beast::string_view aim,
                       int version_number, Code&) override {
    method = view(verb);
    target = view(aim);
    version = version_number;
  }
  void on_response_impl(int code, beast::string_view phrase, int version_number, Code&) override {
    status_code = code;
    reason = view(phrase);
    version = version_number;
  }
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     Code& error) override {
    if (headers_.size() == count_max_) {
      too_many = true;
      error = BeastError::header_limit;
      return;
    }
    headers_.push_back({view(name), view(value)});
  }
  void on_header_impl(Code&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, Code&) override {}
  std::size_t on_body_impl(beast::string_view body, Code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, Code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, Code&) override {
    return body.size();
  }
  void on_finish_impl(Code&) override {}

  std::vector<Header>& headers_;
  std::size_t count_max_;
};

std::unexpected<HeadError> refuse(int status, std::string_view reason) {
  return std::unexpected(HeadError{status, reason});
}

template <bool kRequest>
std::optional<HeadError> run(Parser<kRequest>& parser, std::string_view head) {
  beast::error_code error;
  const std::size_t used = parser.put(boost::asio::const_buffer(head.data(), head.size()), error);
  if (parser.too_many) return HeadError{431, "too many header lines"};
  if (error == BeastError::bad_version) {
    const std::string_view line = head.substr(0, head.find('\r'));
    if (line.find(" HTTP/") != line.npos || line.starts_with("HTTP/"))
      return HeadError{505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
    return HeadError{400, "malformed request line"};
  }
  if (error || used != head.size() || !parser.is_header_done())
    return HeadError{400, "malformed head"};
  return std::nullopt;
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
  // 18 digits hold any real length and cannot overflow.
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

// RFC 9112 section 6.3, without its leniencies: they are how requests are smuggled.
std::optional<HeadError> read_framing(std::span<const Header> headers, int minor_version,
                                      Framing& framing) {
  bool encoded = false;
  for (const Header& header : headers) {
    if (header.name.size() == 14 && equal_ignoring_case(header.name, "content-length")) {
      if (framing.content_length) return HeadError{400, "more than one Content-Length"};
      framing.content_length = parse_length(header.value);
      if (!framing.content_length) return HeadError{400, "malformed Content-Length"};
    } else if (header.name.size() == 17 && equal_ignoring_case(header.name, "transfer-encoding")) {
      if (encoded) return HeadError{400, "more than one Transfer-Encoding"};
      encoded = true;
      if (!equal_ignoring_case(header.value, "chunked"))
        return HeadError{501, "no Transfer-Encoding but chunked is understood"};
    }
  }
  if (encoded && framing.content_length)
    return HeadError{400, "both Content-Length and Transfer-Encoding"};
  if (encoded && minor_version == 0) return HeadError{400, "Transfer-Encoding in HTTP/1.0"};
  framing.chunked = encoded;
  return std::nullopt;
}

bool is_authority(std::string_view text) {
  // SAFETY: no '/', '@', '?', ',' or blank: the text goes into host comparisons and logs.
  for (const char c : text) {
    const bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '-' || c == ':' || c == '_' || c == '[' || c == ']' ||
                      c == '~' || c == '%' || c == '!' || c == '$' || c == '&' || c == '*' ||
                      c == '+' || c == '=' || c == ';' || c == '(' || c == ')' || c == '\'';
    if (!fine) return false;
  }
  return true;
}

std::optional<HeadError> read_host(std::span<const Header> headers, RequestLine& line) {
  bool seen = false;
  for (const Header& header : headers) {
    if (header.name.size() != 4 || !equal_ignoring_case(header.name, "host")) continue;
    if (seen) return HeadError{400, "more than one Host"};
    if (!is_authority(header.value)) return HeadError{400, "malformed Host"};
    seen = true;
    line.authority = header.value;
  }
  if (!seen && line.minor_version == 1) return HeadError{400, "no Host"};
  return std::nullopt;
}

std::optional<HeadError> read_target(RequestLine& line) {
  const HeadError malformed{400, "malformed request target"};
  if (line.method == "CONNECT") return std::nullopt;
  if (line.target == "*") {
    if (line.method == "OPTIONS") return std::nullopt;
    return malformed;
  }
  if (line.target.starts_with('/')) return std::nullopt;
  // RFC 9112 section 3.2.2: a server must take the absolute form, and its authority wins.
  std::string_view rest = line.target;
  if (equal_ignoring_case(rest.substr(0, 7), "http://"))
    rest.remove_prefix(7);
  else if (equal_ignoring_case(rest.substr(0, 8), "https://"))
    rest.remove_prefix(8);
  else
    return malformed;
  const std::size_t slash = rest.find_first_of("/?#");
  line.authority = rest.substr(0, slash);
  if (line.authority.empty() || !is_authority(line.authority)) return malformed;
  line.target = slash == rest.npos ? std::string_view("/") : rest.substr(slash);
  if (!line.target.starts_with('/')) return malformed;
  return std::nullopt;
}

}  // namespace

HeadScanner::State HeadScanner::scan(std::string_view bytes) {
  while (scanned_ < bytes.size()) {
    const void* found = std::memchr(bytes.data() + scanned_, '\n', bytes.size() - scanned_);
    if (found == nullptr) {
      scanned_ = bytes.size();
      return State::more;
    }
    const auto feed = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    if (feed == line_start_ || bytes[feed - 1] != '\r') return State::malformed;
    const std::size_t line_length = feed - 1 - line_start_;
    const bool first = line_start_ == 0;
    const char start = bytes[line_start_];
    scanned_ = line_start_ = feed + 1;
    if (line_length == 0) return first ? State::malformed : State::complete;
    // A line that starts with a blank continues the one before (obs-fold): refused everywhere.
    if (start == ' ' || start == '\t') return State::malformed;
  }
  return State::more;
}

std::expected<RequestLine, HeadError> parse_request_head(std::string_view head,
                                                         std::vector<Header>& headers,
                                                         std::size_t header_count_max) {
  headers.clear();
  Parser<true> parser(headers, header_count_max);
  if (auto error = run(parser, head)) return std::unexpected(*error);
  RequestLine line;
  line.method = parser.method;
  line.target = parser.target;
  line.minor_version = parser.version - 10;
  if (auto error = read_framing(headers, line.minor_version, line.framing))
    return std::unexpected(*error);
  if (auto error = read_host(headers, line)) return std::unexpected(*error);
  if (auto error = read_target(line)) return std::unexpected(*error);
  line.framing.keep_alive = parser.keep_alive();
  for (const Header& header : headers) {
    if (header.name.size() != 6 || !equal_ignoring_case(header.name, "expect")) continue;
    if (!equal_ignoring_case(header.value, "100-continue"))
      return refuse(417, "no expectation but 100-continue can be met");
    line.framing.expect_continue = line.minor_version == 1;
  }
  return line;
}

std::expected<StatusLine, HeadError> parse_status_head(std::string_view head,
                                                       std::vector<Header>& headers,
                                                       std::size_t header_count_max) {
  headers.clear();
  Parser<false> parser(headers, header_count_max);
  if (auto error = run(parser, head)) return std::unexpected(*error);
  StatusLine line;
  line.status = parser.status_code;
  line.reason = parser.reason;
  if (auto error = read_framing(headers, parser.version - 10, line.framing))
    return std::unexpected(*error);
  line.framing.keep_alive = parser.keep_alive();
  return line;
}

std::optional<HostPort> parse_connect_target(std::string_view target) {
  const std::size_t colon = target.rfind(':');
  if (colon == target.npos || colon == 0 || colon > 253) return std::nullopt;
  const std::string_view host = target.substr(0, colon);
  for (const char c : host) {
    const bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '-' || c == '_';
    if (!fine) return std::nullopt;
  }
  const auto port = parse_length(target.substr(colon + 1));
  if (!port || *port == 0 || *port > 65535) return std::nullopt;
  return HostPort{host, static_cast<std::uint16_t>(*port)};
}

}  // namespace rolecall::http
