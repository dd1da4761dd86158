// The grammar that all kinds share (section 1 of the rules).
#include <algorithm>
#include <charconv>
#include <set>

#include "base/encoding.h"
#include "policy/operators.h"
#include "policy/problem.h"
#include "policy/values.h"

namespace rolecall::policy {

using json::Value;
using Check = std::optional<Problem>;

namespace {

Problem syntax(json::Position at, std::string detail) {
  return {std::string(kSyntaxErrors), at, std::move(detail)};
}
Problem legacy(json::Position at, std::string detail) {
  return {std::string(kLegacyParsing), at, std::move(detail)};
}

Check check_duplicates(const Value& value) {  // Rule 5
  std::set<std::string_view> names;
  for (const auto& [name, member, at] : value.members()) {
    if (!names.insert(name).second) return syntax(at, "`" + name + "` appears twice here");
    if (auto problem = check_duplicates(member)) return problem;
  }
  for (const Value& item : value.items()) {
    if (auto problem = check_duplicates(item)) return problem;
  }
  return std::nullopt;
}

Check check_texts(const Value& value, const std::string& element) {
  if (value.is_string()) return std::nullopt;
  if (!value.is_array()) {
    return syntax(value.position(), element + " takes a string or a list of strings");
  }
  for (const Value& item : value.items()) {
    // IAM stores a null inside a list of resources (seen in its recorded answers).
    const bool lenient = item.is_null() && element.ends_with("Resource");
    if (!item.is_string() && !lenient) {
      return syntax(item.position(), element + " takes strings only");
    }
  }
  return std::nullopt;
}

bool is_scalar(const Value& value) {
  return value.is_string() || value.is_number() || value.is_bool();
}

Check check_condition(const Value& condition) {  // Rules 28, 29
  if (!condition.is_object()) {
    return syntax(condition.position(), "Condition takes an object of operators");
  }
  for (const auto& [name, block, at] : condition.members()) {
    if (!block.is_object()) {
      return syntax(block.position(), "the operator `" + name + "` takes an object of keys");
    }
    // An unknown operator without any key is stored (seen in IAM's recorded answers).
    if (!block.members().empty() && !parse_operator(name)) {
      return syntax(at, "there is no condition operator `" + name + "`");
    }
    for (const auto& [key, value, key_at] : block.members()) {
      const bool list =
          value.is_array() && std::all_of(value.items().begin(), value.items().end(), is_scalar);
      if (!is_scalar(value) && !list) {
        return syntax(value.position(), "the key `" + key + "` takes a value or a list of values");
      }
    }
  }
  return std::nullopt;
}

Check check_statement(const Value& statement) {
  static const std::set<std::string_view> kElements = {"Sid",          "Effect",      "Principal",
                                                       "NotPrincipal", "Action",      "NotAction",
                                                       "Resource",     "NotResource", "Condition"};
  if (!statement.is_object()) return syntax(statement.position(), "a statement is an object");
  for (const auto& [name, value, at] : statement.members()) {
    if (!kElements.contains(name)) {  // Rule 6
      return syntax(at, "a statement has no element `" + name + "`");
    }
    if (name == "Sid" && !value.is_string()) return syntax(value.position(), "Sid is a string");
    if (name == "Condition") {
      if (auto problem = check_condition(value)) return problem;
    }
    if (name.ends_with("Action") || name.ends_with("Resource")) {
      if (auto problem = check_texts(value, name)) return problem;
    }
  }
  for (const char* pair : {"Action", "Resource", "Principal"}) {  // Rules 16, 17
    const Value* second = statement.find("Not" + std::string(pair));
    if (statement.find(pair) != nullptr && second != nullptr) {
      return syntax(second->position(),
                    std::string(pair) + " and Not" + pair + " exclude each other");
    }
  }
  const Value* effect = statement.find("Effect");  // Rule 15
  if (effect == nullptr) return syntax(statement.position(), "the statement has no Effect");
  const bool known =
      equal_ignoring_case(effect->text(), "allow") || equal_ignoring_case(effect->text(), "deny");
  if (!effect->is_string() || !known) {
    return syntax(effect->position(), "Effect is \"Allow\" or \"Deny\"");
  }
  return std::nullopt;
}

// What IAM takes for a date when it stores one: more than it matches when it decides. Parts may be
// short, a whole number of any size up to 64 bits will do, "01T" passes (recorded answers).
class LenientDate {
 public:
  explicit LenientDate(std::string_view text) : rest_(text) {}
  bool valid() {
    const std::size_t t = rest_.find_first_of("tT");
    const std::string_view date = rest_.substr(0, t);
    const std::string_view time = t == rest_.npos ? std::string_view{} : rest_.substr(t + 1);
    return is_date(date) && (time.empty() || is_time(time));
  }

