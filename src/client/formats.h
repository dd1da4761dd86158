// Credentials as text, in the forms of `aws configure export-credentials` and one for fish.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "client/credentials.h"

namespace rolecall::client {

enum class Format { process, env, env_no_export, powershell, windows_cmd, fish };
// "process", "env", "env-no-export", "powershell", "windows-cmd", "fish"
std::optional<Format> parse_format(std::string_view name);
// Fails for windows_cmd when a value holds what cmd.exe would run or read as a new line: it has no
// quoting for `set` that all of them survive.
Result<std::string> format_credentials(const Credentials& credentials, Format format);

}  // namespace rolecall::client
