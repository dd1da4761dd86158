#include "store/master_key.h"

#include <sys/stat.h>
#include <unistd.h>

#include <charconv>

#include "base/encoding.h"
#include "store/files.h"

namespace rolecall::store {
namespace {

// "rolecall master key 1" and a line "ID HEX" for each key, oldest first.
constexpr std::string_view kHeader = "rolecall master key 1\n";
constexpr std::size_t kFileBytesMax = 64 * 1024;  // some 800 keys: more is not our file

std::string format(const crypto::KeyRing& ring) {
  std::string out(kHeader);
  for (const crypto::SealingKey& key : ring.keys()) {
    out += std::to_string(key.id()) + " " + hex_encode(key.key().reveal()) + "\n";
  }
  return out;
}

Result<crypto::KeyRing> parse(std::string_view text, const std::string& path) {
  const Fault malformed = fault("`" + path + "` is not a master key file");
  if (!text.starts_with(kHeader)) return malformed;
  text.remove_prefix(kHeader.size());
  crypto::KeyRing ring;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return malformed;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) return malformed;
    std::uint32_t id = 0;
    const auto [stop, error] = std::from_chars(line.data(), line.data() + blank, id);
    std::optional<std::string> bytes = hex_decode(line.substr(blank + 1));
    if (error != std::errc() || stop != line.data() + blank || !bytes) return malformed;
    RC_TRY(auto key, crypto::SealingKey::create(id, Secret(std::move(*bytes))));
    ring.add(std::move(key));
  }
  if (ring.empty()) return malformed;
  return ring;
}

Result<crypto::KeyRing> read_ring(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) == 0 && (info.st_mode & 077) != 0) {
    return fault("the master key `" + path + "` can be read by others: chmod 600 it");
  }
  RC_TRY(const std::string text, read_file(path, kFileBytesMax));
  return parse(text, path);
}

}  // namespace

Result<std::unique_ptr<MasterKey>> MasterKey::open(const std::string& path, Random& random) {
  RC_TRY(crypto::KeyRing ring, read_ring(path));
  return std::unique_ptr<MasterKey>(new MasterKey(std::move(ring), random));
}

Result<std::unique_ptr<MasterKey>> MasterKey::open_or_create(const std::string& path,
                                                             Random& random) {
  if (::access(path.c_str(), F_OK) == 0) return open(path, random);
  RC_CHECK(make_folder(parent_folder(path)));
  crypto::KeyRing ring;
  ring.add(crypto::SealingKey::generate(1, random));
  RC_CHECK(write_file_durably(path, format(ring)));
  return std::unique_ptr<MasterKey>(new MasterKey(std::move(ring), random));
}

Status MasterKey::rotate(const std::string& path, Random& random) {
  RC_TRY(crypto::KeyRing ring, read_ring(path));
  std::uint32_t highest = 0;
  for (const auto& key : ring.keys()) highest = std::max(highest, key.id());
  ring.add(crypto::SealingKey::generate(highest + 1, random));
  return write_file_durably(path, format(ring));
}

std::unique_ptr<MasterKey> MasterKey::ephemeral(Random& random) {
  crypto::KeyRing ring;
  ring.add(crypto::SealingKey::generate(1, random));
  return std::unique_ptr<MasterKey>(new MasterKey(std::move(ring), random));
}

std::string MasterKey::seal(const Secret& plain, std::string_view purpose) const {
  return ring_.seal(plain.reveal(), purpose, random_);
}
std::optional<Secret> MasterKey::open(std::string_view sealed, std::string_view purpose) const {
  return ring_.open(sealed, purpose);
}
Secret MasterKey::derive(std::string_view purpose) const {
  return crypto::hkdf_sha256(ring_.keys().front().key().reveal(), "rolecall", purpose,
                             crypto::kSealingKeyBytes);
}

}  // namespace rolecall::store
