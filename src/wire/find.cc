// Which service a request is for.
#include "base/encoding.h"
#include "wire/hosts.h"
#include "wire/protocol.h"

namespace rolecall::wire {
namespace {

const Service* by_signing_name(std::string_view name) {
  for (const Service* service : all_services()) {
    if (service->signing_name == name) return service;
  }
  return nullptr;
}

const Service* service_with_prefix(std::string_view prefix) {
  for (const Service* service : all_services()) {
    if (equal_ignoring_case(service->endpoint_prefix, prefix)) return service;
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

// What AWS's host names say; of any other name, its first label ("iam.example.com").
const Service* by_host(std::string_view host) {
  if (const auto parsed = parse_host(host)) return service_with_prefix(parsed->service);
  return service_with_prefix(host.substr(0, host.find_first_of(".:")));
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

}  // namespace rolecall::wire
