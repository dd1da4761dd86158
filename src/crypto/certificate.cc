#include "crypto/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>

#include "base/encoding.h"

namespace rolecall::crypto {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using BigPtr = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>>;

constexpr std::size_t kSerialBytes = 16;    // RFC 5280 allows 20
constexpr std::size_t kCommonNameMax = 64;  // RFC 5280 ub-common-name
constexpr std::size_t kDnsNameMax = 253;
constexpr std::size_t kDnsLabelMax = 63;

// What libcrypto said, and an empty queue: a stale error would be mistaken for one of the next
// TLS call on this thread.
Fault openssl_fault(std::string_view what) {
  std::string text(what);
  if (const unsigned long code = ERR_get_error(); code != 0) {
    std::array<char, 256> buffer;
    ERR_error_string_n(code, buffer.data(), buffer.size());
    text.append(": ").append(buffer.data());
  }
  ERR_clear_error();
  return fault(std::move(text));
}

std::string drain(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string to_pem(X509* certificate) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return drain(bio.get());
}

Secret to_pem(EVP_PKEY* key) {
  BioPtr bio(BIO_new(BIO_s_secmem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return Secret(drain(bio.get()));
}

bool add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate, Random& random) {
  std::array<std::uint8_t, kSerialBytes> bytes;
  random.fill(bytes);
  bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0x7F) | 0x40);  // positive, of full length
  const BigPtr number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_validity(X509* certificate, Validity validity) {
  return ASN1_TIME_set(X509_getm_notBefore(certificate), validity.not_before.seconds()) &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), validity.not_after.seconds());
}

bool set_common_name(X509_NAME* name, std::string_view text) {
  return X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()), -1, 0) == 1;
}

bool valid_dns_name(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  if (name.empty() || name.size() > kDnsNameMax) return false;
  std::size_t label = 0;
  for (const char c : name) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
      continue;
    }
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!allowed || ++label > kDnsLabelMax) return false;
  }
  return label > 0;
}

bool push(GENERAL_NAMES* names, int type, void* value) {
  GENERAL_NAME* const name = GENERAL_NAME_new();
  GENERAL_NAME_set0_value(name, type, value);
  return sk_GENERAL_NAME_push(names, name) > 0;
}

Result<NamesPtr> alternative_names(const LeafRequest& request) {
  const std::size_t count = request.dns_names.size() + request.ip_addresses.size();
  if (count == 0 || count > kLeafNamesMax) return fault("a certificate takes 1 to 100 names");
  NamesPtr names(GENERAL_NAMES_new());
  for (const std::string& dns : request.dns_names) {
    if (!valid_dns_name(dns)) return fault("no DNS name: `" + dns + "`");
    const std::string lower = ascii_lower(dns);
    ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
    ASN1_STRING_set(text, lower.data(), static_cast<int>(lower.size()));
    push(names.get(), GEN_DNS, text);
  }
  for (const std::string& ip : request.ip_addresses) {
    ASN1_OCTET_STRING* const address = a2i_IPADDRESS(ip.c_str());
    if (!address) return openssl_fault("no IP address: `" + ip + "`");
    push(names.get(), GEN_IPADD, address);
  }
  return names;
}

// A key with a passphrase is refused instead of prompting on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

}  // namespace

struct CertificateAuthority::Parts {
  X509Ptr certificate;
  KeyPtr key;
};

CertificateAuthority::CertificateAuthority(std::unique_ptr<Parts> parts,
                                           std::string certificate_pem, Secret key_pem)
    : parts_(std::move(parts)),
      certificate_pem_(std::move(certificate_pem)),
      key_pem_(std::move(key_pem)) {}
CertificateAuthority::CertificateAuthority(CertificateAuthority&&) noexcept = default;
CertificateAuthority& CertificateAuthority::operator=(CertificateAuthority&&) noexcept = default;
CertificateAuthority::~CertificateAuthority() = default;

