#include "wire/rest.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/time.h"
#include "wire/bodies.h"
#include "wire/scalar.h"

namespace rolecall::wire {
namespace {

constexpr std::string_view kXmlDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

// More than any operation has members; S3 SDKs send about a dozen.
constexpr std::size_t kQueryParametersMax = 1'000;

bool is_xml(Protocol protocol) { return protocol == Protocol::rest_xml; }

// Headers a sender may get wrong without being refused: RFC 7232 has an unreadable date condition
// ignored, and S3 keeps Expires as text.
bool may_be_unreadable(std::string_view header) {
  return starts_with_ignoring_case(header, "if-") || equal_ignoring_case(header, "expires");
}

ApiError bad_text(const Member& member, std::string_view text, Protocol protocol) {
  if (!is_xml(protocol)) {
    return ApiError::make(400, "SerializationException",
                          fmt::format("Invalid value for {}", member.bound_name));
  }
  auto error = ApiError::make(
      400, "InvalidArgument",
      member.shape->kind == Kind::integer || member.shape->kind == Kind::long_
          ? fmt::format("Provided {} not an integer or within integer range", member.bound_name)
          : fmt::format("Invalid value for {}", member.bound_name));
  error.details = {{"ArgumentName", std::string(member.bound_name)},
                   {"ArgumentValue", std::string(text)}};
  return error;
}

class RestReader {
 public:
  RestReader(const Shape& shape, const RestParts& parts, const RestStyle& style, void* out,
             Checks& checks)
      : shape_(shape), parts_(parts), style_(style), out_(out), checks_(checks) {}

  Status run() {
    bool in_body = false, has_payload = false;
    for (const Member& member : shape_.members) {
      in_body |= member.location == Location::body;
      has_payload |= member.location == Location::payload;
      RC_CHECK(bound(member));
    }
    if (!in_body || has_payload || style_.streaming) return {};
    if (parts_.body.empty()) {
      for (const Member& member : shape_.members) {
        if (member.location == Location::body && member.required) {
          checks_.missing(Path{nullptr, member.name}, member);
        }
      }
      return {};
    }
    if (!is_xml(style_.protocol)) return read_json(shape_, parts_.body, out_, checks_);
    return read_xml(shape_, parts_.body, {.root = style_.root, .unwrapped = style_.unwrapped}, out_,
                    checks_);
  }

 private:
  Status bound(const Member& member) {
    switch (member.location) {
      case Location::body:
        return {};
      case Location::header: {
        const auto value = find_header(parts_.headers, member.bound_name);
        if (!value) return absent(member);
        if (member.shape->kind == Kind::list) return header_list(member, *value);
        return text(member, trim(*value), TimestampFormat::http_date);
      }
      case Location::prefix_headers:
        return prefix_headers(member);
      case Location::query:
        return query(member);
      case Location::label:
        if (parts_.labels) {
          for (const auto& [name, value] : *parts_.labels) {
            if (name == member.bound_name) return text(member, value, TimestampFormat::date_time);
          }
        }
        return absent(member);
      case Location::payload:
        return payload(member);
      case Location::status_code:
        *static_cast<std::int32_t*>(member.make(out_)) = parts_.status;
        return {};
    }
    return {};
  }

  Status absent(const Member& member) {
    if (member.required) checks_.missing(Path{nullptr, member.name}, member);
    return {};
  }

  Status check(const Member& member, const void* field) {
    if (checks_.wanted()) checks_.value(*member.shape, field, Path{nullptr, member.name});
    return {};
  }

  Status text(const Member& member, std::string_view value, TimestampFormat by_location) {
    const auto format = format_of(member, by_location);
    // Parsed aside first: an unreadable optional must stay absent.
    if (member.shape->kind == Kind::timestamp) {
      Instant at;
      if (!parse_scalar(*member.shape, format, value, &at)) {
        if (may_be_unreadable(member.bound_name)) return {};
        return bad_text(member, value, style_.protocol);
      }
      *static_cast<Instant*>(member.make(out_)) = at;
      return {};
    }
    void* field = member.make(out_);
    if (member.location == Location::header && member.shape->kind == Kind::blob) {
      static_cast<std::string*>(field)->assign(value);
      return {};
    }
    if (!parse_scalar(*member.shape, format, value, field)) {
      return bad_text(member, value, style_.protocol);
    }
    return check(member, field);
  }

