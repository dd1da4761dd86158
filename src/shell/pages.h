// The help pages of this room's commands.
#pragma once

#include "client/help.h"

namespace rolecall::shell {

extern const client::HelpPage kCompletionPage, kProfilesPage, kUsePage, kPromptPage, kDoctorPage;

}  // namespace rolecall::shell
