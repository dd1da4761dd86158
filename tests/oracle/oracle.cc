#include "oracle/oracle.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/encoding.h"
#include "base/time.h"

namespace rolecall::oracle {
namespace {

using json::Value;
using Texts = std::vector<std::string>;

// --- patterns as lists of tokens
// ------------------------------------------------------------------

struct Token {
  enum Kind { character, any_character, any_run } kind = character;
  char32_t value = 0;
  bool may_be_colon = true;
};
using Tokens = std::vector<Token>;

std::u32string characters(const std::string& text) {
  std::u32string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = next_utf8(text, at);
    if (c) {
      out.push_back(*c);
    } else {
      out.push_back(0x110000 + static_cast<unsigned char>(text[at++]));
    }
  }
  return out;
}

bool match_tokens(const Tokens& pattern, const std::string& text) {
  const std::u32string input = characters(text);
  std::vector<std::vector<bool>> ok(pattern.size() + 1, std::vector<bool>(input.size() + 1));
  ok[0][0] = true;
  for (std::size_t p = 0; p < pattern.size(); ++p) {
    const Token& token = pattern[p];
    for (std::size_t i = 0; i <= input.size(); ++i) {
      const auto fits = [&](char32_t c) { return token.may_be_colon || c != U':'; };
      if (token.kind == Token::any_run) {
        ok[p + 1][i] = ok[p][i] || (i > 0 && ok[p + 1][i - 1] && fits(input[i - 1]));
      } else if (i > 0 && ok[p][i - 1]) {
        ok[p + 1][i] =
            token.kind == Token::any_character ? fits(input[i - 1]) : input[i - 1] == token.value;
      }
    }
  }
  return ok[pattern.size()][input.size()];
}

void add_literal(Tokens& out, const std::string& text) {
  for (const char32_t c : characters(text)) out.push_back({Token::character, c, true});
}

// --- the request
// ----------------------------------------------------------------------------------

struct Request {
  std::string kind, arn, account, user_id, role_arn, user_arn, credential;
  std::string action, resource, resource_account;
  bool managed_key = false;
  std::map<std::string, Texts> context;  // folded names
  bool has_boundary = false;
};

const Texts* find(const Request& request, const std::string& key) {
  const auto at = request.context.find(ascii_lower(key));
  return at == request.context.end() ? nullptr : &at->second;
}

// Replaces variables (section 10). nullopt: some variable has no value.
struct Piece {
  std::string text;
  bool literal = false;  // from a variable: its wildcards are characters
};

std::optional<std::vector<Piece>> substitute(const std::string& text, const Request& request) {
  std::vector<Piece> out;
  std::string plain;
  for (std::size_t i = 0; i < text.size();) {
    if (text.compare(i, 2, "${") != 0) {
      plain += text[i++];
      continue;
    }
    const std::size_t close = text.find('}', i);
    const std::size_t comma = text.find(',', i);
    std::string key;
    std::optional<std::string> fallback;
    std::size_t end = close;
    bool good = close != text.npos;
    if (good && comma < close) {
      key = text.substr(i + 2, comma - i - 2);
      std::size_t quote = comma + 1;
      while (quote < text.size() && text[quote] == ' ') ++quote;
      const std::size_t last = text.find("'}", quote + 1);
      good = quote < text.size() && text[quote] == '\'' && last != text.npos;
      if (good) {
        fallback = text.substr(quote + 1, last - quote - 1);
        end = last + 1;
      }
    } else if (good) {
      key = text.substr(i + 2, close - i - 2);
    }
    if (good) {
      key = std::string(trim(key));
      good = key == "$" || (!key.empty() && key.find_first_of("${") == key.npos);
    }
    if (!good) {
      plain += "${";
      i += 2;
      continue;
    }
    out.push_back({plain, false});
    plain.clear();
    i = end + 1;
    if (key == "*" || key == "?" || key == "$") {
      out.push_back({key, true});
      continue;
    }
    const Texts* values = find(request, key);
    if (values != nullptr && values->size() == 1) {
      out.push_back({values->front(), true});
    } else if ((values == nullptr || values->empty()) && fallback) {
      out.push_back({*fallback, true});
    } else {
      return std::nullopt;
    }
  }
  out.push_back({plain, false});
  return out;
}

std::vector<Piece> as_is(const std::string& text) { return {{text, false}}; }

std::string join(const std::vector<Piece>& pieces) {
  std::string out;
  for (const auto& piece : pieces) out += piece.text;
  return out;
}

Tokens wildcard_tokens(const std::vector<Piece>& pieces) {
  Tokens out;
  for (const auto& [text, literal] : pieces) {
    if (literal) {
      add_literal(out, text);
      continue;
    }
    for (const char32_t c : characters(text)) {
      if (c == U'*') {
        out.push_back({Token::any_run, 0, true});
      } else if (c == U'?') {
        out.push_back({Token::any_character, 0, true});
      } else {
        out.push_back({Token::character, c, true});
      }
    }
  }
  return out;
}

// --- resources (Rules 321 to 332)
// -----------------------------------------------------------------

bool one_resource(const std::string& pattern, const std::string& text, bool variables,
                  const Request& request) {
  // The first five segments: wildcards stay inside, but a `*` that ends its segment does not.
  Tokens tokens;
  std::size_t at = 0;
  int segment = 0;
  for (; at < pattern.size() && segment < 5; ++at) {
    const char c = pattern[at];
    if (c == ':') ++segment;
    const bool ends = at + 1 == pattern.size() || pattern[at + 1] == ':';
    if (c == '*') {
      tokens.push_back({Token::any_run, 0, ends});
    } else if (c == '?') {
      tokens.push_back({Token::any_character, 0, false});
    } else {
      std::size_t end = at + 1;
      while (end < pattern.size() && (static_cast<unsigned char>(pattern[end]) & 0xC0) == 0x80) {
        ++end;
      }
      add_literal(tokens, pattern.substr(at, end - at));
      at = end - 1;
    }
  }
  const std::string rest = pattern.substr(at);
  const auto pieces = variables ? substitute(rest, request) : as_is(rest);
  if (!pieces) return false;  // Rule 505
  for (const Token& token : wildcard_tokens(*pieces)) tokens.push_back(token);
  return match_tokens(tokens, text);
}

int field_count(const std::string& pattern) {
  int count = 1;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == ':') ++count;
    if (pattern.compare(i, 2, "${") == 0) {
      const std::size_t close = pattern.find('}', i);
      if (close == pattern.npos) break;
      i = close;
    }
  }
  return count;
}

