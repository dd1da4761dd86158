#include "door/arrival.h"

#include "base/encoding.h"

namespace rolecall::door {
namespace {

// "AKID/20261122/us-east-1/sts/aws4_request" → "sts"
std::string fourth_part(std::string_view credential) {
  std::size_t begin = 0;
  for (int i = 0; i < 3; ++i) {
    const std::size_t slash = credential.find('/', begin);
    if (slash == credential.npos) return {};
    begin = slash + 1;
  }
  const std::size_t end = credential.find_first_of("/, ", begin);
  return std::string(credential.substr(begin, end == credential.npos ? end : end - begin));
}

}  // namespace

Arrival::Arrival(const http::RequestHead& head) : method(head.method), path(head.target) {
  if (const std::size_t mark = path.find('?'); mark != path.npos) {
    query = path.substr(mark + 1);
    path = path.substr(0, mark);
  }
  host = head.authority;
  if (const std::size_t colon = host.rfind(':');
      colon != host.npos && host.find(']', colon) == host.npos) {
    host = host.substr(0, colon);
  }
  signed_view.reserve(head.headers.size());
  headers.reserve(head.headers.size());
  for (const http::Header& header : head.headers) {
    // SAFETY: a request line in absolute form overrules Host (RFC 9112 section 3.2.2), so it is
    // that authority which must have been signed; else one bucket's signature would open another.
    const bool is_host = equal_ignoring_case(header.name, "host");
    signed_view.push_back({header.name, is_host ? head.authority : header.value});
    headers.push_back({header.name, header.value});
  }
}

std::optional<std::string_view> Arrival::find(std::string_view name) const {
  return wire::find_header(headers, name);
}

std::string scope_service(const Arrival& arrival) {
  if (const auto header = arrival.find("authorization")) {
    const std::size_t at = header->find("Credential=");
    return at == header->npos ? std::string() : fourth_part(header->substr(at + 11));
  }
  constexpr std::string_view kName = "X-Amz-Credential=";
  std::size_t at = arrival.query.find(kName);
  while (at != std::string_view::npos) {
    if (at == 0 || arrival.query[at - 1] == '&') {
      std::string_view value = arrival.query.substr(at + kName.size());
      value = value.substr(0, value.find('&'));
      const auto decoded = percent_decode(value, Plus::space);
      return decoded ? fourth_part(*decoded) : std::string();
    }
    at = arrival.query.find(kName, at + 1);
  }
  return {};
}

}  // namespace rolecall::door
