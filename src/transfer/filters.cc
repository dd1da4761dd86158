#include "transfer/filters.h"

#include "base/encoding.h"
#include "transfer/places.h"

namespace rolecall::transfer {
namespace {

// The character at `at`, and past it. What is not UTF-8 becomes a value above all characters.
char32_t take(std::string_view text, std::size_t& at) {
  if (const auto c = next_utf8(text, at)) return *c;
  return 0x110000u + static_cast<unsigned char>(text[at++]);
}

// One `[set]` whose '[' stood before `at`: whether `c` is in it, and `at` past its ']'.
// nullopt: there is no ']', so the bracket is a character like others.
std::optional<bool> match_set(std::string_view pattern, std::size_t& at, char32_t c) {
  std::size_t close = at;
  if (close < pattern.size() && pattern[close] == '!') ++close;
  if (close < pattern.size() && pattern[close] == ']') ++close;
  close = pattern.find(']', close);
  if (close == pattern.npos) return std::nullopt;
  std::string_view set = pattern.substr(at, close - at);
  at = close + 1;
  const bool negated = set.starts_with('!');
  if (negated) set.remove_prefix(1);
  bool found = false;
  for (std::size_t i = 0; i < set.size();) {
    const char32_t low = take(set, i);
    if (i + 1 < set.size() && set[i] == '-') {
      ++i;
      const char32_t high = take(set, i);
      found = found || (low <= c && c <= high);  // a range that runs backwards holds nothing
    } else {
      found = found || c == low;
    }
  }
  return found != negated;
}

// os.path.join: an absolute second part stands alone.
std::string join(const std::string& root, const std::string& pattern) {
  if (pattern.starts_with('/') || root.empty()) return pattern;
  return root.ends_with('/') ? root + pattern : root + "/" + pattern;
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0;
  // Where to go on when the rest does not fit: one character more for the last star.
  std::size_t star = pattern.npos, star_text = 0;
  for (;;) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    if (t == text.size() && p == pattern.size()) return true;
    bool fits = false;
    std::size_t next_p = p, next_t = t;
    if (p < pattern.size() && t < text.size()) {
      const char32_t c = take(text, next_t);
      if (pattern[p] == '?') {
        fits = true;
        next_p = p + 1;
      } else {
        std::optional<bool> in_set;
        if (pattern[p] == '[') {
          next_p = p + 1;
          in_set = match_set(pattern, next_p, c);
        }
        if (in_set) {
          fits = *in_set;
        } else {
          next_p = p;
          fits = take(pattern, next_p) == c;
        }
      }
    }
    if (fits) {
      p = next_p;
      t = next_t;
    } else if (star != pattern.npos && star_text < text.size()) {
      take(text, star_text);
      p = star;
      t = star_text;
    } else {
      return false;
    }
  }
}

Filter::Filter(const std::vector<FilterRule>& rules, const std::string& source_root,
               const std::string& target_root) {
  for (const FilterRule& rule : rules) {
    rules_.push_back(
        {rule.include, join(source_root, rule.pattern), join(target_root, rule.pattern)});
  }
}

bool Filter::includes(std::string_view path) const {
  bool out = true;
  for (const Rule& rule : rules_) {
    if (matches_pattern(rule.at_source, path) || matches_pattern(rule.at_target, path)) {
      out = rule.include;
    }
  }
  return out;
}

std::string filter_root(std::string_view path, bool is_folder) {
  if (is_s3(path)) {
    S3Path s3 = split_s3_path(path.substr(kScheme.size()));
    if (!is_folder && !s3.key.ends_with('/')) {
      const std::size_t slash = s3.key.rfind('/');
      s3.key = slash == s3.key.npos ? "" : s3.key.substr(0, slash);
    }
    return s3.bucket + "/" + s3.key;
  }
  if (is_folder) return absolute_path(path);
  const std::size_t slash = path.rfind('/');
  return absolute_path(slash == path.npos ? "" : path.substr(0, slash + 1));
}

}  // namespace rolecall::transfer
