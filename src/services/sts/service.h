// STS as the front door sees it.
#pragma once

#include "services/core/registry.h"

namespace rolecall::services {

// Lives as long as the program; any thread. AssumeRole and GetSessionToken are reads that an MFA
// code turns into writes: ask Binding::needs_writer.
std::span<const Binding> sts_bindings();

// models/sts.auth.json names no resource type: always a fault.
Result<ResolvedResource> sts_resolve(std::string_view type, std::span<const std::string> id,
                                     const Call& call);

}  // namespace rolecall::services
