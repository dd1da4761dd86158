// Secrets stay out of the trail.
#pragma once

#include <string>
#include <string_view>

namespace rolecall::audit {

// What stands in the place of a secret.
inline constexpr std::string_view kHidden = "HIDDEN_DUE_TO_SECURITY_REASONS";

// Whether the values of this member (as the model names it: "SecretAccessKey", or in lower camel)
// are secrets. Policies, names and ARNs are not.
bool is_secret_member(std::string_view name);

}  // namespace rolecall::audit