  // "a, b": each element trimmed (RFC 7230, lists in headers).
  Status header_list(const Member& member, std::string_view value) {
    void* list = member.make(out_);
    while (!value.empty()) {
      const auto end = std::min(value.find(','), value.size());
      const auto item = trim(value.substr(0, end));
      value.remove_prefix(std::min(end + 1, value.size()));
      if (item.empty()) continue;
      if (!parse_scalar(*member.shape->element, TimestampFormat::http_date, item,
                        member.shape->list->append(list))) {
        return bad_text(member, item, style_.protocol);
      }
    }
    return check(member, list);
  }

  Status prefix_headers(const Member& member) {
    void* map = nullptr;
    for (const auto& header : parts_.headers) {
      if (!starts_with_ignoring_case(header.name, member.bound_name)) continue;
      if (!map) map = member.make(out_);
      auto name = ascii_lower(header.name.substr(member.bound_name.size()));
      auto& value = *static_cast<std::string*>(member.shape->map->insert(map, std::move(name)));
      // A header sent twice is one with both values (RFC 7230 section 3.2.2).
      if (!value.empty()) value += ',';
      value += trim(header.value);
    }
    return {};
  }

  Status query(const Member& member) {
    if (member.shape->kind == Kind::list) {
      void* list = nullptr;
      for (const auto& [key, value] : parts_.query) {
        if (key != member.bound_name) continue;
        if (!list) list = member.make(out_);
        if (!parse_scalar(*member.shape->element, TimestampFormat::date_time, value,
                          member.shape->list->append(list))) {
          return bad_text(member, value, style_.protocol);
        }
      }
      return list ? check(member, list) : absent(member);
    }
    for (const auto& [key, value] : parts_.query) {
      if (key == member.bound_name) return text(member, value, TimestampFormat::date_time);
    }
    return absent(member);
  }

  Status payload(const Member& member) {
    if (parts_.body.empty()) return absent(member);
    if (member.shape->kind != Kind::structure) {
      *static_cast<std::string*>(member.make(out_)) = parts_.body;
      return {};
    }
    void* field = member.make(out_);
    if (!is_xml(style_.protocol)) return read_json(*member.shape, parts_.body, field, checks_);
    return read_xml(*member.shape, parts_.body, {.root = member.wire_name}, field, checks_);
  }

  const Shape& shape_;
  const RestParts& parts_;
  const RestStyle& style_;
  void* out_;
  Checks& checks_;
};

class RestWriter {
 public:
  RestWriter(const Shape& shape, const void* value, const RestWrite& how, RestOut& out)
      : shape_(shape), value_(value), how_(how), out_(out) {}

  void run() {
    bool in_body = false, has_payload = false;
    for (const Member& member : shape_.members) {
      in_body |= member.location == Location::body;
      has_payload |= member.location == Location::payload;
      if (const void* field = member.get(value_)) bound(member, field);
    }
    if (!in_body || has_payload) return;
    if (!is_xml(how_.protocol)) {
      out_.content_type = "application/json";
      return write_json(out_.body, shape_, value_);
    }
    begin_xml();
    if (how_.unwrapped) return unwrapped();
    write_xml_element(out_.body, how_.root, how_.xml_namespace, shape_, value_, {how_.millis});
  }

 private:
  void begin_xml() {
    out_.content_type = "application/xml";
    if (how_.answer) out_.body += kXmlDeclaration;
  }

  std::string text_of(const Member& member, const void* field, TimestampFormat by_location) {
    std::string text;
    append_scalar(text, *member.shape, format_of(member, by_location), how_.millis, field);
    return text;
  }

