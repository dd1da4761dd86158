// `--output yaml` and `yaml-stream`: block style as ruamel.yaml's safe dumper over libyaml writes
// it, members in the order of their names. Private to the room.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace rolecall::render {

// An empty object is nothing, a scalar JSON.
void append_yaml(std::string& out, const json::Value& answer);

// One answer of a stream: a list of it alone.
void append_yaml_item(std::string& out, const json::Value& answer);

// Whether a reader of YAML 1.2 (with 1.1's dates, `<<` and `=`) would take a plain text for
// something else than a text: null, a truth value, a number, a date.
bool is_yaml_other(std::string_view text);

}  // namespace rolecall::render
