// The record of a decision, kept on the server under its id and shown by `rolecall explain ID`:
//   {"id", "time", "requestId", "principal", "action", "resource", "resourceAccount",
//    "context": {key: [values]}, "trace": {…}}     (trace: policy::to_json)
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace rolecall::audit {

// A tree for people, UTF-8, ending in a newline. A Fault when `record` is no decision record.
Result<std::string> render_decision(std::string_view record);

}  // namespace rolecall::audit
