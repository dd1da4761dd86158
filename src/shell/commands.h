// This room's commands; complete.h has two more.
#pragma once

#include "client/commands.h"

namespace rolecall::shell {

int run_profiles(client::Words words, client::Console& console);  // profiles [--plain|--pick]
int run_use(client::Words words, client::Console& console);       // use [PROFILE] [-- COMMAND…]
int run_prompt(client::Words words, client::Console& console);    // prompt [--format TEMPLATE]
int run_doctor(client::Words words, client::Console& console);    // doctor [--offline]

}  // namespace rolecall::shell
