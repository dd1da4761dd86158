#include "services/iam/paging.h"

#include "base/encoding.h"

namespace rolecall::iam {
namespace {
// Tells our markers from other texts; the digit is the format's version.
constexpr std::string_view kMarkerPrefix = "m1:";
}  // namespace

std::string encode_marker(std::string_view key) {
  return base64url_encode(std::string(kMarkerPrefix) + std::string(key));
}

Result<Page> read_page(const std::optional<std::string>& marker,
                       const std::optional<std::int32_t>& max_items) {
  Page page;
  if (max_items) {
    if (*max_items < 1 || *max_items > static_cast<std::int32_t>(kPageItemsMax)) {
      return ApiError::validation("MaxItems must be between 1 and 1000");
    }
    page.items_max = static_cast<std::size_t>(*max_items);
  }
  if (marker) {
    const auto text = base64url_decode(*marker);
    if (!text || !text->starts_with(kMarkerPrefix) || text->size() == kMarkerPrefix.size()) {
      return ApiError::validation("Invalid Marker.");
    }
    page.after = text->substr(kMarkerPrefix.size());
  }
  return page;
}

}  // namespace rolecall::iam
