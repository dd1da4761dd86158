// What is asked? The API model's authorization facts (models/*.auth.json), made into questions for
// one call.
#pragma once

#include <vector>

#include "base/result.h"
#include "services/core/module.h"
#include "wire/shape.h"

namespace rolecall::guard {

// Every (action, resource) pair that must pass (Rule 110), in the order of the facts. `input` is a
// value of operation.input. An ApiError when a resource that must exist does not (NoSuchBucket).
// Precondition: the operation is neither `unauthorized` nor `by_handler`.
Result<std::vector<services::Question>> questions(const wire::Operation& operation,
                                                  const void* input, const services::Call& call,
                                                  const services::Module& service);

// Asks them all; the first refusal decides. Operations that are `unauthorized` pass for
// every caller who signed, `anonymous` ones for everybody; `by_handler` ones pass here and ask
// while they run.
Status authorize(const wire::Operation& operation, const void* input, const services::Call& call,
                 const services::Module& service);

}  // namespace rolecall::guard
