#include "crypto/totp.h"

#include "base/error.h"
#include "crypto/hash.h"

namespace rolecall::crypto {

std::string hotp(std::string_view seed, std::uint64_t counter, int digits) {
  RC_ASSERT(digits >= 1 && digits <= 9);
  char message[8];
  for (int i = 7; i >= 0; --i, counter >>= 8) message[i] = static_cast<char>(counter & 0xFF);
  const Sha1Digest digest = hmac_sha1(seed, {message, sizeof message});
  // Dynamic truncation, RFC 4226 section 5.3.
  const std::size_t at = digest[19] & 0x0F;
  std::uint32_t code = (std::uint32_t{digest[at]} & 0x7F) << 24 |
                       std::uint32_t{digest[at + 1]} << 16 | std::uint32_t{digest[at + 2]} << 8 |
                       digest[at + 3];
  std::string text(static_cast<std::size_t>(digits), '0');
  for (std::size_t i = text.size(); i-- > 0; code /= 10)
    text[i] = static_cast<char>('0' + code % 10);
  return text;
}

std::int64_t totp_step(Instant at) { return at.seconds() / kTotpStepSeconds; }

std::string totp(std::string_view seed, Instant at, int digits) {
  return hotp(seed, static_cast<std::uint64_t>(totp_step(at)), digits);
}

std::optional<std::int64_t> totp_match(std::string_view seed, std::string_view code, Instant now,
                                       std::optional<std::int64_t> after_step, TotpWindow window) {
  const std::int64_t current = totp_step(now);
  std::optional<std::int64_t> match;
  // Every step is tried, so that the time taken does not tell which one matched.
  for (std::int64_t step = current - window.past_steps; step <= current + window.future_steps;
       ++step) {
    if (step < 0) continue;
    const bool equal = equal_constant_time(hotp(seed, static_cast<std::uint64_t>(step)), code);
    if (equal && !match && (!after_step || step > *after_step)) match = step;
  }
  return match;
}

std::optional<std::int64_t> totp_match_pair(std::string_view seed, std::string_view first,
                                            std::string_view second, Instant now,
                                            TotpWindow window) {
  const std::int64_t current = totp_step(now);
  std::optional<std::int64_t> match;
  for (std::int64_t step = current - window.past_steps; step < current + window.future_steps;
       ++step) {
    if (step < 0) continue;
    // Both are compared, whatever the first says.
    const bool one = equal_constant_time(hotp(seed, static_cast<std::uint64_t>(step)), first);
    const bool two = equal_constant_time(hotp(seed, static_cast<std::uint64_t>(step + 1)), second);
    if (one && two && !match) match = step + 1;
  }
  return match;
}

}  // namespace rolecall::crypto
