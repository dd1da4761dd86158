// A value as plain JSON, wherever its members travel, and back.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "wire/json_text.h"
#include "wire/shape.h"

namespace rolecall::wire {

enum class Sensitive { shown, hidden };  // hidden: "HIDDEN_DUE_TO_SECURITY_REASONS"

// Absent members are left out, times are ISO 8601, blobs base64. Appends one JSON object.
//   write_parameters(out, *op.input, in.data(), Names::small_first, Sensitive::hidden);
void write_parameters(std::string& out, const Shape& shape, const void* value, Names names,
                      Sensitive sensitive);

// The reverse, names as modelled: fills a fresh value. An error names a member that the shape does
// not have or a value of the wrong kind.
Status read_parameters(const Shape& shape, const json::Value& json, void* out);

}  // namespace rolecall::wire
