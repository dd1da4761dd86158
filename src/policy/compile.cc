// From text to the block of compiled.h. Lenient where evaluation has a meaning for a flaw (an
// unparsable date never matches), strict where it has none: then the document is unreadable.
#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/ids.h"
#include "base/json.h"
#include "policy/action_names.h"
#include "policy/compiled.h"
#include "policy/context.h"
#include "policy/document.h"
#include "policy/hash.h"
#include "policy/match.h"
#include "policy/operators.h"
#include "policy/values.h"

namespace rolecall::policy {
namespace {

using namespace compiled;  // NOLINT: this file builds exactly that
using JsonValue = json::Value;

constexpr std::size_t kCountMax = 0xFFFF;

class Compiler {
 public:
  Compiler(std::string_view text, Kind kind) : text_(text), kind_(kind) {}

  std::unique_ptr<std::byte[]> run() {
    readable_ = compile();
    if (!readable_) *this = Compiler(text_, kind_);
    return layout();
  }

 private:
  bool compile() {
    const auto document = json::parse(text_);
    if (!document || !document->is_object()) return false;
    const JsonValue* statements = nullptr;
    for (const auto& [name, value, at] : document->members()) {
      if (name == "Version") {
        if (!value.is_string()) return false;
        if (value.text() == "2012-10-17") {
          variables_allowed_ = true;
        } else if (value.text() != "2008-10-17") {
          return false;
        }
      } else if (name == "Statement") {
        if (statements != nullptr) return false;  // Rule 5
        statements = &value;
      } else if (name != "Id") {
        return false;
      }
    }
    if (statements == nullptr) return false;
    if (statements->is_object()) return statement(*statements) && fits();
    if (!statements->is_array() || statements->items().empty()) return false;
    for (const JsonValue& item : statements->items()) {
      if (!statement(item)) return false;
    }
    return fits();
  }

  bool fits() const {
    return statements_.size() < kCountMax && conditions_.size() < kCountMax &&
           values_.size() < kCountMax && resources_.size() < kCountMax &&
           principals_.size() < kCountMax && variables_.size() < kCountMax &&
           action_patterns_.size() < kCountMax && not_patterns_.size() < kCountMax &&
           actions_.size() < kCountMax && not_ids_.size() < kCountMax && !overflow_;
  }

  bool statement(const JsonValue& source) {
    if (!source.is_object() || statements_.size() >= kCountMax) return false;
    const JsonValue *effect = nullptr, *action = nullptr, *resource = nullptr, *principal = nullptr,
                    *condition = nullptr;
    Statement out;
    for (const auto& [name, value, at] : source.members()) {
      const JsonValue** place = nullptr;
      if (name == "Effect") {
        place = &effect;
      } else if (name == "Action" || name == "NotAction") {
        place = &action;
        if (name == "NotAction") out.flags |= Statement::kNotAction;
      } else if (name == "Resource" || name == "NotResource") {
        place = &resource;
        if (name == "NotResource") out.flags |= Statement::kNotResource;
      } else if (name == "Principal" || name == "NotPrincipal") {
        place = &principal;
        if (name == "NotPrincipal") out.flags |= Statement::kNotPrincipal;
      } else if (name == "Condition") {
        place = &condition;
      } else if (name == "Sid") {
        if (!value.is_string()) return false;
        out.sid = pool(value.text());
        out.sid_size = size16(value.text());
        continue;
      } else {
        return false;
      }
      if (*place != nullptr) return false;  // Rules 5, 16, 17
      *place = &value;
    }
    if (effect == nullptr || action == nullptr) return false;
    if (effect->is_string() && effect->text() == "Deny") {
      out.flags |= Statement::kDeny;
    } else if (!effect->is_string() || effect->text() != "Allow") {
      return false;
    }
    if (!compile_principal(principal, out) || !compile_resources(resource, out) ||
        !compile_conditions(condition, out) || !compile_actions(*action, out)) {
      return false;
    }
    statements_.push_back(out);
    return true;
  }

