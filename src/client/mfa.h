// One one-time code per identity, not per role: GetSessionToken with the device, kept on disk, and
// used as the source of every role that names the device.
#pragma once

#include <memory>
#include <string>

#include "client/endpoint.h"
#include "client/provider.h"

namespace rolecall::client {

// The code: from the profile's mfa_process if it has one, else from the session's prompt.
Result<std::string> ask_mfa_code(Session& session, std::string_view profile,
                                 const std::string& serial);

// `source` must be long-term keys. Takes it over.
std::unique_ptr<Source> make_mfa_source(std::unique_ptr<Source> source, std::string profile,
                                        std::string serial, Target target);

}  // namespace rolecall::client
