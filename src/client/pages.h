// The help pages of this room's commands.
#pragma once

#include "client/help.h"

namespace rolecall::client {

extern const HelpPage kConfigurePage, kWhoamiPage, kCredsPage, kExecPage, kCachePage;
extern const HelpPage kKeysPage;

}  // namespace rolecall::client
