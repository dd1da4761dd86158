// Scalars as text: the forms that headers, query strings, forms and XML share.
#pragma once

#include <string>
#include <string_view>

#include "wire/shape.h"

namespace rolecall::wire {

// Parses `text` into the value of `shape` at `out`; false when it is none. `format` must not be
// by_protocol for timestamps. Strings are taken as they are, blobs are base64.
bool parse_scalar(const Shape& shape, TimestampFormat format, std::string_view text, void* out);

// Appends the text of a scalar.
void append_scalar(std::string& out, const Shape& shape, TimestampFormat format, bool millis,
                   const void* value);

// The format that holds for a member: its own, its shape's, or the protocol's.
inline TimestampFormat format_of(const Member& member, TimestampFormat by_protocol) {
  if (member.timestamp != TimestampFormat::by_protocol) return member.timestamp;
  if (member.shape->timestamp != TimestampFormat::by_protocol) return member.shape->timestamp;
  return by_protocol;
}

}  // namespace rolecall::wire
