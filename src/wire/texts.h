// Texts inside a value by member path: how authorization facts and audit records look into inputs
// whose type they do not know.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/shape.h"

namespace rolecall::wire {

// texts_at(*op.input, in.data(), "RoleName") → {"ops"}; "Delete.Objects[].Key" → every key; absent
// members give nothing; a list or map of scalars at the end gives its elements. Numbers and times
// come as text. The path must exist in the model (codegen checks those of models/*.auth.json).
std::vector<std::string> texts_at(const Shape& shape, const void* value, std::string_view path);

// Whether the path holds anything: a present member; for a list, at least one element.
bool present_at(const Shape& shape, const void* value, std::string_view path);

// The tags at `path`, in order: of a list of {Key, Value} structures (their members are called
// otherwise in ECS and KMS) or of a map (SQS, Lambda). Codegen refuses facts that say anything
// else.
std::vector<std::pair<std::string, std::string>> tags_at(const Shape& shape, const void* value,
                                                         std::string_view path);

}  // namespace rolecall::wire
