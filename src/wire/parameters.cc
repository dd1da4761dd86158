#include "wire/parameters.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "wire/scalar.h"

namespace rolecall::wire {
namespace {

constexpr std::string_view kHidden = "HIDDEN_DUE_TO_SECURITY_REASONS";

struct How {
  Names names;
  Sensitive sensitive;
};

void write(json::Writer& w, const Shape& shape, const void* value, How how) {
  if (shape.sensitive && how.sensitive == Sensitive::hidden) {
    w.string(kHidden);
    return;
  }
  switch (shape.kind) {
    case Kind::structure:
      w.begin_object();
      for (const auto& member : shape.members) {
        const void* field = member.get(value);
        if (!field) continue;
        if (how.names == Names::small_first) {
          std::string name(member.name);
          name[0] = ascii_lower(name[0]);
          w.key(name);
        } else {
          w.key(member.name);
        }
        write(w, *member.shape, field, how);
      }
      w.end_object();
      return;
    case Kind::list: {
      w.begin_array();
      const auto* item = static_cast<const std::byte*>(shape.list->data(value));
      for (std::size_t i = 0; i < shape.list->size(value); ++i, item += shape.list->stride) {
        write(w, *shape.element, item, how);
      }
      w.end_array();
      return;
    }
    case Kind::map: {
      struct Context {
        json::Writer& w;
        const Shape& map;
        How how;
      } context{w, shape, how};
      w.begin_object();
      shape.map->each(value, &context, [](void* c, const std::string& key, const void* item) {
        auto& [writer, map, inner] = *static_cast<Context*>(c);
        writer.key(key);
        write(writer, *map.element, item, inner);
      });
      w.end_object();
      return;
    }
    default: {
      std::string text;
      append_scalar(text, shape, TimestampFormat::date_time, false, value);
      const bool quoted =
          shape.kind == Kind::string || shape.kind == Kind::blob || shape.kind == Kind::timestamp;
      if (quoted) {
        w.string(text);
      } else {
        w.raw(text);
      }
    }
  }
}

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
  json::Writer w(out);
  write(w, shape, value, {names, sensitive});
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
