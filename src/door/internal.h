// /_rolecall/…: health, metrics, decisions, the trail, and what `dev` adds for tests.
#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include "door/door.h"

namespace rolecall::door {

bool is_internal(std::string_view target);

// Requests that a page of the web could have made are refused (visitor.h).
//   GET  /_rolecall/live        200 while the process runs
//   GET  /_rolecall/ready, /_rolecall/health   200 and JSON; 503 while calls are refused
//   GET  /_rolecall/metrics     Prometheus text
// In `dev` only (a `serve` server shows the trail to whoever may read its folder):
//   GET  /_rolecall/decisions/ID   the decision record
//   GET  /_rolecall/audit?…        audit records as JSON lines
//   POST /_rolecall/reset          the state after start
//   POST /_rolecall/clock          {"advance_seconds": N}
std::variant<std::unique_ptr<http::Exchange>, http::Response> accept_internal(
    const DoorParts& parts, const DoorCounters& counters, const http::RequestHead& head);

}  // namespace rolecall::door
