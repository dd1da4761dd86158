// Callers as authentication and simulations make them. nullopt: the principal is no longer there,
// or its account is closed.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "identity/caller.h"
#include "identity/state.h"

namespace rolecall::standing {

identity::Caller root_caller(AccountId account, std::string_view partition);

// Of long-term credentials: a user's, or the account's root user's.
std::optional<identity::Caller> caller_of_key(const identity::AccessKey& key,
                                              const identity::State& state,
                                              std::string_view partition);

// Of temporary credentials: the principal must still exist, under the same unique id (Rules 112,
// 268, 620).
std::optional<identity::Caller> caller_of_session(std::shared_ptr<const identity::Session> session,
                                                  const identity::State& state,
                                                  std::string_view partition);

// The user himself, without credentials of any kind.
identity::Caller caller_of_user(AccountId account, std::shared_ptr<const identity::User> user);
// A session of the role; `session` says its name.
identity::Caller caller_of_role(std::shared_ptr<const identity::Role> role,
                                std::shared_ptr<const identity::Session> session,
                                std::string_view partition);

}  // namespace rolecall::standing
