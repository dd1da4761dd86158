// EC2's refusals, in its words ("Error codes for the Amazon EC2 API").
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace rolecall::ec2 {

ApiError invalid_parameter_value(std::string message);
// The call would have been allowed, had it been meant.
ApiError dry_run_operation();
ApiError malformed_id(std::string_view code, std::string_view id, std::string_view prefix);
ApiError no_such_instances(std::span<const std::string> ids);
// A parameter of the API that is not done here.
ApiError unsupported(std::string_view parameter);

}  // namespace rolecall::ec2
