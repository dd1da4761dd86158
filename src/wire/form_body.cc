// awsQuery and ec2Query parameters ↔ structures.
//
// Parameters are sorted, so everything below a prefix is one run of the array and a member is found
// by binary search: hostile input costs n log n.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/encoding.h"
#include "wire/bodies.h"
#include "wire/walk.h"

namespace rolecall::wire {
namespace {

using Parameter = Form::Parameter;

class FormNode {
 public:
  static FormNode root(const Form& form, FormStyle style) {
    return FormNode(nullptr, form.parameters(), 0, style);
  }

  std::optional<FormNode> child(const Member& member) const {
    return named(style_ == FormStyle::ec2 ? member.query_name : member.wire_name);
  }

  std::vector<FormNode> items(const Shape& list, bool flattened) const {
    if (flattened || style_ == FormStyle::ec2) return numbered();
    auto inner = named(list.element_name);
    return inner ? inner->numbered() : std::vector<FormNode>();
  }

  std::vector<std::pair<std::string, FormNode>> entries(const Shape& map, bool flattened) const {
    std::vector<std::pair<std::string, FormNode>> found;
    auto inner = flattened ? std::optional(*this) : named("entry");
    if (!inner) return found;
    for (const auto& entry : inner->numbered()) {
      auto key = entry.named(map.key_name);
      auto value = entry.named(map.element_name);
      std::string name;
      if (!key || !key->scalar(*map.key, TimestampFormat::date_time, &name)) continue;
      if (value) found.emplace_back(std::move(name), *value);
    }
    return found;
  }

  Status scalar(const Shape& shape, TimestampFormat format, void* out) const {
    std::string text;
    if (exact_) {
      RC_TRY(text, decode_form_value(exact_->raw_value));
    }
    if (shape.kind == Kind::string) {
      *static_cast<std::string*>(out) = std::move(text);
      return {};
    }
    if (format == TimestampFormat::by_protocol) format = TimestampFormat::date_time;
    if (parse_scalar(shape, format, text, out)) return {};
    return ApiError::make(
        400, style_ == FormStyle::ec2 ? "InvalidParameterValue" : "MalformedInput",
        fmt::format("Invalid value '{}' for {}", text, exact_ ? exact_->key : std::string_view()));
  }

  Status expect(const Shape&) const { return {}; }

 private:
  FormNode(const Parameter* exact, std::span<const Parameter> below, std::size_t name_at,
           FormStyle style)
      : exact_(exact), below_(below), name_at_(name_at), style_(style) {}

  // What is called `name` below here: "name" itself and all of "name.…".
  std::optional<FormNode> named(std::string_view name) const {
    const auto less = [&](const Parameter& p, std::string_view wanted) {
      return p.key.substr(name_at_, wanted.size() + 1) < wanted;
    };
    auto at = std::lower_bound(below_.begin(), below_.end(), name, less);
    const Parameter* exact = nullptr;
    if (at != below_.end() && at->key.substr(name_at_) == name) exact = &*at;
    const auto is_below = [&](const Parameter& p) {
      const auto rest = p.key.substr(name_at_);
      return rest.size() > name.size() && rest.starts_with(name) && rest[name.size()] == '.';
    };
    // Between "name" and "name." only names with characters below '.' can stand ("name-x").
    const auto before = [&](const Parameter& p) {
      const auto rest = p.key.substr(name_at_);
      const auto head = rest.substr(0, name.size());
      if (head != name) return head < name;
      // Unsigned, as the keys are sorted: a byte of 0x80 and more stands after the '.'.
      return rest.size() == name.size() || static_cast<unsigned char>(rest[name.size()]) < '.';
    };
    auto first = std::partition_point(at, below_.end(), before);
    auto last = std::partition_point(first, below_.end(), is_below);
    if (!exact && first == last) return std::nullopt;
    return FormNode(exact, {first, last}, name_at_ + name.size() + 1, style_);
  }

