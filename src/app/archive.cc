#include "app/archive.h"

#include <charconv>
#include <deque>

#include "base/encoding.h"
#include "base/json.h"

namespace rolecall::app {
namespace {

constexpr std::size_t kLimitMax = 10'000;  // lines in one answer

std::string position_text(store::AuditPosition at) {
  return std::to_string(at.segment) + "." + std::to_string(at.index);
}

std::optional<store::AuditPosition> parse_position(std::string_view text) {
  store::AuditPosition out;
  const std::size_t dot = text.find('.');
  if (dot == text.npos) return std::nullopt;
  const char* begin = text.data();
  if (std::from_chars(begin, begin + dot, out.segment).ptr != begin + dot) return std::nullopt;
  const char* end = begin + text.size();
  if (std::from_chars(begin + dot + 1, end, out.index).ptr != end) return std::nullopt;
  return out;
}

ApiError bad(std::string_view name, std::string_view value) {
  return ApiError::validation("`" + std::string(value) + "` is no value for " + std::string(name));
}

}  // namespace

Result<AuditRequest> parse_audit_query(std::string_view query) {
  AuditRequest out;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    const std::string_view name = pair.substr(0, equals);
    const auto value =
        percent_decode(equals == pair.npos ? "" : pair.substr(equals + 1), Plus::space);
    if (!value) return bad(name, pair);
    if (value->empty()) continue;
    if (name == "account") {
      const auto account = AccountId::parse(*value);
      if (!account) return bad(name, *value);
      out.filter.account = *account;
    } else if (name == "event") {
      out.filter.event_name = *value;
    } else if (name == "user") {
      out.filter.user = *value;
    } else if (name == "error") {
      out.filter.error_code = *value;
    } else if (name == "resource") {
      out.filter.resource = *value;
    } else if (name == "since" || name == "until") {
      const auto at = parse_iso8601(*value);
      if (!at) return bad(name, *value);
      (name == "since" ? out.filter.since : out.filter.until) = at;
    } else if (name == "after") {
      if (!parse_position(*value)) return bad(name, *value);
      out.after = *value;
    } else if (name == "limit") {
      const char* end = value->data() + value->size();
      if (std::from_chars(value->data(), end, out.limit).ptr != end || out.limit == 0 ||
          out.limit > kLimitMax) {
        return bad(name, *value);
      }
    } else {
      return ApiError::validation("`" + std::string(name) + "` is no filter");
    }
  }
  return out;
}

std::string format_audit_query(const AuditRequest& request) {
  std::string out = "limit=" + std::to_string(request.limit);
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) out.append("&").append(name).append("=").append(percent_encode(value));
  };
  add("account", request.filter.account.text());
  add("event", request.filter.event_name);
  add("user", request.filter.user);
  add("error", request.filter.error_code);
  add("resource", request.filter.resource);
  if (request.filter.since) add("since", format_iso8601_millis(*request.filter.since));
  if (request.filter.until) add("until", format_iso8601_millis(*request.filter.until));
  add("after", request.after);
  return out;
}

std::optional<std::string> StoreArchive::decision(std::string_view id) {
  auto found = store_.find_decision(id);
  return found ? *found : std::nullopt;
}

Result<std::string> StoreArchive::audit_lines(std::string_view query) {
  RC_TRY(const AuditRequest request, parse_audit_query(query));
  // What was noted a moment ago belongs to the answer.
  RC_CHECK(store_.flush());
  return newest_records(store_.audit(), request);
}

// Each line is {"position": "…", "record": {…}}, so that a follower can go on from there.
Result<std::string> newest_records(const store::AuditLog& log, const AuditRequest& request) {
  std::deque<std::string> lines;
  const auto take = [&](std::string_view record, store::AuditPosition at) {
    const auto document = json::parse(record);
    if (!document || !audit::matches(*document, request.filter)) return true;
    std::string line = "{\"position\":\"" + position_text(at) + "\",\"record\":";
    line.append(record).append("}\n");
    lines.push_back(std::move(line));
    return lines.size() < request.limit;
  };
  store::AuditQuery query;
  std::string out;
  if (!request.after.empty()) {
    query.order = store::AuditOrder::oldest_first;
    query.after = *parse_position(request.after);
    RC_CHECK(log.read(query, take));
    for (const auto& line : lines) out += line;
    return out;
  }
  query.order = store::AuditOrder::newest_first;
  RC_CHECK(log.read(query, take));
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) out += *line;
  return out;
}

}  // namespace rolecall::app