enum class Place { identity, boundary, session, resource, scp, rcp };

bool resource_entry(const std::string& pattern, Place place, bool variables,
                    const Request& request) {
  if (!pattern.empty() && pattern.find_first_not_of('*') == pattern.npos) return true;
  const int fields = field_count(pattern);
  const bool incomplete = fields < 6 && pattern.starts_with("arn:");
  if (incomplete && place == Place::rcp) return false;
  if (one_resource(pattern, request.resource, variables, request)) return true;
  const bool completes =
      place == Place::identity || place == Place::boundary || place == Place::scp;
  if (!incomplete || !completes) return false;
  std::string whole = pattern;
  for (int i = fields; i < 6; ++i) whole += ":*";
  return one_resource(whole, request.resource, variables, request);
}

Texts texts(const Value* value) {
  Texts out;
  if (value == nullptr) return out;
  if (!value->is_array() && !value->is_object()) return {value->text()};
  for (const Value& item : value->items()) out.push_back(item.text());
  return out;
}

// --- actions (Rules 301 to 306)
// -------------------------------------------------------------------

// A service part with wildcards is refused when saved (Rule 20). Met all the same, it matches where
// matching takes access away and nowhere else: our decision, see docs/differences.md.
bool action_entry(const std::string& pattern, const std::string& action, bool takes_away) {
  if (!pattern.empty() && pattern.find_first_not_of('*') == pattern.npos) return true;
  const std::string a = ascii_lower(pattern), b = ascii_lower(action);
  const std::size_t x = a.find(':'), y = b.find(':');
  if (x == a.npos || a.find(':', x + 1) != a.npos) return false;
  if (takes_away && a.find_first_of("*?") < x) return glob(a, b);
  return a.substr(0, x) == b.substr(0, y) && glob(a.substr(x + 1), b.substr(y + 1));
}