  // Calls f(text) for a string or a list of strings; false for anything else. A null inside a list
  // is what IAM lets through; it names nothing.
  template <class F>
  static bool each_text(const JsonValue& value, F&& f) {
    if (value.is_string()) {
      f(value.text());
      return true;
    }
    if (!value.is_array()) return false;
    for (const JsonValue& item : value.items()) {
      if (item.is_null()) continue;
      if (!item.is_string()) return false;
      f(item.text());
    }
    return true;
  }

  // --- actions -------------------------------------------------------------------------------

  bool compile_actions(const JsonValue& source, Statement& out) {
    const bool negated = out.has(Statement::kNotAction);
    const auto index = static_cast<std::uint16_t>(statements_.size());
    std::vector<std::uint16_t> ids;
    const std::size_t patterns_before = not_patterns_.size();
    bool any = false;
    const bool ok = each_text(source, [&](const std::string& text) {
      if (is_all_stars(text)) {
        any = true;
        return;
      }
      if (text.size() > kActionTextMax) return;  // longer than any action: matches none
      std::array<char, kActionTextMax + 1> buffer;
      each_word(text, [&](std::uint64_t word, std::size_t at) {
        const std::uint64_t folded_word = fold_word(word);
        std::memcpy(buffer.data() + at, &folded_word, 8);
      });
      const std::string_view folded(buffer.data(), text.size());
      if (!has_wildcard(folded)) {
        const std::uint16_t id = find_action_id(folded);
        if (id != kUnknownAction) {
          if (negated) {
            ids.push_back(id);
          } else {
            actions_.emplace_back(id, index);
          }
          return;
        }
      }
      ActionPattern pattern;
      if (!action_pattern(folded, out.deny() != negated, pattern)) return;
      pattern.statement = index;
      (negated ? not_patterns_ : action_patterns_).push_back(pattern);
    });
    if (!ok) return false;
    if (any) out.flags |= Statement::kAnyAction;
    if (negated) {
      std::sort(ids.begin(), ids.end());
      out.not_ids = index16(not_ids_.size());
      out.not_id_count = index16(ids.size());
      not_ids_.insert(not_ids_.end(), ids.begin(), ids.end());
      out.not_patterns = index16(patterns_before);
      out.not_pattern_count = index16(not_patterns_.size() - patterns_before);
    }
    if (any || negated) always_.push_back(index);
    return true;
  }

  // `cautious`: a match takes access away, so a pattern whose service part has wildcards, which no
  // validator lets through (Rule 20), may match; where a match would grant it never does.
  bool action_pattern(std::string_view folded, bool cautious, ActionPattern& out) {
    const std::size_t colon = folded.find(':');
    if (colon == folded.npos || folded.find(':', colon + 1) != folded.npos) return false;
    out.wide_service = folded.find_first_of("*?") < colon;
    if (out.wide_service && !cautious) return false;
    const std::string coded = code_wildcards(folded);
    std::uint16_t head = 0, tail = 0;
    out.shape = shape_of(coded, head, tail);
    out.service_hash = static_cast<std::uint32_t>(hash_text(folded.substr(0, colon)));
    out.text = pool(coded);
    out.size = static_cast<std::uint8_t>(coded.size());
    out.service_size = static_cast<std::uint8_t>(colon);
    return true;
  }

  static constexpr std::size_t kActionTextMax = 0xFF;

  // What find_first_of does, without a call for each character.
  static bool has_wildcard(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return c == '*' || c == '?'; });
  }

  static bool is_all_stars(std::string_view text) {
    return !text.empty() && text.find_first_not_of('*') == text.npos;
  }

  // --- resources -----------------------------------------------------------------------------

