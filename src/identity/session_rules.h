// What temporary credentials may not do, whatever policies say.
#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"
#include "identity/caller.h"

namespace rolecall::identity {

// The refusal, in AWS's words, when these credentials may not make this call (Rules 603 to 606);
// nullopt: policies decide. `service` is the signing name ("iam"), `operation` the operation's name
// ("GetUser"). Long-term credentials and anonymous callers are never restricted here.
//   if (auto refused = identity::session_restriction(caller, "sts", "GetSessionToken")) …
std::optional<ApiError> session_restriction(const Caller& caller, std::string_view service,
                                            std::string_view operation);

}  // namespace rolecall::identity