// --- conditions (Rules 401 to 491)
// ----------------------------------------------------------------

std::optional<long double> number(const std::string& text) {
  if (text.empty() || text.find_first_not_of("0123456789+-.eE") != text.npos) return std::nullopt;
  char* end = nullptr;
  const long double value = std::strtold(text.c_str(), &end);
  if (end != text.c_str() + text.size()) return std::nullopt;
  return value;
}

std::optional<long double> date(const std::string& text) {
  if (const auto instant = parse_iso8601(text)) return static_cast<long double>(instant->micros);
  if (text.find_first_not_of("0123456789.-") != text.npos) return std::nullopt;
  const auto seconds = number(text);
  if (!seconds) return std::nullopt;
  return *seconds * 1'000'000;
}

std::optional<std::pair<std::string, int>> address(const std::string& text) {
  const std::size_t slash = text.find('/');
  const std::string host = text.substr(0, slash);
  unsigned char bytes[16] = {};
  int bits = 0;
  std::string out;
  if (inet_pton(AF_INET, host.c_str(), bytes) == 1) {
    bits = 32;
  } else if (inet_pton(AF_INET6, host.c_str(), bytes) == 1) {
    bits = 128;
  } else {
    return std::nullopt;
  }
  for (int i = 0; i < bits; ++i) out += (bytes[i / 8] >> (7 - i % 8) & 1) != 0 ? '1' : '0';
  if (slash == text.npos) return std::pair(out, bits);
  const std::string mask = text.substr(slash + 1);
  if (mask.empty() || mask.size() > 3 || mask.find_first_not_of("0123456789") != mask.npos) {
    return std::nullopt;
  }
  if (std::stoi(mask) > bits) return std::nullopt;
  return std::pair(out, std::stoi(mask));
}

bool in_network(const std::string& value, const std::string& network) {
  const auto a = address(value), n = address(network);
  if (!a || !n || a->first.size() != n->first.size() || a->second < n->second) return false;
  const auto bits = static_cast<std::size_t>(n->second);
  return a->first.substr(0, bits) == n->first.substr(0, bits);
}

std::vector<std::string> six(const std::string& text) {
  std::vector<std::string> out(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "${") == 0) {
      const std::size_t close = text.find('}', i);
      if (close != text.npos) {
        out.back() += text.substr(i, close - i + 1);
        i = close;
        continue;
      }
    }
    if (text[i] == ':' && out.size() < 6) {
      out.emplace_back();
    } else {
      out.back() += text[i];
    }
  }
  return out;
}

bool arn_like(const std::string& value, const std::string& pattern, bool variables,
              const Request& request) {
  std::vector<std::string> parts(1);
  for (const char c : value) {
    if (c == ':' && parts.size() < 6) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() != 6 || parts[0] != "arn") return false;
  if (!pattern.empty() && pattern.find_first_not_of('*') == pattern.npos) return true;
  const auto segments = six(pattern);
  if (segments.size() != 6) {
    // A variable may stand for several fields where there are too few without it.
    const auto whole = variables ? substitute(pattern, request) : as_is(pattern);
    if (!whole || pattern.find("${") == pattern.npos) return false;
    std::vector<Tokens> fields(1);
    for (const Token& token : wildcard_tokens(*whole)) {
      const bool colon = token.kind == Token::character && token.value == U':';
      if (colon && fields.size() < 6) {
        fields.emplace_back();
      } else {
        fields.back().push_back(token);
      }
    }
    if (fields.size() != 6) return false;
    for (std::size_t i = 0; i < 6; ++i) {
      if (!match_tokens(fields[i], parts[i])) return false;
    }
    return true;
  }
  for (std::size_t i = 0; i < 6; ++i) {
    const auto pieces = variables ? substitute(segments[i], request) : as_is(segments[i]);
    if (!pieces || !match_tokens(wildcard_tokens(*pieces), parts[i])) return false;
  }
  return true;
}

std::optional<bool> truth(const std::string& text) {
  if (ascii_lower(text) == "true") return true;
  if (ascii_lower(text) == "false") return false;
  return std::nullopt;
}

