// http::fetch with what the session knows: trusted authorities and the environment's proxy.
#pragma once

#include <functional>

#include "base/result.h"
#include "client/session.h"
#include "http/client.h"

namespace rolecall::client {

enum class Proxy { of_environment, none };  // metadata addresses are never proxied

struct CallTimeouts {
  int connect_millis = 10'000;
  int total_millis = 0;
  int idle_millis = 60'000;  // between two pieces received or sent
};

// `more` may change the options last.
Result<http::ClientResponse> fetch(Session& session, const http::ClientRequest& request,
                                   Proxy proxy = Proxy::of_environment, CallTimeouts timeouts = {},
                                   const std::function<void(http::ClientOptions&)>& more = {});

}  // namespace rolecall::client
