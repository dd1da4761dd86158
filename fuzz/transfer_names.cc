// What `rolecall s3` reads of strangers: patterns and keys (a matcher beside a slow one), s3://
// paths,
// --metadata, sizes, /etc/mime.types.
#include <cstdlib>
#include <string>

#include "transfer/filters.h"
#include "transfer/mime.h"
#include "transfer/options.h"
#include "transfer/places.h"
#include "transfer/size_text.h"

namespace {

// The rule itself, exponential: for short texts without sets.
bool matches_slowly(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (matches_slowly(pattern.substr(1), text.substr(i))) return true;
    }
    return false;
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         matches_slowly(pattern.substr(1), text.substr(1));
}

bool is_plain(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80 || c == '[') return false;
  }
  return true;
}

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace rolecall::transfer;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = std::min(input.find('\n'), input.size());
  const std::string_view first = input.substr(0, cut);
  const std::string_view second = cut == input.size() ? "" : input.substr(cut + 1);

  const bool matches = matches_pattern(first, second);
  if (first.size() <= 8 && second.size() <= 12 && is_plain(first) && is_plain(second)) {
    check(matches == matches_slowly(first, second));
  }
  check(matches_pattern("*", second));

  const S3Path path = split_s3_path(first);
  check(path.bucket + (first.size() > path.bucket.size() ? "/" : "") + path.key == first);
  (void)check_s3_path(first);

  const std::string normal = normal_path(first);
  check(normal_path(normal) == normal);
  // Whatever a bucket holds: a name that passes stays below its folder.
  if (!leads_outside(second)) {
    check((normal_path("/folder/" + std::string(second)) + "/").starts_with("/folder/"));
  }

  (void)parse_map("--metadata", first);
  (void)parse_size(first);
  (void)MimeTypes::of(second).guess(first);
  return 0;
}
