// Which checks a kind goes through, in the order in which IAM reports (seen in its recorded
// answers), and the codes around them. The checks themselves: syntax.cc, resource_format.cc,
// validate_resource.cc.
#include "policy/validate.h"

#include "base/encoding.h"
#include "policy/lint_advice.h"
#include "policy/problem.h"

namespace rolecall::policy {
namespace {

bool is_iam(Kind kind) {
  switch (kind) {
    case Kind::managed:
    case Kind::inline_:
    case Kind::boundary:
    case Kind::session:
    case Kind::trust:
      return true;
    default:
      return false;
  }
}

std::string_view parameter_name(Kind kind) {
  return kind == Kind::session ? "policy" : "policyDocument";
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

enum class Unit { characters, bytes };

// Rule 62: white space between tokens does not count.
std::size_t count_outside_blanks(std::string_view text, Unit unit) {
  std::size_t count = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\' && i + 1 < text.size()) {
        count += 2;
        ++i;
        continue;
      }
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      continue;
    }
    count += unit == Unit::bytes || (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }
  return count;
}

Problem constraint(Kind kind, std::string_view text, json::Position at = {}) {
  return {"1 validation error detected: Value at '" + std::string(parameter_name(kind)) +
              "' failed to satisfy constraint: Member must " + std::string(text),
          at, "", "ValidationError"};
}

// Rule 4. The position of the first character outside of U+0009, A, D and U+0020 to U+00FF.
std::optional<std::pair<json::Position, std::optional<char32_t>>> foreign_character(
    std::string_view text) {
  json::Position at;
  std::size_t i = 0, line_start = 0;
  while (i < text.size()) {
    const std::size_t from = i;
    const auto c = next_utf8(text, i);
    const bool control = c && *c < 0x20 && *c != 0x9 && *c != 0xA && *c != 0xD;
    if (!c || control || *c > 0xFF) {
      at.column = static_cast<std::uint32_t>(from - line_start + 1);
      return std::pair(at, c);
    }
    if (*c == '\n') {
      ++at.line;
      line_start = i;
    }
  }
  return std::nullopt;
}

std::optional<Problem> check_parameter(Kind kind, std::string_view text) {
  if (text.empty()) return constraint(kind, "have length greater than or equal to 1");
  if (count_characters(text) > kDocumentCharactersMax) {  // Rule 57
    return constraint(kind, "have length less than or equal to 131072");
  }
  if (kind == Kind::session && count_characters(text) > kSessionPolicyCharactersMax) {  // Rule 58
    return constraint(kind, "have length less than or equal to 2048");
  }
  if (!is_iam(kind)) return std::nullopt;
  if (const auto found = foreign_character(text)) {
    Problem problem = constraint(
        kind, "satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+",
        found->first);
    problem.detail = describe_foreign(found->second);
    return problem;
  }
  return std::nullopt;
}

std::optional<Problem> check_size(Kind kind, std::string_view text,
                                  const ValidateOptions& options) {
  const auto limit = [](std::string message) {
    return Problem{std::move(message), {}, "", "LimitExceeded"};
  };
  switch (kind) {
    case Kind::managed:
    case Kind::boundary:
      if (counted_size(text) > kManagedPolicyCharactersMax) {  // Rule 54
        return limit("Cannot exceed quota for PolicySize: 6144");
      }
      return std::nullopt;
    case Kind::inline_:
      // Rule 55: the caller, who knows the entity, sums up; more than a role may have is too much.
      if (counted_size(text) > kRoleInlineCharactersMax) {
        return limit("Maximum policy size of 10240 bytes exceeded");
      }
      return std::nullopt;
    case Kind::trust:
      if (counted_size(text) > options.trust_size_max) {  // Rule 56
        return limit("Cannot exceed quota for ACLSizePerRole: " +
                     std::to_string(options.trust_size_max));
      }
      return std::nullopt;
    case Kind::bucket:
      if (count_outside_blanks(text, Unit::bytes) > kBucketPolicyBytesMax) {  // Rule 60
        return Problem{
            "Normalized policy document exceeds the maximum allowed size of 20480 bytes"};
      }
      return std::nullopt;
    case Kind::key:
      if (text.size() > kKeyPolicyBytesMax) {
        return Problem{"The policy exceeds the maximum allowed size of 32768 bytes",
                       {},
                       "",
                       "LimitExceededException"};
      }
      return std::nullopt;
    case Kind::scp:
    case Kind::rcp:  // Rule 59: white space counts as sent
      if (count_characters(text) > (kind == Kind::scp ? kScpCharactersMax : kRcpCharactersMax)) {
        return Problem{"You have exceeded the maximum size of a policy document.",
                       {},
                       "",
                       "ConstraintViolationException"};
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<Problem> check_no_principal(const json::Value& document) {
  return each_statement(document, [](const json::Value& statement) -> std::optional<Problem> {
    for (const auto& [name, value, at] : statement.members()) {
      if (name == "Principal" || name == "NotPrincipal") {  // Rule 40
        return Problem{"Policy document should not specify a principal.", at};
      }
    }
    return std::nullopt;
  });
}

std::optional<Problem> check_identity(Kind kind, const json::Value& document) {
  if (auto problem = check_syntax(document)) return problem;
  if (kind == Kind::managed || kind == Kind::boundary || kind == Kind::scp) {
    // Rule 9; for service control policies "SCP syntax".
    if (auto problem = check_version_2012(document)) return problem;
  }
  if (auto problem = check_legacy(document)) return problem;
  if (auto problem = check_no_principal(document)) return problem;
  auto resources = check_resource_names(document, kind);
  if (resources && resources->message == kLegacyParsing) return resources;
  if (auto problem =
          check_sids(document, true, "Statement IDs (SID) in a single policy must be unique.")) {
    return problem;
  }
  if (auto problem = check_actions_exist(document)) return problem;
  if (resources) return resources;
  if (auto problem = check_action_names(document)) return problem;
  return check_resources_exist(document);
}

std::string_view json_error_text(Kind kind, std::string_view text) {
  if (kind == Kind::bucket && !text.starts_with('{')) {  // Rule 3
    return "Policies must be valid JSON and the first byte must be '{'";
  }
  // Rule 39: what does not even begin as an object gets the older text, as recorded.
  const std::string_view begin = trim(text);
  if (kind != Kind::trust && !begin.starts_with('{')) return kSyntaxErrors;
  return kInvalidJson;
}

}  // namespace

std::optional<Problem> check_version_2012(const json::Value& document) {
  if (document.find_text("Version") == "2012-10-17") return std::nullopt;
  const json::Value* version = document.find("Version");
  return Problem{"Policy document must be version 2012-10-17 or greater.",
                 version == nullptr ? document.position() : version->position()};
}

std::optional<Problem> find_problem(Kind kind, std::string_view text,
                                    const ValidateOptions& options) {
  if (auto problem = check_parameter(kind, text)) return problem;
  if (kind == Kind::bucket && !text.starts_with('{')) {
    return Problem{std::string(json_error_text(kind, text)), {1, 1}};
  }
  const auto document = json::parse(text);
  if (!document) {
    return Problem{std::string(json_error_text(kind, text)), document.error().at,
                   document.error().message};
  }
  const auto check = [&]() -> std::optional<Problem> {
    switch (kind) {
      case Kind::managed:
      case Kind::inline_:
      case Kind::boundary:
      case Kind::session:
      case Kind::scp:
        return check_identity(kind, *document);
      case Kind::trust:
        return check_trust(*document, options);
      case Kind::bucket:
        return check_bucket(*document, options);
      case Kind::rcp:
        return check_rcp(*document);
      case Kind::queue:
      case Kind::topic:
      case Kind::key:
      case Kind::resource:
        return check_resource_policy(*document, kind, options);
    }
    return std::nullopt;
  };
  if (auto problem = check()) return problem;
  return options.check_size ? check_size(kind, text, options) : std::nullopt;
}

ApiError to_api_error(Kind kind, const Problem& problem) {
  if (!problem.code.empty()) {
    const int status = problem.code == "LimitExceeded" ? 409 : 400;
    return ApiError::make(status, problem.code, problem.message);
  }
  switch (kind) {  // Rule 37
    case Kind::bucket:
      return ApiError::make(400, "MalformedPolicy", problem.message);
    case Kind::queue:
      return ApiError::make(400, "InvalidAttributeValue",
                            "Invalid value for the parameter Policy. Reason: " + problem.message);
    case Kind::topic:
      return ApiError::make(400, "InvalidParameter",
                            "Invalid parameter: Policy Error: " + problem.message);
    case Kind::key:
      return ApiError::make(400, "MalformedPolicyDocumentException", problem.message);
    case Kind::scp:
    case Kind::rcp:
      return ApiError::make(400, "MalformedPolicyDocumentException",
                            "The provided policy document does not meet the requirements of the "
                            "specified policy type.");
    default:
      return ApiError::malformed_policy_document(problem.message);
  }
}

std::optional<ApiError> validate(Kind kind, std::string_view text, const ValidateOptions& options) {
  const auto problem = find_problem(kind, text, options);
  if (!problem) return std::nullopt;
  return to_api_error(kind, *problem);
}

std::size_t counted_size(std::string_view text) {
  return count_outside_blanks(text, Unit::characters);
}

}  // namespace rolecall::policy
