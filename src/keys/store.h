// Where access keys are kept outside plain files: one interface, three backends. A name (a
// profile's, usually) leads to one key pair.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace rolecall::keys {

enum class Backend { keyring, secret_service, file };
inline constexpr Backend kBackends[] = {Backend::secret_service, Backend::keyring, Backend::file};
// "keyring", "secret-service", "file"
std::string_view backend_name(Backend backend);
std::optional<Backend> parse_backend(std::string_view name);

struct Entry {
  std::string access_key_id;
  Secret secret_key;
  std::optional<Secret> token = {};
  std::string account_id = {};  // "" when not told
};

// What may be shown.
struct Item {
  std::string name;
  std::string access_key_id;
  bool operator==(const Item&) const = default;
};

inline constexpr std::size_t kNameBytesMax = 255;    // a section's name; longer ones are no names
inline constexpr std::size_t kFieldBytesMax = 8192;  // a session token has a few KiB
inline constexpr std::size_t kEntriesMax = 4096;     // profiles with keys of their own

// One thread at a time; several processes at once.
class Store {
 public:
  virtual ~Store() = default;
  virtual Backend backend() const = 0;
  // For people: "the encrypted file /home/bea/.local/share/rolecall/keys"
  virtual std::string where() const = 0;
  // Whether what is put here is there after a restart of the machine.
  virtual bool lasts() const = 0;
  // nullopt: nothing under that name.
  virtual Result<std::optional<Entry>> get(const std::string& name) = 0;
  // Replaces what was there. On success it would survive the end of this process.
  virtual Status put(const std::string& name, const Entry& entry) = 0;
  // Whether there was something to remove.
  virtual Result<bool> remove(const std::string& name) = 0;
  // By name; opens nothing that is locked.
  virtual Result<std::vector<Item>> list() = 0;
};

// A name and fields that every backend can hold; a Fault says what is wrong.
Status check(const std::string& name, const Entry& entry);
bool same(const Entry& a, const Entry& b);  // in constant time

// An entry as lines (`secret_access_key=…`), the form in which backends hold it. Strict: anything
// but what format_entry writes is refused.
Secret format_entry(const Entry& entry);  // precondition: check()
std::optional<Entry> parse_entry(std::string_view text);

}  // namespace rolecall::keys
