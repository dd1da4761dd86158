// Entries in the kernel's keyring: quick, nothing on disk, and gone when the machine restarts.
#pragma once

#include <memory>

#include "keys/kernel_keyring.h"
#include "keys/store.h"

namespace rolecall::keys {

// `collection` keeps sets of keys apart ("" is the usual one).
std::unique_ptr<Store> make_keyring_store(KernelKeyring keyring, std::string collection);

}  // namespace rolecall::keys
