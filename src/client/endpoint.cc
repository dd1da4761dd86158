#include "client/endpoint.h"

#include "base/encoding.h"
#include "client/failure.h"
#include "wire/hosts.h"

namespace rolecall::client {
namespace {

constexpr std::string_view kIgnore = "ignore_configured_endpoint_urls";

Result<std::optional<std::string>> of_profile(const Profiles& files, std::string_view profile,
                                              std::string_view service_id) {
  if (equal_ignoring_case(files.get(profile, kIgnore).value_or(""), "true")) {
    return std::optional<std::string>();
  }
  if (const auto name = files.get(profile, "services")) {
    const Section* services = files.find_services(*name);
    if (services == nullptr) {
      return general_failure("The profile is configured to use the services section but the \"" +
                             *name + "\" services configuration does not exist.");
    }
    const Setting* service = services->find(service_id);
    const std::string* url = service == nullptr ? nullptr : service->find("endpoint_url");
    if (url != nullptr) return std::optional(*url);
  }
  return files.get(profile, "endpoint_url");
}

}  // namespace

Result<std::optional<std::string>> configured_endpoint(Session& session, std::string_view profile,
                                                       std::string_view service_id) {
  if (session.options().endpoint_url) return session.options().endpoint_url;
  const Environment& environment = session.environment();
  if (environment.is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) {
    return std::optional<std::string>();
  }
  if (auto url = environment.get_filled("AWS_ENDPOINT_URL_" + ascii_upper(service_id))) return url;
  if (auto url = environment.get_filled("AWS_ENDPOINT_URL")) return url;
  RC_TRY(const Profiles* files, session.profiles());
  return of_profile(*files, profile, service_id);
}

std::string builtin_endpoint(std::string_view endpoint_prefix, std::string_view region) {
  return "https://" + wire::endpoint_host(endpoint_prefix, region);
}

Result<Target> sts_target(Session& session, std::string_view profile) {
  RC_TRY(const Profiles* files, session.profiles());
  Target out;
  if (session.options().region) {
    out.region = *session.options().region;
  } else if (const auto own = files->get(profile, "region"); own && !own->empty()) {
    out.region = *own;
  } else {
    RC_TRY(out.region, session.region());
  }
  if (out.region.empty()) out.region = "us-east-1";
  RC_TRY(auto url, configured_endpoint(session, profile, "sts"));
  if (!url && profile != session.profile()) {
    RC_TRY(url, configured_endpoint(session, session.profile(), "sts"));
  }
  out.is_builtin = !url.has_value();
  out.url = url ? *url : builtin_endpoint("sts", out.region);
  while (out.url.ends_with('/')) out.url.pop_back();
  return out;
}

}  // namespace rolecall::client
