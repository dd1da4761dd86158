// What an account demands of its users' passwords ("Setting an account password policy").
#pragma once

#include <string_view>

#include "base/result.h"
#include "identity/state.h"

namespace rolecall::iam {

// PasswordPolicyViolation, or nothing. `current` is the hash of the password in use, or "".
Status check_password(const identity::Account& account, std::string_view password,
                      std::string_view current_hash);

}  // namespace rolecall::iam
