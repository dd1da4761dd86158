#include "policy/lint.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "base/ids.h"
#include "base/json.h"
#include "policy/catalogue.h"
#include "policy/keys.h"
#include "policy/lint_advice.h"
#include "policy/lint_words.h"
#include "policy/match.h"
#include "policy/operators.h"
#include "policy/problem.h"
#include "policy/values.h"

namespace rolecall::policy {
namespace {

using json::Value;

// One entry of Action with the catalogued actions it covers.
struct Covered {
  const CatalogueService* service;
  const CatalogueAction* action;
};

class Linter {
 public:
  Linter(Kind kind, const Value& document, std::vector<Diagnostic>& out)
      : kind_(kind), document_(document), out_(out) {}

  void run() {
    if (!document_.is_object()) return;
    const Value* version = document_.find("Version");
    variables_ = version != nullptr && version->text() == "2012-10-17";
    if (version == nullptr && kind_ != Kind::managed && kind_ != Kind::boundary) {
      add(Severity::warning, document_.position(), "no-version",
          "without Version this is a 2008-10-17 policy, in which variables are plain text",
          "add \"Version\": \"2012-10-17\"");
    }
    (void)each_statement(document_, [&](const Value& it) -> std::optional<Problem> {
      if (it.is_object()) statement(it);
      return std::nullopt;
    });
  }

 private:
  void add(Severity severity, json::Position at, std::string code, std::string message,
           std::string advice = "") {
    out_.push_back(
        {severity, at.line, at.column, std::move(code), std::move(message), std::move(advice)});
  }

  void statement(const Value& it) {
    const bool allow = it.find_text("Effect") == "Allow";
    const Value* action = it.find("Action");
    const Value* not_action = it.find("NotAction");
    const Value* resource = it.find("Resource");
    std::vector<Covered> covered;
    bool all_actions = not_action != nullptr || action == nullptr;
    for (const Value* list : {action, not_action}) {
      if (list == nullptr) continue;
      (void)each_entry(*list, [&](const Value& entry) -> std::optional<Problem> {
        if (entry.text() == "*") all_actions = true;
        typographic(entry);
        expand(entry, covered);
        return std::nullopt;
      });
    }
    if (allow && not_action != nullptr) {
      add(Severity::warning, it.find("NotAction")->position(), "allow-not-action",
          "Allow with NotAction grants every other action, of services yet to come too",
          "list what is allowed in Action, or deny the rest");
    }
    if (allow && it.find("NotResource") != nullptr) {
      add(Severity::warning, it.find("NotResource")->position(), "allow-not-resource",
          "Allow with NotResource grants the action on every other resource");
    }
    matches_nothing(it, allow, not_action);
    const Value* condition = it.find("Condition");
    principals(it, allow, condition != nullptr && !condition->members().empty());
    if (not_action == nullptr && !all_actions && !covered.empty() && resource != nullptr) {
      reachable(it, covered, *resource, allow);
    }
    for (const char* element : {"Resource", "NotResource"}) {
      const Value* list = it.find(element);
      if (list == nullptr) continue;
      (void)each_entry(*list, [&](const Value& entry) -> std::optional<Problem> {
        variables(entry);
        typographic(entry);
        return std::nullopt;
      });
    }
    if (condition != nullptr) conditions(*condition, covered, all_actions);
  }

  // NotAction and NotResource of everything leave nothing.
  void matches_nothing(const Value& it, bool allow, const Value* not_action) {
    const auto star = [](const Value* list) -> const Value* {
      const Value* found = nullptr;
      if (list == nullptr) return found;
      (void)each_entry(*list, [&](const Value& entry) -> std::optional<Problem> {
        if (entry.text() == "*") found = &entry;
        return std::nullopt;
      });
      return found;
    };
    for (const Value* entry : {star(not_action), star(it.find("NotResource"))}) {
      if (entry == nullptr) continue;
      add(Severity::warning, entry->position(),
          allow ? "allow-never-matches" : "deny-never-matches",
          std::string("everything but `*` is nothing, so this ") + (allow ? "Allow" : "Deny") +
              " can never match");
    }
  }

  // IAM refuses such characters; the other kinds store them, and then nothing matches.
  void typographic(const Value& entry) {
    if (const auto c = find_typographic(entry.text())) {
      add(Severity::warning, entry.position(), "typographic", "this holds " + describe_foreign(c));
    }
  }

