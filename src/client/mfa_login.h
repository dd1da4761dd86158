// `configure mfa-login`: a session of GetSessionToken as a profile of its own, in plain text, for
// programs that know nothing but the credentials file. Our own commands need none (mfa.h).
#pragma once

#include "client/arguments.h"
#include "client/commands.h"

namespace rolecall::client {

Result<int> mfa_login(const Arguments& arguments, Session& session, Console& console);

}  // namespace rolecall::client
