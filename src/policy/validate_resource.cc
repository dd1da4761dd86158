// Kinds with a Principal: trust, bucket, RCP and the other resource policies.
#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "base/ids.h"
#include "policy/catalogue.h"
#include "policy/exemptions.h"
#include "policy/match.h"
#include "policy/operators.h"
#include "policy/problem.h"

namespace rolecall::policy {
namespace {

using json::Value;
using Check = std::optional<Problem>;

constexpr std::array<std::string_view, 4> kFederatedNames = {"accounts.google.com",
                                                             "graph.facebook.com", "www.amazon.com",
                                                             "cognito-identity.amazonaws.com"};

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool has_wildcard(std::string_view text) { return text.find_first_of("*?") != text.npos; }

bool is_provider(std::string_view text) {  // Rule 45
  const auto arn = ArnView::parse(text);
  const bool provider =
      arn && arn->service == "iam" && !has_wildcard(text) &&
      (arn->resource.starts_with("saml-provider/") || arn->resource.starts_with("oidc-provider/"));
  return provider || contains(kFederatedNames, text);
}

Problem invalid_principal(const std::string& type, const Value& entry) {
  return {"Invalid principal in policy: \"" + ascii_upper(type) + "\":\"" + entry.text() + "\"",
          entry.position()};
}

// f(type, entry) for each; `types` are those allowed.
template <class F>
Check each_principal(const Value& principal, std::span<const std::string_view> types, F&& f) {
  for (const auto& [type, value, at] : principal.members()) {
    if (!contains(types, type)) {  // Rule 50
      return Problem{"Invalid principal in policy: \"" + ascii_upper(type) + "\"", at,
                     "a principal is one of AWS, Service, Federated and, in S3, CanonicalUser"};
    }
    const bool list =
        value.is_array() && std::all_of(value.items().begin(), value.items().end(),
                                        [](const Value& item) { return item.is_string(); });
    if (!value.is_string() && !list) {
      return Problem{std::string(kSyntaxErrors), value.position(),
                     "a principal takes a string or a list of strings"};
    }
    if (auto problem =
            each_entry(value, [&, &kind = type](const Value& entry) { return f(kind, entry); })) {
      return problem;
    }
  }
  return std::nullopt;
}

bool exists(const ValidateOptions& options, const std::string& principal) {
  return principal == "*" || !options.principal_exists || options.principal_exists(principal);
}

// --- trust policies ------------------------------------------------------------------------------

constexpr std::array<std::string_view, 6> kTrustActions = {
    "assumerole", "assumerolewithsaml", "assumerolewithwebidentity",
    "tagsession", "setsourceidentity",  "setcontext"};

bool is_trust_action(std::string_view action) {  // Rules 43, 270
  const std::string folded = ascii_lower(action);
  if (!folded.starts_with("sts:")) return false;
  const std::string coded = code_wildcards(std::string_view(folded).substr(4));
  return std::any_of(kTrustActions.begin(), kTrustActions.end(),
                     [&](std::string_view name) { return match_coded(coded, name); });
}

Check check_trust_principal(const Value& statement, const ValidateOptions& options) {
  const Value* principal = statement.find("Principal");
  if (principal == nullptr) {
    return Problem{"Missing required field Principal", statement.position()};
  }
  if (principal->is_string()) {
    if (principal->text() == "*") return std::nullopt;  // Rule 51
    return Problem{"Principal must be a JSON object.", principal->position()};
  }
  if (!principal->is_object()) {
    return Problem{"Principal must be a JSON object.", principal->position()};
  }
  if (principal->members().empty()) {
    return Problem{"Missing required field Principal cannot be empty!", principal->position()};
  }
  static constexpr std::array<std::string_view, 3> kTypes = {"AWS", "Service", "Federated"};
  return each_principal(
      *principal, kTypes, [&](const std::string& type, const Value& entry) -> Check {
        const std::string& text = entry.text();
        if (type == "AWS" && (!is_aws_principal(text) || !exists(options, text))) {
          return invalid_principal(type, entry);  // Rules 44, 52, 53
        }
        if (type == "Service" && !is_service_principal(text)) return invalid_principal(type, entry);
        if (type == "Federated") {
          if (!is_provider(text)) {
            return Problem{"Federated principals must be valid domain names or SAML metadata ARNs",
                           entry.position()};
          }
          const Value* condition = statement.find("Condition");
          if (text == "cognito-identity.amazonaws.com" &&
              (condition == nullptr || condition->members().empty())) {
            return Problem{"A condition block must be present for the Cognito provider",
                           statement.position()};
          }
        }
        return std::nullopt;
      });
}

Check check_trust_statement(const Value& statement, const ValidateOptions& options) {
  if (const Value* it = statement.find("Resource")) {  // Rule 42
    return Problem{"Has prohibited field Resource", it->position()};
  }
  if (const Value* it = statement.find("NotResource")) {
    return Problem{"AssumeRole policy must not contain resources.", it->position()};
  }
  if (const Value* it = statement.find("NotPrincipal")) {
    return Problem{"AssumeRole policy must not contain NotPrincipal field.", it->position()};
  }
  if (auto problem = check_trust_principal(statement, options)) return problem;
  const Value* action = statement.find("Action");
  if (is_missing(action)) return Problem{"Missing required field Action", statement.position()};
  return each_entry(*action, [](const Value& entry) -> Check {
    if (is_trust_action(entry.text())) return std::nullopt;
    return Problem{"AssumeRole policy may only specify STS AssumeRole actions.", entry.position()};
  });
}

// The texts that these parsers have of their own for a few flaws of the grammar.
Check check_named_flaws(const Value& document) {
  if (!document.is_object()) return std::nullopt;
  if (const Value* version = document.find("Version");
      version != nullptr && version->text() != "2012-10-17" && version->text() != "2008-10-17") {
    return Problem{"The policy must contain a valid version string", version->position()};
  }
  if (const Value* statements = document.find("Statement");
      statements != nullptr && statements->is_array() && statements->items().empty()) {
    return Problem{"Could not parse the policy: Statement is empty!", statements->position()};
  }
  return each_statement(document, [](const Value& statement) -> Check {
    if (!statement.is_object()) return std::nullopt;
    const Value* effect = statement.find("Effect");
    if (effect == nullptr) return Problem{"Missing required field Effect", statement.position()};
    if (effect->is_string() && effect->text() != "Allow" && effect->text() != "Deny") {
      return Problem{"Invalid effect: " + effect->text(), effect->position()};
    }
    return std::nullopt;
  });
}

// --- bucket policies -----------------------------------------------------------------------------

constexpr std::string_view kNotUnique = "The Statement Ids in the policy are not unique";

bool is_object_pattern(std::string_view path) { return path.find('/') != path.npos; }

// What a bucket statement's resources cover (Rule 38).
struct Covered {
  bool bucket = false, object = false;
};

Check check_bucket_resources(const Value& resources, std::string_view bucket, Covered& covered) {
  return each_entry(resources, [&](const Value& entry) -> Check {
    const std::string& text = entry.text();
    const auto arn = ArnView::parse(text);
    const Problem invalid{"Policy has invalid resource", entry.position()};
    if (!arn || arn->service != "s3" || arn->resource.empty()) return invalid;
    if (!arn->region.empty() || !arn->account.empty()) return invalid;
    const std::string_view name = arn->resource.substr(0, arn->resource.find('/'));
    if (!bucket.empty() && name != bucket) {
      // `b*` would reach other buckets too, yet S3 only asks that it may be this one.
      if (!has_wildcard(name) || !match_coded(code_wildcards(name), bucket)) return invalid;
    }
    const bool object = is_object_pattern(arn->resource);
    covered.object = covered.object || object || name.ends_with('*');
    covered.bucket = covered.bucket || !object;
    return std::nullopt;
  });
}

bool fits(const CatalogueService& s3, const CatalogueAction& action, const Covered& covered) {
  bool bucket = false, object = false;
  for (const std::uint16_t index : action.resources) {
    bucket = bucket || s3.resources[index].name == "bucket";
    object = object || s3.resources[index].name == "object";
  }
  return (bucket && covered.bucket) || (object && covered.object);
}

Check check_bucket_actions(const Value& actions, const Covered& covered, bool negated) {
  const CatalogueService* s3 = find_service("s3");
  return each_entry(actions, [&](const Value& entry) -> Check {
    const std::string folded = ascii_lower(entry.text());
    if (folded == "*") return std::nullopt;
    const Problem invalid{"Policy has invalid action", entry.position()};  // Rule 22
    if (!folded.starts_with("s3:") || s3 == nullptr) return invalid;
    const std::string coded = code_wildcards(std::string_view(folded).substr(3));
    bool known = false, applies = false;
    for (const CatalogueAction& action : s3->actions) {
      if (!match_coded(coded, ascii_lower(action.name))) continue;
      known = true;
      applies = applies || fits(*s3, action, covered);
    }
    if (!known) return invalid;
    if (!applies && !negated) {
      return Problem{"Action does not apply to any resource(s) in statement", entry.position()};
    }
    return std::nullopt;
  });
}

Check check_bucket_principal(const Value& statement, const ValidateOptions& options) {
  const Value* principal = statement.find("Principal");
  const bool negated = principal == nullptr;
  if (negated) principal = statement.find("NotPrincipal");
  if (principal == nullptr) {
    return Problem{"Missing required field Principal", statement.position()};
  }
  const std::string invalid = "Invalid principal in policy";
  if (negated && statement.find_text("Effect") == "Allow") {  // Rules 41, 364
    return Problem{invalid, principal->position(), "NotPrincipal with Allow grants everybody else"};
  }
  if (principal->is_string()) {
    if (principal->text() == "*") return std::nullopt;
    return Problem{invalid, principal->position()};
  }
  if (!principal->is_object() || principal->members().empty()) {
    return Problem{invalid, principal->position()};
  }
  static constexpr std::array<std::string_view, 4> kTypes = {"AWS", "Service", "Federated",
                                                             "CanonicalUser"};
  auto problem =
      each_principal(*principal, kTypes, [&](const std::string& type, const Value& entry) -> Check {
        const std::string& text = entry.text();
        const bool good = type == "AWS"       ? is_aws_principal(text) && exists(options, text)
                          : type == "Service" ? is_service_principal(text)
                                              : !text.empty() && !has_wildcard(text);
        if (good) return std::nullopt;
        return Problem{invalid, entry.position(), "`" + text + "` names no principal"};
      });
  if (problem && problem->message != kSyntaxErrors) problem->message = invalid;
  return problem;
}

Check check_bucket_conditions(const Value& statement) {
  const Value* condition = statement.find("Condition");
  if (condition == nullptr) return std::nullopt;
  for (const auto& [name, block, at] : condition->members()) {
    if (!parse_operator(name)) return Problem{"Invalid Condition type : " + name, at};  // Rule 29
  }
  return std::nullopt;
}

}  // namespace

bool is_aws_principal(std::string_view text) {
  if (text == "*" || AccountId::parse(text)) return true;
  const bool id = text.size() >= 16 && (text.starts_with("AIDA") || text.starts_with("AROA")) &&
                  std::all_of(text.begin(), text.end(), [](char c) {
                    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                  });
  if (id) return true;
  const auto arn = ArnView::parse(text);
  if (!arn || has_wildcard(text) || !arn->region.empty() || !AccountId::parse(arn->account)) {
    return false;
  }
  const std::string_view resource = arn->resource;
  const auto named = [&](std::string_view prefix) {
    return resource.starts_with(prefix) && resource.size() > prefix.size();
  };
  if (arn->service == "iam") return resource == "root" || named("user/") || named("role/");
  if (arn->service == "sts") return named("assumed-role/") || named("federated-user/");
  return false;
}

Check check_trust(const Value& document, const ValidateOptions& options) {
  if (auto problem = check_named_flaws(document)) return problem;
  if (auto problem = check_syntax(document)) return problem;
  if (auto problem = check_legacy(document)) return problem;
  if (auto problem = check_sids(document, true, kNotUnique)) return problem;
  return each_statement(
      document, [&](const Value& statement) { return check_trust_statement(statement, options); });
}

Check check_bucket(const Value& document, const ValidateOptions& options) {
  if (auto problem = check_named_flaws(document)) return problem;
  auto conditions = each_statement(
      document, [](const Value& statement) -> Check { return check_bucket_conditions(statement); });
  if (conditions) return conditions;
  if (auto problem = check_syntax(document)) return problem;
  if (auto problem = check_legacy(document)) return problem;
  if (auto problem = check_sids(document, false, kNotUnique)) return problem;
  return each_statement(document, [&](const Value& statement) -> Check {
    if (auto problem = check_bucket_principal(statement, options)) return problem;
    const Value* action = statement.find("Action");
    const bool not_action = action == nullptr;
    if (not_action) action = statement.find("NotAction");
    if (is_missing(action)) return Problem{"Missing required field Action", statement.position()};
    const Value* resource = statement.find("Resource");
    const bool not_resource = resource == nullptr;
    if (not_resource) resource = statement.find("NotResource");
    if (is_missing(resource)) {
      return Problem{"Missing required field Resource", statement.position()};
    }
    Covered covered;
    if (auto problem = check_bucket_resources(*resource, options.bucket, covered)) return problem;
    if (not_resource) covered = {true, true};
    return check_bucket_actions(*action, covered, not_action);
  });
}

Check check_rcp(const Value& document) {  // Rule 48
  if (auto problem = check_syntax(document)) return problem;
  if (auto problem = check_version_2012(document)) return problem;
  if (auto problem = check_legacy(document)) return problem;
  if (auto problem = check_resource_names(document, Kind::rcp)) return problem;
  if (auto problem = check_sids(document, true, kNotUnique)) return problem;
  if (auto problem = check_action_names(document)) return problem;
  if (auto problem = check_resources_exist(document)) return problem;
  return each_statement(document, [](const Value& statement) -> Check {
    const auto refuse = [&](const Value& value, std::string detail) {
      return Problem{std::string(kSyntaxErrors), value.position(), std::move(detail)};
    };
    const Value& effect = *statement.find("Effect");
    if (effect.text() != "Deny") return refuse(effect, "a resource control policy only denies");
    if (const Value* it = statement.find("NotAction"))
      return refuse(*it, "NotAction is not allowed");
    const Value* principal = statement.find("Principal");
    const bool star = principal != nullptr &&
                      (principal->text() == "*" ||
                       (principal->members().size() == 1 && principal->find_text("AWS") == "*"));
    if (!star) {
      return refuse(principal == nullptr ? statement : *principal, "Principal must be \"*\"");
    }
    const Value* action = statement.find("Action");
    if (is_missing(action)) return refuse(statement, "the statement has no Action");
    return each_entry(*action, [&](const Value& entry) -> Check {
      const std::string folded = ascii_lower(entry.text());
      if (folded == "*") return refuse(entry, "Action must name a service");
      if (!rcp_supports(std::string_view(folded).substr(0, folded.find(':')))) {
        return refuse(entry, "the service does not support resource control policies");
      }
      return std::nullopt;
    });
  });
}

Check check_resource_policy(const Value& document, Kind kind, const ValidateOptions& options) {
  if (auto problem = check_syntax(document)) return problem;
  if (auto problem = check_legacy(document)) return problem;
  if (auto problem = check_actions_exist(document)) return problem;
  if (auto problem = check_action_names(document)) return problem;
  std::size_t statements = 0, principals = 0;
  auto problem = each_statement(document, [&](const Value& statement) -> Check {
    ++statements;
    if (auto found = check_bucket_principal(statement, options)) return found;
    const Value* principal = statement.find("Principal");
    if (principal != nullptr) {
      for (const auto& [type, value, at] : principal->members()) {
        principals += value.is_array() ? value.items().size() : 1;
      }
    }
    if (kind != Kind::queue) return std::nullopt;
    const Value* actions = statement.find("Action");  // Rule 60
    const Value* condition = statement.find("Condition");
    if (actions != nullptr && actions->items().size() > 7) {
      return Problem{"a statement of a queue policy has at most 7 actions", actions->position()};
    }
    if (condition != nullptr && condition->members().size() > 10) {
      return Problem{"a statement of a queue policy has at most 10 conditions",
                     condition->position()};
    }
    return std::nullopt;
  });
  if (problem) return problem;
  if (kind == Kind::queue && (statements > 20 || principals > 50)) {
    return Problem{"a queue policy has at most 20 statements and 50 principals"};
  }
  // A queue's or topic's policy may leave the resource out: it is the queue or topic.
  return kind == Kind::key ? check_resources_exist(document) : std::nullopt;
}

}  // namespace rolecall::policy
