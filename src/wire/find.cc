// Which service a request is for.
#include "base/encoding.h"
#include "wire/protocol.h"

namespace rolecall::wire {
namespace {

const Service* by_signing_name(std::string_view name) {
  for (const Service* service : all_services()) {
    if (service->signing_name == name) return service;
  }
  return nullptr;
}

const Service* by_target(std::string_view target) {
  const auto dot = target.rfind('.');
  if (dot == std::string_view::npos) return nullptr;
  for (const Service* service : all_services()) {
    if (!service->target_prefix.empty() && service->target_prefix == target.substr(0, dot)) {
      return service;
    }
  }
  return nullptr;
}

const Service* by_action(std::string_view action, std::string_view version) {
  const Service* only = nullptr;
  for (const Service* service : all_services()) {
    const auto protocol = service->protocol();
    const bool forms = protocol == Protocol::query || protocol == Protocol::ec2 ||
                       service->speaks(Protocol::query);
    if (!forms || !service->find(action)) continue;
    if (service->version == version) return service;
    // TagResource and the like are in several services: without the version nobody knows.
    if (only) return nullptr;
    only = service;
  }
  return version.empty() ? only : nullptr;
}

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

// The first or any label of an AWS host name that is a service's endpoint prefix.
const Service* by_host(std::string_view host) {
  host = without_port(host);
  if (bucket_of_host(host)) return service_named("s3");
  const auto first = host.substr(0, host.find('.'));
  for (const Service* service : all_services()) {
    if (equal_ignoring_case(first, service->endpoint_prefix)) return service;
  }
  // s3-eu-west-1.amazonaws.com, the older form.
  if (starts_with_ignoring_case(first, "s3-")) return service_named("s3");
  return nullptr;
}

// Whether `rest` is what follows a bucket in S3's host names.
bool is_s3_host(std::string_view rest) {
  for (const std::string_view local : {"localhost", "s3.localhost", "localhost.localstack.cloud",
                                       "s3.localhost.localstack.cloud"}) {
    if (equal_ignoring_case(rest, local)) return true;
  }
  if (!starts_with_ignoring_case(rest, "s3.") && !starts_with_ignoring_case(rest, "s3-")) {
    return false;
  }
  const auto lower = ascii_lower(rest);
  return lower.ends_with(".amazonaws.com") || lower.ends_with(".amazonaws.com.cn");
}

}  // namespace

const Service* find_service(const ServiceHints& hints) {
  // A scope that names no service we know must not fall back to another service.
  if (!hints.scope_service.empty()) return by_signing_name(hints.scope_service);
  if (!hints.target.empty()) return by_target(hints.target);
  if (!hints.action.empty()) {
    if (const Service* found = by_action(hints.action, hints.version)) return found;
  }
  return hints.host.empty() ? nullptr : by_host(hints.host);
}

std::optional<std::string_view> bucket_of_host(std::string_view host) {
  host = without_port(host);
  // Bucket names may hold dots: the bucket is what stands before the first S3 suffix.
  for (auto dot = host.find('.'); dot != std::string_view::npos; dot = host.find('.', dot + 1)) {
    if (!is_s3_host(host.substr(dot + 1))) continue;
    const auto bucket = host.substr(0, dot);
    // "s3.localhost" and "iam.localhost" are services, no buckets.
    for (const Service* service : all_services()) {
      if (equal_ignoring_case(bucket, service->endpoint_prefix)) return std::nullopt;
    }
    if (bucket.empty()) return std::nullopt;
    return bucket;
  }
  return std::nullopt;
}

}  // namespace rolecall::wire
