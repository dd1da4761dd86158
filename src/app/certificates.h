// Certificates for the names that clients insist on reaching by TLS: a local authority, kept in the
// data folder, that issues a leaf for each host on first use.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/certificate.h"
#include "http/server.h"

namespace rolecall::app {

inline constexpr std::size_t kLeavesMax = 4'096;  // one a host name; bucket hosts are many
inline constexpr std::int64_t kAuthoritySeconds = 10LL * 365 * 86'400;
inline constexpr std::int64_t kLeafSeconds = 397LL * 86'400;  // what clients accept at most

enum class Synced : std::uint8_t { yes, no };  // no: the file goes with the process

// Thread-safe. Hosts it has no business with get no certificate.
class LocalAuthority final : public http::CertificateSource {
 public:
  // Loads DIR/ca.pem and DIR/ca.key (0600), or makes them.
  static Result<std::shared_ptr<LocalAuthority>> open(const std::string& directory,
                                                      const Clock& clock, Random& random,
                                                      Synced synced = Synced::yes);
  std::shared_ptr<const http::CertificatePem> leaf_for(std::string_view host) override;
  const std::string& certificate_pem() const { return authority_.certificate_pem(); }

  LocalAuthority(crypto::CertificateAuthority authority, const Clock& clock, Random& random)
      : authority_(std::move(authority)), clock_(clock), random_(random) {}

 private:
  crypto::CertificateAuthority authority_;
  const Clock& clock_;
  Random& random_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const http::CertificatePem>, std::less<>> leaves_;
};

// Writes a file that only its owner may read, by a temporary name and a rename.
Status write_private_file(const std::string& path, std::string_view contents,
                          Synced synced = Synced::yes);
Result<std::string> read_whole_file(const std::string& path);

}  // namespace rolecall::app
