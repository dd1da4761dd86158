#include "door/parameters.h"

#include "audit/redact.h"
#include "base/encoding.h"
#include "base/json.h"
#include "base/time.h"

namespace rolecall::door {
namespace {

// A record should stay a record: what is longer is cut (object bodies never get here).
constexpr std::size_t kTextBytesMax = 16 * 1024;
constexpr std::size_t kItemsMax = 1'000;

void append_value(std::string& out, const wire::Shape& shape, const void* value);

bool append_members(std::string& out, const wire::Shape& shape, const void* value) {
  bool any = false;
  for (const wire::Member& member : shape.members) {
    const void* field = member.get(value);
    if (field == nullptr) continue;
    // A list that holds nothing was not sent.
    if (member.shape->kind == wire::Kind::list && member.shape->list->size(field) == 0) continue;
    if (member.shape->kind == wire::Kind::map && member.shape->map->size(field) == 0) continue;
    out.push_back(any ? ',' : '{');
    any = true;
    out.push_back('"');
    audit::append_member_name(out, member.name);
    out.append("\":");
    if (member.shape->sensitive || member.shape->kind == wire::Kind::blob ||
        audit::is_secret_member(member.name)) {
      json::append_quoted(out, audit::kHidden);
    } else {
      append_value(out, *member.shape, field);
    }
  }
  if (any) out.push_back('}');
  return any;
}

void append_value(std::string& out, const wire::Shape& shape, const void* value) {
  switch (shape.kind) {
    case wire::Kind::boolean:
      out.append(*static_cast<const bool*>(value) ? "true" : "false");
      return;
    case wire::Kind::integer:
      out.append(std::to_string(*static_cast<const std::int32_t*>(value)));
      return;
    case wire::Kind::long_:
      out.append(std::to_string(*static_cast<const std::int64_t*>(value)));
      return;
    case wire::Kind::floating:
      json::Writer(out).number(static_cast<double>(*static_cast<const float*>(value)));
      return;
    case wire::Kind::double_:
      json::Writer(out).number(*static_cast<const double*>(value));
      return;
    case wire::Kind::string:
      json::append_quoted(
          out, std::string_view(*static_cast<const std::string*>(value)).substr(0, kTextBytesMax));
      return;
    case wire::Kind::blob:
      json::append_quoted(out, audit::kHidden);
      return;
    case wire::Kind::timestamp:
      json::append_quoted(out, format_iso8601(*static_cast<const Instant*>(value)));
      return;
    case wire::Kind::list: {
      out.push_back('[');
      const std::size_t size = std::min(shape.list->size(value), kItemsMax);
      const auto* data = static_cast<const std::byte*>(shape.list->data(value));
      for (std::size_t i = 0; i < size; ++i) {
        if (i > 0) out.push_back(',');
        append_value(out, *shape.element, data + i * shape.list->stride);
      }
      out.push_back(']');
      return;
    }
    case wire::Kind::map: {
      struct Visit {
        std::string& out;
        const wire::Shape& element;
        bool any = false;
      } visit{out, *shape.element};
      out.push_back('{');
      shape.map->each(value, &visit, [](void* context, const std::string& key, const void* item) {
        auto& v = *static_cast<Visit*>(context);
        if (v.any) v.out.push_back(',');
        v.any = true;
        json::append_quoted(v.out, key);
        v.out.push_back(':');
        append_value(v.out, v.element, item);
      });
      out.push_back('}');
      return;
    }
    case wire::Kind::structure:
      if (!append_members(out, shape, value)) out.append("{}");
      return;
  }
}

}  // namespace

void append_parameters(std::string& out, const wire::Shape& shape, const void* value) {
  append_members(out, shape, value);
}

}  // namespace rolecall::door
