// Patterns against texts: the linear matchers against the table that tries everything.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/encoding.h"
#include "oracle/oracle.h"
#include "policy/match.h"
#include "policy/values.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rolecall;  // NOLINT
  const std::string input(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = input.find('\n');
  if (cut == input.npos || size > 600) return 0;
  const std::string pattern = input.substr(0, cut), text = input.substr(cut + 1);
  (void)policy::parse_ip(text);
  (void)policy::parse_date(text);
  (void)policy::parse_number(text);
  if (!is_valid_utf8(pattern) || !is_valid_utf8(text)) {
    (void)policy::match_coded(policy::code_wildcards(pattern), text);
    return 0;
  }
  const std::string coded = policy::code_wildcards(pattern);
  if (policy::match_coded(coded, text) != oracle::glob(pattern, text)) std::abort();
  policy::compiled::Pattern shaped;
  shaped.shape = policy::shape_of(coded, shaped.head, shaped.tail);
  if (policy::match_shaped(shaped, coded, text) != oracle::glob(pattern, text)) std::abort();
  // ARN patterns of six fields (fewer are completed elsewhere), without variables.
  if (pattern.starts_with("arn:") && std::count(pattern.begin(), pattern.end(), ':') >= 5 &&
      pattern.find('$') == pattern.npos) {
    if (policy::match_coded(policy::code_arn_wildcards(pattern), text) !=
        oracle::resource_matches(pattern, text)) {
      std::abort();
    }
  }
  return 0;
}
