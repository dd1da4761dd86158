// Principals of resource policies. They are held as unique ids, so that a namesake made later gets
// nothing (Rules 372 to 376), and shown as ARNs again.
#pragma once

#include <string>
#include <string_view>

#include "identity/state.h"

namespace rolecall::services {

// Whether an AWS principal of a policy exists in this server (Rule 44): a user, role, session or
// root ARN, an account ID, a unique ID, "*". Roots of accounts that are not here are taken.
bool principal_exists(const identity::State& state, std::string_view partition,
                      std::string_view principal);
// The policy with the users and roles it names replaced by their unique ids.
std::string hold_principals(const identity::State& state, std::string_view policy);
// The other way; ids of principals that are gone stay (Rule 373).
std::string show_principals(const identity::State& state, std::string_view policy);

}  // namespace rolecall::services
