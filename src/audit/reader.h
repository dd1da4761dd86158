// Reading the trail back: what `rolecall audit` shows. Records come as JSON lines from wherever
// they are kept; a line that is no record is skipped.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"

namespace rolecall::audit {

// Everything given must hold. Empty members ask nothing.
struct Filter {
  AccountId account;             // of the caller or of the recipient
  std::string event_name;        // "CreateRole", without regard to case
  std::string user;              // user name, role name, principal id, or part of an ARN
  std::string error_code;        // "AccessDenied"; "*": any error
  std::string resource;          // part of a resource's ARN, or of a request parameter
  std::optional<Instant> since;  // included
  std::optional<Instant> until;  // excluded
};
bool matches(const json::Value& record, const Filter& filter);

// "2026-11-22T04:53:37Z  111111111111  user/bea  sts:AssumeRole  AccessDenied  127.0.0.1 …": one
// line for people, without its newline.
std::string text_line(const json::Value& record);

enum class Format : std::uint8_t { text, json };
using Sink = std::function<void(std::string_view line)>;  // lines come without their newline
// Calls its argument with each stored line, oldest first, until that returns false.
using Lines = std::function<void(const std::function<bool(std::string_view line)>& visit)>;

// Prints what matches; returns how many that were.
std::size_t show(const Lines& lines, const Filter& filter, Format format, const Sink& out);

// One more look at what was added behind `after` (0: from the beginning): calls the visitor with
// each line and returns the position to ask from next time.
using Poll = std::function<std::uint64_t(std::uint64_t after,
                                         const std::function<void(std::string_view line)>& visit)>;
// Prints what matches as it comes. `wait` sleeps between looks and says whether to go on.
void follow(const Poll& poll, std::uint64_t after, const Filter& filter, Format format,
            const Sink& out, const std::function<bool()>& wait);

}  // namespace rolecall::audit
