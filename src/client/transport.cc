#include "client/transport.h"

namespace rolecall::client {

Result<http::ClientResponse> fetch(Session& session, const http::ClientRequest& request,
                                   Proxy proxy, CallTimeouts timeouts,
                                   const std::function<void(http::ClientOptions&)>& more) {
  http::ClientOptions options;
  options.connect_timeout_millis = timeouts.connect_millis;
  options.total_timeout_millis = timeouts.total_millis;
  options.idle_timeout_millis = timeouts.idle_millis;
  options.verify_tls = session.options().verify_tls;
  if (proxy == Proxy::of_environment) {
    options.proxy = http::proxy_for(request.url, session.environment().lookup());
    if (session.options().ca_bundle) {
      options.ca_bundle = *session.options().ca_bundle;
    } else if (auto bundle = session.environment().get_filled("AWS_CA_BUNDLE")) {
      options.ca_bundle = *bundle;
    } else {
      options.ca_bundle = session.setting("ca_bundle");
    }
    options.ca_bundle = session.environment().expand_path(options.ca_bundle);
  }
  if (more) more(options);
  return http::fetch(request, options);
}

}  // namespace rolecall::client
