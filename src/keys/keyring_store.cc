#include "keys/keyring_store.h"

#include <unistd.h>

#include <algorithm>

namespace rolecall::keys {
namespace {

class KeyringStore final : public Store {
 public:
  KeyringStore(KernelKeyring keyring, const std::string& collection)
      : keyring_(keyring),
        prefix_("rolecall:key:" + (collection.empty() ? "" : collection + "/") + ":") {}

  Backend backend() const override { return Backend::keyring; }
  bool lasts() const override { return false; }
  std::string where() const override {
    return std::string("the kernel's ") + (keyring_.is_persistent() ? "persistent" : "user") +
           " keyring of user " + std::to_string(::getuid());
  }

  Result<std::optional<Entry>> get(const std::string& name) override {
    const auto text = keyring_.read(prefix_ + name);
    if (!text) return std::optional<Entry>();
    auto entry = parse_entry(text->reveal());
    if (!entry) return fault("what is kept as `" + name + "` in " + where() + " is no key of ours");
    return entry;
  }

  Status put(const std::string& name, const Entry& entry) override {
    RC_CHECK(check(name, entry));
    return keyring_.write(prefix_ + name, format_entry(entry));
  }

  Result<bool> remove(const std::string& name) override { return keyring_.remove(prefix_ + name); }

  Result<std::vector<Item>> list() override {
    RC_TRY(const auto descriptions, keyring_.descriptions(prefix_));
    std::vector<Item> out;
    for (const auto& description : descriptions) {
      const std::string name = description.substr(prefix_.size());
      const auto entry = get(name);
      if (entry && *entry) out.push_back({name, (*entry)->access_key_id});
    }
    std::sort(out.begin(), out.end(), [](const Item& a, const Item& b) { return a.name < b.name; });
    return out;
  }

 private:
  KernelKeyring keyring_;
  std::string prefix_;
};

}  // namespace

std::unique_ptr<Store> make_keyring_store(KernelKeyring keyring, std::string collection) {
  return std::make_unique<KeyringStore>(keyring, collection);
}

}  // namespace rolecall::keys
