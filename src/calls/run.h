// `rolecall SERVICE OPERATION --parameters`: any operation of a modelled service.
#pragma once

#include <string>
#include <string_view>

#include "client/commands.h"

namespace rolecall::calls {

// Whether these words are for run(): a service's name, global options before it or not.
bool is_call(client::Words words);

// The words from the service's name on. The AWS CLI v2's exit statuses.
int run(client::Words words, client::Console& console);

// What `help SERVICE [OPERATION]` prints; "" when there is no such thing.
std::string help_text(client::Words words);

}  // namespace rolecall::calls