  // --- actions ---------------------------------------------------------------------------------

  void expand(const Value& entry, std::vector<Covered>& covered) {
    const std::string folded = ascii_lower(entry.text());
    const std::size_t colon = folded.find(':');
    if (colon == folded.npos) return;
    const std::string name = folded.substr(colon + 1);
    const CatalogueService* service = find_service(folded.substr(0, colon));
    if (service == nullptr) {
      std::vector<std::string_view> names;
      for (const auto& known : catalogue()) names.push_back(known.name);
      add(Severity::warning, entry.position(), "unknown-service",
          "no service has the prefix `" + entry.text().substr(0, colon) + "`",
          suggestion(folded.substr(0, colon), names));
      return;
    }
    if (name.find_first_of("*?") == name.npos) {
      if (const CatalogueAction* action = service->find(name)) {
        covered.push_back({service, action});
        return;
      }
      add(Severity::warning, entry.position(), "unknown-action",
          "there is no action `" + entry.text() + "`; the entry matches nothing",
          action_advice(*service, name));
      return;
    }
    const std::string coded = code_wildcards(name);
    const std::size_t before = covered.size();
    for (const auto& action : service->actions) {
      if (match_coded(coded, ascii_lower(action.name))) covered.push_back({service, &action});
    }
    if (covered.size() == before) {
      add(Severity::warning, entry.position(), "unknown-action",
          "no action matches `" + entry.text() + "`");
    }
  }

  // Rule 362: who is listed in a Deny's NotPrincipal by some of his names only is denied all the
  // same.
  void spared(const Value& negated) {
    const Value* aws = negated.find("AWS");
    if (aws == nullptr) return;
    std::vector<const Value*> entries{aws};
    if (aws->is_array()) {
      entries.clear();
      for (const Value& item : aws->items()) entries.push_back(&item);
    }
    const auto lists = [&](auto&& test) {
      return std::any_of(entries.begin(), entries.end(),
                         [&](const Value* entry) { return test(entry->text()); });
    };
    for (const Value* entry : entries) {
      const auto arn = ArnView::parse(entry->text());
      if (!arn || arn->resource == "root") continue;
      const std::string account(arn->account);
      const bool has_account = lists([&](std::string_view text) {
        return text == account || text.ends_with("::" + account + ":root");
      });
      const bool is_role = arn->service == "iam" && arn->resource.starts_with("role/");
      const std::string session = "assumed-role/";
      std::string missing;
      if (is_role) {
        const std::string name(arn->resource.substr(arn->resource.rfind('/') + 1));
        const bool has_session = lists([&](std::string_view text) {
          return text.find(":" + session + name + "/") != text.npos;
        });
        if (!has_session) missing = "the ARN of each session of the role";
      } else if (arn->resource.starts_with(session)) {
        const std::string_view rest = arn->resource.substr(session.size());
        const std::string name(rest.substr(0, rest.find('/')));
        const bool has_role = lists([&](std::string_view text) {
          return text.ends_with("/" + name) && text.find(":role/") != text.npos;
        });
        if (!has_role) missing = "the ARN of the session's role";
      }
      if (!has_account)
        missing += (missing.empty() ? "the account " : " and the account ") + account;
      if (missing.empty()) continue;
      add(Severity::warning, entry->position(), "deny-not-principal",
          "this spares nobody: a Deny with NotPrincipal denies who is not listed by every name of "
          "his",
          "list " + missing +
              " as well, or use Principal \"*\" with the condition ArnNotEquals aws:PrincipalArn");
    }
  }

  // --- principals ------------------------------------------------------------------------------

  void principals(const Value& it, bool allow, bool conditional) {
    const Value* principal = it.find("Principal");
    const Value* negated = it.find("NotPrincipal");
    if (allow && negated != nullptr) {
      add(Severity::warning, negated->position(), "allow-not-principal",
          "Allow with NotPrincipal grants everybody who is not listed, anonymous callers included",
          "name those who may in Principal");
    }
    if (!allow && negated != nullptr) spared(*negated);
    if (!allow || principal == nullptr || conditional || kind_ == Kind::rcp) return;
    const auto warn = [&](const Value& at) {
      add(Severity::warning, at.position(), "wildcard-principal",
          kind_ == Kind::trust ? "anybody with any AWS account may assume this role"
                               : "this grants everybody, anonymous callers included",
          "name accounts or roles, or add a Condition such as aws:PrincipalOrgID");
    };
    if (principal->text() == "*") warn(*principal);
    if (const Value* aws = principal->find("AWS")) {
      (void)each_entry(*aws, [&](const Value& entry) -> std::optional<Problem> {
        if (entry.text() == "*") warn(entry);
        return std::nullopt;
      });
    }
  }

