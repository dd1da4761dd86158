// STS as the centre sees it.
#pragma once

#include "services/core/module.h"

namespace rolecall::sts {

// AssumeRole and GetSessionToken are reads that an MFA code turns into writes: ask
// Binding::needs_writer. models/sts.auth.json names no resource type.
services::Module module();

}  // namespace rolecall::sts
