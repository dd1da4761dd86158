// A local certificate authority, for the names that clients insist on reaching by TLS.
// EC P-256 keys, SHA-256 signatures; PEM in and out. Keys come from libcrypto's own generator
// (as every TLS key does); only serial numbers are drawn from the injected Random.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace rolecall::crypto {

struct Validity {
  Instant not_before;
  Instant not_after;
};

// A leaf certificate and its key, both PEM. `certificate` is the leaf alone: clients have the CA.
struct CertificatePem {
  std::string certificate;
  Secret key;
};

struct LeafRequest {
  std::vector<std::string> dns_names;     // "*.s3.amazonaws.com" is allowed
  std::vector<std::string> ip_addresses;  // "127.0.0.1", "::1"
  Validity validity;
};

inline constexpr std::size_t kLeafNamesMax = 100;  // names in one certificate

// Safe to use from several threads. Movable, not copyable.
//   RC_TRY(auto ca, CertificateAuthority::create("Rolecall local CA", validity, random));
//   RC_TRY(auto leaf, ca.issue({{"sts.amazonaws.com"}, {}, validity}, random));
class CertificateAuthority {
 public:
  static Result<CertificateAuthority> create(std::string_view common_name, Validity validity,
                                             Random& random);
  // Faults when either text is malformed or the key is not the certificate's.
  static Result<CertificateAuthority> load(std::string_view certificate_pem, const Secret& key_pem);
  CertificateAuthority(CertificateAuthority&&) noexcept;
  CertificateAuthority& operator=(CertificateAuthority&&) noexcept;
  ~CertificateAuthority();

  const std::string& certificate_pem() const { return certificate_pem_; }
  const Secret& key_pem() const { return key_pem_; }
  Instant not_after() const;

  // A server certificate with a key of its own; about 0.3 ms. Faults on a name or an address that
  // is malformed, and when there is none.
  Result<CertificatePem> issue(const LeafRequest& request, Random& random) const;

 private:
  struct Parts;
  CertificateAuthority(std::unique_ptr<Parts> parts, std::string certificate_pem, Secret key_pem);
  std::unique_ptr<Parts> parts_;
  std::string certificate_pem_;
  Secret key_pem_;
};

}  // namespace rolecall::crypto
