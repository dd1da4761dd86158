// The key under which secrets are encrypted at rest. Its file is kept apart from the data, so that
// a copy of the database alone gives no secret away. Several keys may be in it: the last one seals,
// all of them open, so a key can be replaced while old texts are still read.
//
//   RC_TRY(auto key, MasterKey::open_or_create(dir + "/keys/master.key", random));
#pragma once

#include <memory>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "crypto/seal.h"
#include "identity/secret_sealer.h"

namespace rolecall::store {

// Immutable once made, any thread.
class MasterKey final : public identity::SecretSealer {
 public:
  // Makes folder (0700) and file (0600, synced) when they are not there. A Fault when the file is
  // readable by others, malformed, or cannot be read. `random` must outlive the key.
  static Result<std::unique_ptr<MasterKey>> open_or_create(const std::string& path, Random& random);
  static Result<std::unique_ptr<MasterKey>> open(const std::string& path, Random& random);
  // Adds a key to the file, which seals from the next open() on.
  static Status rotate(const std::string& path, Random& random);
  // Known to this process only: for servers whose data ends with them.
  static std::unique_ptr<MasterKey> ephemeral(Random& random);

  std::string seal(const Secret& plain, std::string_view purpose) const override;
  std::optional<Secret> open(std::string_view sealed, std::string_view purpose) const override;

  std::uint32_t newest_id() const { return ring_.newest().id(); }
  // Further keys for other uses (session tokens), derived from the oldest key: they stay the same
  // when a key is added. 32 bytes.
  Secret derive(std::string_view purpose) const;

 private:
  MasterKey(crypto::KeyRing ring, Random& random) : ring_(std::move(ring)), random_(random) {}
  crypto::KeyRing ring_;
  Random& random_;
};

}  // namespace rolecall::store
