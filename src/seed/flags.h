// The accounts and known keys that a server is given by flags (contract: --account, --root-key,
// --admin-key). Key texts of any length are taken here and nowhere else.
#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "base/secret.h"
#include "identity/state.h"
#include "seed/seed.h"

namespace rolecall::seed {

inline constexpr std::string_view kAdminName = "admin";
inline constexpr std::string_view kAdminPath = "/rolecall/";

// "NAME=ID". A Fault says what is wrong.
struct AccountFlag {
  std::string name;
  AccountId id;
};
Result<AccountFlag> parse_account_flag(std::string_view text);

// "ID:ACCESS_KEY_ID:SECRET"; the secret may hold colons. The text never stands in a message.
struct KeyFlag {
  AccountId account;
  std::string access_key_id;
  Secret secret;
};
Result<KeyFlag> parse_key_flag(std::string_view text);

// Makes the account if it is missing; an existing one keeps its name. These events are kept.
identity::Events account_events(const identity::State& state, AccountId id, std::string_view name,
                                Effects effects);

// The key itself, marked from_flag: to be applied to the state at each start, never written down.
// The account must be there (account_events). Faults when the id is a key of somebody else.
Result<identity::Events> root_key_events(const identity::State& state, const KeyFlag& flag,
                                         Effects effects);

// The administrator user/rolecall/admin with his key, both marked from_flag. His unique id is made
// from the account's number, so trust policies that name him hold after a restart. He may do
// everything by an inline AdministratorAccess, which no count of attachments shows. Faults as
// above. A user `admin` of the account's own is somebody else.
Result<identity::Events> admin_key_events(const identity::State& state, const KeyFlag& flag,
                                          Effects effects);

}  // namespace rolecall::seed
