#include "wire/message.h"

#include "base/encoding.h"

namespace rolecall::wire {

std::optional<std::string_view> find_header(std::span<const HeaderView> headers,
                                            std::string_view name) {
  for (const auto& header : headers) {
    if (equal_ignoring_case(header.name, name)) return header.value;
  }
  return std::nullopt;
}

}  // namespace rolecall::wire
