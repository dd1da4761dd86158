// Asking a person. Never on standard input, which may be somebody's data.
#pragma once

#include <string>

#include "base/result.h"

namespace rolecall::client {

// "Enter MFA code for SERIAL: " on /dev/tty, without echo. Fails when there is no terminal.
Result<std::string> prompt_on_terminal(const std::string& serial);

}  // namespace rolecall::client
