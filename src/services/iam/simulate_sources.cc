#include <fmt/format.h>

#include "base/encoding.h"
#include "base/json.h"
#include "policy/validate.h"
#include "services/iam/simulate.h"
#include "standing/applies.h"
#include "standing/principals.h"

namespace rolecall::iam {
namespace {

// Under the names that answers give: "user_bea_limits" for an inline policy, "ReadOnlyAccess" for a
// managed one.
std::vector<SimulatedPolicy> shown(standing::PolicyList list) {
  std::vector<SimulatedPolicy> out;
  for (std::size_t i = 0; i < list.refs.size(); ++i) {
    standing::PolicySource& source = list.sources[i];
    const std::string_view name = list.refs[i].name;
    const std::string_view holder = source.holder == standing::Holder::user    ? "user"
                                    : source.holder == standing::Holder::group ? "group"
                                                                               : "role";
    out.push_back({source.is_inline ? fmt::format("{}_{}_{}", holder, source.holder_name, name)
                                    : std::string(policy_name_of(name)),
                   std::move(source.document)});
  }
  return out;
}

SimulatedPolicy boundary_of(const Call& call, const std::string& arn) {
  standing::PolicyList list;
  standing::add_boundary(arn, call.state, list);
  return list.empty() ? SimulatedPolicy() : std::move(shown(std::move(list)).front());
}

}  // namespace

Result<SimulatedPrincipal> simulated_principal(const Call& call, std::string_view arn) {
  const auto parsed = ArnView::parse(arn);
  const std::string_view type = parsed ? parsed->resource_type() : std::string_view();
  if (!parsed || parsed->service != "iam" ||
      (type != "user" && type != "role" && type != "group")) {
    return ApiError::invalid_input(fmt::format("Invalid Entity Arn: {}", arn));
  }
  // By the whole ARN: it is the one that was authorized.
  const bool is_own = parsed->account == call.account.text();
  const auto found = is_own ? standing::find_entity(call.state, arn) : std::nullopt;
  if (!found) {
    return ApiError::no_such_entity(
        is_own ? fmt::format("The {} with name {} cannot be found.", type, parsed->resource_name())
               : fmt::format("{} cannot be found.", arn));
  }
  SimulatedPrincipal out;
  out.user = found->user.get();
  out.role = found->role.get();
  out.group = found->group.get();
  standing::PolicyList policies;
  if (out.user) {
    standing::add_policies(*out.user, *found->account, call.state, policies);
    out.boundary = boundary_of(call, out.user->boundary);
  } else if (out.role) {
    standing::add_policies(*out.role, call.state, policies);
    out.boundary = boundary_of(call, out.role->boundary);
  } else {
    standing::add_policies(*out.group, call.state, policies);
  }
  out.policies = shown(std::move(policies));
  return out;
}

Result<std::vector<SimulatedPolicy>> given_policies(const std::vector<std::string>& texts,
                                                    std::string_view list_name) {
  std::vector<SimulatedPolicy> out;
  policy::ValidateOptions options;
  options.check_size = false;
  for (const std::string& text : texts) {
    if (auto refusal = policy::validate(policy::Kind::inline_, text, options)) {
      return ApiError::invalid_input(std::move(refusal->message));
    }
    out.push_back({fmt::format("{}.{}", list_name, out.size() + 1),
                   identity::make_policy(text, policy::Kind::inline_)});
  }
  return out;
}

namespace {

// Where the JSON value that begins at `at` ends (after its last character). The text is JSON.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = at; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (--depth == 0) return i + 1;
    }
  }
  return text.size();
}

std::size_t offset_of(std::string_view text, json::Position position) {
  std::size_t at = 0;
  for (std::uint32_t line = 1; line < position.line && at < text.size(); ++at) {
    if (text[at] == '\n') ++line;
  }
  return at + position.column - 1;
}

// Line and column behind the last character of text[0, end).
void place_of(std::string_view text, std::size_t end, std::int32_t& line, std::int32_t& column) {
  line = 1;
  column = 1;
  for (const char c : text.substr(0, end)) {
    if (c == '\n') {
      ++line;
      column = 1;
    } else {
      ++column;
    }
  }
}

// "${aws:username}" and "${key, 'default'}" inside a policy's string.
void collect_variables(std::string_view text, const auto& add) {
  std::size_t at = 0;
  while ((at = text.find("${", at)) != std::string_view::npos) {
    const std::size_t end = text.find('}', at);
    if (end == std::string_view::npos) return;
    std::string_view name = text.substr(at + 2, end - at - 2);
    name = trim(name.substr(0, name.find(',')));
    if (name != "*" && name != "?" && name != "$" && !name.empty()) add(name);
    at = end;
  }
}

void walk_strings(const json::Value& value, const auto& add) {
  if (value.is_string()) collect_variables(value.text(), add);
  for (const json::Value& item : value.items()) walk_strings(item, add);
  for (const json::Member& member : value.members()) walk_strings(member.value, add);
}

// Statement is one object or a list of them.
std::vector<const json::Value*> statements_of(const json::Value& document) {
  std::vector<const json::Value*> out;
  const json::Value* statement = document.find("Statement");
  if (!statement) return out;
  if (statement->is_object()) out.push_back(statement);
  for (const json::Value& item : statement->items()) out.push_back(&item);
  return out;
}

}  // namespace

std::vector<StatementSpan> statement_spans(std::string_view text) {
  std::vector<StatementSpan> spans;
  const auto document = json::parse(text);
  if (!document) return spans;
  for (const json::Value* statement : statements_of(*document)) {
    StatementSpan span;
    const std::size_t at = offset_of(text, statement->position());
    // Where AWS's parser stands when it begins: behind the brace of a lone statement, behind the
    // bracket or comma before one of a list (seen in recorded answers).
    std::size_t begin = at + 1;
    if (document->find("Statement")->is_array()) {
      begin = text.find_last_not_of(" \t\r\n", at - 1) + 1;
    }
    place_of(text, begin, span.start_line, span.start_column);
    place_of(text, end_of_value(text, at), span.end_line, span.end_column);
    spans.push_back(span);
  }
  return spans;
}

void collect_context_keys(std::string_view text, std::vector<std::string>& keys) {
  const auto document = json::parse(text);
  if (!document) return;
  const auto add = [&](std::string_view key) {
    if (!contains(keys, key)) keys.emplace_back(key);
  };
  for (const json::Value* statement : statements_of(*document)) {
    if (const json::Value* condition = statement->find("Condition")) {
      for (const json::Member& block : condition->members()) {
        for (const json::Member& key : block.value.members()) add(key.name);
        walk_strings(block.value, add);
      }
    }
    for (const std::string_view element : {"Resource", "NotResource"}) {
      if (const json::Value* resource = statement->find(element)) walk_strings(*resource, add);
    }
  }
}

}  // namespace rolecall::iam
