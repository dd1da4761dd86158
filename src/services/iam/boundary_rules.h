// A permissions boundary must be a managed policy, of the account or of AWS (Rule 65).
#pragma once

#include "services/iam/directory.h"

namespace rolecall::iam {

// The ARN as it is kept.
Result<std::string> checked_boundary(const Call& call, const std::string& arn);

}  // namespace rolecall::iam
