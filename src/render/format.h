// The output formats of the AWS CLI: how an answer is printed.
//   RC_CHECK(render::write(std::cout, answer, Format::table, {.title = "ListUsers"}));
#pragma once

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace rolecall::render {

enum class Format : std::uint8_t { json, text, table, yaml, yaml_stream, off };

std::optional<Format> parse_format(std::string_view name);
std::string_view name_of(Format format);
// "json, text, table, yaml, yaml-stream, off"
std::string format_names();

struct Options {
  std::string title = {};  // of a table: the operation's name ("ListUsers")
  std::size_t width = 80;  // of the terminal; 80 where there is none, as the AWS CLI has it
  bool colour = false;     // of a table
};

// Prints one answer; numbers as Python would (`1.50` as 1.5), an empty object as nothing.
// Text and YAML streams are printed page by page: call once for each, a query's answer of each.
// The refusals are Python's, named in `code`: a table whose rows differ in length (ValueError), or
// lists that mix objects with other things (TypeError, AttributeError). What came before is
// printed.
Status write(std::ostream& out, const json::Value& answer, Format format,
             const Options& options = {});

// The same, appended to a text.
Status append(std::string& out, const json::Value& answer, Format format,
              const Options& options = {});

}  // namespace rolecall::render