 private:
  static bool is_date(std::string_view text) {
    std::int64_t whole = 0;
    if (number(text, whole)) return true;
    const bool before = text.starts_with('-');
    if (before) text.remove_prefix(1);
    std::int64_t part = 0;
    const std::size_t first = text.find('-');
    if (first == text.npos || !number(text.substr(0, first), part)) return false;
    text.remove_prefix(first + 1);
    const std::size_t second = text.find('-');
    if (!between(text.substr(0, second), 1, 12)) return false;
    return second == text.npos || between(text.substr(second + 1), 1, 31);
  }
  static bool is_time(std::string_view text) {
    const std::size_t zone = text.find_first_of("zZ+-");
    if (zone != text.npos && !is_zone(text.substr(zone))) return false;
    text = text.substr(0, zone);
    const std::size_t dot = text.find('.');
    if (dot != text.npos) {
      const std::string_view fraction = text.substr(dot + 1);
      if (fraction.empty() || fraction.size() > 9 ||
          fraction.find_first_not_of("0123456789") != fraction.npos) {
        return false;
      }
      text = text.substr(0, dot);
    }
    int parts = 0;
    while (true) {
      const std::size_t colon = text.find(':');
      if (!between(text.substr(0, colon), 0, parts == 0 ? 24 : 60) || ++parts > 3) return false;
      if (colon == text.npos) return true;
      text.remove_prefix(colon + 1);
    }
  }
  static bool is_zone(std::string_view text) {
    if (text == "z" || text == "Z") return true;
    text.remove_prefix(1);
    const std::size_t colon = text.find(':');
    if (text.substr(0, colon).size() != 2 || !between(text.substr(0, colon), 0, 23)) return false;
    return colon == text.npos || between(text.substr(colon + 1), 0, 59);
  }
  static bool number(std::string_view text, std::int64_t& out) {
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    return !text.empty() && code == std::errc{} && end == text.data() + text.size();
  }
  static bool between(std::string_view text, std::int64_t low, std::int64_t high) {
    std::int64_t value = 0;
    return !text.starts_with('-') && number(text, value) && value >= low && value <= high;
  }
  std::string_view rest_;
};

bool value_fits(ValueType type, const std::string& text) {
  switch (type) {
    case ValueType::number:
      return parse_number(text).has_value();
    case ValueType::date:
      return LenientDate(text).valid();
    case ValueType::ip:
      return parse_ip(text).has_value();
    case ValueType::binary:
      return base64_decode(text).has_value();
    default:
      return true;
  }
}

}  // namespace

Check check_syntax(const Value& document) {
  if (!document.is_object()) return syntax(document.position(), "a policy is a JSON object");
  if (auto problem = check_duplicates(document)) return problem;
  for (const auto& [name, value, at] : document.members()) {
    if (name == "Version") {  // Rules 8, 9
      if (value.text() != "2012-10-17" && value.text() != "2008-10-17") {
        return syntax(value.position(), "Version is \"2012-10-17\" or \"2008-10-17\"");
      }
    } else if (name == "Id") {
      if (!value.is_string()) return syntax(value.position(), "Id is a string");
    } else if (name != "Statement") {  // Rule 7
      return syntax(at, "a policy has no element `" + name + "`");
    }
  }
  const Value* statements = document.find("Statement");
  if (statements == nullptr) return syntax(document.position(), "the policy has no Statement");
  if (!statements->is_object() && (!statements->is_array() || statements->items().empty())) {
    return syntax(statements->position(), "Statement is an object or a list of at least one");
  }
  return each_statement(document, check_statement);
}

Check check_legacy(const Value& document) {
  return each_statement(document, [](const Value& statement) -> Check {
    const Value& effect = *statement.find("Effect");
    if (effect.text() != "Allow" && effect.text() != "Deny") {
      return legacy(effect.position(), "Effect is \"Allow\" or \"Deny\", in this case");
    }
    const Value* condition = statement.find("Condition");
    if (condition == nullptr) return std::nullopt;
    for (const auto& [name, block, at] : condition->members()) {
      const auto op = parse_operator(name);
      if (!op) continue;
      for (const auto& [key, value, key_at] : block.members()) {
        const auto check = [&, &operator_text = name](const Value& entry) -> Check {
          if (value_fits(value_type(op->op), entry.text())) return std::nullopt;
          return legacy(entry.position(),
                        "`" + entry.text() + "` is no value for " + operator_text);
        };
        if (!value.is_array()) {
          if (auto problem = check(value)) return problem;
        }
        for (const Value& item : value.items()) {
          if (auto problem = check(item)) return problem;
        }
      }
    }
    return std::nullopt;
  });
}

Check check_sids(const Value& document, bool characters, std::string_view not_unique) {
  std::set<std::string_view> seen;
  return each_statement(document, [&](const Value& statement) -> Check {
    const Value* sid = statement.find("Sid");
    if (sid == nullptr || sid->text().empty()) return std::nullopt;
    const bool alphanumeric = std::all_of(sid->text().begin(), sid->text().end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    });
    if (characters && !alphanumeric) {
      return Problem{
          "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies "
          "the regular expression [0-9A-Za-z]*",
          sid->position()};
    }
    if (!seen.insert(sid->text()).second) {
      return Problem{std::string(not_unique), sid->position()};
    }
    return std::nullopt;
  });
}

