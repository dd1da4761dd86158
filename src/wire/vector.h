// Runs one case of tests/vectors/wire through the room. Shared by wire_test and wire_echo.
#pragma once

#include "base/json.h"

namespace rolecall::wire {

// What echo.cc says of its lines. Never fails: what goes wrong is in "error" of the answer.
json::Value play_vector(const json::Value& vector);

}  // namespace rolecall::wire