  // --- resources -------------------------------------------------------------------------------

  void reachable(const Value& it, const std::vector<Covered>& covered, const Value& resource,
                 bool allow) {
    bool reaches = false;
    (void)each_entry(resource, [&](const Value& entry) -> std::optional<Problem> {
      reaches = reaches || std::any_of(covered.begin(), covered.end(), [&](const Covered& c) {
                  return may_apply(*c.service, *c.action, entry.text());
                });
      return std::nullopt;
    });
    if (reaches || is_missing(&resource)) return;
    std::string advice;
    if (covered.front().action->resources.empty()) {
      advice = "such actions take no resource: they need \"Resource\": \"*\"";
    } else {
      const Covered& first = covered.front();
      const std::string_view given = resource.is_string() ? std::string_view(resource.text())
                                     : !resource.items().empty() && resource.items()[0].is_string()
                                         ? resource.items()[0].text()
                                         : std::string_view();
      advice = "`" + std::string(first.service->name) + ":" + std::string(first.action->name) +
               "` acts on " + std::string(nearest_shape(*first.service, *first.action, given));
    }
    add(Severity::warning, resource.is_string() ? resource.position() : it.position(),
        allow ? "allow-never-matches" : "deny-never-matches",
        std::string("none of the actions acts on any of the resources, so this ") +
            (allow ? "Allow" : "Deny") + " can never match",
        advice);
  }

  static bool may_apply(const CatalogueService& service, const CatalogueAction& action,
                        const std::string& resource) {
    if (resource == "*") return true;
    return std::any_of(action.resources.begin(), action.resources.end(), [&](std::uint16_t index) {
      return may_overlap(service.resources[index].arn, resource);
    });
  }

  void variables(const Value& entry) {
    const std::string& text = entry.text();
    for (std::size_t at = text.find("${"); at != text.npos; at = text.find("${", at + 2)) {
      const std::size_t end = text.find_first_of("},", at);
      if (end == text.npos) {
        add(Severity::warning, entry.position(), "unclosed-variable",
            "`${` without `}` is plain text");
        return;
      }
      const std::string key = text.substr(at + 2, end - at - 2);
      if (!variables_) {
        add(Severity::warning, entry.position(), "variable-without-version",
            "`${" + key + "}` is plain text in a policy without Version 2012-10-17",
            "set \"Version\": \"2012-10-17\"");
        return;
      }
      if (key == "*" || key == "?" || key == "$") continue;
      if (key.find(':') == key.npos) {
        add(Severity::warning, entry.position(), "unknown-variable",
            "`${" + key + "}` names no condition key, so the entry never matches",
            key == "username" ? "did you mean `aws:username`" : "");
      } else if (starts_with_ignoring_case(key, "aws:") && global_type(key).empty()) {
        add(Severity::warning, entry.position(), "unknown-variable",
            "there is no global condition key `" + key + "`, so the entry never matches",
            global_suggestion(key));
      }
    }
  }

  // --- conditions ------------------------------------------------------------------------------

  void conditions(const Value& condition, const std::vector<Covered>& covered, bool all_actions) {
    for (const auto& [name, block, at] : condition.members()) {
      const auto op = parse_operator(name);
      if (!op) {
        add(Severity::warning, at, "unknown-operator",
            "there is no condition operator `" + name + "`", suggestion(name, operator_names()));
        continue;
      }
      for (const auto& [key, values, key_at] : block.members()) {
        const std::string type = key_type(key, key_at, covered, all_actions);
        if (!type.empty()) operator_fits(*op, name, key, type, key_at);
        condition_values(*op, name, values);
      }
    }
  }