Result<CertificateAuthority> CertificateAuthority::create(std::string_view common_name,
                                                          Validity validity, Random& random) {
  if (common_name.empty() || common_name.size() > kCommonNameMax) {
    return fault("the authority's name must have 1 to 64 characters");
  }
  auto parts = std::make_unique<Parts>();
  parts->key.reset(EVP_EC_gen("P-256"));
  parts->certificate.reset(X509_new());
  X509* const certificate = parts->certificate.get();
  if (!parts->key || !certificate) return openssl_fault("certificate authority");
  const bool ok =
      X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate, random) &&
      set_validity(certificate, validity) &&
      set_common_name(X509_get_subject_name(certificate), common_name) &&
      X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1 &&
      X509_set_pubkey(certificate, parts->key.get()) == 1 &&
      add_extension(certificate, certificate, NID_basic_constraints,
                    "critical,CA:TRUE,pathlen:0") &&
      add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign") &&
      add_extension(certificate, certificate, NID_subject_key_identifier, "hash") &&
      X509_sign(certificate, parts->key.get(), EVP_sha256()) > 0;
  if (!ok) return openssl_fault("certificate authority");
  std::string pem = to_pem(certificate);
  Secret key_pem = to_pem(parts->key.get());
  return CertificateAuthority(std::move(parts), std::move(pem), std::move(key_pem));
}

Result<CertificateAuthority> CertificateAuthority::load(std::string_view certificate_pem,
                                                        const Secret& key_pem) {
  auto parts = std::make_unique<Parts>();
  const BioPtr text(
      BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())));
  parts->certificate.reset(PEM_read_bio_X509(text.get(), nullptr, no_passphrase, nullptr));
  if (!parts->certificate) return openssl_fault("the authority's certificate cannot be read");
  const std::string_view key = key_pem.reveal();
  const BioPtr key_text(BIO_new_mem_buf(key.data(), static_cast<int>(key.size())));
  parts->key.reset(PEM_read_bio_PrivateKey(key_text.get(), nullptr, no_passphrase, nullptr));
  if (!parts->key) return openssl_fault("the authority's key cannot be read");
  if (X509_check_private_key(parts->certificate.get(), parts->key.get()) != 1) {
    return openssl_fault("the authority's key belongs to another certificate");
  }
  if (X509_check_ca(parts->certificate.get()) != 1) {
    return fault("the certificate is not an authority's");
  }
  std::string pem = to_pem(parts->certificate.get());
  Secret canonical_key = to_pem(parts->key.get());
  return CertificateAuthority(std::move(parts), std::move(pem), std::move(canonical_key));
}

Instant CertificateAuthority::not_after() const {
  std::tm tm{};
  ASN1_TIME_to_tm(X509_get0_notAfter(parts_->certificate.get()), &tm);
  const std::int64_t days = days_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
  return Instant::from_seconds(days * 86'400 + tm.tm_hour * 3'600 + tm.tm_min * 60 + tm.tm_sec);
}

Result<CertificatePem> CertificateAuthority::issue(const LeafRequest& request,
                                                   Random& random) const {
  RC_TRY(const NamesPtr names, alternative_names(request));
  const KeyPtr key(EVP_EC_gen("P-256"));
  const X509Ptr owned(X509_new());
  X509* const leaf = owned.get();
  if (!key || !leaf) return openssl_fault("leaf certificate");
  // Nobody reads the common name of a certificate with alternative names; it is there for people.
  std::string_view name = request.dns_names.empty() ? std::string_view(request.ip_addresses.front())
                                                    : std::string_view(request.dns_names.front());
  if (name.size() > kCommonNameMax) name = "rolecall";
  X509* const issuer = parts_->certificate.get();
  const bool ok =
      X509_set_version(leaf, X509_VERSION_3) == 1 && set_serial(leaf, random) &&
      set_validity(leaf, request.validity) && set_common_name(X509_get_subject_name(leaf), name) &&
      X509_set_issuer_name(leaf, X509_get_subject_name(issuer)) == 1 &&
      X509_set_pubkey(leaf, key.get()) == 1 &&
      add_extension(leaf, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(leaf, issuer, NID_key_usage, "critical,digitalSignature") &&
      add_extension(leaf, issuer, NID_ext_key_usage, "serverAuth") &&
      add_extension(leaf, issuer, NID_subject_key_identifier, "hash") &&
      add_extension(leaf, issuer, NID_authority_key_identifier, "keyid") &&
      X509_add1_ext_i2d(leaf, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) == 1 &&
      X509_sign(leaf, parts_->key.get(), EVP_sha256()) > 0;
  if (!ok) return openssl_fault("leaf certificate");
  return CertificatePem{to_pem(leaf), to_pem(key.get())};
}

}  // namespace rolecall::crypto
