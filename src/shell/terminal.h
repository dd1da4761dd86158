// The terminal that a person sits at, whatever standard input and output are.
#pragma once

#include <optional>

#include "base/result.h"
#include "client/environment.h"
#include "shell/picker.h"

namespace rolecall::shell {

// Shows the picker on /dev/tty until a row is taken. nullopt: the person left. The terminal is as
// before when this returns, and when a signal ends the program. Fails when there is no terminal.
Result<std::optional<std::size_t>> pick_on_terminal(Picker& picker);

// Whether standard output is a terminal that can show more than lines.
bool output_is_screen(const client::Environment& environment);

}  // namespace rolecall::shell
