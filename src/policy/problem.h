// What validate() and lint() share: the first thing wrong with a document, and where.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "policy/validate.h"

namespace rolecall::policy {

struct Problem {
  std::string message;  // AWS's text, where it has one
  json::Position at = {};
  std::string detail = {};  // ours, where AWS's text does not say what is wrong
  std::string code = {};    // AWS's code; empty: the kind's usual one (Rule 37)
};

inline constexpr std::string_view kSyntaxErrors = "Syntax errors in policy.";
inline constexpr std::string_view kLegacyParsing = "The policy failed legacy parsing";
inline constexpr std::string_view kInvalidJson = "This policy contains invalid Json";

// nullopt: valid.
std::optional<Problem> find_problem(Kind kind, std::string_view text,
                                    const ValidateOptions& options);
// The code and status that the kind's service answers with.
ApiError to_api_error(Kind kind, const Problem& problem);

// --- the steps, each over a document that passed the ones before ---

// Elements, their types, duplicates, operators (Rules 5 to 18, 28, 29).
std::optional<Problem> check_syntax(const json::Value& document);
// Effect's case and typed condition values (Rules 15, 33).
std::optional<Problem> check_legacy(const json::Value& document);
// Sids: characters and uniqueness (Rules 13, 14).
std::optional<Problem> check_sids(const json::Value& document, bool characters,
                                  std::string_view not_unique);
// Managed, service control and resource control policies must say 2012-10-17 (Rule 9; "SCP syntax",
// "RCP syntax").
std::optional<Problem> check_version_2012(const json::Value& document);
std::optional<Problem> check_actions_exist(const json::Value& document);
std::optional<Problem> check_resources_exist(const json::Value& document);
// Vendors of actions (Rules 19, 20).
std::optional<Problem> check_action_names(const json::Value& document);
// ARN forms (Rules 23 to 27, 326). An error's text; "" when fine.
std::string resource_error(std::string_view resource, Kind kind);
std::optional<Problem> check_resource_names(const json::Value& document, Kind kind);

std::optional<Problem> check_trust(const json::Value& document, const ValidateOptions& options);
std::optional<Problem> check_bucket(const json::Value& document, const ValidateOptions& options);
std::optional<Problem> check_rcp(const json::Value& document);
std::optional<Problem> check_resource_policy(const json::Value& document, Kind kind,
                                             const ValidateOptions& options);
// One AWS entry of a Principal: "*", account, ARN or unique ID (Rules 51 to 53).
bool is_aws_principal(std::string_view text);
// The host name of an AWS service (Rule 45).
bool is_service_principal(std::string_view text);

// Calls f(statement) for each; stops at the first problem.
template <class F>
std::optional<Problem> each_statement(const json::Value& document, F&& f) {
  const json::Value* statements = document.find("Statement");
  if (statements == nullptr) return std::nullopt;
  if (statements->is_object()) return f(*statements);
  for (const json::Value& statement : statements->items()) {
    if (auto problem = f(statement)) return problem;
  }
  return std::nullopt;
}

// Calls f(text value) for a string or a list's strings; stops at the first problem.
template <class F>
std::optional<Problem> each_entry(const json::Value& value, F&& f) {
  if (value.is_string()) return f(value);
  for (const json::Value& item : value.items()) {
    if (!item.is_string()) continue;
    if (auto problem = f(item)) return problem;
  }
  return std::nullopt;
}

// A list without entries counts as missing (Rule 18).
inline bool is_missing(const json::Value* value) {
  return value == nullptr || (value->is_array() && value->items().empty());
}

}  // namespace rolecall::policy
