// --generate-cli-skeleton: an input (or a sample answer) with every member, to be filled in.
#pragma once

#include "base/json.h"
#include "wire/shape.h"

namespace rolecall::calls {

json::Value input_skeleton(const wire::Operation& operation);
// Texts are the members' names.
json::Value output_skeleton(const wire::Operation& operation);

}  // namespace rolecall::calls
