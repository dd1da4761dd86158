// Hex, base64, base32 and percent coding; ASCII case folding.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rolecall {

std::string hex_encode(std::span<const std::uint8_t> bytes);  // lower case
std::string hex_encode(std::string_view bytes);
std::optional<std::string> hex_decode(std::string_view text);  // either case, even length

std::string base64_encode(std::string_view bytes);  // RFC 4648 section 4, padded
// Strict: padding required, no white space, no trailing bits.
std::optional<std::string> base64_decode(std::string_view text);
std::string base64url_encode(std::string_view bytes);  // section 5, unpadded
std::optional<std::string> base64url_decode(std::string_view text);
std::string base32_encode(std::string_view bytes);  // section 6, unpadded
// Either case, padding optional, blanks and hyphens refused.
std::optional<std::string> base32_decode(std::string_view text);

enum class Slash { encode, keep };
// RFC 3986: everything but A-Z a-z 0-9 - . _ ~ becomes %XX (upper case).
std::string percent_encode(std::string_view text, Slash slash = Slash::encode);
enum class Plus { literal, space };
// nullopt on a '%' that two hex digits do not follow.
std::optional<std::string> percent_decode(std::string_view text, Plus plus = Plus::literal);

char ascii_lower(char c);
std::string ascii_lower(std::string_view text);
std::string ascii_upper(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);

bool is_valid_utf8(std::string_view text);
// Decodes one code point at `at` and moves past it; nullopt (and `at` unmoved) when malformed.
std::optional<char32_t> next_utf8(std::string_view text, std::size_t& at);
void append_utf8(std::string& out, char32_t code_point);

// Blank, tab, CR and LF removed from both ends.
std::string_view trim(std::string_view text);

std::span<const std::uint8_t> as_bytes(std::string_view text);
std::string_view as_text(std::span<const std::uint8_t> bytes);

}  // namespace rolecall
