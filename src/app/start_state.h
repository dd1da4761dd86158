// The state a server starts with: accounts and keys of the flags, the organization file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/profiles.h"
#include "base/clock.h"
#include "base/random.h"
#include "store/store.h"

namespace rolecall::app {

struct StartSettings {
  bool dev = true;
  const std::vector<std::string>& accounts;  // NAME=ID
  const std::string& org_file;
  const std::vector<std::string>& root_keys;  // ID:ACCESS_KEY_ID:SECRET
  const std::vector<std::string>& admin_keys;
  bool want_root_profiles = false;
};

// Whether the flags can be read: asked before anything is opened. An ApiError names the flag.
Status check_flags(const StartSettings& settings);

// Applies them idempotently. Answers a root profile for every account when wanted (keys are made
// where an account has none); the default accounts of `dev` are made when the state is empty and no
// flag names any.
Result<std::vector<RootProfile>> prepare_state(store::Store& store, const StartSettings& settings,
                                               const Clock& clock, Random& random);

struct FirstAccount {
  AccountId account;
  std::string access_key_id;
  Secret secret_key;
};
// For `init`: an account (a random number unless given) with a root access key.
Result<FirstAccount> make_first_account(store::Store& store, std::optional<AccountId> id,
                                        const std::string& name, const Clock& clock,
                                        Random& random);

}  // namespace rolecall::app
