// Users, roles and groups by ARN and by unique id, and the principals of resource policies: they
// are held as unique ids, so that a namesake made later gets nothing (Rules 372 to 376), and shown
// as ARNs again.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "identity/state.h"

namespace rolecall::standing {

// One of the three is set.
struct Entity {
  const identity::Account* account = nullptr;
  std::shared_ptr<const identity::User> user;
  std::shared_ptr<const identity::Role> role;
  std::shared_ptr<const identity::Group> group;
};

// What the ARN names, exactly: "arn:…:user/a/bob" is nobody when bob's path is "/b/". The
// administrator of --admin-key is found under his ARN. nullopt: there is none, or `arn` is none of
// a user, role or group.
std::optional<Entity> find_entity(const identity::State& state, std::string_view arn);

// The unique id (AIDA…, AROA…) of the user or role that an ARN names; "" when there is none.
std::string unique_id_of(const identity::State& state, std::string_view arn);
// The other way.
std::string arn_of(const identity::State& state, std::string_view unique_id);
// The form only: AIDA… or AROA….
bool looks_like_unique_id(std::string_view text);

// Whether an AWS principal of a policy exists in this server (Rule 44): a user, role, session or
// root ARN, an account ID, a unique ID, "*". Roots of accounts that are not here are taken.
bool principal_exists(const identity::State& state, std::string_view partition,
                      std::string_view principal);
// The policy with the users and roles it names replaced by their unique ids.
std::string hold_principals(const identity::State& state, std::string_view policy);
// The other way; ids of principals that are gone stay (Rule 373).
std::string show_principals(const identity::State& state, std::string_view policy);

}  // namespace rolecall::standing
