// Compression (Zstandard) of small texts that travel: session policies and tags in a session token,
// the decision behind an encoded denial message.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rolecall {

// Never fails; the result may be longer than the text when that does not compress.
std::string compress(std::string_view text);

// nullopt: not exactly one compressed text, or more than `bytes_max` in it (the bound on what a
// hostile text can make us hold).
std::optional<std::string> decompress(std::string_view compressed, std::size_t bytes_max);

}  // namespace rolecall
