#include "audit/reader.h"

#include <fmt/core.h>

#include "base/encoding.h"

namespace rolecall::audit {
namespace {

std::string_view text_at(const json::Value& value, std::initializer_list<std::string_view> path) {
  const json::Value* at = &value;
  for (const std::string_view name : path) {
    at = at->find(name);
    if (at == nullptr) return {};
  }
  return at->is_string() ? std::string_view(at->text()) : std::string_view();
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool is_user(const json::Value& record, const std::string& wanted) {
  for (const auto& path : {std::initializer_list<std::string_view>{"userIdentity", "userName"},
                           {"userIdentity", "principalId"},
                           {"userIdentity", "accessKeyId"},
                           {"userIdentity", "sessionContext", "sessionIssuer", "userName"},
                           {"userIdentity", "sessionContext", "sessionIssuer", "principalId"},
                           {"userIdentity", "sessionContext", "sourceIdentity"}}) {
    if (text_at(record, path) == wanted) return true;
  }
  return contains(text_at(record, {"userIdentity", "arn"}), wanted) ||
         contains(text_at(record, {"userIdentity", "sessionContext", "sessionIssuer", "arn"}),
                  wanted);
}

bool any_text_contains(const json::Value& value, std::string_view part) {
  if (value.is_string()) return contains(value.text(), part);
  for (const auto& item : value.items()) {
    if (any_text_contains(item, part)) return true;
  }
  for (const auto& member : value.members()) {
    if (any_text_contains(member.value, part)) return true;
  }
  return false;
}

bool names_resource(const json::Value& record, const std::string& wanted) {
  for (const std::string_view name : {"resources", "requestParameters"}) {
    const json::Value* found = record.find(name);
    if (found != nullptr && any_text_contains(*found, wanted)) return true;
  }
  return false;
}

// "sts.amazonaws.com" → "sts".
std::string_view service_of(const json::Value& record) {
  const std::string_view source = text_at(record, {"eventSource"});
  return source.substr(0, source.find('.'));
}

// The caller as short as it stays clear: what follows the account in his ARN.
std::string_view who(const json::Value& record) {
  const std::string_view text = text_at(record, {"userIdentity", "arn"});
  if (const auto arn = ArnView::parse(text)) return arn->resource;
  if (text_at(record, {"userIdentity", "accountId"}) == "ANONYMOUS_PRINCIPAL") return "anonymous";
  const std::string_view id = text_at(record, {"userIdentity", "principalId"});
  return id.empty() ? std::string_view("unknown") : id;
}

// The first resource, or a request parameter that names one.
std::string_view what(const json::Value& record) {
  if (const json::Value* resources = record.find("resources")) {
    for (const auto& item : resources->items()) {
      if (const auto arn = item.find_text("ARN")) return *arn;
    }
  }
  for (const std::string_view name :
       {"roleArn", "policyArn", "roleName", "userName", "groupName", "policyName", "bucketName"}) {
    if (const auto text = text_at(record, {"requestParameters", name}); !text.empty()) return text;
  }
  return {};
}

// Lines of this store are written by us; others are skipped rather than trusted.
bool show_line(std::string_view line, const Filter& filter, Format format, const Sink& out) {
  const auto record = json::parse(line);
  if (!record || !record->is_object() || !matches(*record, filter)) return false;
  if (format == Format::json) {
    out(line);
  } else {
    out(text_line(*record));
  }
  return true;
}

}  // namespace

bool matches(const json::Value& record, const Filter& filter) {
  if (!filter.account.empty()) {
    const std::string account = filter.account.text();
    if (text_at(record, {"userIdentity", "accountId"}) != account &&
        text_at(record, {"recipientAccountId"}) != account) {
      return false;
    }
  }
  if (!filter.event_name.empty() &&
      !equal_ignoring_case(text_at(record, {"eventName"}), filter.event_name)) {
    return false;
  }
  if (!filter.user.empty() && !is_user(record, filter.user)) return false;
  if (!filter.error_code.empty()) {
    const std::string_view code = text_at(record, {"errorCode"});
    if (filter.error_code == "*" ? code.empty() : code != filter.error_code) return false;
  }
  if (!filter.resource.empty() && !names_resource(record, filter.resource)) return false;
  if (filter.since || filter.until) {
    const auto at = parse_iso8601(text_at(record, {"eventTime"}));
    if (!at || (filter.since && *at < *filter.since) || (filter.until && *at >= *filter.until)) {
      return false;
    }
  }
  return true;
}

std::string text_line(const json::Value& record) {
  const std::string_view code = text_at(record, {"errorCode"});
  std::string line =
      fmt::format("{}  {:12}  {:32}  {}:{}  {}", text_at(record, {"eventTime"}),
                  text_at(record, {"userIdentity", "accountId"}), who(record), service_of(record),
                  text_at(record, {"eventName"}), code.empty() ? std::string_view("ok") : code);
  if (const auto resource = what(record); !resource.empty()) line.append("  ").append(resource);
  // A name in a record may hold anything; a terminal must not act on it.
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return line;
}

std::size_t show(const Lines& lines, const Filter& filter, Format format, const Sink& out) {
  std::size_t shown = 0;
  lines([&](std::string_view line) {
    if (show_line(line, filter, format, out)) ++shown;
    return true;
  });
  return shown;
}

void follow(const Poll& poll, std::uint64_t after, const Filter& filter, Format format,
            const Sink& out, const std::function<bool()>& wait) {
  do {
    after = poll(after, [&](std::string_view line) { show_line(line, filter, format, out); });
  } while (wait());
}

}  // namespace rolecall::audit
