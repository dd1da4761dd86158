#include "policy/action.h"

#include "policy/action_names.h"
#include "policy/hash.h"

namespace rolecall::policy {

std::optional<Action> Action::parse(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == 0 || colon == text.npos || colon + 1 == text.size()) return std::nullopt;
  if (text.size() > kActionBytesMax || text.find(':', colon + 1) != text.npos) return std::nullopt;
  std::optional<Action> out{Action()};
  Action& action = *out;
  action.size_ = static_cast<std::uint8_t>(text.size());
  action.service_size_ = static_cast<std::uint8_t>(colon);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    action.text_[i] = c;
    action.folded_[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  }
  action.hash_ = hash_text(action.folded());
  action.id_ = find_action_id(action.folded(), action.hash_);
  action.service_hash_ = hash_text(action.service());
  const std::string_view service = action.service();
  action.known_service_ = service == "s3"    ? Service::s3
                          : service == "iam" ? Service::iam
                          : service == "sts" ? Service::sts
                          : service == "kms" ? Service::kms
                                             : Service::other;
  return out;
}

}  // namespace rolecall::policy
