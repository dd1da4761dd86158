#include "calls/bind.h"

#include <ctime>
#include <limits>

#include "base/encoding.h"
#include "calls/numbers.h"
#include "client/credentials.h"
#include "client/failure.h"
#include "wire/scalar.h"

namespace rolecall::calls {
namespace {

// Python's decoder passes over everything that is no digit of base64.
std::optional<std::string> lenient_base64(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    const bool digit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '+' || c == '/' || c == '=';
    if (digit) digits += c;
  }
  return base64_decode(digits);
}

// A date and time without a zone, by the clock on this wall.
Instant as_local(Instant at) {
  const CivilTime civil = to_civil(at);
  std::tm local{};
  local.tm_year = civil.year - 1900;
  local.tm_mon = civil.month - 1;
  local.tm_mday = civil.day;
  local.tm_hour = civil.hour;
  local.tm_min = civil.minute;
  local.tm_sec = civil.second;
  local.tm_isdst = -1;
  const std::time_t seconds = std::mktime(&local);
  const std::int64_t micros = at.micros - at.truncated_to_seconds().micros;
  return {Instant::from_seconds(seconds).micros + micros};
}

bool has_zone(std::string_view text) {
  const std::size_t time = text.find_first_of("Tt ");
  return time != text.npos && text.find_first_of("Zz+-", time + 1) != text.npos;
}

Status bind_scalar(const wire::Shape& shape, const json::Value& value, void* out) {
  switch (shape.kind) {
    case wire::Kind::string:
    case wire::Kind::blob:
      *static_cast<std::string*>(out) = value.text();
      return {};
    case wire::Kind::timestamp:
      *static_cast<Instant*>(out) = timestamp_of(value).value_or(Instant{});
      return {};
    default:
      break;
  }
  std::string text = value.text();
  if (value.is_bool() && shape.kind != wire::Kind::boolean) text = value.as_bool() ? "1" : "0";
  if (wire::parse_scalar(shape, wire::TimestampFormat::date_time, text, out)) return {};
  return client::general_failure("the number " + text + " is too large");
}

Status bind_value(const wire::Shape& shape, const json::Value& value, void* out) {
  switch (shape.kind) {
    case wire::Kind::structure:
      return bind(shape, value, out);
    case wire::Kind::list:
      for (const auto& item : value.items()) {
        RC_CHECK(bind_value(*shape.element, item, shape.list->append(out)));
      }
      return {};
    case wire::Kind::map:
      for (const auto& member : value.members()) {
        RC_CHECK(bind_value(*shape.element, member.value, shape.map->insert(out, member.name)));
      }
      return {};
    default:
      return bind_scalar(shape, value, out);
  }
}

// ---- answers ----

json::Value tree(const wire::Shape& shape, const void* value);

// IAM's documents come percent-encoded; what is no JSON stays as it came.
json::Value document(const std::string& text) {
  if (const auto decoded = percent_decode(text)) {
    if (auto parsed = json::parse(*decoded)) return std::move(*parsed);
  }
  return json::Value::string(text);
}

json::Value scalar(const wire::Shape& shape, const void* value) {
  switch (shape.kind) {
    case wire::Kind::boolean:
      return json::Value::boolean(*static_cast<const bool*>(value));
    case wire::Kind::timestamp:
      return json::Value::string(client::python_isoformat(*static_cast<const Instant*>(value)));
    case wire::Kind::blob:
      return json::Value::string(base64_encode(*static_cast<const std::string*>(value)));
    case wire::Kind::string: {
      const auto& text = *static_cast<const std::string*>(value);
      return shape.name == "policyDocumentType" ? document(text) : json::Value::string(text);
    }
    default:
      break;
  }
  std::string text;
  wire::append_scalar(text, shape, wire::TimestampFormat::date_time, false, value);
  const bool real = shape.kind == wire::Kind::floating || shape.kind == wire::Kind::double_;
  if (real && text.find_first_of(".en") == text.npos) text += ".0";
  return json::Value::number(std::move(text));
}

void add_members(json::Value& out, const wire::Shape& shape, const void* value, bool of_body) {
  for (const wire::Member& member : shape.members) {
    const bool in_body =
        member.location == wire::Location::body || member.location == wire::Location::payload;
    if (in_body != of_body) continue;
    const void* field = member.get(value);
    if (field != nullptr) {
      out.add(std::string(member.name), tree(*member.shape, field));
    } else if (member.location == wire::Location::prefix_headers) {
      out.add(std::string(member.name), json::Value::object());
    }
  }
}

json::Value tree(const wire::Shape& shape, const void* value) {
  switch (shape.kind) {
    case wire::Kind::structure: {
      json::Value out = json::Value::object();
      add_members(out, shape, value, false);
      add_members(out, shape, value, true);
      return out;
    }
    case wire::Kind::list: {
      json::Value out = json::Value::array();
      const auto* item = static_cast<const std::byte*>(shape.list->data(value));
      for (std::size_t i = 0; i < shape.list->size(value); ++i, item += shape.list->stride) {
        out.push(tree(*shape.element, item));
      }
      return out;
    }
    case wire::Kind::map: {
      struct Context {
        json::Value out = json::Value::object();
        const wire::Shape& element;
      } context{.element = *shape.element};
      shape.map->each(value, &context, [](void* c, const std::string& key, const void* item) {
        auto& [out, element] = *static_cast<Context*>(c);
        out.add(key, tree(element, item));
      });
      return std::move(context.out);
    }
    default:
      return scalar(shape, value);
  }
}

}  // namespace

