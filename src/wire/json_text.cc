#include "wire/json_text.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/json.h"
#include "wire/scalar.h"

namespace rolecall::wire {
namespace {

class JsonText {
 public:
  JsonText(std::string& out, const JsonStyle& style) : out_(out), style_(style) {}

  bool members(const Shape& shape, const void* value) {
    bool any = false;
    for (const Member& member : shape.members) {
      if (style_.body_only && member.location != Location::body) continue;
      const void* field = member.get(value);
      if (field == nullptr || (!style_.empty_members && holds_nothing(*member.shape, field))) {
        continue;
      }
      out_.push_back(any ? ',' : '{');
      any = true;
      name(member);
      if (style_.hides && style_.hides(member.name, *member.shape)) {
        json::append_quoted(out_, style_.hidden);
      } else {
        this->value(*member.shape, times_of(member), field);
      }
    }
    if (any) out_.push_back('}');
    return any;
  }

 private:
  TimestampFormat times_of(const Member& member) const {
    return style_.names == Names::json ? format_of(member, style_.times) : style_.times;
  }

  static bool holds_nothing(const Shape& shape, const void* value) {
    if (shape.kind == Kind::list) return shape.list->size(value) == 0;
    return shape.kind == Kind::map && shape.map->size(value) == 0;
  }

  // Names are the model's: nothing in them wants escaping.
  void name(const Member& member) {
    const std::string_view text = style_.names == Names::json ? member.json_name : member.name;
    out_.push_back('"');
    const std::size_t first = out_.size();
    out_.append(text);
    if (style_.names == Names::small_first) out_[first] = ascii_lower(out_[first]);
    out_.append("\":");
  }

  void item(const Shape& shape, TimestampFormat format, const void* item) {
    if (style_.hides && style_.hides({}, shape)) return json::append_quoted(out_, style_.hidden);
    value(shape, format, item);
  }

  void value(const Shape& shape, TimestampFormat format, const void* value) {
    switch (shape.kind) {
      case Kind::structure:
        if (!members(shape, value)) out_.append("{}");
        return;
      case Kind::list:
        return list(shape, format, value);
      case Kind::map:
        return map(shape, format, value);
      case Kind::string:
        return json::append_quoted(out_, std::string_view(*static_cast<const std::string*>(value))
                                             .substr(0, style_.text_bytes_max));
      case Kind::blob:
      case Kind::timestamp: {
        // Base64 and dates hold nothing that wants escaping; seconds since 1970 are a number.
        const bool quoted = shape.kind == Kind::blob || format != TimestampFormat::epoch_seconds;
        if (quoted) out_.push_back('"');
        append_scalar(out_, shape, format, false, value);
        if (quoted) out_.push_back('"');
        return;
      }
      default:
        append_scalar(out_, shape, format, false, value);
    }
  }

  void list(const Shape& shape, TimestampFormat format, const void* list) {
    const std::size_t size = std::min(shape.list->size(list), style_.items_max);
    const auto* at = static_cast<const std::byte*>(shape.list->data(list));
    out_.push_back('[');
    for (std::size_t i = 0; i < size; ++i, at += shape.list->stride) {
      if (i > 0) out_.push_back(',');
      item(*shape.element, format, at);
    }
    out_.push_back(']');
  }

  void map(const Shape& shape, TimestampFormat format, const void* map) {
    struct Visit {
      JsonText& text;
      const Shape& element;
      TimestampFormat format;
      bool any = false;
    } visit{*this, *shape.element, format};
    out_.push_back('{');
    shape.map->each(map, &visit, [](void* context, const std::string& key, const void* item) {
      auto& v = *static_cast<Visit*>(context);
      if (v.any) v.text.out_.push_back(',');
      v.any = true;
      json::append_quoted(v.text.out_, key);
      v.text.out_.push_back(':');
      v.text.item(v.element, v.format, item);
    });
    out_.push_back('}');
  }

  std::string& out_;
  const JsonStyle& style_;
};

}  // namespace

void append_json(std::string& out, const Shape& structure, const void* value,
                 const JsonStyle& style) {
  if (!append_json_if_any(out, structure, value, style)) out.append("{}");
}

bool append_json_if_any(std::string& out, const Shape& structure, const void* value,
                        const JsonStyle& style) {
  return JsonText(out, style).members(structure, value);
}

}  // namespace rolecall::wire
