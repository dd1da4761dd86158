// XML bodies → structures. The only file that sees pugixml.
//
// SAFETY: the text is a stranger's. pugixml knows no entities beyond XML's own five, and a document
// type declaration is refused outright, so nothing can be expanded or fetched; its parser does not
// recurse, and Walk bounds how deep we follow.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <pugixml.hpp>

#include "base/encoding.h"
#include "wire/bodies.h"
#include "wire/walk.h"

namespace rolecall::wire {
namespace {

ApiError malformed_xml() {
  return ApiError::make(
      400, "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema");
}

// "xsi:type" → "type"
std::string_view local_name(std::string_view name) {
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node first_child(pugi::xml_node node, std::string_view name) {
  for (auto child = node.first_child(); child; child = child.next_sibling()) {
    if (child.type() == pugi::node_element && local_name(child.name()) == name) return child;
  }
  return {};
}

void append_text(std::string& out, pugi::xml_node node) {
  for (auto child = node.first_child(); child; child = child.next_sibling()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) out += child.value();
  }
}

class XmlNode {
 public:
  // `items_name`: for a flattened list or map, `node` is the parent of its elements of that name.
  explicit XmlNode(pugi::xml_node node, std::string_view items_name = {})
      : node_(node), items_name_(items_name) {}
  explicit XmlNode(pugi::xml_attribute attribute) : attribute_(attribute) {}

  std::optional<XmlNode> child(const Member& member) const {
    if (member.xml_attribute) {
      for (auto attribute : node_.attributes()) {
        if (local_name(attribute.name()) == local_name(member.wire_name)) return XmlNode(attribute);
      }
      return std::nullopt;
    }
    auto found = first_child(node_, member.wire_name);
    if (!found) return std::nullopt;
    return member.flattened ? XmlNode(node_, member.wire_name) : XmlNode(found);
  }

  std::vector<XmlNode> items(const Shape& list, bool flattened) const {
    return children(flattened ? items_name_ : list.element_name);
  }

  std::vector<std::pair<std::string, XmlNode>> entries(const Shape& map, bool flattened) const {
    std::vector<std::pair<std::string, XmlNode>> found;
    for (const auto& entry : children(flattened ? items_name_ : "entry")) {
      const auto key = first_child(entry.node_, map.key_name);
      const auto value = first_child(entry.node_, map.element_name);
      if (!key || !value) continue;
      std::string name;
      append_text(name, key);
      found.emplace_back(std::move(name), XmlNode(value));
    }
    return found;
  }

  Status scalar(const Shape& shape, TimestampFormat format, void* out) const {
    std::string text;
    if (attribute_) {
      text = attribute_.value();
    } else {
      append_text(text, node_);
    }
    if (shape.kind == Kind::string) {
      *static_cast<std::string*>(out) = std::move(text);
      return {};
    }
    if (format == TimestampFormat::by_protocol) format = TimestampFormat::date_time;
    if (parse_scalar(shape, format, trim(text), out)) return {};
    return malformed_xml();
  }

  Status expect(const Shape&) const { return {}; }

 private:
  std::vector<XmlNode> children(std::string_view name) const {
    std::vector<XmlNode> found;
    for (auto child = node_.first_child(); child; child = child.next_sibling()) {
      if (child.type() == pugi::node_element && local_name(child.name()) == name) {
        found.emplace_back(child);
      }
    }
    return found;
  }

