// Typed condition values: how a text becomes a number, a point in time, an address or a truth.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"
#include "policy/compiled.h"

namespace rolecall::policy {

// Integers and decimals, an exponent as JSON allows it; no blanks, no hex, no infinity (Rule 431).
// long double holds every 64-bit integer exactly.
std::optional<long double> parse_number(std::string_view text);
// ISO 8601 or seconds since 1970 (Rule 441). Four digits are a year.
std::optional<Instant> parse_date(std::string_view text);
// "true" or "false" without regard to case (Rule 451).
std::optional<bool> parse_bool(std::string_view text);
// An address, or a CIDR block with its host bits cleared (Rules 461, 464).
std::optional<compiled::IpRange> parse_ip(std::string_view text);
// Both of one family, and `address` (taken with all its bits) inside `range` (Rule 462).
bool contains(const compiled::IpRange& range, const compiled::IpRange& address);

}  // namespace rolecall::policy
