// The plain scalars of YAML that are no strings, as ruamel.yaml resolves them by default: version
// 1.2's core schema with underscores in numbers, and the date, merge and value words of 1.1.
#include <algorithm>

#include "render/yaml.h"

namespace rolecall::render {

namespace {

// Takes what the grammar's pieces describe from the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  std::size_t take(std::string_view set, std::size_t most = std::string_view::npos) {
    const std::size_t end = std::min({rest_.find_first_not_of(set), rest_.size(), most});
    rest_.remove_prefix(end);
    return end;
  }
  bool take_word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  bool starts_with(std::string_view set) const {
    return !rest_.empty() && set.find(rest_.front()) != set.npos;
  }

 private:
  std::string_view rest_;
};

constexpr std::string_view kDigits = "0123456789", kDigitsAndBars = "0123456789_";

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_int(std::string_view text) {
  if (!Reader(text).starts_with("-+0123456789")) return false;  // `_1` is a text
  const auto matches = [text](std::string_view prefix, std::string_view digits) {
    Reader reader(text);
    reader.take("-+", 1);
    return reader.take_word(prefix) && reader.take(digits) > 0 && reader.at_end();
  };
  // 0o?[0-7_]+ without its `o` is among the decimal ones.
  return matches("0b", "01_") || matches("0o", "01234567_") || matches("", kDigitsAndBars) ||
         matches("0x", "0123456789abcdefABCDEF_");
}

bool take_exponent(Reader& reader) {
  if (reader.take("eE", 1) == 0) return false;
  reader.take("-+", 1);
  return reader.take(kDigits) > 0;
}

bool is_float(std::string_view text) {
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return true;
  Reader reader(text);
  reader.take("-+", 1);
  if (reader.starts_with(kDigits)) {
    reader.take(kDigitsAndBars);
    if (reader.take(".", 1) == 0) return take_exponent(reader) && reader.at_end();
    reader.take(kDigitsAndBars);
    return reader.at_end() || (take_exponent(reader) && reader.at_end());
  }
  if (reader.take(".", 1) == 0) return false;
  for (const std::string_view word : {"inf", "Inf", "INF"}) {
    if (reader.take_word(word)) return reader.at_end();
  }
  if (reader.take(kDigitsAndBars) == 0) return false;
  if (reader.at_end()) return true;
  // Here the exponent must have a sign.
  return reader.take("eE", 1) > 0 && reader.take("-+", 1) > 0 && reader.take(kDigits) > 0 &&
         reader.at_end();
}

bool is_timestamp(std::string_view text) {
  Reader reader(text);
  const auto digits = [&reader](std::size_t least, std::size_t most) {
    const std::size_t taken = reader.take(kDigits, most);
    return taken >= least;
  };
  if (!digits(4, 4) || !reader.take_word("-")) return false;
  if (!digits(1, 2) || !reader.take_word("-") || !digits(1, 2)) return false;
  if (reader.at_end()) return text.size() == 10;  // a day alone has two digits each
  if (reader.take("Tt", 1) == 0 && reader.take(" \t") == 0) return false;
  if (!digits(1, 2) || !reader.take_word(":") || !digits(2, 2) || !reader.take_word(":") ||
      !digits(2, 2)) {
    return false;
  }
  if (reader.take(".", 1) > 0) reader.take(kDigits);
  if (reader.at_end()) return true;
  reader.take(" \t");
  if (reader.take_word("Z")) return reader.at_end();
  if (reader.take("-+", 1) == 0 || !digits(1, 2)) return false;
  if (reader.take(":", 1) > 0 && !digits(2, 2)) return false;
  return reader.at_end();
}

}  // namespace

bool is_yaml_other(std::string_view text) {
  return is_one_of(text, {"", "~", "null", "Null", "NULL", "true", "True", "TRUE", "false", "False",
                          "FALSE", "<<", "="}) ||
         is_int(text) || is_float(text) || is_timestamp(text);
}

}  // namespace rolecall::render
