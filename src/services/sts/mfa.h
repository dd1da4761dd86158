// The code of an MFA device, given in the call itself.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "identity/entities.h"
#include "services/core/call.h"

namespace rolecall::sts {

// The caller's own device with its last step moved on to the code's, ready to be put back (so that
// the code is refused from then on); nullopt when the call carries neither serial number nor code.
// Errors: AccessDenied in AWS's words (Rule 622).
Result<std::optional<identity::MfaDevice>> check_mfa(const std::optional<std::string>& serial,
                                                     const std::optional<std::string>& code,
                                                     const services::Call& call);

}  // namespace rolecall::sts