  pugi::xml_node node_;
  pugi::xml_attribute attribute_;
  std::string_view items_name_;
};

// `&amp;` and its four kin, or a number of a character that XML has. pugixml leaves any other as it
// is written, and ends the text at a NUL, whatever follows: `victim&#0;not-this` would be `victim`.
bool is_known_reference(std::string_view name) {
  if (!name.starts_with('#')) {
    return name == "amp" || name == "lt" || name == "gt" || name == "quot" || name == "apos";
  }
  const bool hex = name.starts_with("#x");
  const std::string_view digits = name.substr(hex ? 2 : 1);
  std::uint32_t point = 0;
  const auto [end, failed] =
      std::from_chars(digits.data(), digits.data() + digits.size(), point, hex ? 16 : 10);
  if (failed != std::errc() || end != digits.data() + digits.size()) return false;
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  return point != 0 && point <= 0x10FFFF && !surrogate && point != 0xFFFE && point != 0xFFFF;
}

// Behind the reference that begins at `at`; npos when it is none that XML knows.
std::size_t behind_reference(std::string_view text, std::size_t at) {
  const std::size_t end = text.find(';', at);
  if (end == text.npos || !is_known_reference(text.substr(at + 1, end - at - 1))) return text.npos;
  return end + 1;
}

// Behind the tag that begins at `at`; npos when a value in it holds what it may not. Quotes are
// followed, so that `<!--` in a value opens nothing.
std::size_t behind_tag(std::string_view text, std::size_t at) {
  char quote = 0;
  for (++at; at < text.size();) {
    const char c = text[at];
    if (c == '<') return text.npos;
    if (c == '&') {
      if (quote == 0) return text.npos;
      at = behind_reference(text, at);
      continue;
    }
    if (quote == 0 && c == '>') return at + 1;
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    }
    ++at;
  }
  return text.npos;
}

// Every reference of the document, outside what is not parsed: CDATA, comments, instructions.
bool has_only_known_references(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> kUnparsed[] = {
      {"<![CDATA[", "]]>"}, {"<!--", "-->"}, {"<?", "?>"}};
  for (std::size_t at = 0; (at = text.find_first_of("&<", at)) != text.npos;) {
    if (text[at] == '&') {
      at = behind_reference(text, at);
    } else {
      const auto* const kind = std::ranges::find_if(
          kUnparsed, [&](const auto& it) { return text.substr(at).starts_with(it.first); });
      if (kind == std::end(kUnparsed)) {
        at = behind_tag(text, at);
      } else {
        const std::size_t close = text.find(kind->second, at + kind->first.size());
        at = close == text.npos ? text.npos : close + kind->second.size();
      }
    }
    if (at == text.npos) return false;
  }
  return true;
}

// The root element of a well-formed document without a document type.
Result<pugi::xml_node> load(pugi::xml_document& document, std::string_view text) {
  if (text.find('\0') != std::string_view::npos || !is_valid_utf8(text) ||
      !has_only_known_references(text)) {
    return malformed_xml();
  }
  const auto parsed =
      document.load_buffer(text.data(), text.size(),
                           pugi::parse_default | pugi::parse_doctype | pugi::parse_ws_pcdata_single,
                           pugi::encoding_utf8);
  if (!parsed) return malformed_xml();
  pugi::xml_node root;
  for (auto node = document.first_child(); node; node = node.next_sibling()) {
    if (node.type() == pugi::node_doctype) return malformed_xml();
    if (node.type() != pugi::node_element) continue;
    if (root) return malformed_xml();
    root = node;
  }
  if (!root) return malformed_xml();
  return root;
}

}  // namespace

Status read_xml(const Shape& shape, std::string_view text, const XmlRead& how, void* out,
                Checks& checks) {
  pugi::xml_document document;
  RC_TRY(auto root, load(document, text));
  if (!how.root.empty() && local_name(root.name()) != how.root) return malformed_xml();
  if (!how.wrapper.empty()) {
    root = first_child(root, how.wrapper);
    if (!root) return {};
  }
  if (how.unwrapped) {
    for (const Member& member : shape.members) {
      if (member.location != Location::body) continue;
      const XmlNode node(root);
      std::string value;
      append_text(value, root);
      if (value.empty()) return {};
      return node.scalar(*member.shape, member.timestamp, member.make(out));
    }
  }
  return Walk<XmlNode>(checks).structure(shape, XmlNode(root), out, nullptr);
}

std::optional<ApiError> read_xml_error(std::string_view text, int http_status) {
  pugi::xml_document document;
  auto loaded = load(document, text);
  if (!loaded) return std::nullopt;
  // <ErrorResponse><Error>, <Response><Errors><Error>, or S3's bare <Error>.
  auto at = *loaded;
  for (const std::string_view name : {"Errors", "Error"}) {
    if (auto inner = first_child(at, name)) at = inner;
  }
  auto error = ApiError::make(http_status, "", "");
  for (auto child = at.first_child(); child; child = child.next_sibling()) {
    if (child.type() != pugi::node_element) continue;
    std::string value;
    append_text(value, child);
    const auto name = local_name(child.name());
    if (name == "Code") {
      error.code = std::move(value);
    } else if (name == "Message") {
      error.message = std::move(value);
    } else {
      error.details.emplace_back(name, std::move(value));
    }
  }
  if (error.code.empty()) return std::nullopt;
  return error;
}

}  // namespace rolecall::wire