template <class T>
bool compare(const std::string& how, const std::optional<T>& a, const std::optional<T>& b) {
  if (!a || !b) return false;
  if (how == "equals") return *a == *b;
  if (how == "lessthan") return *a < *b;
  if (how == "lessthanequals") return *a <= *b;
  if (how == "greaterthan") return *a > *b;
  return *a >= *b;
}

// `op` folded and without "Not".
bool value_matches(const std::string& op, const std::string& value, const std::string& policy,
                   bool variables, const Request& request) {
  const auto expanded = [&]() -> std::optional<std::vector<Piece>> {
    return variables ? substitute(policy, request) : as_is(policy);
  };
  if (op == "stringequals") {
    const auto pieces = expanded();
    return pieces && join(*pieces) == value;
  }
  if (op == "stringequalsignorecase") {
    const auto pieces = expanded();
    return pieces && ascii_lower(join(*pieces)) == ascii_lower(value);
  }
  if (op == "stringlike") {
    const auto pieces = expanded();
    return pieces && match_tokens(wildcard_tokens(*pieces), value);
  }
  if (op == "bool") {
    const auto pieces = expanded();
    return pieces && truth(value) && truth(join(*pieces)) == truth(value);
  }
  if (op.starts_with("numeric")) return compare(op.substr(7), number(value), number(policy));
  if (op.starts_with("date")) return compare(op.substr(4), date(value), date(policy));
  if (op == "binaryequals") {
    return base64_decode(policy) && base64_decode(policy) == base64_decode(value);
  }
  if (op == "ipaddress") return in_network(value, policy);
  return arn_like(value, policy, variables, request);  // arnequals, arnlike
}

bool condition_holds(std::string name, const std::string& key, const Texts& policy, bool variables,
                     const Request& request) {
  std::string op = ascii_lower(name);
  const bool all = op.starts_with("forallvalues:"), some = op.starts_with("foranyvalue:");
  if (all) op = op.substr(13);
  if (some) op = op.substr(12);
  const bool if_exists = op.ends_with("ifexists");
  if (if_exists) op = op.substr(0, op.size() - 8);
  bool negated = false;
  for (const char* prefix : {"string", "numeric", "date", "arn"}) {
    if (op.starts_with(std::string(prefix) + "not")) {
      negated = true;
      op.erase(std::strlen(prefix), 3);
    }
  }
  if (op == "notipaddress") {
    negated = true;
    op = "ipaddress";
  }
  const Texts* found = find(request, key);
  const Texts values = found == nullptr ? Texts{} : *found;
  if (op == "null") {
    return std::any_of(policy.begin(), policy.end(),
                       [&](const std::string& p) { return truth(p) == values.empty(); });
  }
  const auto passes = [&](const std::string& value) {
    const bool any = std::any_of(policy.begin(), policy.end(), [&](const std::string& p) {
      return value_matches(op, value, p, variables, request);
    });
    return any != negated;
  };
  if (all) return std::all_of(values.begin(), values.end(), passes);
  if (some) {
    return values.empty() ? if_exists : std::any_of(values.begin(), values.end(), passes);
  }
  if (values.empty()) return negated || if_exists;
  if (values.size() > 1 && !negated) return false;
  return std::all_of(values.begin(), values.end(), passes);
}

// --- principals (Rules 341 to 374)
// ----------------------------------------------------------------

enum Strength { none, account, limited, final };

bool in_account(const Request& r) {
  return r.kind == "User" || r.kind == "RoleSession" || r.kind == "FederatedUser" ||
         r.kind == "Root";
}

Strength principal_entry(const std::string& type, const std::string& text, const Request& r) {
  if (type == "Service") return r.kind == "Service" && r.arn == text ? final : none;
  if (type == "Federated") {
    return (r.kind == "WebIdentity" || r.kind == "SAML") && r.arn == text ? final : none;
  }
  if (type != "AWS") return none;
  if (text == "*") return final;
  if (in_account(r)) {
    if (text == r.account) return account;
    const std::string partition = r.arn.substr(0, r.arn.find(':', 4));
    if (text == partition + ":iam::" + r.account + ":root") return account;
  }
  if (r.kind == "User" && (text == r.arn || text == r.user_id)) return final;
  if (r.kind == "RoleSession") {
    if (text == r.arn) return final;
    const std::string id = r.user_id.substr(0, r.user_id.find(':'));
    if (text == r.role_arn || (text == id && text.starts_with("AROA"))) return limited;
  }
  if (r.kind == "FederatedUser") {
    if (text == r.arn) return final;
    if (text == r.user_arn) return limited;
  }
  return none;
}