  // The key's type; "" when it is unknown. Says when no action of the statement has the key.
  std::string key_type(const std::string& key, json::Position at,
                       const std::vector<Covered>& covered, bool all_actions) {
    if (starts_with_ignoring_case(key, "aws:")) {
      const std::string type = global_type(key);
      if (type.empty()) {
        add(Severity::warning, at, "unknown-key", "there is no global condition key `" + key + "`",
            global_suggestion(key));
      }
      return type;
    }
    const std::size_t colon = key.find(':');
    if (colon == key.npos) {
      add(Severity::warning, at, "unknown-key",
          "`" + key + "` has no service prefix; no request carries it");
      return "";
    }
    std::string type;
    for (const auto& [service, action] : covered) {
      if (has_key(*service, *action, key, type)) return type;
    }
    // An identity provider's own keys (`accounts.google.com:aud`) belong to no service.
    const CatalogueService* owner = find_service(ascii_lower(key.substr(0, colon)));
    if (all_actions || covered.empty() || owner == nullptr) return "";
    std::string advice = action_with_key(*owner, key);
    if (!advice.empty()) {
      advice = "`" + advice + "` has it";
    } else {
      std::vector<std::string_view> names;
      for (const auto& known : owner->keys) names.push_back(known.name);
      advice = suggestion(key, names);
    }
    add(Severity::warning, at, "key-never-present",
        "none of the statement's actions ever has the key `" + key + "`", std::move(advice));
    return "";
  }

  static bool has_key(const CatalogueService& service, const CatalogueAction& action,
                      const std::string& key, std::string& type) {
    const auto check = [&](const std::vector<std::uint16_t>& indices) {
      for (const std::uint16_t index : indices) {
        if (!key_matches(service.keys[index].name, key)) continue;
        type = service.keys[index].type;
        return true;
      }
      return false;
    };
    if (check(action.keys)) return true;
    return std::any_of(action.resources.begin(), action.resources.end(),
                       [&](std::uint16_t index) { return check(service.resources[index].keys); });
  }

  void operator_fits(const Operator& op, const std::string& name, const std::string& key,
                     const std::string& type, json::Position at) {
    const bool many = type.starts_with("ArrayOf");
    const std::string_view element = many ? std::string_view(type).substr(7) : type;
    if (many && op.quantifier == compiled::Quantifier::none && op.op != compiled::Op::null) {
      add(Severity::warning, at, "multivalued-key",
          "`" + key + "` may have several values and " + name + " is not defined for those",
          "use ForAnyValue:" + name + " or ForAllValues:" + name);
    }
    if (!many && op.quantifier == compiled::Quantifier::for_all_values && !op.if_exists) {
      add(Severity::note, at, "set-operator-on-single",
          "ForAllValues on `" + key + "`, which has one value, is true when the key is absent",
          "drop ForAllValues, or add a Null condition");
    }
    const std::string wanted = better_operator(op, element);
    if (!wanted.empty()) {
      add(Severity::warning, at, "operator-type",
          "`" + key + "` is of type " + std::string(element) + ", which " + name +
              " does not compare as such",
          "use " + wanted);
    }
  }

  void condition_values(const Operator& op, const std::string& name, const Value& values) {
    if (values.is_array() && values.items().empty()) {
      add(Severity::warning, values.position(), "empty-list",
          op.negated ? "an empty list always matches here" : "an empty list never matches");
    }
    const auto check = [&](const Value& value) {
      const bool date = value_type(op.op) == ValueType::date;
      if (date && !parse_date(value.text())) {
        add(Severity::warning, value.position(), "never-a-date",
            "`" + value.text() + "` never matches as a date",
            "write 2026-01-31T00:00:00Z or seconds since 1970");
      }
      const bool expands = value.text().find("${") != std::string::npos;
      if (value_type(op.op) == ValueType::number && !parse_number(value.text())) {
        add(Severity::warning, value.position(), "never-a-number",
            "`" + value.text() + "` never matches as a number");
      }
      if (value_type(op.op) == ValueType::ip && !parse_ip(value.text())) {
        add(Severity::warning, value.position(), "never-an-address",
            "`" + value.text() + "` never matches as an IP address",
            "write 203.0.113.5, 203.0.113.0/24 or 2001:db8::/32");
      }
      if (value_type(op.op) == ValueType::boolean && !expands && !parse_bool(value.text())) {
        add(Severity::warning, value.position(), "never-a-truth",
            "`" + value.text() + "` is neither true nor false");
      }
      if (value.is_string()) typographic(value);
      if (op.op == compiled::Op::string_equals && value.text().find('*') != std::string::npos &&
          value.text().find("${*}") == std::string::npos) {
        add(Severity::warning, value.position(), "literal-wildcard",
            "`*` is an ordinary character to " + name, "use StringLike for wildcards");
      }
      if (value.is_string()) variables(value);
    };
    if (!values.is_array()) check(values);
    for (const Value& item : values.items()) check(item);
  }

