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

bool looks_like_region(std::string_view text) {
  // "us-east-1", "us-gov-west-1", "cn-north-1"
  const std::size_t dash = text.rfind('-');
  return dash != text.npos && dash + 1 < text.size() && text.size() - dash <= 3 &&
         text.find_first_not_of("0123456789", dash + 1) == text.npos && text.find('-') < dash;
}

// Service and region from what stands before the AWS suffix, its last labels first.
std::optional<Target> from_labels(std::string_view prefix, bool s3_only) {
  Target out;
  std::vector<std::string_view> labels;
  std::size_t begin = 0;
  while (begin <= prefix.size()) {
    const std::size_t dot = prefix.find('.', begin);
    const std::size_t end = dot == prefix.npos ? prefix.size() : dot;
    labels.push_back(prefix.substr(begin, end - begin));
    begin = end + 1;
  }
  if (!labels.empty() && looks_like_region(labels.back())) {
    out.region = labels.back();
    labels.pop_back();
  }
  if (!labels.empty() && labels.back() == "dualstack") labels.pop_back();
  if (labels.empty()) return std::nullopt;
  if (labels.back() == "s3" || labels.back().starts_with("s3-")) {
    // "s3-eu-west-1", the form of old.
    if (labels.back().starts_with("s3-") && looks_like_region(labels.back().substr(3))) {
      out.region = labels.back().substr(3);
    }
    labels.pop_back();
    out.service = "s3";
    for (const std::string_view label : labels) {
      if (!out.bucket.empty()) out.bucket.push_back('.');
      out.bucket.append(label);
    }
    return out;
  }
  if (s3_only) {
    out.service = "s3";
    out.bucket = prefix;
    return out;
  }
  if (labels.size() != 1) return std::nullopt;
  out.service = labels.back();
  // A host without a region ("iam.amazonaws.com", "sts.amazonaws.com") is signed for this one.
  if (out.region.empty()) out.region = "us-east-1";
  return out;
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

std::optional<Target> target_of_host(std::string_view host) {
  const std::string folded = ascii_lower(host);
  const std::string_view text = folded;
  for (const std::string_view suffix : {".amazonaws.com.cn", ".amazonaws.com", ".api.aws"}) {
    if (text.ends_with(suffix)) {
      return from_labels(text.substr(0, text.size() - suffix.size()), false);
    }
  }
  for (const std::string_view suffix : {".localhost.localstack.cloud", ".localhost"}) {
    if (text.ends_with(suffix)) {
      return from_labels(text.substr(0, text.size() - suffix.size()), true);
    }
  }
  return std::nullopt;
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
