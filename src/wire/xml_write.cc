// Structures → XML.
#include <cstring>

#include "wire/bodies.h"
#include "wire/scalar.h"

namespace rolecall::wire {
namespace {

// Whether eight bytes hold none that XML wants written otherwise. It may say no without cause,
// never yes.
bool are_plain(const char* text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::uint64_t eight = 0;
  std::memcpy(&eight, text, 8);
  const std::uint64_t odd = (eight - kOnes * 0x20) | ((eight ^ (kOnes * '&')) - kOnes) |
                            ((eight ^ (kOnes * '<')) - kOnes) | ((eight ^ (kOnes * '>')) - kOnes) |
                            ((eight ^ (kOnes * '"')) - kOnes) | eight;
  return (odd & (kOnes * 0x80)) == 0;
}

void append_escaped(std::string& out, std::string_view text, bool attribute) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    while (text.size() - i > 8 && are_plain(text.data() + i)) i += 8;
    std::string_view with;
    switch (text[i]) {
      case '&':
        with = "&amp;";
        break;
      case '<':
        with = "&lt;";
        break;
      case '>':
        with = "&gt;";
        break;
      case '"':
        if (!attribute) continue;
        with = "&quot;";
        break;
      case '\r':
        with = "&#13;";
        break;
      default:
        // XML 1.0 cannot say other control characters at all; AWS answers references to them.
        if (static_cast<unsigned char>(text[i]) >= 0x20 || text[i] == '\n' || text[i] == '\t') {
          continue;
        }
        out += text.substr(from, i - from);
        out += "&#x";
        out += "0123456789abcdef"[static_cast<unsigned char>(text[i]) >> 4];
        out += "0123456789abcdef"[static_cast<unsigned char>(text[i]) & 15];
        out += ';';
        from = i + 1;
        continue;
    }
    out += text.substr(from, i - from);
    out += with;
    from = i + 1;
  }
  out += text.substr(from);
}

class XmlWriter {
 public:
  XmlWriter(std::string& out, XmlStyle style) : out_(out), style_(style) {}

  void members(const Shape& shape, const void* value) {
    for (const Member& member : shape.members) {
      if (member.location != Location::body || member.xml_attribute) continue;
      const void* field = member.get(value);
      if (!field) continue;
      const auto format = format_of(member, TimestampFormat::date_time);
      if (member.flattened && member.shape->kind == Kind::list) {
        items(*member.shape, member.wire_name, format, field);
      } else if (member.flattened && member.shape->kind == Kind::map) {
        entries(*member.shape, member.wire_name, format, field);
      } else {
        element(*member.shape, member.wire_name, member.xml_namespace, format, field);
      }
    }
  }

  void element(const Shape& shape, std::string_view name, std::string_view xml_namespace,
               TimestampFormat format, const void* value) {
    out_ += '<';
    out_ += name;
    if (!xml_namespace.empty()) attribute("xmlns", xml_namespace);
    if (shape.kind == Kind::structure) {
      if (!shape.xml_namespace.empty()) {
        attribute(shape.xml_prefix.empty() ? "xmlns" : "xmlns:" + std::string(shape.xml_prefix),
                  shape.xml_namespace);
      }
      attributes(shape, value);
    }
    const auto opened = out_.size();
    out_ += '>';
    content(shape, format, value);
    if (out_.size() == opened + 1 && shape.kind != Kind::string) {
      out_.resize(opened);
      out_ += "/>";
      return;
    }
    out_ += "</";
    out_ += name;
    out_ += '>';
  }

 private:
  void attribute(std::string_view name, std::string_view value) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    append_escaped(out_, value, true);
    out_ += '"';
  }

  void attributes(const Shape& shape, const void* value) {
    for (const Member& member : shape.members) {
      if (!member.xml_attribute) continue;
      const void* field = member.get(value);
      if (!field) continue;
      std::string text;
      append_scalar(text, *member.shape, TimestampFormat::date_time, style_.millis, field);
      attribute(member.wire_name, text);
    }
  }

  void content(const Shape& shape, TimestampFormat format, const void* value) {
    switch (shape.kind) {
      case Kind::structure:
        return members(shape, value);
      case Kind::list:
        return items(shape, shape.element_name, format, value);
      case Kind::map:
        return entries(shape, "entry", format, value);
      case Kind::string:
        return append_escaped(out_, *static_cast<const std::string*>(value), false);
      default:
        // Numbers, times and base64 hold nothing to escape.
        return append_scalar(out_, shape, format, style_.millis, value);
    }
  }

  void items(const Shape& list, std::string_view name, TimestampFormat format, const void* value) {
    const auto* item = static_cast<const std::byte*>(list.list->data(value));
    for (std::size_t i = 0; i < list.list->size(value); ++i, item += list.list->stride) {
      element(*list.element, name, {}, format, item);
    }
  }

  void entries(const Shape& map, std::string_view name, TimestampFormat format, const void* value) {
    struct Context {
      XmlWriter& writer;
      const Shape& map;
      std::string_view name;
      TimestampFormat format;
    } context{*this, map, name, format};
    map.map->each(value, &context, [](void* c, const std::string& key, const void* item) {
      auto& [writer, shape, entry, item_format] = *static_cast<Context*>(c);
      writer.out_ += '<';
      writer.out_ += entry;
      writer.out_ += '>';
      writer.element(*shape.key, shape.key_name, {}, item_format, &key);
      writer.element(*shape.element, shape.element_name, {}, item_format, item);
      writer.out_ += "</";
      writer.out_ += entry;
      writer.out_ += '>';
    });
  }

  std::string& out_;
  XmlStyle style_;
};

}  // namespace

void append_xml_text(std::string& out, std::string_view text) { append_escaped(out, text, false); }

void write_xml_members(std::string& out, const Shape& shape, const void* value, XmlStyle style) {
  XmlWriter(out, style).members(shape, value);
}

void write_xml_element(std::string& out, std::string_view name, std::string_view xml_namespace,
                       const Shape& shape, const void* value, XmlStyle style) {
  XmlWriter(out, style).element(shape, name, xml_namespace, TimestampFormat::date_time, value);
}

}  // namespace rolecall::wire
