#include "door/visitor.h"

#include <arpa/inet.h>

#include <string>

#include "base/encoding.h"

namespace rolecall::door {
namespace {

// Without the port; an IPv6 address without its brackets.
std::string_view host_of(std::string_view authority) {
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    return end == authority.npos ? std::string_view() : authority.substr(1, end - 1);
  }
  return authority.substr(0, authority.find(':'));
}

}  // namespace

bool is_loopback_host(std::string_view authority) {
  const std::string host = ascii_lower(host_of(authority));
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  in_addr four{};
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  in6_addr six{};
  return authority.starts_with('[') && ::inet_pton(AF_INET6, host.c_str(), &six) == 1 &&
         IN6_IS_ADDR_LOOPBACK(&six);
}

std::optional<std::string_view> refuse_visitor(const http::RequestHead& head, VisitorRules rules) {
  if (rules.only_loopback && !is_loopback_host(head.authority)) {
    return "these paths answer requests to localhost and loopback addresses only";
  }
  if (const auto origin = head.find("origin")) {
    const std::string own = (head.tls ? "https://" : "http://") + std::string(head.authority);
    if (!equal_ignoring_case(*origin, own)) {
      return "these paths answer no page of another origin";
    }
  }
  if (const auto site = head.find("sec-fetch-site")) {
    if (*site != "same-origin" && *site != "none") {
      return "these paths answer no page of another site";
    }
  }
  if (head.method != "GET" && head.method != "HEAD") {
    if (const auto ours = head.find("x-rolecall"); !ours || *ours != "1") {
      return "send the header `X-Rolecall: 1` with what changes something";
    }
  }
  return std::nullopt;
}

}  // namespace rolecall::door
