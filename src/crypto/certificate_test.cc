#include "crypto/certificate.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace rolecall::crypto {
namespace {

const Validity kYear = {Instant::from_seconds(1'790'000'000), Instant::from_seconds(1'820'000'000)};

struct Parsed {
  X509* x509;
  explicit Parsed(const std::string& pem) {
    BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    x509 = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
  }
  Parsed(const Parsed&) = delete;
  Parsed& operator=(const Parsed&) = delete;
  ~Parsed() { X509_free(x509); }
};

// What a TLS client does: chain, dates and host name.
bool accepted(const std::string& ca_pem, const std::string& leaf_pem, const char* host) {
  const Parsed ca(ca_pem), leaf(leaf_pem);
  X509_STORE* store = X509_STORE_new();
  X509_STORE_add_cert(store, ca.x509);
  X509_STORE_CTX* context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store, leaf.x509, nullptr);
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_time(parameters, 1'800'000'000);
  X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT);
  if (host) X509_VERIFY_PARAM_set1_host(parameters, host, 0);
  const bool ok = X509_verify_cert(context) == 1;
  X509_STORE_CTX_free(context);
  X509_STORE_free(store);
  return ok;
}

TEST(Certificate, IssuedLeavesAreAcceptedForTheirNamesOnly) {
  const auto random = make_seeded_random(1);
  const auto ca = CertificateAuthority::create("Rolecall local CA", kYear, *random);
  ASSERT_TRUE(ca) << ca.error().text();
  const auto leaf = ca->issue(
      {{"sts.amazonaws.com", "*.s3.amazonaws.com"}, {"127.0.0.1", "::1"}, kYear}, *random);
  ASSERT_TRUE(leaf) << leaf.error().text();
  EXPECT_TRUE(accepted(ca->certificate_pem(), leaf->certificate, "sts.amazonaws.com"));
  EXPECT_TRUE(accepted(ca->certificate_pem(), leaf->certificate, "bucket.s3.amazonaws.com"));
  EXPECT_FALSE(accepted(ca->certificate_pem(), leaf->certificate, "iam.amazonaws.com"));
  const Parsed parsed(leaf->certificate);
  EXPECT_EQ(X509_check_ip_asc(parsed.x509, "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(parsed.x509, "::1", 0), 1);
  EXPECT_NE(X509_check_ip_asc(parsed.x509, "127.0.0.2", 0), 1);
  EXPECT_TRUE(leaf->key.reveal().starts_with("-----BEGIN PRIVATE KEY-----"));
  EXPECT_EQ(ca->not_after(), kYear.not_after);

  const auto other = CertificateAuthority::create("Rolecall local CA", kYear, *random);
  EXPECT_FALSE(accepted(other->certificate_pem(), leaf->certificate, nullptr));
}

TEST(Certificate, AnAuthorityComesBackFromItsPem) {
  const auto random = make_seeded_random(1);
  const auto ca = CertificateAuthority::create("Rolecall local CA", kYear, *random);
  const auto again = CertificateAuthority::load(ca->certificate_pem(), ca->key_pem());
  ASSERT_TRUE(again) << again.error().text();
  const auto leaf = again->issue({{"iam.amazonaws.com"}, {}, kYear}, *random);
  EXPECT_TRUE(accepted(ca->certificate_pem(), leaf->certificate, "iam.amazonaws.com"));
}

TEST(Certificate, Refusals) {
  const auto random = make_seeded_random(1);
  const auto ca = CertificateAuthority::create("a", kYear, *random);
  const auto other = CertificateAuthority::create("b", kYear, *random);
  EXPECT_FALSE(CertificateAuthority::create("", kYear, *random));
  EXPECT_FALSE(CertificateAuthority::load("rubbish", ca->key_pem()));
  EXPECT_FALSE(CertificateAuthority::load(ca->certificate_pem(), Secret("rubbish")));
  EXPECT_FALSE(CertificateAuthority::load(ca->certificate_pem(), other->key_pem()));
  const auto leaf = ca->issue({{"x.example"}, {}, kYear}, *random);
  EXPECT_FALSE(CertificateAuthority::load(leaf->certificate, leaf->key));  // a leaf is no authority
  for (const char* name : {"", "a..b", ".a", "a b", "a\nDNS:evil", "x*.example", "a."}) {
    EXPECT_FALSE(ca->issue({{name}, {}, kYear}, *random)) << name;
  }
  EXPECT_FALSE(ca->issue({{}, {"300.1.1.1"}, kYear}, *random));
  EXPECT_FALSE(ca->issue({{}, {}, kYear}, *random));
}

}  // namespace
}  // namespace rolecall::crypto