  bool compile_resources(const JsonValue* source, Statement& out) {
    out.resources = index16(resources_.size());
    if (source == nullptr) {
      // Trust policies have no Resource (Rule 42); a resource policy's own resource is meant.
      if (!has_principal(kind_)) return false;
      out.flags |= Statement::kAnyResource;
      return true;
    }
    bool any = false;
    if (!each_text(*source, [&](const std::string& text) {
          if (is_all_stars(text)) {
            any = true;
          } else {
            add_resource(text);
          }
        })) {
      return false;
    }
    if (any) out.flags |= Statement::kAnyResource;
    out.resource_count = index16(resources_.size() - out.resources);
    return true;
  }

  void add_resource(const std::string& text) {
    const int fields = arn_fields(text);
    const bool incomplete = fields < 6 && text.starts_with("arn:");
    if (incomplete && kind_ == Kind::rcp) return;  // Rule 326: invalid there
    resources_.push_back(resource_pattern(text));
    // Rule 326: completed with `*` fields; the text as written was tried above.
    const bool completes = kind_ == Kind::managed || kind_ == Kind::inline_ ||
                           kind_ == Kind::boundary || kind_ == Kind::scp;
    if (incomplete && completes) {
      std::string whole = text;
      for (int i = fields; i < 6; ++i) whole += ":*";
      resources_.push_back(resource_pattern(whole));
    }
  }

