// Which policies apply to a caller, and the organization's part in them.
#pragma once

#include <string>
#include <vector>

#include "identity/caller.h"
#include "identity/state.h"
#include "policy/decision.h"

namespace rolecall::guard {

// Policies with the references that keep them alive. Names are views into the state's entities.
struct PolicyList {
  std::vector<identity::PolicyRef> keep;
  std::vector<policy::PolicyRef> refs;
  void add(identity::PolicyRef document, std::string_view name);
};

// Own inline and attached policies, and those of the user's groups; a role's (Rule 106).
void gather_identity(const identity::Caller& caller, const identity::State& state, PolicyList& out);
// Empty when the principal has none. A boundary that cannot be found denies (fails closed) by an
// unreadable document.
void gather_boundary(const identity::Caller& caller, const identity::State& state, PolicyList& out);
void gather_session(const identity::Caller& caller, const identity::State& state, PolicyList& out);

enum class OrganizationLayer : std::uint8_t { scp, rcp };
// One list a level, root first, the account last; empty when the account is in no organization with
// that policy type (Rules 181, 191, 201).
void gather_levels(AccountId account, const identity::State& state, OrganizationLayer layer,
                   std::vector<PolicyList>& out);

// "o-x/r-y/ou-z/" of a member account; empty for others (Rule 704).
std::string organization_path(AccountId account, const identity::State& state);
bool same_organization(AccountId a, AccountId b, const identity::State& state);

}  // namespace rolecall::guard
