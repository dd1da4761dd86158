// Edits of `config` and `credentials` that must not go wrong, because keys are at stake: what comes
// out is read again, and refused if anything but the setting asked for would read otherwise.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rolecall::client {

enum class FileKind { config, credentials };

// The text without these settings of a profile; every other byte stays.
Result<std::string> without_settings(std::string_view text, FileKind kind, std::string_view profile,
                                     std::span<const std::string_view> keys,
                                     const std::string& path);
// The text with one setting of a profile added or changed.
Result<std::string> with_setting(std::string_view text, FileKind kind, std::string_view profile,
                                 const std::string& key, const std::string& value,
                                 const std::string& path);

// Reads, changes and replaces the file (made if missing, 0600) under the writers' lock. A change
// that gives the same text writes nothing.
Status edit_config(const std::string& path,
                   const std::function<Result<std::string>(std::string_view old)>& change);

}  // namespace rolecall::client
