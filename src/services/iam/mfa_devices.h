// Finding virtual MFA devices.
#pragma once

#include "services/iam/directory.h"

namespace rolecall::iam {

// NoSuchEntity when the account has no such device.
Result<const identity::MfaDevice*> device_named(const Call& call, std::string_view serial);

}  // namespace rolecall::iam
