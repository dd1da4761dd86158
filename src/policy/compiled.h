// What a compiled document looks like in memory: one block that starts with Header, arrays found by
// their offsets, and a pool of text at the end. Only the engine's own files include this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "policy/keys.h"
#include "policy/kind.h"

namespace rolecall::policy::compiled {

// Bytes that no UTF-8 text contains stand for wildcards in compiled patterns, so that a literal `*`
// (`${*}`, Rule 511) needs no escape.
inline constexpr char kAnyRun = '\xFF';         // `*`
inline constexpr char kAnyChar = '\xFE';        // `?`
inline constexpr char kRunInSegment = '\xFD';   // `*` that stays within its ARN segment (Rule 323)
inline constexpr char kCharInSegment = '\xFC';  // `?` in the first five ARN segments
inline constexpr char kVariable = '\xFB';       // followed by two bytes: the variable's index
inline constexpr unsigned char kFirstCode = 0xF8;  // from here on no byte is text

enum class Shape : std::uint8_t {
  any,        // every text
  exact,      // literal
  prefix,     // literal, then kAnyRun
  one_star,   // literal, kAnyRun, literal
  glob,       // several kAnyRun, no `?`: matched chunk by chunk
  mixed,      // `?` or segment-bound runs: matched by simulation
  template_,  // has variables: expanded first
  never,
};

// A text or pattern of the pool.
struct Pattern {
  std::uint32_t text = 0;  // offset in the pool
  std::uint16_t size = 0;
  std::uint16_t head = 0;  // bytes before the first wildcard
  std::uint16_t tail = 0;  // bytes after the last wildcard
  Shape shape = Shape::never;
  std::uint8_t reserved = 0;
};
static_assert(sizeof(Pattern) == 12);

struct ActionPattern {
  std::uint32_t service_hash = 0;  // low half of the folded service's hash
  std::uint32_t text = 0;          // folded "service:name", wildcards coded
  std::uint16_t statement = 0;
  std::uint8_t size = 0;
  std::uint8_t service_size = 0;
  Shape shape = Shape::never;     // of the whole text
  std::uint8_t wide_service = 0;  // the service part has wildcards: no hash to compare
  std::uint16_t reserved = 0;
};
static_assert(sizeof(ActionPattern) == 16);

enum class Op : std::uint8_t {
  null,
  boolean,
  string_equals,
  string_equals_ignore_case,
  ip_address,
  numeric_equals,
  numeric_less,
  numeric_less_equals,
  numeric_greater,
  numeric_greater_equals,
  date_equals,
  date_less,
  date_less_equals,
  date_greater,
  date_greater_equals,
  binary_equals,
  string_like,
  arn_like,
  unknown,
};

enum class Quantifier : std::uint8_t { none, for_all_values, for_any_value };

inline constexpr std::uint8_t kNamedKey = 0xFF;

struct KeyName {
  std::uint64_t hash = 0;  // of the folded name
  std::uint32_t text = 0;  // as written; folded for a variable and for a named key
  std::uint16_t size = 0;
  std::uint8_t known = kNamedKey;
  std::uint8_t reserved = 0;
};
static_assert(sizeof(KeyName) == 16);

// One (operator, key) pair.
struct Condition {
  KeyName key;
  std::uint32_t values = 0;  // first index
  std::uint16_t value_count = 0;
  Op op = Op::unknown;
  std::uint8_t flags = 0;
  static constexpr std::uint8_t kNegated = 1, kIfExists = 2, kQuantifierShift = 2;
  bool negated() const { return (flags & kNegated) != 0; }
  bool if_exists() const { return (flags & kIfExists) != 0; }
  Quantifier quantifier() const { return static_cast<Quantifier>(flags >> kQuantifierShift & 3); }
};
static_assert(sizeof(Condition) == 24);

// A policy value. `pattern.shape` is never for a value that does not parse (Rule 432).
struct Value {
  Pattern pattern;
  std::uint32_t typed = 0;  // number, date, ip: byte offset of the parsed value, 8-aligned
};
static_assert(sizeof(Value) == 16);

struct IpRange {
  std::uint8_t bytes[16] = {};  // host bits cleared
  std::uint8_t bits = 0;
  std::uint8_t version = 0;  // 4 or 6
  std::uint8_t reserved[6] = {};
};

enum class PrincipalForm : std::uint8_t {
  star,
  account,  // `text` is the partition, empty for a bare account ID
  user,
  role,
  session,
  federated_user,
  user_id,  // AIDA…
  role_id,  // AROA…
  service,
  federated,
  canonical_user,
  never,
};

struct PrincipalEntry {
  std::uint64_t account = 0;
  std::uint32_t text = 0;
  std::uint16_t size = 0;
  PrincipalForm form = PrincipalForm::never;
  std::uint8_t reserved = 0;
};
static_assert(sizeof(PrincipalEntry) == 16);

struct Variable {
  KeyName key;
  std::uint32_t fallback = 0;
  std::uint16_t fallback_size = 0;
  std::uint8_t has_fallback = 0;
  std::uint8_t reserved = 0;
};
static_assert(sizeof(Variable) == 24);

struct Statement {
  std::uint16_t flags = 0;
  std::uint16_t resources = 0, resource_count = 0;
  std::uint16_t conditions = 0, condition_count = 0;
  std::uint16_t principals = 0, principal_count = 0;
  // NotAction: sorted catalogue ids, and patterns for the rest.
  std::uint16_t not_ids = 0, not_id_count = 0;
  std::uint16_t not_patterns = 0, not_pattern_count = 0;
  std::uint16_t sid_size = 0;
  std::uint32_t sid = 0;
  static constexpr std::uint16_t kDeny = 1, kNotAction = 2, kNotResource = 4, kNotPrincipal = 8,
                                 kAnyResource = 16, kStarPrincipal = 32, kAnyAction = 64;
  bool deny() const { return (flags & kDeny) != 0; }
  bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
};
static_assert(sizeof(Statement) == 28);

template <class T>
struct Array {
  std::uint32_t at = 0;  // bytes from the start of the block
  std::uint16_t count = 0;
  std::uint16_t reserved = 0;
};

struct Header {
  std::uint32_t bytes = 0;
  Kind kind = Kind::managed;
  std::uint8_t readable = 0;
  std::uint16_t statement_count = 0;
  Array<Condition> conditions;
  Array<Variable> variables;
  Array<PrincipalEntry> principals;
  Array<Value> values;
  Array<ActionPattern> action_patterns;  // of Action elements, any order
  Array<ActionPattern> not_patterns;
  Array<Pattern> resources;
  Array<Statement> statements;
  Array<std::uint16_t> action_ids;         // sorted, of Action elements
  Array<std::uint16_t> action_statements;  // parallel to action_ids
  Array<std::uint16_t> not_ids;
  Array<std::uint16_t> always;  // statements with Action "*" or NotAction
  std::uint32_t text = 0;

  // Statements come first, so that they are found without a look into this header.
  const Statement* first_statement() const { return reinterpret_cast<const Statement*>(this + 1); }
  const std::byte* base() const { return reinterpret_cast<const std::byte*>(this); }
  template <class T>
  std::span<const T> span(const Array<T>& array) const {
    return {reinterpret_cast<const T*>(base() + array.at), array.count};
  }
  template <class T>
  const T* data(const Array<T>& array) const {
    return reinterpret_cast<const T*>(base() + array.at);
  }
  template <class T>
  const T& typed(std::uint32_t at) const {
    return *reinterpret_cast<const T*>(base() + at);
  }
  std::string_view pool(std::uint32_t at, std::size_t size) const {
    return {reinterpret_cast<const char*>(base() + text + at), size};
  }
  std::string_view pool(const Pattern& pattern) const { return pool(pattern.text, pattern.size); }
};

}  // namespace rolecall::policy::compiled