  void bound(const Member& member, const void* field) {
    switch (member.location) {
      case Location::body:
        return;
      case Location::header:
        if (member.shape->kind == Kind::list) return header_list(member, field);
        out_.headers.emplace_back(member.bound_name,
                                  member.shape->kind == Kind::blob
                                      ? *static_cast<const std::string*>(field)
                                      : text_of(member, field, TimestampFormat::http_date));
        return;
      case Location::prefix_headers: {
        struct Context {
          RestOut& out;
          std::string_view prefix;
        } context{out_, member.bound_name};
        member.shape->map->each(field, &context,
                                [](void* c, const std::string& key, const void* item) {
                                  auto& [out, prefix] = *static_cast<Context*>(c);
                                  out.headers.emplace_back(std::string(prefix) + key,
                                                           *static_cast<const std::string*>(item));
                                });
        return;
      }
      case Location::query:
        return query(member, field);
      case Location::label:
        out_.labels.emplace_back(member.bound_name,
                                 text_of(member, field, TimestampFormat::date_time));
        return;
      case Location::payload:
        return payload(member, field);
      case Location::status_code:
        out_.status = *static_cast<const std::int32_t*>(field);
        return;
    }
  }

  void header_list(const Member& member, const void* field) {
    std::string text;
    const auto& list = *member.shape;
    const auto* item = static_cast<const std::byte*>(list.list->data(field));
    for (std::size_t i = 0; i < list.list->size(field); ++i, item += list.list->stride) {
      if (i > 0) text += ',';
      append_scalar(text, *list.element, TimestampFormat::http_date, how_.millis, item);
    }
    out_.headers.emplace_back(member.bound_name, std::move(text));
  }

  void query(const Member& member, const void* field) {
    if (member.shape->kind != Kind::list) {
      out_.query.push_back(
          {std::string(member.bound_name), text_of(member, field, TimestampFormat::date_time)});
      return;
    }
    const auto& list = *member.shape;
    const auto* item = static_cast<const std::byte*>(list.list->data(field));
    for (std::size_t i = 0; i < list.list->size(field); ++i, item += list.list->stride) {
      std::string text;
      append_scalar(text, *list.element, TimestampFormat::date_time, how_.millis, item);
      out_.query.push_back({std::string(member.bound_name), std::move(text)});
    }
  }

  void payload(const Member& member, const void* field) {
    if (member.shape->kind != Kind::structure) {
      out_.body = *static_cast<const std::string*>(field);
      // The one string payload of S3 is a bucket policy; blobs are anything.
      out_.content_type =
          member.shape->kind == Kind::string ? "application/json" : "application/octet-stream";
      return;
    }
    if (!is_xml(how_.protocol)) {
      out_.content_type = "application/json";
      return write_json(out_.body, *member.shape, field);
    }
    begin_xml();
    write_xml_element(out_.body, member.wire_name,
                      member.xml_namespace.empty() ? how_.xml_namespace : member.xml_namespace,
                      *member.shape, field, {how_.millis});
  }

  void unwrapped() {
    for (const Member& member : shape_.members) {
      if (member.location != Location::body) continue;
      static const std::string kNothing;
      const void* field = member.get(value_);
      write_xml_element(out_.body, how_.root, how_.xml_namespace, *member.shape,
                        field ? field : &kNothing, {how_.millis});
      return;
    }
  }

  const Shape& shape_;
  const void* value_;
  const RestWrite& how_;
  RestOut& out_;
};

}  // namespace

Result<std::vector<QueryPair>> parse_query(std::string_view raw) {
  std::vector<QueryPair> pairs;
  while (!raw.empty()) {
    const auto end = std::min(raw.find('&'), raw.size());
    const auto piece = raw.substr(0, end);
    raw.remove_prefix(std::min(end + 1, raw.size()));
    if (piece.empty()) continue;
    if (pairs.size() == kQueryParametersMax) {
      return ApiError::make(400, "InvalidURI", "Too many query parameters.");
    }
    const auto equals = std::min(piece.find('='), piece.size());
    auto key = percent_decode(piece.substr(0, equals), Plus::space);
    auto value = percent_decode(piece.substr(std::min(equals + 1, piece.size())), Plus::space);
    if (!key || !value) {
      return ApiError::make(400, "InvalidURI", "Couldn't parse the specified URI.");
    }
    pairs.push_back({std::move(*key), std::move(*value)});
  }
  return pairs;
}

Status read_rest(const Shape& shape, const RestParts& parts, const RestStyle& style, void* out,
                 Checks& checks) {
  return RestReader(shape, parts, style, out, checks).run();
}

void write_rest(const Shape& shape, const void* value, const RestWrite& how, RestOut& out) {
  RestWriter(shape, value, how, out).run();
}

}  // namespace rolecall::wire
