// Matching a text against a compiled pattern. Linear in the text for everything but `?` mixed with
// `*`, which costs text times pattern over the width of a vector register; never exponential.
#pragma once

#include <string>
#include <string_view>

#include "policy/compiled.h"
#include "policy/hash.h"

namespace rolecall::policy {

// `pattern` is coded (compiled.h): literal bytes, kAnyRun, kAnyChar, kRunInSegment, kCharInSegment.
bool match_coded(std::string_view pattern, std::string_view text);

// Which of the fast ways fits a coded pattern; fills head and tail.
compiled::Shape shape_of(std::string_view coded, std::uint16_t& head, std::uint16_t& tail);

// By its shape, which must not be template_.
inline bool match_shaped(const compiled::Pattern& pattern, std::string_view pool,
                         std::string_view text) {
  using compiled::Shape;
  switch (pattern.shape) {
    case Shape::any:
      return true;
    case Shape::exact:
      return equal_text(text, pool);
    case Shape::prefix:
      return text.size() >= pattern.head && equal_bytes(text.data(), pool.data(), pattern.head);
    case Shape::one_star:
      return text.size() >= std::size_t{pattern.head} + pattern.tail &&
             equal_bytes(text.data() + text.size() - pattern.tail,
                         pool.data() + pool.size() - pattern.tail, pattern.tail) &&
             equal_bytes(text.data(), pool.data(), pattern.head);
    case Shape::glob:
    case Shape::mixed:
      // The ends first: most candidates fail there.
      return text.size() >= std::size_t{pattern.head} + pattern.tail &&
             equal_bytes(text.data() + text.size() - pattern.tail,
                         pool.data() + pool.size() - pattern.tail, pattern.tail) &&
             equal_bytes(text.data(), pool.data(), pattern.head) && match_coded(pool, text);
    case Shape::template_:
    case Shape::never:
      return false;
  }
  return false;
}

// `*` and `?` to codes; what else the text holds must be UTF-8.
std::string code_wildcards(std::string_view text);
// The same for an ARN pattern: in the first five segments `?`, and a `*` that does not end its
// segment, stay within the segment (Rule 323).
std::string code_arn_wildcards(std::string_view text);
// Back to `*`, `?`; for explanations.
std::string decode_wildcards(std::string_view coded);

}  // namespace rolecall::policy
