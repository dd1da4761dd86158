#include "transfer/sync.h"

namespace rolecall::transfer {

std::string_view direction_name(Direction direction) {
  switch (direction) {
    case Direction::upload:
      return "upload";
    case Direction::download:
      return "download";
    case Direction::copy:
      return "copy";
    case Direction::remove:
      break;
  }
  return "delete";
}

bool is_changed(const File& source, const File& target, const SyncRules& rules) {
  if (source.size != target.size) return true;
  if (rules.size_only) return false;
  const std::int64_t at_source = source.modified.value_or(Instant{}).micros;
  const std::int64_t at_target = target.modified.value_or(Instant{}).micros;
  if (rules.direction != Direction::download) return at_target < at_source;
  return rules.exact_timestamps ? at_target != at_source : at_target > at_source;
}

Result<std::optional<SyncStep>> Sync::next() {
  for (;;) {
    if (take_source_) {
      RC_TRY(at_source_, source_.next());
    }
    if (take_target_) {
      RC_TRY(at_target_, target_.next());
    }
    take_source_ = at_source_ && (!at_target_ || at_source_->key <= at_target_->key);
    take_target_ = at_target_ && (!at_source_ || at_target_->key <= at_source_->key);
    if (take_source_ && take_target_) {
      if (is_changed(*at_source_, *at_target_, rules_)) {
        return std::optional(SyncStep{false, std::move(*at_source_)});
      }
    } else if (take_source_) {
      return std::optional(SyncStep{false, std::move(*at_source_)});
    } else if (take_target_) {
      if (rules_.remove_extra) return std::optional(SyncStep{true, std::move(*at_target_)});
    } else {
      return std::optional<SyncStep>();
    }
  }
}

}  // namespace rolecall::transfer
