#include "audit/redact.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace rolecall::audit {
namespace {

// Lower case, sorted. One-time codes count: one that was just refused may still be valid.
constexpr std::array<std::string_view, 22> kSecrets = {
    "authenticationcode1",
    "authenticationcode2",
    "base32stringseed",
    "copysourcessecustomerkey",
    "federationtoken",
    "newpassword",
    "oldpassword",
    "password",
    "privatekey",
    "privatekeypassword",
    "qrcodepng",
    "samlassertion",
    "secret",
    "secretaccesskey",
    "secretkey",
    "securitytoken",
    "servicecredentialsecret",
    "servicepassword",
    "sessiontoken",
    "ssecustomerkey",
    "tokencode",
    "webidentitytoken",
};
static_assert(std::is_sorted(kSecrets.begin(), kSecrets.end()));
constexpr std::size_t kLongest = 24;

}  // namespace

bool is_secret_member(std::string_view name) {
  if (name.size() > kLongest) return false;
  char folded[kLongest];
  for (std::size_t i = 0; i < name.size(); ++i) folded[i] = ascii_lower(name[i]);
  return std::binary_search(kSecrets.begin(), kSecrets.end(),
                            std::string_view(folded, name.size()));
}

}  // namespace rolecall::audit
