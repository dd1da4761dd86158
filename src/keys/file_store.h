// Entries in a file that a passphrase opens. The file is replaced whole, under a lock, 0600.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/random.h"
#include "keys/key_file.h"
#include "keys/store.h"

namespace rolecall::keys {

// Where passphrases come from: a terminal, a file, a command.
class PassphraseSource {
 public:
  virtual ~PassphraseSource() = default;
  // `fresh`: for a new file (a person is asked twice).
  virtual Result<Secret> passphrase(bool fresh) = 0;
  // A person may have mistyped; a file would say the same again.
  virtual bool may_ask_again() const = 0;
};

inline constexpr int kPassphraseTries = 3;  // what sudo and login give

// Keeps an opened file's key between runs, so that the passphrase is asked once. Best effort.
class KeyKeeper {
 public:
  virtual ~KeyKeeper() = default;
  virtual std::optional<Secret> recall(const std::string& id) = 0;
  virtual void keep(const std::string& id, const Secret& key) = 0;
  virtual void forget(const std::string& id) = 0;
};

struct FileStoreOptions {
  std::string path;
  crypto::Argon2Cost cost = kCost;  // of a new file
};

class FileStore final : public Store {
 public:
  // `keeper` may be null. random must outlive the store.
  FileStore(FileStoreOptions options, std::unique_ptr<PassphraseSource> passphrases,
            std::unique_ptr<KeyKeeper> keeper, Random& random);

  Backend backend() const override { return Backend::file; }
  std::string where() const override { return "the encrypted file " + options_.path; }
  bool lasts() const override { return true; }
  Result<std::optional<Entry>> get(const std::string& name) override;
  Status put(const std::string& name, const Entry& entry) override;
  Result<bool> remove(const std::string& name) override;
  Result<std::vector<Item>> list() override;

  // Seals the file's key anew, with today's costs.
  Status change_passphrase(PassphraseSource& next);
  // Opens it, so that the keeper has its key.
  Status unlock();
  // Forgets the kept key: the next use asks.
  Status lock();

 private:
  struct Opened;
  Result<std::optional<KeyFile>> read() const;
  Result<Opened> open(KeyFile file);
  Result<Opened> create();
  std::optional<Opened> open_with(const KeyFile& file, const Secret& key) const;
  Status write(Opened& opened);
  std::string key_id(const KeyFile& file) const;
  Error damaged() const;
  std::optional<Secret> recall(const std::string& id);
  void keep(const std::string& id, const Secret& key);
  void forget(const std::string& id);

  FileStoreOptions options_;
  std::unique_ptr<PassphraseSource> passphrases_;
  std::unique_ptr<KeyKeeper> keeper_;
  Random& random_;
  // Within one run nobody is asked twice, keeper or not.
  std::optional<std::pair<std::string, Secret>> opened_;
};

}  // namespace rolecall::keys
