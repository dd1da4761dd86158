// The encrypted file's text. Pure functions; the bytes are anybody's.
//
//   rolecall-keys 1
//   argon2id 19 MEMORY_KIB PASSES LANES SALT      version 0x13 and the costs of this file
//   key SEALED                                    the file's own key under the passphrase's
//   entry NAME ACCESS_KEY_ID                      one line an entry, by name: `keys list` needs no
//   body SEALED                                   passphrase. The secrets, under the file's key
//   sum SHA256                                    of all above: damage is told from a wrong
//   passphrase
//
// Base64 for bytes, percent coding for names. Sealed texts are bound to the lines above them, so
// that neither costs nor names can be changed without the passphrase. A text is valid only if it is
// exactly what format_key_file writes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/password.h"
#include "crypto/seal.h"
#include "keys/store.h"

namespace rolecall::keys {

inline constexpr std::size_t kKeyFileBytesMax = 4u << 20;  // kEntriesMax usual entries, and room
inline constexpr std::size_t kSaltBytes = 16;
// RFC 9106 section 4, the second recommended option: 64 MiB, three passes, four lanes.
inline constexpr crypto::Argon2Cost kCost{64 * 1024, 3, 4};
// A stranger's file must not eat the machine: 1 GiB, and some seconds.
inline constexpr crypto::Argon2Cost kCostMax{1024 * 1024, 64, 16};

struct KeyFile {
  crypto::Argon2Cost cost = kCost;
  std::string salt;
  std::string sealed_key;
  std::vector<Item> items;  // by name, each once
  std::string sealed_body;
  bool operator==(const KeyFile&) const = default;
};

enum class KeyFileTrouble { newer_version, damaged };
std::expected<KeyFile, KeyFileTrouble> parse_key_file(std::string_view text);
std::string format_key_file(const KeyFile& file);

// What the two sealed texts are bound to.
std::string key_binding(const KeyFile& file);
std::string body_binding(const KeyFile& file);

using Entries = std::map<std::string, Entry>;
Secret format_body(const Entries& entries);
std::optional<Entries> parse_body(std::string_view text);

}  // namespace rolecall::keys
