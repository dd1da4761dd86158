#include "jmespath/item.h"

namespace rolecall::jmespath {

namespace {

const json::Value kNull;

const std::string kNoText;

}  // namespace

Item::Item() : is_(&kNull) {}

Item Item::boolean(bool value) {
  Item out;
  out.is_ = std::make_shared<const json::Value>(json::Value::boolean(value));
  return out;
}
Item Item::number(std::string text) {
  Item out;
  out.is_ = std::make_shared<const json::Value>(json::Value::number(std::move(text)));
  return out;
}
Item Item::string(std::string text) {
  Item out;
  out.is_ = std::make_shared<const json::Value>(json::Value::string(std::move(text)));
  return out;
}
Item Item::list(List items) {
  Item out;
  out.is_ = std::make_shared<const List>(std::move(items));
  return out;
}
Item Item::map(Map entries) {
  Item out;
  out.is_ = std::make_shared<const Map>(std::move(entries));
  return out;
}
Item Item::reference(NodeId expression) {
  Item out;
  out.is_ = expression;
  return out;
}

const json::Value* Item::place() const {
  if (const auto* tree = std::get_if<const json::Value*>(&is_)) return *tree;
  if (const auto* made = std::get_if<Made>(&is_)) return made->get();
  return nullptr;
}

json::Kind Item::kind() const {
  if (const json::Value* value = place()) return value->kind();
  if (std::holds_alternative<std::shared_ptr<const List>>(is_)) return json::Kind::array;
  if (std::holds_alternative<std::shared_ptr<const Map>>(is_)) return json::Kind::object;
  return json::Kind::null;
}

const std::string& Item::text() const {
  const json::Value* value = place();
  return value != nullptr ? value->text() : kNoText;
}

std::size_t Item::size() const {
  if (const json::Value* value = place()) {
    return value->is_object() ? value->members().size() : value->items().size();
  }
  if (const auto* list = std::get_if<std::shared_ptr<const List>>(&is_)) return (*list)->size();
  if (const auto* map = std::get_if<std::shared_ptr<const Map>>(&is_)) return (*map)->size();
  return 0;
}

Item Item::at(std::size_t index) const {
  if (const json::Value* value = place()) {
    return value->is_object() ? Item(value->members()[index].value) : Item(value->items()[index]);
  }
  if (const auto* list = std::get_if<std::shared_ptr<const List>>(&is_)) return (**list)[index];
  return (*std::get<std::shared_ptr<const Map>>(is_))[index].value;
}

std::string_view Item::name(std::size_t index) const {
  if (const json::Value* value = place()) return value->members()[index].name;
  return (*std::get<std::shared_ptr<const Map>>(is_))[index].name;
}

Item Item::find(std::string_view name) const {
  if (const json::Value* value = place()) {
    const json::Value* found = value->find(name);
    return found != nullptr ? Item(*found) : Item();
  }
  if (const auto* map = std::get_if<std::shared_ptr<const Map>>(&is_)) {
    for (const Entry& entry : **map) {
      if (entry.name == name) return entry.value;
    }
  }
  return {};
}

}  // namespace rolecall::jmespath