Status bind(const wire::Shape& shape, const json::Value& parameters, void* out) {
  for (const json::Member& given : parameters.members()) {
    for (const wire::Member& member : shape.members) {
      if (member.name != given.name) continue;
      RC_CHECK(bind_value(*member.shape, given.value, member.make(out)));
    }
  }
  return {};
}

Status decode_blobs(const wire::Shape& shape, json::Value& value) {
  switch (shape.kind) {
    case wire::Kind::structure:
      for (json::Member& given : value.members()) {
        for (const wire::Member& member : shape.members) {
          if (member.name == given.name) RC_CHECK(decode_blobs(*member.shape, given.value));
        }
      }
      return {};
    case wire::Kind::list:
      for (json::Value& item : value.items()) RC_CHECK(decode_blobs(*shape.element, item));
      return {};
    case wire::Kind::map:
      for (json::Member& given : value.members()) {
        RC_CHECK(decode_blobs(*shape.element, given.value));
      }
      return {};
    case wire::Kind::blob: {
      if (!value.is_string()) return {};
      auto bytes = lenient_base64(value.text());
      if (!bytes) return client::general_failure("Invalid base64: \"" + value.text() + "\"");
      value = json::Value::string(std::move(*bytes));
      return {};
    }
    default:
      return {};
  }
}

std::optional<Instant> timestamp_of(const json::Value& value) {
  if (!value.is_string() && !value.is_number()) return std::nullopt;
  const std::string_view text = trim(value.text());
  if (const auto http = parse_http_date(text)) return http;
  // "2026" is seconds since 1970 to the AWS CLI, not a year.
  const bool number = text.find_first_not_of("0123456789.") == text.npos;
  if (!number) {
    std::string spaced(text);
    if (spaced.size() > 10 && spaced[10] == ' ') spaced[10] = 'T';
    if (const auto at = parse_iso8601(spaced)) return has_zone(spaced) ? *at : as_local(*at);
    return parse_basic(text);
  }
  const auto seconds = real_of(text);
  const double since = seconds ? seconds->as_double().value_or(-1) : -1;
  if (since < 0 || since > 253'402'300'799.0) return std::nullopt;
  return Instant{static_cast<std::int64_t>(since * 1e6)};
}

json::Value answer_tree(const wire::Operation& operation, const void* output) {
  json::Value out = tree(*operation.output, output);
  if (operation.unwrapped_output) {
    // GetBucketLocation: S3's first region has no name.
    for (const wire::Member& member : operation.output->members) {
      const json::Value* known = out.find(member.name);
      if (known != nullptr && !known->text().empty()) continue;
      out = json::Value::object();
      out.add(std::string(member.name), json::Value::null());
    }
  }
  return out;
}

}  // namespace rolecall::calls
