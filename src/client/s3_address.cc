#include "client/s3_address.h"

#include <arpa/inet.h>

#include "base/encoding.h"
#include "client/failure.h"
#include "http/url.h"

namespace rolecall::client {
namespace {

// "Bucket naming rules": 3 to 63 characters.
constexpr std::size_t kBucketBytesMin = 3, kBucketBytesMax = 63;

bool is_label(std::string_view label) {
  if (label.size() < kBucketBytesMin || label.size() > kBucketBytesMax) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  for (const char c : label) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  }
  return true;
}

bool is_ip_address(const std::string& host) {
  unsigned char bytes[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

}  // namespace

std::string s3_setting(Session& session, std::string_view key) {
  const auto files = session.profiles();
  if (!files) return {};
  const Section* profile = (*files)->find(session.profile());
  const Setting* s3 = profile == nullptr ? nullptr : profile->find("s3");
  const std::string* value = s3 == nullptr ? nullptr : s3->find(key);
  return value == nullptr ? "" : *value;
}

Result<S3Addressing> s3_addressing(Session& session) {
  const std::string style = s3_setting(session, "addressing_style");
  if (style.empty() || style == "auto") return S3Addressing::automatic;
  if (style == "path") return S3Addressing::path;
  if (style == "virtual") return S3Addressing::virtual_hosted;
  return general_failure("S3 addressing style " + style +
                         " is invalid. Valid options are: 'auto', 'virtual', and 'path'");
}

Result<Target> s3_target(Session& session) {
  Target out;
  RC_TRY(out.region, session.region());
  if (out.region.empty()) out.region = "us-east-1";
  RC_TRY(const auto url, configured_endpoint(session, session.profile(), "s3"));
  RC_TRY(out.s3_addressing, s3_addressing(session));
  out.is_builtin = !url.has_value();
  out.url = url ? *url : builtin_endpoint("s3", out.region);
  while (out.url.ends_with('/')) out.url.pop_back();
  return out;
}

bool is_host_label_bucket(std::string_view bucket, bool tls) {
  if (is_ip_address(std::string(bucket))) return false;
  if (tls) return is_label(bucket);
  for (;;) {
    const std::size_t dot = bucket.find('.');
    if (!is_label(bucket.substr(0, dot))) return false;
    if (dot == bucket.npos) return true;
    bucket.remove_prefix(dot + 1);
  }
}

S3Address s3_address(const Target& target, std::string_view path) {
  const S3Address as_path{target.url, std::string(path)};
  const bool wanted = target.s3_addressing == S3Addressing::virtual_hosted ||
                      (target.s3_addressing == S3Addressing::automatic && target.is_builtin);
  const auto url = http::Url::parse(target.url);
  if (!wanted || !url || is_ip_address(url->host)) return as_path;
  const std::size_t slash = path.find('/', 1);
  const std::string_view bucket = path.substr(1, slash == path.npos ? path.npos : slash - 1);
  if (!is_host_label_bucket(bucket, url->tls)) return as_path;
  std::string moved = url->tls ? "https://" : "http://";
  moved.append(bucket).append(".").append(url->authority());
  if (url->target != "/") moved += url->target;
  return {std::move(moved), slash == path.npos ? "/" : std::string(path.substr(slash))};
}

}  // namespace rolecall::client
