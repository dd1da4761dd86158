// The instance profiles that hold a role. A walk over the account's profiles, of which there are at
// most kInstanceProfilesPerAccountMax.
#pragma once

#include <vector>

#include "identity/state.h"

namespace rolecall::iam {

std::vector<const identity::InstanceProfile*> profiles_of(const identity::Account& account,
                                                          const identity::Role& role);

}  // namespace rolecall::iam
