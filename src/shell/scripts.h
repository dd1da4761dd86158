// The completion scripts. They know nothing but how to ask `rolecall complete`.
#pragma once

#include <string_view>

#include "shell/complete.h"

namespace rolecall::shell {

std::string_view completion_script(Shell shell);

}  // namespace rolecall::shell