Strength principal_element(const Value& element, const Request& r) {
  if (element.is_string()) return final;  // "*"
  Strength best = none;
  for (const auto& [type, value, at] : element.members()) {
    for (const auto& text : texts(&value)) best = std::max(best, principal_entry(type, text, r));
  }
  return best;
}

// Rule 362: the lists of names of which a Deny with NotPrincipal must hold one each to spare him.
bool spares(const Value& element, const Request& r) {
  if (element.is_string()) return true;  // "*"
  const std::string type = r.kind == "Service"                           ? "Service"
                           : r.kind == "SAML" || r.kind == "WebIdentity" ? "Federated"
                                                                         : "AWS";
  const std::string partition = r.arn.substr(0, r.arn.find(':', 4));
  std::vector<Texts> names;
  if (r.kind != "Root") names.push_back({r.arn});
  if (r.kind == "User") names.back().push_back(r.user_id);
  if (r.kind == "RoleSession") {
    names.push_back({r.role_arn, r.user_id.substr(0, r.user_id.find(':'))});
  }
  if (in_account(r)) names.push_back({r.account, partition + ":iam::" + r.account + ":root"});
  Texts listed;
  for (const auto& [name, value, at] : element.members()) {
    const Texts all = texts(&value);
    if (name == "AWS" && std::find(all.begin(), all.end(), "*") != all.end()) return true;
    if (name == type) listed.insert(listed.end(), all.begin(), all.end());
  }
  if (r.kind == "Anonymous") return false;  // has no name
  return std::all_of(names.begin(), names.end(), [&](const Texts& any_of) {
    return std::any_of(any_of.begin(), any_of.end(), [&](const std::string& name) {
      return std::find(listed.begin(), listed.end(), name) != listed.end();
    });
  });
}

// --- statements and sets
// --------------------------------------------------------------------------

Strength applies(const Value& document, const Value& statement, Place place, const Request& r) {
  const bool variables = document.find_text("Version") == "2012-10-17";
  const bool deny = statement.find_text("Effect") == "Deny";
  const auto any = [](const Texts& list, auto&& test) {
    return std::any_of(list.begin(), list.end(), test);
  };
  const auto acts = [&](const std::string& p) {
    return action_entry(p, r.action, deny == (statement.find("Action") != nullptr));
  };
  const auto lies = [&](const std::string& p) { return resource_entry(p, place, variables, r); };
  if (statement.find("Action") != nullptr && !any(texts(statement.find("Action")), acts))
    return none;
  if (statement.find("NotAction") != nullptr && any(texts(statement.find("NotAction")), acts)) {
    return none;
  }
  if (statement.find("Resource") != nullptr && !any(texts(statement.find("Resource")), lies)) {
    return none;
  }
  if (statement.find("NotResource") != nullptr && any(texts(statement.find("NotResource")), lies)) {
    return none;
  }
  Strength strength = final;
  if (const Value* element = statement.find("Principal")) strength = principal_element(*element, r);
  if (const Value* element = statement.find("NotPrincipal")) {
    if (deny) {
      strength = !spares(*element, r) || r.has_boundary ? final : none;
    } else {
      strength = principal_element(*element, r) == none ? final : none;
    }
  }
  if (const Value* conditions = statement.find("Condition")) {
    for (const auto& [name, block, at] : conditions->members()) {
      for (const auto& [key, values, key_at] : block.members()) {
        if (!condition_holds(name, key, texts(&values), variables, r)) return none;
      }
    }
  }
  return strength;
}

struct Verdict {
  bool denies = false;
  Strength allows = none;
};

