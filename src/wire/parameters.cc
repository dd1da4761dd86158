#include "wire/parameters.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "wire/scalar.h"

namespace rolecall::wire {
namespace {

Status read(const Shape& shape, const json::Value& json, void* out) {
  switch (shape.kind) {
    case Kind::structure:
      return read_parameters(shape, json, out);
    case Kind::list:
      for (const auto& item : json.items()) {
        RC_CHECK(read(*shape.element, item, shape.list->append(out)));
      }
      return {};
    case Kind::map:
      for (const auto& member : json.members()) {
        RC_CHECK(read(*shape.element, member.value, shape.map->insert(out, member.name)));
      }
      return {};
    default:
      if (parse_scalar(shape, TimestampFormat::date_time, json.text(), out)) return {};
      return ApiError::validation(fmt::format("`{}` is no {}", json.text(), shape.name));
  }
}

}  // namespace

void write_parameters(std::string& out, const Shape& shape, const void* value, Names names,
                      Sensitive sensitive) {
  JsonStyle style{.names = names};
  if (sensitive == Sensitive::hidden) {
    style.hides = [](std::string_view, const Shape& inner) { return inner.sensitive; };
    style.hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";
  }
  append_json(out, shape, value, style);
}

Status read_parameters(const Shape& shape, const json::Value& json, void* out) {
  if (!json.is_object()) {
    return ApiError::validation(fmt::format("{} must be an object", shape.name));
  }
  for (const auto& given : json.members()) {
    const Member* known = nullptr;
    for (const auto& member : shape.members) {
      if (member.name == given.name) known = &member;
    }
    if (!known) {
      return ApiError::validation(fmt::format("{} has no member `{}`", shape.name, given.name));
    }
    RC_CHECK(read(*known->shape, given.value, known->make(out)));
  }
  return {};
}

}  // namespace rolecall::wire
