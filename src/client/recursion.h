// A credential_process may be this very program, whose profile may name it again. The chain of
// profiles is handed down in the environment, in the AWS CLI's variable, so that loops through both
// programs are found.
#pragma once

#include <string>

#include "base/result.h"
#include "client/environment.h"

namespace rolecall::client {

inline constexpr std::size_t kProcessDepthMax = 4;  // the AWS CLI's

// Notes in this process's environment that credentials of `profile` are being looked for; fails
// when they are already, further up, or at too great a depth.
Status enter_profile(const std::string& profile, const Environment& environment);

}  // namespace rolecall::client