  Kind kind_;
  const Value& document_;
  std::vector<Diagnostic>& out_;
  bool variables_ = false;
};

std::string problem_code(const Problem& problem, bool json_error) {
  if (problem.detail.starts_with("a curly quote")) return "curly-quote";
  if (problem.detail.find(" dash (U+") != std::string::npos) return "dash";
  if (json_error) return "json-syntax";
  if (!problem.code.empty()) return problem.code == "LimitExceeded" ? "too-large" : "parameter";
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kCodes = {{
      {"rincipal", "principal"},
      {"version", "version"},
      {"SID", "sid"},
      {"Ids", "sid"},
      {"legacy", "value"},
      {"Partition", "resource-format"},
      {"esource", "resource-format"},
      {"endor", "action-format"},
      {"colon", "action-format"},
      {"action", "action-format"},
      {"ffect", "effect"},
      {"Condition", "operator"},
  }};
  for (const auto& [part, code] : kCodes) {
    if (problem.message.find(part) != std::string::npos) return std::string(code);
  }
  return "grammar";
}

// The value that starts there; null when none does.
const Value* value_at(const Value& tree, json::Position at) {
  if (tree.position() == at) return &tree;
  for (const Value& item : tree.items()) {
    if (const Value* found = value_at(item, at)) return found;
  }
  for (const auto& member : tree.members()) {
    if (const Value* found = value_at(member.value, at)) return found;
  }
  return nullptr;
}

std::string problem_advice(const Problem& problem, const json::Value* document) {
  if (document == nullptr) return "";
  if (problem.detail.starts_with("there is no condition operator `")) {
    const std::size_t from = problem.detail.find('`') + 1;
    return suggestion(problem.detail.substr(from, problem.detail.size() - from - 1),
                      operator_names());
  }
  if (problem.detail.find("has no element `") != std::string::npos) {
    const std::size_t from = problem.detail.find('`') + 1;
    static constexpr std::array<std::string_view, 12> kElements = {
        "Version",      "Id",     "Statement", "Sid",      "Effect",      "Principal",
        "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"};
    return suggestion(problem.detail.substr(from, problem.detail.size() - from - 1), kElements);
  }
  if (problem.detail.starts_with("NotPrincipal with Allow"))
    return "name those who may in Principal";
  if (problem.message.starts_with("Principal must be a JSON object") ||
      problem.message.starts_with("Invalid principal")) {
    const Value* entry = value_at(*document, problem.at);
    if (entry != nullptr && entry->is_string()) {
      if (auto advice = principal_advice(entry->text()); !advice.empty()) return advice;
      if (problem.message.starts_with("Principal must")) {
        return "write \"Principal\": {\"AWS\": \"" + entry->text() + "\"}";
      }
    }
    return "a principal is \"*\", an account ID, or an ARN such as "
           "arn:aws:iam::111122223333:user/NAME, …:role/NAME, …:root or "
           "arn:aws:sts::111122223333:assumed-role/ROLE/SESSION; it must exist";
  }
  return "";
}

}  // namespace

std::vector<Diagnostic> lint(Kind kind, std::string_view text, const ValidateOptions& options) {
  std::vector<Diagnostic> out;
  const auto document = json::parse(text);
  if (const auto problem = find_problem(kind, text, options)) {
    std::string message = problem->message;
    if (!problem->detail.empty()) message = problem->detail + " (" + message + ")";
    out.push_back({Severity::error, problem->at.line, problem->at.column,
                   problem_code(*problem, !document), std::move(message),
                   problem_advice(*problem, document ? &*document : nullptr)});
  }
  if (document) {
    const std::size_t errors = out.size();
    Linter(kind, *document, out).run();
    // What AWS refuses needs no warning beside it; its advice may be the better one.
    for (std::size_t i = errors; errors > 0 && i < out.size();) {
      Diagnostic& error = out.front();
      const bool same = out[i].line == error.line && out[i].column == error.column;
      const bool character = error.code == "curly-quote" || error.code == "dash";
      if (!same && !(character && out[i].code == "typographic")) {
        ++i;
        continue;
      }
      if (error.advice.empty()) error.advice = std::move(out[i].advice);
      out.erase(out.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  return out;
}

}  // namespace rolecall::policy
