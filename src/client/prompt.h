// Asking a person. Never on standard input, which may be somebody's data.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace rolecall::client {

enum class Echo { on, off };

// A line typed on /dev/tty, without its line feed. Signals that end or stop the program put the
// terminal right first. nullopt: there is no terminal; an end of file is an empty line.
Result<std::optional<Secret>> ask_on_terminal(const std::string& question, Echo echo);

// "Enter MFA code for SERIAL: " on /dev/tty, without echo. Fails when there is no terminal.
Result<std::string> prompt_on_terminal(const std::string& serial);

}  // namespace rolecall::client
