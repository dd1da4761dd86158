#include "http/response_writer.h"

#include <charconv>

namespace rolecall::http {
namespace {

template <class Number>
void append_number(std::string& out, Number number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

// What http itself decides, whatever the application says.
bool is_ours(std::string_view name) {
  switch (name.size()) {
    case 4:
      return equal_ignoring_case(name, "date");
    case 10:
      return equal_ignoring_case(name, "connection");
    case 14:
      return equal_ignoring_case(name, "content-length");
    case 17:
      return equal_ignoring_case(name, "transfer-encoding");
    default:
      return false;
  }
}

}  // namespace

bool headers_are_clean(const Response& response) {
  for (const auto& [name, value] : response.headers) {
    if (name.empty()) return false;
    for (const char c : name)
      if (static_cast<unsigned char>(c) <= 0x20 || c == ':' || c == 0x7f) return false;
    for (const char c : value)
      if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return false;
  }
  return response.status >= 200 && response.status <= 599;
}

void append_response_head(std::string& out, const Response& response, const HeadFacts& facts) {
  out += "HTTP/1.1 ";
  append_number(out, response.status);
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\n";
  bool server_given = false;
  for (const auto& [name, value] : response.headers) {
    if (is_ours(name)) continue;
    if (name.size() == 6 && equal_ignoring_case(name, "server")) server_given = true;
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
  }
  if (!server_given) out += facts.server_line;
  out += facts.date_line;
  if (response.status >= 200 && response.status != 204 &&
      (response.status != 304 || response.content_length_override)) {
    out += "Content-Length: ";
    append_number(out, facts.content_length);
    out += "\r\n";
  }
  if (!facts.keep_alive)
    out += "Connection: close\r\n";
  else if (facts.minor_version == 0)
    out += "Connection: keep-alive\r\n";
  out += "\r\n";
}

}  // namespace rolecall::http
