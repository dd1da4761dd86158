// The settings that a profile may have: ours, the AWS CLI's and the SDKs'. For completion, and for
// noticing a slip of the pen.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace rolecall::shell {

std::span<const std::string_view> profile_settings();      // [profile X] and [X] of credentials
std::span<const std::string_view> sso_session_settings();  // [sso-session X]
// Regions that AWS has opened to everybody, for completion only: nothing is checked against it.
std::span<const std::string_view> regions();

// How many letters must be changed, added, dropped, or swapped with their neighbour.
std::size_t edit_distance(std::string_view a, std::string_view b);
// The known name that `name` was probably meant to be; nullopt when it is known, or near to none.
std::optional<std::string_view> meant_setting(std::string_view name,
                                              std::span<const std::string_view> known);

}  // namespace rolecall::shell
