#include "policy/action.h"

#include "policy/action_names.h"
#include "policy/hash.h"

namespace rolecall::policy {

std::optional<Action> Action::parse(std::string_view text) {
  std::optional<Action> out;  // the one name returned, so that it is made in place
  if (text.empty() || text.size() > kActionBytesMax) return out;
  Action& action = out.emplace(Token{});
  action.size_ = static_cast<std::uint8_t>(text.size());
  TextHash hash(text.size());
  each_word(text, [&](std::uint64_t word, std::size_t at) {
    const std::uint64_t folded = fold_word(word);
    std::memcpy(action.text_.data() + at, &word, 8);
    std::memcpy(action.folded_.data() + at, &folded, 8);
    hash.add(folded);
  });
  action.hash_ = hash.value();
  const KnownAction known = find_padded_action(action.folded(), action.hash_);
  action.id_ = known.id;
  action.service_size_ = known.service_size;
  if (known.id == kUnknown) {  // a known name needs no look at its form
    const std::size_t colon = text.find(':');
    if (colon == 0 || colon == text.npos || colon + 1 == text.size() ||
        text.find(':', colon + 1) != text.npos) {
      out.reset();
      return out;
    }
    action.service_size_ = static_cast<std::uint8_t>(colon);
  }
  action.service_hash_ = hash_text(action.service());
  const std::string_view folded = action.folded();
  action.known_service_ = folded.starts_with("s3:")    ? Service::s3
                          : folded.starts_with("iam:") ? Service::iam
                          : folded.starts_with("sts:") ? Service::sts
                          : folded.starts_with("kms:") ? Service::kms
                                                       : Service::other;
  return out;
}

}  // namespace rolecall::policy