Verdict judge(const std::vector<const Value*>& documents, Place place, const Request& r) {
  Verdict out;
  for (const Value* document : documents) {
    const Value* statements = document->find("Statement");
    std::vector<const Value*> list;
    if (statements->is_object()) list.push_back(statements);
    for (const Value& item : statements->items()) list.push_back(&item);
    for (const Value* statement : list) {
      const Strength strength = applies(*document, *statement, place, r);
      if (strength == none) continue;
      if (statement->find_text("Effect") == "Deny") {
        out.denies = true;
      } else {
        out.allows = std::max(out.allows, strength);
      }
    }
  }
  return out;
}

std::vector<const Value*> documents(const Value* list, const char* member = nullptr) {
  std::vector<const Value*> out;
  if (list == nullptr || list->is_null()) return out;
  if (list->is_object()) return {list};
  for (const Value& item : list->items()) {
    out.push_back(member == nullptr ? &item : item.find(member));
  }
  return out;
}

bool is_role(const std::string& resource) {
  return resource.find(":iam::") != resource.npos && resource.find(":role/") != resource.npos;
}

const char* const kAllowed = "Allowed";
const char* const kImplicit = "ImplicitlyDenied";
const char* const kExplicit = "ExplicitlyDenied";

// The list of services is data (Rule 208); these are the ones that generated cases use.
bool rcp_service(const std::string& service) {
  static const std::set<std::string> kServices = {"s3",       "sts", "kms", "sqs", "secretsmanager",
                                                  "dynamodb", "ecr", "logs"};
  return kServices.contains(service);
}

}  // namespace

bool glob(const std::string& pattern, const std::string& text) {
  return match_tokens(wildcard_tokens(as_is(pattern)), text);
}

bool resource_matches(const std::string& pattern, const std::string& text) {
  Request request;
  request.resource = text;
  return resource_entry(pattern, Place::identity, false, request);
}

