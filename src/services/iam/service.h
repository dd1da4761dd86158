// IAM as the front door sees it: its operations and what its resource types mean.
#pragma once

#include "services/core/registry.h"

namespace rolecall::services {

// Lives as long as the program; any thread.
std::span<const Binding> iam_bindings();

// Turns the resource types of models/iam.auth.json into ARNs, tags and condition keys. Never fails:
// what does not exist gets the ARN it would have, so that a caller without permission learns
// nothing about it.
Result<ResolvedResource> iam_resolve(std::string_view type, std::span<const std::string> id,
                                     const Call& call);

}  // namespace rolecall::services
