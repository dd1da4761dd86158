// Entries in the desktop's keyring: whoever serves org.freedesktop.secrets on the session bus
// (GNOME Keyring, KWallet, KeePassXC), through the Secret Service API 0.2.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "keys/store.h"

namespace rolecall::keys {

// A dialogue of the desktop that nobody answers must not hold a program forever.
inline constexpr unsigned kPromptSeconds = 120;

// Whether the desktop may be asked for a dialogue: nobody answers one where there is no display.
enum class Dialogues { allowed, refused };

// Fails, saying why, where there is no library, no session bus or no such service. Starts the
// service if the bus can. `collection` keeps sets of keys apart ("" is the usual one).
Result<std::unique_ptr<Store>> open_secret_service(const std::string& collection,
                                                   Dialogues dialogues);

}  // namespace rolecall::keys