std::string decide(const Value& vector) {
  const Value& source = *vector.find("request");
  const Value& who = *source.find("principal");
  const auto text = [](const Value& from, const char* name) {
    return std::string(from.find_text(name).value_or(""));
  };
  Request r;
  r.kind = text(who, "kind");
  r.arn = text(who, "arn");
  r.account = text(who, "account");
  r.user_id = text(who, "userId");
  r.role_arn = text(who, "roleArn");
  r.user_arn = text(who, "userArn");
  r.credential = text(who, "credential");
  r.action = text(source, "action");
  r.resource = text(source, "resource");
  r.resource_account = text(source, "resourceAccount");
  if (r.resource_account.empty()) r.resource_account = r.account;
  r.managed_key =
      source.find("awsManagedKey") != nullptr && source.find("awsManagedKey")->as_bool();
  for (const auto& [key, values, at] : source.find("context")->members()) {
    auto& place = r.context[ascii_lower(key)];
    for (const auto& value : texts(&values)) place.push_back(value);
  }
  const Value* boundary = vector.find("boundary");
  r.has_boundary = boundary != nullptr && !boundary->is_null();
  const Value* organization = vector.find("organization");
  const std::string management =
      organization == nullptr ? "" : text(*organization, "managementAccount");

  const std::string action = ascii_lower(r.action);
  const std::string service = action.substr(0, action.find(':'));
  const auto session_documents = documents(vector.find("sessionPolicies"));
  const bool in_an_account = in_account(r);
  const bool session_token = r.kind == "User" && r.credential == "GetSessionToken";
  const bool long_term =
      (r.kind == "User" && !session_token) || (r.kind == "Root" && session_documents.empty());
  const bool signed_call = r.kind != "Anonymous" && r.kind != "WebIdentity" && r.kind != "SAML";

  // Calls that no policy decides (Rules 46, 226, 241, 242, 603 to 606).
  if (action == "sts:assumerole" && (r.kind == "SAML" || r.kind == "WebIdentity")) return kImplicit;
  if (action == "sts:assumerolewithwebidentity" && r.kind == "SAML") return kImplicit;
  if (action == "sts:assumerolewithsaml" && r.kind == "WebIdentity") return kImplicit;
  if (action == "sts:getcalleridentity") return signed_call ? kAllowed : kImplicit;
  if (action == "sts:getsessiontoken") return long_term ? kAllowed : kImplicit;
  if (action == "sts:getfederationtoken" && !long_term) return kImplicit;
  if (action == "sts:assumerole" && r.kind == "Root") return kImplicit;
  if (r.kind == "FederatedUser" && (service == "iam" || service == "sts")) return kImplicit;
  if (session_token && service == "iam") {
    const Texts* mfa = find(r, "aws:MultiFactorAuthPresent");
    if (mfa == nullptr || mfa->size() != 1 || ascii_lower(mfa->front()) != "true") return kImplicit;
  }
  if (session_token && service == "sts") {
    static const std::set<std::string> kAssuming = {"sts:assumerole", "sts:tagsession",
                                                    "sts:setsourceidentity", "sts:setcontext"};
    if (!kAssuming.contains(action)) return kImplicit;
  }

  // Every layer's own verdict.
  const bool linked =
      r.kind == "RoleSession" && r.role_arn.find(":role/aws-service-role/") != r.role_arn.npos;
  bool scp_denies = false, scp_silent = false, rcp_denies = false;
  const Value* scps = vector.find("scps");
  if (scps != nullptr && in_an_account && !linked && r.account != management) {
    for (const Value& level : scps->items()) {
      const Verdict verdict = judge(documents(&level), Place::scp, r);
      scp_denies = scp_denies || verdict.denies;
      scp_silent = scp_silent || verdict.allows == none;
    }
  }
  const Value* rcps = vector.find("rcps");
  const bool exempt = linked || (!management.empty() && r.resource_account == management) ||
                      !rcp_service(service) || (service == "kms" && r.managed_key) ||
                      r.resource.find(":alias/aws/") != r.resource.npos ||
                      action == "kms:retiregrant" || (service == "sts" && !is_role(r.resource));
  if (rcps != nullptr && !exempt) {
    for (const Value& level : rcps->items()) {
      rcp_denies = rcp_denies || judge(documents(&level), Place::rcp, r).denies;
    }
  }
  const Verdict identity =
      judge(documents(vector.find("identityPolicies"), "document"), Place::identity, r);
  const Verdict limit = judge(documents(boundary), Place::boundary, r);
  const Verdict session = judge(session_documents, Place::session, r);
  Verdict resource = judge(documents(vector.find("resourcePolicy")), Place::resource, r);

  const bool same = !r.account.empty() && r.account == r.resource_account;
  const bool repair = r.kind == "Root" && same &&
                      (action == "s3:getbucketpolicy" || action == "s3:putbucketpolicy" ||
                       action == "s3:deletebucketpolicy");
  if (repair) resource.denies = false;  // Rule 225
  if (scp_denies || rcp_denies || identity.denies || limit.denies || session.denies ||
      resource.denies) {
    return kExplicit;
  }
  if (scp_silent) return kImplicit;

  if (!in_an_account) return resource.allows != none ? kAllowed : kImplicit;
  const bool boundary_ok = !r.has_boundary || limit.allows != none;
  const bool session_ok =
      session_documents.empty() ? r.kind != "FederatedUser" : session.allows != none;
  const bool within = boundary_ok && session_ok;
  const bool own = (r.kind == "Root" || identity.allows != none) && within;
  if (!same) return own && resource.allows != none ? kAllowed : kImplicit;

  static const std::set<std::string> kTrust = {"sts:assumerole", "sts:assumerolewithsaml",
                                               "sts:assumerolewithwebidentity"};
  static const std::set<std::string> kWithTrust = {"sts:tagsession", "sts:setsourceidentity",
                                                   "sts:setcontext"};
  const bool key = service == "kms" && r.resource.starts_with("arn:") &&
                   r.resource.find(":key/") != r.resource.npos;
  const bool resource_must =
      kTrust.contains(action) || (kWithTrust.contains(action) && is_role(r.resource)) || key;
  const bool granted = resource.allows == final || (resource.allows == limited && within);
  if (resource_must) {
    return granted || (resource.allows == account && own) ? kAllowed : kImplicit;
  }
  return own || granted ? kAllowed : kImplicit;
}

}  // namespace rolecall::oracle
