// ARNs, account numbers and times: every parser that meets a stranger's short text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto arn = rolecall::ArnView::parse(text)) {
    // What was cut apart joins to what it was.
    std::string joined = "arn:";
    for (const std::string_view part : {arn->partition, arn->service, arn->region, arn->account}) {
      joined.append(part).append(":");
    }
    joined.append(arn->resource);
    if (joined != text) std::abort();
    if (!arn->resource.ends_with(arn->resource_name())) std::abort();
    if (!arn->resource.starts_with(arn->resource_type())) std::abort();
  }
  if (const auto account = rolecall::AccountId::parse(text)) {
    if (account->text() != text) std::abort();
  }
  if (const auto at = rolecall::parse_basic(text)) {
    if (rolecall::parse_iso8601(rolecall::format_iso8601(*at)) != at) std::abort();
  }
  if (const auto at = rolecall::parse_iso8601(text)) {
    const auto cut = at->truncated_to_seconds();
    if (rolecall::parse_iso8601(rolecall::format_iso8601(cut)) != cut) std::abort();
  }
  if (const auto at = rolecall::parse_http_date(text)) {
    if (rolecall::parse_http_date(rolecall::format_http_date(*at)) != at) std::abort();
  }
  return 0;
}
