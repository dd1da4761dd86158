// Who sends a request to `/_rolecall/…`? These paths ask for no signature: on a loopback address
// they are the machine's own people's. But so is every page of the web that one of them has open:
// it makes the browser send requests here, and by a name of its own that leads here (DNS rebinding)
// it reads the answers.
#pragma once

#include <optional>
#include <string_view>

#include "http/message.h"

namespace rolecall::door {

// "localhost", "x.localhost", 127.0.0.0/8, [::1]; with or without a port. Whatever else a page may
// be called, it is not these.
bool is_loopback_host(std::string_view authority);

struct VisitorRules {
  bool only_loopback = true;  // dev; `serve` is called by the name it serves for
};

// Why the request is not answered, for a person; nullopt: it may be.
//   - a Host that is no loopback name: a page could call itself that
//   - an Origin other than the address itself, Sec-Fetch-Site cross-site or same-site: a page's
//   - anything but GET and HEAD without `X-Rolecall: 1`: that header makes a browser ask first
//     ("simple requests" of the Fetch standard cannot carry it), and we never say yes
std::optional<std::string_view> refuse_visitor(const http::RequestHead& head, VisitorRules rules);

}  // namespace rolecall::door
