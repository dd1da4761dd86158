// Does one statement apply to a request? (Rule 105) Shared by decide() and explain().
#pragma once

#include <algorithm>
#include <cstdint>

#include "policy/compiled.h"
#include "policy/decision.h"
#include "policy/hash.h"
#include "policy/match.h"

namespace rolecall::policy {

// How strongly a principal element names the caller; decides what else may limit the grant
// (Rules 161 to 167). The strongest entry counts (Rule 351).
enum class Grant : std::uint8_t {
  none,
  account,  // delegation: an identity Allow is needed (Rule 167)
  limited,  // boundary and session policy limit it (Rules 162, 165)
  final,    // nothing but explicit denies, SCPs and RCPs limits it (Rules 161, 163, 164, 166)
};

// What stays the same for all statements of one decision.
struct Subject {
  const Request& request;
  const Context& context;
  bool has_boundary = false;  // Rule 363
};

Grant match_principal(const compiled::Header& document, const compiled::Statement& statement,
                      const Subject& subject);
bool match_resource_list(const compiled::Header& document, const compiled::Statement& statement,
                         const Subject& subject);
inline bool match_resource(const compiled::Header& document, const compiled::Statement& statement,
                           const Subject& subject) {
  if (!statement.has(compiled::Statement::kAnyResource)) {
    return match_resource_list(document, statement, subject);
  }
  return !statement.has(compiled::Statement::kNotResource);
}
bool match_condition_list(const compiled::Header& document, const compiled::Statement& statement,
                          const Subject& subject);
inline bool match_conditions(const compiled::Header& document, const compiled::Statement& statement,
                             const Subject& subject) {
  return statement.condition_count == 0 || match_condition_list(document, statement, subject);
}
bool match_condition(const compiled::Header& document, const compiled::Condition& condition,
                     const compiled::Statement& statement, const Context& context);
// Action patterns of one entry.
inline bool match_action_pattern(const compiled::Header& document,
                                 const compiled::ActionPattern& pattern, const Action& action) {
  if (pattern.wide_service == 0 &&
      pattern.service_hash != static_cast<std::uint32_t>(action.service_hash())) {
    return false;
  }
  const std::string_view text = document.pool(pattern.text, pattern.size);
  if (pattern.shape == compiled::Shape::exact) return equal_text(text, action.folded());
  if (pattern.shape == compiled::Shape::prefix) {
    return action.folded().size() >= text.size() - 1 &&
           equal_bytes(action.folded().data(), text.data(), text.size() - 1);
  }
  return match_coded(text, action.folded());
}
// A NotAction statement's list: true when some entry matches.
bool listed_in_not_action(const compiled::Header& document, const compiled::Statement& statement,
                          const Action& action);

// Calls f(statement index) for each statement whose action element matches, some perhaps twice.
template <class F>
void for_each_candidate(const compiled::Header& document, const Action& action, F&& f) {
  if (action.id() != Action::kUnknown) {
    const auto ids = document.span(document.action_ids);
    const auto* at = std::lower_bound(ids.data(), ids.data() + ids.size(), action.id());
    const std::uint16_t* owners = document.data(document.action_statements);
    for (; at != ids.data() + ids.size() && *at == action.id(); ++at) f(owners[at - ids.data()]);
  }
  for (const auto& pattern : document.span(document.action_patterns)) {
    if (match_action_pattern(document, pattern, action)) f(pattern.statement);
  }
  const compiled::Statement* statements = document.first_statement();
  for (const std::uint16_t index : document.span(document.always)) {
    const compiled::Statement& statement = statements[index];
    // Rule 304: NotAction matches when none of its entries does.
    if (statement.has(compiled::Statement::kNotAction) &&
        (statement.has(compiled::Statement::kAnyAction) ||
         listed_in_not_action(document, statement, action))) {
      continue;
    }
    f(index);
  }
}

}  // namespace rolecall::policy
