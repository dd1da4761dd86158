// What the AWS CLI (botocore) checks before it asks the server, in its words.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "wire/shape.h"

namespace rolecall::calls {

// "Parameter validation failed:" and a line for everything that is wrong (252): missing, unknown,
// of the wrong type, too short, too small. Patterns, enums and maxima are the server's.
Status validate(const wire::Operation& operation, const json::Value& parameters);

ApiError validation_failure(const std::string& report);

}  // namespace rolecall::calls
