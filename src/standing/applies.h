// The policies that apply to a caller.
//
//   const Standing standing = applies(caller, state);
//   policies.identity = standing.identity.refs; …
#pragma once

#include <string>
#include <vector>

#include "identity/caller.h"
#include "identity/state.h"
#include "standing/organization.h"
#include "standing/policy_list.h"

namespace rolecall::standing {

struct Standing {
  PolicyList identity;           // own inline and attached policies, and those of the user's groups
  PolicyList boundary;           // one, or none
  PolicyList session;            // inline first
  std::vector<PolicyList> scps;  // control_levels() of the caller's account
  const identity::Organization* organization = nullptr;  // the caller's; null: in none
};
// `caller` and `state` must outlive it. A policy that should be there and cannot be found takes
// part as one that cannot be read: it denies.
Standing applies(const identity::Caller& caller, const identity::State& state);

// Its parts, for those who are no callers (Rule 106: a user's are also those of its groups).
void add_policies(const identity::User& user, const identity::Account& account,
                  const identity::State& state, PolicyList& out);
void add_policies(const identity::Group& group, const identity::State& state, PolicyList& out);
void add_policies(const identity::Role& role, const identity::State& state, PolicyList& out);
// `arn` is a user's or role's boundary; nothing is added when it is empty.
void add_boundary(const std::string& arn, const identity::State& state, PolicyList& out);

}  // namespace rolecall::standing
