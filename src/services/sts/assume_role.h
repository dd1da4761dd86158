// The parts of AssumeRole that tests look at one by one.
#pragma once

#include <vector>

#include "identity/caller.h"
#include "models/sts.h"
#include "services/core/call.h"

namespace rolecall::sts {

inline constexpr std::int32_t kAssumeRoleSecondsDefault = 3'600;
inline constexpr std::int32_t kChainedSecondsMax = 3'600;  // Rule 602

// What must be allowed before the role may be assumed, in the order asked: sts:AssumeRole;
// sts:TagSession when tags are passed or inherited (Rules 260, 261); sts:SetSourceIdentity when a
// source identity is passed or inherited (Rule 262). `role` is null for one that is not there.
// `session` holds what the new session would carry; `mfa_now` says that a code came with the call
// (Rule 259). Views live as long as `in` and `role`.
std::vector<services::Question> assume_role_questions(const AssumeRoleInput& in,
                                                      const identity::Session& session,
                                                      bool mfa_now, const identity::Role* role,
                                                      AccountId role_account,
                                                      const services::Call& call);

}  // namespace rolecall::sts
