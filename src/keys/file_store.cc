#include "keys/file_store.h"

#include <algorithm>

#include "base/files.h"
#include "crypto/hash.h"

namespace rolecall::keys {
namespace {

constexpr std::uint32_t kPassphraseKey = 1, kFileKey = 2;  // ids in the sealed texts

Result<crypto::SealingKey> passphrase_key(const KeyFile& file, const Secret& passphrase) {
  RC_TRY(Secret key, crypto::derive_key(passphrase, file.salt, file.cost));
  return crypto::SealingKey::create(kPassphraseKey, std::move(key));
}

std::string random_bytes(std::size_t count, Random& random) {
  std::string out(count, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  return out;
}

}  // namespace

struct FileStore::Opened {
  KeyFile file;
  crypto::SealingKey key;
  Entries entries;
};

FileStore::FileStore(FileStoreOptions options, std::unique_ptr<PassphraseSource> passphrases,
                     std::unique_ptr<KeyKeeper> keeper, Random& random)
    : options_(std::move(options)),
      passphrases_(std::move(passphrases)),
      keeper_(std::move(keeper)),
      random_(random) {}

Error FileStore::damaged() const {
  return fault("the file of keys `" + options_.path +
               "` is damaged (this is not about the passphrase): restore it from a copy, or move "
               "it away to begin a new one");
}

// Of the sealed key: a file that was made anew has another, and a kept key is not tried on it.
std::string FileStore::key_id(const KeyFile& file) const {
  return crypto::sha256_hex(file.salt + file.sealed_key).substr(0, 32);
}

std::optional<Secret> FileStore::recall(const std::string& id) {
  if (opened_ && opened_->first == id) return opened_->second;
  return keeper_ ? keeper_->recall(id) : std::nullopt;
}

void FileStore::keep(const std::string& id, const Secret& key) {
  opened_.emplace(id, key);
  if (keeper_) keeper_->keep(id, key);
}

void FileStore::forget(const std::string& id) {
  opened_.reset();
  if (keeper_) keeper_->forget(id);
}

Result<std::optional<KeyFile>> FileStore::read() const {
  const auto text = read_file_if_there(options_.path, kKeyFileBytesMax);
  if (!text) return text.error();
  if (!*text) return std::optional<KeyFile>();
  auto file = parse_key_file(**text);
  if (file) return std::optional<KeyFile>(std::move(*file));
  if (file.error() == KeyFileTrouble::newer_version) {
    return fault("the file of keys `" + options_.path + "` was written by a newer rolecall");
  }
  return damaged();
}

std::optional<FileStore::Opened> FileStore::open_with(const KeyFile& file,
                                                      const Secret& key) const {
  auto sealing = crypto::SealingKey::create(kFileKey, key);
  if (!sealing) return std::nullopt;
  const auto body = sealing->open(file.sealed_body, body_binding(file));
  if (!body) return std::nullopt;
  auto entries = parse_body(body->reveal());
  if (!entries) return std::nullopt;
  return Opened{file, std::move(*sealing), std::move(*entries)};
}

Result<FileStore::Opened> FileStore::open(KeyFile file) {
  if (const auto kept = recall(key_id(file))) {
    if (auto opened = open_with(file, *kept)) return std::move(*opened);
  }
  for (int attempt = 1;; ++attempt) {
    RC_TRY(const Secret passphrase, passphrases_->passphrase(false));
    RC_TRY(const auto outer, passphrase_key(file, passphrase));
    const auto inner = outer.open(file.sealed_key, key_binding(file));
    if (inner) {
      auto opened = open_with(file, *inner);
      // The passphrase was right and the rest is not what it sealed: somebody changed it.
      if (!opened) return damaged();
      keep(key_id(file), *inner);
      return std::move(*opened);
    }
    if (attempt == kPassphraseTries || !passphrases_->may_ask_again()) {
      return fault("that is not the passphrase of `" + options_.path + "`");
    }
  }
}

Result<FileStore::Opened> FileStore::create() {
  KeyFile file;
  file.cost = options_.cost;
  file.salt = random_bytes(kSaltBytes, random_);
  RC_TRY(const Secret passphrase, passphrases_->passphrase(true));
  RC_TRY(const auto outer, passphrase_key(file, passphrase));
  auto inner = crypto::SealingKey::generate(kFileKey, random_);
  file.sealed_key = outer.seal(inner.key().reveal(), key_binding(file), random_);
  keep(key_id(file), inner.key());
  return Opened{std::move(file), std::move(inner), {}};
}

Status FileStore::write(Opened& opened) {
  opened.file.items.clear();
  for (const auto& [name, entry] : opened.entries) {
    opened.file.items.push_back({name, entry.access_key_id});
  }
  opened.file.sealed_body =
      opened.key.seal(format_body(opened.entries).reveal(), body_binding(opened.file), random_);
  const std::string text = format_key_file(opened.file);
  if (text.size() > kKeyFileBytesMax || opened.entries.size() > kEntriesMax) {
    return fault("the file of keys `" + options_.path + "` is full");
  }
  RC_CHECK(replace_file(options_.path, text));
  sync_folder(folder_of(resolve_links(options_.path)));
  return {};
}

Result<std::optional<Entry>> FileStore::get(const std::string& name) {
  RC_TRY(auto file, read());
  if (!file) return std::optional<Entry>();
  // The list is in the clear; only what is there is worth a passphrase.
  const bool listed = std::any_of(file->items.begin(), file->items.end(),
                                  [&](const Item& item) { return item.name == name; });
  if (!listed) return std::optional<Entry>();
  RC_TRY(Opened opened, open(std::move(*file)));
  const auto found = opened.entries.find(name);
  if (found == opened.entries.end()) return damaged();
  return std::optional<Entry>(std::move(found->second));
}

Status FileStore::put(const std::string& name, const Entry& entry) {
  RC_CHECK(check(name, entry));
  RC_CHECK(make_folders(folder_of(options_.path)));
  RC_TRY(const auto lock, FileLock::on_file(options_.path + ".lock"));
  RC_TRY(auto file, read());
  RC_TRY(Opened opened, file ? open(std::move(*file)) : create());
  opened.entries.insert_or_assign(name, entry);
  return write(opened);
}

Result<bool> FileStore::remove(const std::string& name) {
  {
    RC_TRY(const auto items, list());
    if (std::none_of(items.begin(), items.end(), [&](const auto& i) { return i.name == name; })) {
      return false;
    }
  }
  RC_TRY(const auto lock, FileLock::on_file(options_.path + ".lock"));
  RC_TRY(auto file, read());
  if (!file) return false;
  RC_TRY(Opened opened, open(std::move(*file)));
  const bool there = opened.entries.erase(name) > 0;
  if (there) RC_CHECK(write(opened));
  return there;
}

Result<std::vector<Item>> FileStore::list() {
  RC_TRY(auto file, read());
  return file ? std::move(file->items) : std::vector<Item>();
}

Status FileStore::change_passphrase(PassphraseSource& next) {
  RC_TRY(const auto lock, FileLock::on_file(options_.path + ".lock"));
  RC_TRY(auto file, read());
  if (!file) return fault("there is no file of keys at `" + options_.path + "` yet");
  RC_TRY(Opened opened, open(std::move(*file)));
  forget(key_id(opened.file));
  opened.file.cost = options_.cost;
  opened.file.salt = random_bytes(kSaltBytes, random_);
  RC_TRY(const Secret passphrase, next.passphrase(true));
  RC_TRY(const auto outer, passphrase_key(opened.file, passphrase));
  // A key of its own too: whoever learned the old one reads nothing written from now on.
  opened.key = crypto::SealingKey::generate(kFileKey, random_);
  opened.file.sealed_key = outer.seal(opened.key.key().reveal(), key_binding(opened.file), random_);
  RC_CHECK(write(opened));
  keep(key_id(opened.file), opened.key.key());
  return {};
}

Status FileStore::unlock() {
  RC_TRY(auto file, read());
  if (!file) return fault("there is no file of keys at `" + options_.path + "` yet");
  RC_TRY([[maybe_unused]] const Opened opened, open(std::move(*file)));
  return {};
}

Status FileStore::lock() {
  RC_TRY(const auto file, read());
  if (file) forget(key_id(*file));
  return {};
}

}  // namespace rolecall::keys
