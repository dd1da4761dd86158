#include "wire/texts.h"

#include "wire/scalar.h"

namespace rolecall::wire {
namespace {

const Member* member_named(const Shape& shape, std::string_view name) {
  for (const auto& member : shape.members) {
    if (member.name == name) return &member;
  }
  return nullptr;
}

// Calls `visit(shape, value)` for everything at `path`.
template <class Visit>
void visit_at(const Shape& shape, const void* value, std::string_view path, const Visit& visit);

template <class Visit>
void visit_elements(const Shape& shape, const void* value, std::string_view rest,
                    const Visit& visit) {
  if (shape.kind == Kind::list) {
    const auto* item = static_cast<const std::byte*>(shape.list->data(value));
    for (std::size_t i = 0; i < shape.list->size(value); ++i, item += shape.list->stride) {
      visit_at(*shape.element, item, rest, visit);
    }
  } else if (shape.kind == Kind::map) {
    struct Context {
      const Shape& shape;
      std::string_view rest;
      const Visit& visit;
    } context{*shape.element, rest, visit};
    shape.map->each(value, &context, [](void* c, const std::string&, const void* item) {
      auto& [element, path, inner] = *static_cast<Context*>(c);
      visit_at(element, item, path, inner);
    });
  }
}

template <class Visit>
void visit_at(const Shape& shape, const void* value, std::string_view path, const Visit& visit) {
  if (path.empty()) return visit(shape, value);
  const auto dot = std::min(path.find('.'), path.size());
  auto name = path.substr(0, dot);
  const auto rest = path.substr(std::min(dot + 1, path.size()));
  const bool each = name.ends_with("[]");
  if (each) name.remove_suffix(2);
  const Member* member = member_named(shape, name);
  if (!member) return;
  const void* field = member->get(value);
  if (!field) return;
  if (each) return visit_elements(*member->shape, field, rest, visit);
  visit_at(*member->shape, field, rest, visit);
}

// What a tag is made of, where tags are a list; codegen/facts.py refuses any other. The first is
// almost everybody's, the second that of ECS, the third that of KMS.
constexpr std::pair<std::string_view, std::string_view> kTagMembers[] = {
    {"Key", "Value"}, {"key", "value"}, {"TagKey", "TagValue"}};

std::string text_of(const Shape& structure, const void* value, std::string_view name) {
  const Member* member = member_named(structure, name);
  const void* field = member && member->shape->kind == Kind::string ? member->get(value) : nullptr;
  return field ? *static_cast<const std::string*>(field) : std::string();
}

}  // namespace

std::vector<std::string> texts_at(const Shape& shape, const void* value, std::string_view path) {
  std::vector<std::string> texts;
  const auto add = [&](const Shape& s, const void* v) {
    std::string text;
    append_scalar(text, s, TimestampFormat::date_time, false, v);
    texts.push_back(std::move(text));
  };
  visit_at(shape, value, path, [&](const Shape& s, const void* v) {
    if (s.kind == Kind::structure) return;
    if (s.kind == Kind::list || s.kind == Kind::map) return visit_elements(s, v, {}, add);
    add(s, v);
  });
  return texts;
}

bool present_at(const Shape& shape, const void* value, std::string_view path) {
  bool found = false;
  visit_at(shape, value, path, [&](const Shape& s, const void* v) {
    if (s.kind == Kind::list) {
      found |= s.list->size(v) > 0;
    } else if (s.kind == Kind::map) {
      found |= s.map->size(v) > 0;
    } else {
      found = true;
    }
  });
  return found;
}

std::vector<std::pair<std::string, std::string>> tags_at(const Shape& shape, const void* value,
                                                         std::string_view path) {
  std::vector<std::pair<std::string, std::string>> tags;
  visit_at(shape, value, path, [&](const Shape& s, const void* v) {
    if (s.kind == Kind::map && s.element->kind == Kind::string) {
      s.map->each(v, &tags, [](void* out, const std::string& key, const void* text) {
        static_cast<decltype(tags)*>(out)->emplace_back(key,
                                                        *static_cast<const std::string*>(text));
      });
    }
    if (s.kind != Kind::list || s.element->kind != Kind::structure) return;
    for (const auto& [key, text] : kTagMembers) {
      if (!member_named(*s.element, key)) continue;
      visit_elements(s, v, {}, [&](const Shape& tag, const void* t) {
        tags.emplace_back(text_of(tag, t, key), text_of(tag, t, text));
      });
      return;
    }
  });
  return tags;
}

}  // namespace rolecall::wire
