// Turns a Response's head into bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"

namespace rolecall::http {

struct HeadFacts {
  bool keep_alive = true;
  int minor_version = 1;         // of the request: HTTP/1.0 must be told of keep-alive
  std::string_view date_line;    // "Date: …\r\n"
  std::string_view server_line;  // "Server: …\r\n", left out if the response brings its own
  std::uint64_t content_length = 0;
};

// SAFETY: whether names are tokens and values free of control characters, so that no answer can be
// split in two by text that came from outside.
bool headers_are_clean(const Response& response);

// Appends status line and headers, with the empty line. Precondition: headers_are_clean.
void append_response_head(std::string& out, const Response& response, const HeadFacts& facts);

// 1xx, 204 and 304 have no body and (but for 304) no length.
inline bool status_has_body(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace rolecall::http
