// An organization's part in a decision: its control policies level by level, and what condition
// keys say of it ("SCP evaluation", "RCP evaluation").
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "identity/state.h"
#include "standing/policy_list.h"

namespace rolecall::standing {

enum class Control : std::uint8_t { scp, rcp };

// One list a level, root first, the account last; empty when the account is in no organization
// with that policy type (Rules 181, 191, 201). Costs depth times what is attached on the way.
//
// SCPs come for a management account as well, which policy::Policies::management_account then
// spares by name. RCPs do not (Rule 205): the one who calls and the one who owns may have different
// management accounts.
std::vector<PolicyList> control_levels(AccountId account, const identity::State& state,
                                       Control control);

// The management account of the organization that the account is in; empty: it is in none.
AccountId management_account(AccountId account, const identity::State& state);

// "o-x/r-y/ou-z/" of a member account (Rule 704).
std::string organization_path(AccountId account, const identity::Organization& organization);

bool same_organization(AccountId a, AccountId b, const identity::State& state);

}  // namespace rolecall::standing
