#include "render/format.h"

#include <ostream>

#include "render/json.h"
#include "render/table.h"
#include "render/text.h"
#include "render/yaml.h"

namespace rolecall::render {

namespace {

constexpr std::string_view kNames[] = {"json", "text", "table", "yaml", "yaml-stream", "off"};

}  // namespace

std::optional<Format> parse_format(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return static_cast<Format>(i);
  }
  return std::nullopt;
}

std::string_view name_of(Format format) { return kNames[static_cast<std::size_t>(format)]; }

std::string format_names() {
  std::string out;
  for (const std::string_view name : kNames) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

Status append(std::string& out, const json::Value& answer, Format format, const Options& options) {
  switch (format) {
    case Format::json:
      append_json(out, answer);
      return {};
    case Format::text:
      return append_text(out, answer);
    case Format::table:
      return append_table(out, answer, options);
    case Format::yaml:
      append_yaml(out, answer);
      return {};
    case Format::yaml_stream:
      append_yaml_item(out, answer);
      return {};
    case Format::off:
      return {};
  }
  return {};
}

Status write(std::ostream& out, const json::Value& answer, Format format, const Options& options) {
  std::string text;
  const Status status = append(text, answer, format, options);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  return status;
}

}  // namespace rolecall::render