  // "1", "1.Key", "2" … below here, by number.
  std::vector<FormNode> numbered() const {
    std::vector<std::pair<std::uint32_t, FormNode>> found;
    for (auto at = below_.begin(); at != below_.end();) {
      const auto rest = at->key.substr(name_at_);
      const auto digits = rest.substr(0, rest.find('.'));
      std::uint32_t number = 0;
      const auto [end, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), number);
      if (error != std::errc{} || end != digits.data() + digits.size()) {
        ++at;
        continue;
      }
      auto node = named(digits);
      // INVARIANT: this very parameter is `digits` or below it, so it is found.
      RC_ASSERT(node.has_value());
      if (found.empty() || found.back().first != number) found.emplace_back(number, *node);
      at = std::find_if(at, below_.end(), [&](const Parameter& p) {
        const auto text = p.key.substr(name_at_);
        return text.substr(0, text.find('.')) != digits;
      });
    }
    std::ranges::sort(found, {}, [](const auto& entry) { return entry.first; });
    std::vector<FormNode> nodes;
    nodes.reserve(found.size());
    for (auto& [number, node] : found) nodes.push_back(node);
    return nodes;
  }

  const Parameter* exact_;  // the parameter of exactly this name, if any
  std::span<const Parameter> below_;
  std::size_t name_at_;  // where, in the keys of below_, the next name begins
  FormStyle style_;
};

class FormWriter {
 public:
  FormWriter(std::string& out, FormStyle style) : out_(out), style_(style) {}

  void structure(const Shape& shape, const void* value, std::string& prefix) {
    for (const Member& member : shape.members) {
      const void* field = member.get(value);
      if (!field) continue;
      const auto length = prefix.size();
      push(prefix, style_ == FormStyle::ec2 ? member.query_name : member.wire_name);
      write(*member.shape, format_of(member, TimestampFormat::date_time), member.flattened, field,
            prefix);
      prefix.resize(length);
    }
  }

 private:
  static void push(std::string& prefix, std::string_view name) {
    if (!prefix.empty()) prefix += '.';
    prefix += name;
  }

  void pair(std::string_view key, std::string_view value) {
    out_ += '&';
    out_ += percent_encode(key);
    out_ += '=';
    out_ += percent_encode(value);
  }

  void write(const Shape& shape, TimestampFormat format, bool flattened, const void* value,
             std::string& prefix) {
    const auto length = prefix.size();
    switch (shape.kind) {
      case Kind::structure:
        return structure(shape, value, prefix);
      case Kind::list: {
        const auto count = shape.list->size(value);
        if (count == 0 && style_ == FormStyle::query) return pair(prefix, "");
        if (!flattened && style_ == FormStyle::query) push(prefix, shape.element_name);
        const auto* item = static_cast<const std::byte*>(shape.list->data(value));
        const auto inner = prefix.size();
        for (std::size_t i = 0; i < count; ++i, item += shape.list->stride) {
          push(prefix, std::to_string(i + 1));
          write(*shape.element, format, false, item, prefix);
          prefix.resize(inner);
        }
        break;
      }
      case Kind::map: {
        if (!flattened) push(prefix, "entry");
        struct Context {
          FormWriter& writer;
          const Shape& map;
          TimestampFormat format;
          std::string& prefix;
          std::size_t number = 0;
        } context{*this, shape, format, prefix};
        shape.map->each(value, &context, [](void* c, const std::string& key, const void* item) {
          auto& [writer, map, item_format, at, number] = *static_cast<Context*>(c);
          const auto before = at.size();
          push(at, std::to_string(++number));
          const auto entry = at.size();
          push(at, map.key_name);
          writer.pair(at, key);
          at.resize(entry);
          push(at, map.element_name);
          writer.write(*map.element, item_format, false, item, at);
          at.resize(before);
        });
        break;
      }
      default: {
        std::string text;
        append_scalar(text, shape, format, false, value);
        return pair(prefix, text);
      }
    }
    prefix.resize(length);
  }

  std::string& out_;
  FormStyle style_;
};

}  // namespace

Status read_form(const Shape& shape, const Form& form, FormStyle style, void* out, Checks& checks) {
  return Walk<FormNode>(checks).structure(shape, FormNode::root(form, style), out, nullptr);
}

void write_form(std::string& out, const Shape& shape, const void* value, FormStyle style) {
  std::string prefix;
  FormWriter(out, style).structure(shape, value, prefix);
}

}  // namespace rolecall::wire
