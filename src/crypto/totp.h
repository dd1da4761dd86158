// One-time codes: HOTP (RFC 4226) and TOTP (RFC 6238), SHA-1, as AWS's virtual MFA devices.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace rolecall::crypto {

inline constexpr int kTotpDigits = 6;
inline constexpr std::int64_t kTotpStepSeconds = 30;
inline constexpr std::size_t kTotpSeedBytes = 40;  // 64 base32 characters, as IAM gives out

// How far a device's clock may be off. One step each way: RFC 6238 section 5.2.
struct TotpWindow {
  int past_steps = 1;
  int future_steps = 1;
};

// `seed` is raw bytes (base32_decode of what the user saw). Precondition: 1 <= digits <= 9.
std::string hotp(std::string_view seed, std::uint64_t counter, int digits = kTotpDigits);
std::int64_t totp_step(Instant at);
std::string totp(std::string_view seed, Instant at, int digits = kTotpDigits);

// The step whose code this is, searched within the window around `now`; nullopt for none.
// The caller keeps the step of the last accepted code and passes it as `after_step`: codes of
// that step and earlier ones are refused, so a code works once.
//   auto step = totp_match(seed, code, clock.now(), device.last_step);
std::optional<std::int64_t> totp_match(std::string_view seed, std::string_view code, Instant now,
                                       std::optional<std::int64_t> after_step = std::nullopt,
                                       TotpWindow window = {});

// Enrolment: two codes of consecutive steps. Returns the second's step.
std::optional<std::int64_t> totp_match_pair(std::string_view seed, std::string_view first,
                                            std::string_view second, Instant now,
                                            TotpWindow window = {.past_steps = 2,
                                                                 .future_steps = 1});

}  // namespace rolecall::crypto
