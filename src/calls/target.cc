#include "calls/target.h"

#include "client/failure.h"
#include "client/s3_address.h"
#include "wire/hosts.h"

namespace rolecall::calls {
namespace {

constexpr std::string_view kFirstRegion = "us-east-1";

}  // namespace

Result<client::Target> target_of(client::Session& session, const wire::Service& service) {
  if (service.dialect == wire::Dialect::s3) return client::s3_target(session);
  client::Target out;
  RC_TRY(out.region, session.region());
  if (out.region.empty() && wire::works_without_region(service.endpoint_prefix))
    out.region = kFirstRegion;
  if (out.region.empty()) {
    return client::configuration_failure(
        "You must specify a region. You can also configure your region by running \"aws "
        "configure\".");
  }
  RC_TRY(const auto url,
         client::configured_endpoint(session, session.profile(), service.endpoint_prefix));
  out.is_builtin = !url.has_value();
  out.url = url ? *url : client::builtin_endpoint(service.endpoint_prefix, out.region);
  out.region = wire::signing_region(service.endpoint_prefix, out.region);
  while (out.url.ends_with('/')) out.url.pop_back();
  return out;
}

}  // namespace rolecall::calls