Check check_actions_exist(const Value& document) {
  return each_statement(document, [](const Value& statement) -> Check {
    if (is_missing(statement.find("Action")) && is_missing(statement.find("NotAction"))) {
      return Problem{"Policy statement must contain actions.", statement.position()};
    }
    return std::nullopt;
  });
}

Check check_resources_exist(const Value& document) {
  return each_statement(document, [](const Value& statement) -> Check {
    if (is_missing(statement.find("Resource")) && is_missing(statement.find("NotResource"))) {
      return Problem{"Policy statement must contain resources.", statement.position()};
    }
    return std::nullopt;
  });
}

Check check_action_names(const Value& document) {
  const auto check = [](const Value& action) -> Check {
    const std::string& text = action.text();
    if (text == "*") return std::nullopt;
    const std::size_t colon = text.find(':');
    if (colon == text.npos) {
      return Problem{"Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
                     action.position()};
    }
    if (text.find(':', colon + 1) != text.npos) {
      return Problem{"Actions/Condition can contain only one colon.", action.position()};
    }
    const std::string vendor = text.substr(0, colon);
    if (vendor.find_first_of("*?") != vendor.npos) {
      return Problem{"Vendors must be fully qualified and cannot contain regexes.",
                     action.position()};
    }
    const bool plain = !vendor.empty() && std::all_of(vendor.begin(), vendor.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
             c == '-' || c == '.';  // Rule 21: dots are stored
    });
    if (!plain) return Problem{"Vendor " + vendor + " is not valid", action.position()};
    return std::nullopt;
  };
  return each_statement(document, [&](const Value& statement) -> Check {
    for (const char* element : {"Action", "NotAction"}) {
      const Value* actions = statement.find(element);
      if (actions == nullptr) continue;
      if (auto problem = each_entry(*actions, check)) return problem;
    }
    return std::nullopt;
  });
}

}  // namespace rolecall::policy
