// Requests and replies as plain values. The HTTP room knows nothing of this one: the front door
// copies (or views) its own types into these.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rolecall::wire {

struct HeaderView {
  std::string_view name, value;
};

// Views into the bytes as received; they must outlive whatever is made from them by reference
// (Route). Nothing here is decoded.
struct RequestView {
  std::string_view method;  // "GET"
  std::string_view path;    // "/bucket/a%20key", before the '?'
  std::string_view query;   // after the '?', without it
  std::span<const HeaderView> headers = {};
  std::string_view body = {};  // empty for operations that stream their input

  // The first header of that name (any case).
  std::optional<std::string_view> header(std::string_view name) const;
};

struct ReplyView {
  int status = 200;
  std::span<const HeaderView> headers = {};
  std::string_view body = {};

  std::optional<std::string_view> header(std::string_view name) const;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Reply {
  int status = 200;
  Headers headers = {};
  std::string body = {};
};

// What a client sends, before Host, date and signature.
struct Request {
  std::string method;
  std::string path;   // percent-encoded
  std::string query;  // percent-encoded, without '?'
  Headers headers = {};
  std::string body = {};
};

std::optional<std::string_view> find_header(std::span<const HeaderView> headers,
                                            std::string_view name);

inline std::optional<std::string_view> RequestView::header(std::string_view name) const {
  return find_header(headers, name);
}
inline std::optional<std::string_view> ReplyView::header(std::string_view name) const {
  return find_header(headers, name);
}

}  // namespace rolecall::wire
