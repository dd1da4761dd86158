// The REST protocols' bindings: members in headers, query string, path labels, payload. Both ways.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "wire/checks.h"
#include "wire/message.h"
#include "wire/shape.h"

namespace rolecall::wire {

struct QueryPair {
  std::string key, value;
};
// Decoded; an error for bad percent-encoding.
Result<std::vector<QueryPair>> parse_query(std::string_view raw);

using Labels = std::vector<std::pair<std::string_view, std::string>>;  // label → decoded text

// What the members of one message are read from.
struct RestParts {
  std::span<const HeaderView> headers = {};
  std::span<const QueryPair> query = {};
  const Labels* labels = nullptr;
  std::string_view body = {};
  int status = 0;
};
struct RestStyle {
  Protocol protocol = Protocol::rest_xml;
  bool streaming = false;  // the body is no member
  bool unwrapped = false;
  std::string_view root = {};  // of a body without payload member; "" = do not check
};
Status read_rest(const Shape& shape, const RestParts& parts, const RestStyle& style, void* out,
                 Checks& checks);

struct RestOut {
  Headers headers = {};
  std::vector<QueryPair> query = {};
  Labels labels = {};
  int status = 0;  // 0: the operation's own
  std::string body = {};
  std::string content_type = {};  // empty without a body
};
struct RestWrite {
  Protocol protocol = Protocol::rest_xml;
  std::string_view xml_namespace = {};
  std::string_view root = {};  // element around body members
  bool millis = false;
  bool unwrapped = false;
  bool answer = true;  // an answer's XML begins with a declaration
};
void write_rest(const Shape& shape, const void* value, const RestWrite& how, RestOut& out);

}  // namespace rolecall::wire
