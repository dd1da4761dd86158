// A value as JSON text, straight into a string: answers of the JSON protocols, CloudTrail's
// requestParameters and responseElements, and the vectors of the tests are one walk in three
// styles.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "wire/shape.h"

namespace rolecall::wire {

enum class Names {
  json,         // as the protocol's JSON has them
  as_modelled,  // "RoleName"
  small_first,  // "roleName" (CloudTrail)
};

struct JsonStyle {
  Names names = Names::json;
  bool body_only = false;     // members that travel in headers, path or query are left out
  bool empty_members = true;  // lists and maps that hold nothing are written
  TimestampFormat times = TimestampFormat::date_time;  // Names::json: where the model names none
  std::size_t text_bytes_max = static_cast<std::size_t>(-1);  // what is longer is cut
  std::size_t items_max = static_cast<std::size_t>(-1);       // of a list
  // Values that must not be shown, `hidden` in their place. Items of lists have no name.
  bool (*hides)(std::string_view member, const Shape& shape) = nullptr;
  std::string_view hidden = {};
};

// Appends an object of the members that are present.
void append_json(std::string& out, const Shape& structure, const void* value,
                 const JsonStyle& style);
// The same, but nothing at all when none is; false then.
bool append_json_if_any(std::string& out, const Shape& structure, const void* value,
                        const JsonStyle& style);

}  // namespace rolecall::wire
