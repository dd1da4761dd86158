#include "wire/form.h"

#include <algorithm>

#include "base/encoding.h"

namespace rolecall::wire {
namespace {

ApiError malformed(std::string message) {
  return ApiError::make(400, "MalformedInput", std::move(message));
}

}  // namespace

Status Form::add(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (piece.empty()) continue;
    if (parameters_.size() == kFormParametersMax) return malformed("too many parameters");
    const auto equals = std::min(piece.find('='), piece.size());
    auto key = piece.substr(0, equals);
    const auto value = equals < piece.size() ? piece.substr(equals + 1) : std::string_view();
    if (key.find_first_of("%+") != std::string_view::npos) {
      auto decoded = percent_decode(key, Plus::space);
      if (!decoded) return malformed("a parameter's name is not percent-encoded as it should be");
      key = decoded_keys_.emplace_back(std::move(*decoded));
    }
    parameters_.push_back({key, value, static_cast<std::uint32_t>(parameters_.size())});
  }
  return {};
}

void Form::sort() {
  std::ranges::sort(parameters_, [](const Parameter& a, const Parameter& b) {
    const auto order = a.key <=> b.key;
    return order != 0 ? order < 0 : a.order < b.order;
  });
}

Result<std::optional<std::string>> Form::text(std::string_view key) const {
  auto at = std::ranges::lower_bound(parameters_, key, {}, &Parameter::key);
  if (at == parameters_.end() || at->key != key) return std::optional<std::string>();
  RC_TRY(auto value, decode_form_value(at->raw_value));
  return std::optional<std::string>(std::move(value));
}

Result<std::string> decode_form_value(std::string_view raw) {
  auto decoded = percent_decode(raw, Plus::space);
  if (!decoded || !is_valid_utf8(*decoded)) {
    return malformed("a parameter's value is not percent-encoded UTF-8");
  }
  return std::move(*decoded);
}

}  // namespace rolecall::wire
