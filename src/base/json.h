// JSON as a tree that keeps what others drop: duplicate keys, their order, number texts and the
// position of every value, because a policy's errors are told by line and column.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace rolecall::json {

// 1-based; columns count bytes, as compilers do.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  bool operator==(const Position&) const = default;
};

enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

class Value;
struct Member;

// Owns its subtree. Move is cheap, copy is deep.
class Value {
 public:
  Value() = default;
  static Value null();
  static Value boolean(bool value);
  static Value number(std::string text);  // text must be a JSON number
  static Value integer(std::int64_t value);
  static Value string(std::string value);
  // Overloads, not default arguments: clang would want Member complete here.
  static Value array();
  static Value array(std::vector<Value> items);
  static Value object();
  static Value object(std::vector<Member> members);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::null; }
  bool is_string() const { return kind_ == Kind::string; }
  bool is_number() const { return kind_ == Kind::number; }
  bool is_bool() const { return kind_ == Kind::boolean; }
  bool is_array() const { return kind_ == Kind::array; }
  bool is_object() const { return kind_ == Kind::object; }

  // String: its decoded text. Number: the text as written. Boolean: "true" or "false". Else "".
  const std::string& text() const { return text_; }
  bool as_bool() const { return text_ == "true"; }
  std::optional<std::int64_t> as_integer() const;
  std::optional<double> as_double() const;
  const std::vector<Value>& items() const { return items_; }
  std::vector<Value>& items() { return items_; }
  const std::vector<Member>& members() const { return members_; }
  std::vector<Member>& members() { return members_; }

  // The first member of that name, or nullptr (also when this is no object).
  const Value* find(std::string_view name) const;
  // The text of a string member, or nullopt.
  std::optional<std::string_view> find_text(std::string_view name) const;
  // Adds to an object (makes one of a null); the same name may be added twice.
  Value& add(std::string name, Value value);
  void push(Value value);

  Position position() const { return position_; }

  // Compact text; strings escaped as RFC 8259 demands and no more.
  std::string dump() const;
  std::string dump_pretty(int indent = 2) const;

 private:
  friend class Parser;
  Kind kind_ = Kind::null;
  Position position_;
  std::string text_;
  std::vector<Value> items_;
  std::vector<Member> members_;
};

struct Member {
  std::string name;
  Value value;
  Position name_position = {};
};

inline Value Value::null() { return {}; }
inline Value Value::array() { return array(std::vector<Value>()); }
inline Value Value::object() { return object(std::vector<Member>()); }

struct ParseError {
  Position at;
  std::string message;
};

inline constexpr int kDepthMax = 32;  // Rule 34: refused above, before interpreting.

struct ParseOptions {
  int depth_max = kDepthMax;
};

// RFC 8259 exactly: one value, UTF-8, no BOM, no comments, no lone surrogates.
std::expected<Value, ParseError> parse(std::string_view text, ParseOptions options = {});

// Appends `text` as a quoted JSON string. Bytes that are not UTF-8 become U+FFFD.
void append_quoted(std::string& out, std::string_view text);

// Writes JSON straight into a string, for answers and audit records: no tree is built.
//   Writer w(out); w.begin_object(); w.key("a").string("b"); w.end_object();
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  Writer& begin_object();
  Writer& end_object();
  Writer& begin_array();
  Writer& end_array();
  Writer& key(std::string_view name);
  Writer& string(std::string_view value);
  Writer& integer(std::int64_t value);
  Writer& number(double value);
  Writer& boolean(bool value);
  Writer& null();
  // Text that is JSON already.
  Writer& raw(std::string_view json);
  Writer& member(std::string_view name, std::string_view value) { return key(name).string(value); }

 private:
  void comma();
  std::string& out_;
  bool need_comma_ = false;
};

}  // namespace rolecall::json