  // Colon-separated fields; a variable's own colons do not count.
  static int arn_fields(std::string_view text) {
    int fields = 1;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == ':') {
        ++fields;
      } else if (text.substr(i).starts_with("${")) {
        const std::size_t end = text.find('}', i);
        if (end == text.npos) break;
        i = end;
      }
    }
    return fields;
  }

  // Where the sixth field starts: only from there are variables replaced (Rule 502).
  static std::size_t sixth_field(std::string_view text) {
    std::size_t at = 0;
    for (int i = 0; i < 5; ++i) {
      at = text.find(':', at);
      if (at == text.npos) return text.size();
      ++at;
    }
    return at;
  }

  Pattern resource_pattern(const std::string& text) {
    const std::size_t split = sixth_field(text);
    std::string coded = code_arn_wildcards(std::string_view(text).substr(0, split));
    const std::string_view rest = std::string_view(text).substr(split);
    coded += variables_allowed_ ? code_variables(rest, true) : code_wildcards(rest);
    return pattern(coded);
  }

  Pattern pattern(std::string_view coded) {
    Pattern out;
    out.shape = shape_of(coded, out.head, out.tail);
    out.text = pool(coded);
    out.size = size16(coded);
    return out;
  }

  // --- variables -----------------------------------------------------------------------------

  // Replaces `${…}` by codes; `*` and `?` too where the operator knows wildcards.
  std::string code_variables(std::string_view text, bool wildcards) {
    std::string out;
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t open = text.find("${", at);
      const std::string_view plain = text.substr(at, open == text.npos ? text.npos : open - at);
      out += wildcards ? code_wildcards(plain) : std::string(plain);
      if (open == text.npos) break;
      at = open;
      if (!variable(text, at, out)) {
        out += "${";  // Rule 519: unclosed or malformed is literal
        at = open + 2;
      }
    }
    return out;
  }

  // At "${": appends its code and moves past it.
  bool variable(std::string_view text, std::size_t& at, std::string& out) {
    const std::string_view rest = text.substr(at + 2);
    std::size_t close = rest.find('}');
    if (close == rest.npos) return false;
    std::string_view key = rest.substr(0, close);
    std::optional<std::string_view> fallback;
    if (const std::size_t comma = key.find(','); comma != key.npos) {
      key = key.substr(0, comma);
      // Rule 509: comma, space, text in single quotes. The text may hold a brace.
      std::string_view tail = rest.substr(comma + 1);
      while (tail.starts_with(' ')) tail.remove_prefix(1);
      const std::size_t end = tail.starts_with('\'') ? tail.find("'}", 1) : tail.npos;
      if (end == tail.npos) return false;
      fallback = tail.substr(1, end - 1);
      close = static_cast<std::size_t>(tail.data() + end + 1 - rest.data());
    }
    key = trim(key);
    if (key == "*" || key == "?" || key == "$") {  // Rule 511
      at += 2 + close + 1;
      out += key;
      return true;
    }
    if (key.empty() || key.find_first_of("${") != key.npos) return false;
    at += 2 + close + 1;
    Variable variable;
    variable.key = key_name_of(key);
    if (fallback) {
      variable.has_fallback = 1;
      variable.fallback = pool(*fallback);
      variable.fallback_size = size16(*fallback);
    }
    const std::size_t index = variables_.size();
    if (index >= kCountMax) overflow_ = true;
    variables_.push_back(variable);
    out.push_back(kVariable);
    out.push_back(static_cast<char>(index & 0xFF));
    out.push_back(static_cast<char>(index >> 8 & 0xFF));
    return true;
  }

  KeyName key_name_of(std::string_view name) {
    KeyName out;
    out.size = size16(name);
    if (const auto known = find_key(name)) {
      out.known = static_cast<std::uint8_t>(*known);
      out.text = pool(name);
      return out;
    }
    const std::string folded = ascii_lower(name);
    out.hash = Context::key_hash(folded);
    out.text = pool(folded);
    return out;
  }

  // --- principals ----------------------------------------------------------------------------

  bool compile_principal(const JsonValue* source, Statement& out) {
    // Rules 40, 47: these kinds have none. Rules 41, 42, 48: the others need one.
    if ((source != nullptr) != has_principal(kind_)) return false;
    if (source == nullptr) return true;
    out.principals = index16(principals_.size());
    if (source->is_string()) {
      if (source->text() != "*") return false;  // Rule 51
      principals_.push_back({0, 0, 0, PrincipalForm::star, 0});
    } else if (source->is_object()) {
      for (const auto& [name, value, at] : source->members()) {
        const bool known =
            name == "AWS" || name == "Service" || name == "Federated" || name == "CanonicalUser";
        if (!known) return false;
        if (!each_text(value, [&, &type = name](const std::string& text) {
              principals_.push_back(principal(type, text));
            })) {
          return false;
        }
      }
    } else {
      return false;
    }
    out.principal_count = index16(principals_.size() - out.principals);
    for (std::size_t i = out.principals; i < principals_.size(); ++i) {
      if (principals_[i].form == PrincipalForm::star) out.flags |= Statement::kStarPrincipal;
    }
    return true;
  }

  PrincipalEntry principal(const std::string& type, const std::string& text) {
    PrincipalEntry out;
    out.text = pool(text);
    out.size = size16(text);
    if (type == "Service") {
      out.form = PrincipalForm::service;
    } else if (type == "Federated") {
      out.form = PrincipalForm::federated;
    } else if (type == "CanonicalUser") {
      out.form = PrincipalForm::canonical_user;
    } else {
      aws_principal(text, out);
    }
    return out;
  }

  // Rules 341 to 345, 349, 374. Wildcards inside an ARN have no meaning (Rule 52): such an entry
  // is compared literally and matches nobody.
  void aws_principal(const std::string& text, PrincipalEntry& out) {
    if (text == "*") {
      out.form = PrincipalForm::star;
      return;
    }
    if (const auto account = AccountId::parse(text)) {
      out.form = PrincipalForm::account;
      out.account = account->number();
      out.size = 0;
      return;
    }
    if (text.starts_with("AIDA")) out.form = PrincipalForm::user_id;
    if (text.starts_with("AROA")) out.form = PrincipalForm::role_id;
    const auto arn = ArnView::parse(text);
    if (!arn) return;
    if (arn->service == "iam" && arn->resource == "root") {
      const auto account = AccountId::parse(arn->account);
      if (!account) return;
      out.form = PrincipalForm::account;
      out.account = account->number();
      out.text = pool(arn->partition);
      out.size = size16(arn->partition);
    } else if (arn->service == "iam" && arn->resource.starts_with("user/")) {
      out.form = PrincipalForm::user;
    } else if (arn->service == "iam" && arn->resource.starts_with("role/")) {
      out.form = PrincipalForm::role;
    } else if (arn->service == "sts" && arn->resource.starts_with("assumed-role/")) {
      out.form = PrincipalForm::session;
    } else if (arn->service == "sts" && arn->resource.starts_with("federated-user/")) {
      out.form = PrincipalForm::federated_user;
    }
  }

  // --- conditions ----------------------------------------------------------------------------

  bool compile_conditions(const JsonValue* source, Statement& out) {
    out.conditions = index16(conditions_.size());
    if (source == nullptr) return true;
    if (!source->is_object()) return false;
    const std::size_t before = conditions_.size();
    for (const auto& [name, block, at] : source->members()) {
      if (!block.is_object()) return false;
      const auto op = parse_operator(name);
      for (const auto& [key, values, key_at] : block.members()) {
        if (!condition(op.value_or(Operator{}), key, values)) return false;
      }
    }
    out.condition_count = index16(conditions_.size() - before);
    // The cheapest first: all must hold, so the order has no influence (Rules 109, 402).
    std::stable_sort(conditions_.begin() + static_cast<std::ptrdiff_t>(before), conditions_.end(),
                     [](const Condition& a, const Condition& b) { return cost(a) < cost(b); });
    return true;
  }

  static int cost(const Condition& condition) {
    return static_cast<int>(condition.op) + (condition.value_count > 4 ? 20 : 0) +
           (condition.quantifier() == Quantifier::none ? 0 : 40) +
           (condition.key.known == kNamedKey ? 5 : 0);
  }

  bool condition(const Operator& op, const std::string& key, const JsonValue& source) {
    Condition out;
    out.key = key_name_of(key);
    out.op = op.op;
    out.flags = static_cast<std::uint8_t>(
        (op.negated ? Condition::kNegated : 0) | (op.if_exists ? Condition::kIfExists : 0) |
        (static_cast<int>(op.quantifier) << Condition::kQuantifierShift));
    out.values = static_cast<std::uint32_t>(values_.size());
    const auto add = [&](const JsonValue& value) {
      // Rule 32: numbers and booleans mean their text. Rule 28: nothing else.
      if (!value.is_string() && !value.is_number() && !value.is_bool()) return false;
      values_.push_back(typed_value(op.op, value.text()));
      return true;
    };
    if (source.is_array()) {
      for (const JsonValue& item : source.items()) {
        if (!add(item)) return false;
      }
    } else if (!add(source)) {
      return false;
    }
    out.value_count = index16(values_.size() - out.values);
    conditions_.push_back(out);
    return true;
  }

  Value typed_value(Op op, const std::string& text) {
    Value out;
    switch (value_type(op)) {
      case ValueType::string:
        if (op == Op::string_like) {
          out.pattern =
              pattern(variables_allowed_ ? code_variables(text, true) : code_wildcards(text));
        } else {
          out.pattern = pattern(variables_allowed_ ? code_variables(text, false) : text);
        }
        return out;
      case ValueType::arn:
        // Segments are matched one by one at run time; the shape only tells of variables.
        out.pattern =
            pattern(variables_allowed_ ? code_variables(text, true) : code_wildcards(text));
        return out;
      case ValueType::boolean:
        if (variables_allowed_) {  // Rule 502
          out.pattern = pattern(code_variables(text, false));
          if (out.pattern.shape == Shape::template_) return out;
        }
        out.pattern = literal(text, parse_bool(text).has_value());
        out.typed = parse_bool(text).value_or(false) ? 1 : 0;
        return out;
      case ValueType::null:
        out.pattern = literal(text, parse_bool(text).has_value());
        out.typed = parse_bool(text).value_or(false) ? 1 : 0;
        return out;
      case ValueType::number: {
        const auto number = parse_number(text);
        out.pattern = literal(text, number.has_value());
        if (number) out.typed = typed(static_cast<long double>(*number));
        return out;
      }
      case ValueType::date: {
        const auto date = parse_date(text);
        out.pattern = literal(text, date.has_value());
        if (date) out.typed = typed(date->micros);
        return out;
      }
      case ValueType::ip: {
        const auto range = parse_ip(text);
        out.pattern = literal(text, range.has_value());
        if (range) out.typed = typed(*range);
        return out;
      }
      case ValueType::binary:
        out.pattern = literal(text, base64_decode(text).has_value());
        return out;
    }
    return out;
  }

  Pattern literal(std::string_view text, bool valid) {
    Pattern out;
    out.text = pool(text);
    out.size = size16(text);
    out.head = out.size;
    out.shape = valid ? Shape::exact : Shape::never;
    return out;
  }

  // --- storage -------------------------------------------------------------------------------

  std::uint16_t index16(std::size_t value) {
    if (value >= kCountMax) overflow_ = true;
    return static_cast<std::uint16_t>(value);
  }
  std::uint16_t size16(std::string_view text) { return index16(text.size()); }

  // Each text once.
  std::uint32_t pool(std::string_view text) {
    if (text.empty()) return 0;
    if (pooled_.size() <= pooled_count_ * 2) grow_pooled();
    const auto hash = static_cast<std::uint32_t>(hash_text(text) >> 16);
    for (std::size_t i = hash % pooled_.size();; i = (i + 1) % pooled_.size()) {
      Pooled& it = pooled_[i];
      if (it.size == 0) {
        it = {hash, static_cast<std::uint32_t>(text_pool_.size()),
              static_cast<std::uint32_t>(text.size())};
        ++pooled_count_;
        text_pool_ += text;
        return it.at;
      }
      if (it.hash == hash &&
          equal_text(text, std::string_view(text_pool_).substr(it.at, it.size))) {
        return it.at;
      }
    }
  }

  void grow_pooled() {
    std::vector<Pooled> before(pooled_.empty() ? 256 : pooled_.size() * 2);
    before.swap(pooled_);
    for (const Pooled& it : before) {
      if (it.size == 0) continue;
      std::size_t i = it.hash % pooled_.size();
      while (pooled_[i].size != 0) i = (i + 1) % pooled_.size();
      pooled_[i] = it;
    }
  }

  template <class T>
  std::uint32_t typed(const T& value) {
    // Relative to the typed area; layout() adds where that begins.
    const std::size_t at = (typed_pool_.size() + alignof(T) - 1) / alignof(T) * alignof(T);
    typed_pool_.resize(at + sizeof(T));
    std::memcpy(typed_pool_.data() + at, &value, sizeof(T));
    return static_cast<std::uint32_t>(at);
  }

  std::unique_ptr<std::byte[]> layout() {
    std::sort(actions_.begin(), actions_.end());
    actions_.erase(std::unique(actions_.begin(), actions_.end()), actions_.end());
    std::vector<std::uint16_t> ids, owners;
    for (const auto& [id, owner] : actions_) {
      ids.push_back(id);
      owners.push_back(owner);
    }
    Header header;
    header.kind = kind_;
    header.readable = readable_ ? 1 : 0;
    header.statement_count = static_cast<std::uint16_t>(statements_.size());
    std::size_t at = sizeof(Header);
    const auto place = [&](auto& array, const auto& items) {
      array.at = static_cast<std::uint32_t>(at);
      array.count = static_cast<std::uint16_t>(items.size());
      at += items.size() * sizeof(items[0]);
    };
    place(header.statements, statements_);  // Header::first_statement
    at = (at + 15) / 16 * 16;
    const std::size_t typed_at = at;
    at += (typed_pool_.size() + 7) / 8 * 8;
    place(header.conditions, conditions_);  // 8-aligned ones first
    place(header.variables, variables_);
    place(header.principals, principals_);
    place(header.values, values_);
    place(header.action_patterns, action_patterns_);
    place(header.not_patterns, not_patterns_);
    place(header.resources, resources_);
    place(header.action_ids, ids);
    place(header.action_statements, owners);
    place(header.not_ids, not_ids_);
    place(header.always, always_);
    header.text = static_cast<std::uint32_t>(at);
    at += text_pool_.size();
    header.bytes = static_cast<std::uint32_t>(at);

    for (const Condition& condition : conditions_) {
      const ValueType type = value_type(condition.op);
      if (type != ValueType::number && type != ValueType::date && type != ValueType::ip) continue;
      for (std::size_t i = 0; i < condition.value_count; ++i) {
        values_[condition.values + i].typed += static_cast<std::uint32_t>(typed_at);
      }
    }
    auto block = std::make_unique<std::byte[]>(at);
    const auto copy = [&](std::size_t to, const void* from, std::size_t bytes) {
      if (bytes > 0) std::memcpy(block.get() + to, from, bytes);
    };
    const auto copy_all = [&](const auto& array, const auto& items) {
      copy(array.at, items.data(), items.size() * sizeof(items[0]));
    };
    copy(0, &header, sizeof header);
    copy(typed_at, typed_pool_.data(), typed_pool_.size());
    copy_all(header.conditions, conditions_);
    copy_all(header.variables, variables_);
    copy_all(header.principals, principals_);
    copy_all(header.values, values_);
    copy_all(header.action_patterns, action_patterns_);
    copy_all(header.not_patterns, not_patterns_);
    copy_all(header.resources, resources_);
    copy_all(header.statements, statements_);
    copy_all(header.action_ids, ids);
    copy_all(header.action_statements, owners);
    copy_all(header.not_ids, not_ids_);
    copy_all(header.always, always_);
    copy(header.text, text_pool_.data(), text_pool_.size());
    return block;
  }

  std::string_view text_;
  Kind kind_;
  bool variables_allowed_ = false;  // Rule 501
  bool readable_ = false;
  bool overflow_ = false;
  std::vector<Statement> statements_;
  std::vector<Condition> conditions_;
  std::vector<Value> values_;
  std::vector<Variable> variables_;
  std::vector<PrincipalEntry> principals_;
  std::vector<Pattern> resources_;
  std::vector<ActionPattern> action_patterns_, not_patterns_;
  std::vector<std::pair<std::uint16_t, std::uint16_t>> actions_;  // id, statement
  std::vector<std::uint16_t> not_ids_, always_;
  struct Pooled {
    std::uint32_t hash = 0, at = 0;
    std::uint32_t size = 0;  // 0: a free place
  };
  std::vector<Pooled> pooled_;
  std::size_t pooled_count_ = 0;
  std::string text_pool_;
  std::vector<std::byte> typed_pool_;
};

}  // namespace

std::shared_ptr<const Document> Document::compile(std::string_view text, Kind kind) {
  return std::make_shared<const Document>(Token{}, Compiler(text, kind).run());
}

Document::Document(Token, std::unique_ptr<std::byte[]> block)
    : block_(std::move(block)), header_(reinterpret_cast<const Header*>(block_.get())) {}
Document::~Document() = default;

bool Document::readable() const { return header_->readable != 0; }
Kind Document::kind() const { return header_->kind; }
std::size_t Document::statement_count() const { return header_->statement_count; }
std::string_view Document::sid(std::size_t index) const {
  const Statement& statement = header_->span(header_->statements)[index];
  return header_->pool(statement.sid, statement.sid_size);
}
bool Document::is_deny(std::size_t index) const {
  return header_->span(header_->statements)[index].deny();
}
std::size_t Document::memory_bytes() const { return sizeof(Document) + header_->bytes; }

}  // namespace rolecall::policy
