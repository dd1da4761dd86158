#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/checksum.h"
#include "crypto/hash.h"
#include "crypto/password.h"
#include "crypto/seal.h"
#include "crypto/totp.h"

namespace rolecall::crypto {
namespace {

std::string unhex(std::string_view text) { return hex_decode(text).value(); }
template <class T>
std::string hex(const T& bytes) {
  return hex_encode(std::span<const std::uint8_t>(bytes));
}

// FIPS 180 and RFC 1321 examples.
TEST(Hash, KnownAnswers) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex(sha512("abc")).substr(0, 32), "ddaf35a193617abacc417349ae204131");
  EXPECT_EQ(md5_hex("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
}

TEST(Hash, InAnySplitTheSameAndReusable) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text.push_back(static_cast<char>(i * 7));
  for (std::size_t cut = 0; cut <= text.size(); cut += 37) {
    Sha256 hash;
    for (int round = 0; round < 2; ++round) {
      hash.update(std::string_view(text).substr(0, cut));
      hash.update(std::string_view(text).substr(cut));
      EXPECT_EQ(hex(hash.finish()), sha256_hex(text));
    }
  }
}

// RFC 4231, cases 1, 2, 6 (a key longer than a block).
TEST(Hmac, Rfc4231) {
  EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  const HmacKey key("Jefe");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(hex(key.mac("what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }
  HmacSha256 mac(key);
  mac.update("what do ya want ");
  mac.update("for nothing?");
  EXPECT_EQ(hex(mac.finish()), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'),
                            "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// RFC 5869, cases 1 and 3.
TEST(Hkdf, Rfc5869) {
  EXPECT_EQ(hex_encode(hkdf_sha256(std::string(22, '\x0b'), unhex("000102030405060708090a0b0c"),
                                   unhex("f0f1f2f3f4f5f6f7f8f9"), 42)
                           .reveal()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(hex_encode(hkdf_sha256(std::string(22, '\x0b'), "", "", 42).reveal()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Compare, LengthAndContent) {
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_TRUE(equal_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_constant_time("abc", "abcd"));
}

// The check values of the catalogue of parametrised CRC algorithms ("123456789").
TEST(Crc, CheckValues) {
  EXPECT_EQ(crc32("123456789"), 0xCBF43926u);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(crc64nvme("123456789"), 0xAE8B14860A799888u);
}

// Bit by bit, from the definition: shares no code with the fast forms.
template <class T>
T slow_crc(T poly, std::string_view bytes) {
  T crc = static_cast<T>(~T{0});
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int i = 0; i < 8; ++i) crc = static_cast<T>((crc >> 1) ^ ((crc & 1) ? poly : T{0}));
  }
  return static_cast<T>(~crc);
}

TEST(Crc, FastFormsAgreeWithTheDefinitionAtEveryLength) {
  const auto random = make_seeded_random(7);
  std::string text(700, '\0');
  random->fill({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const std::string_view part = std::string_view(text).substr(text.size() - size);
    ASSERT_EQ(crc32(part), slow_crc(0xEDB88320u, part)) << size;
    ASSERT_EQ(crc32c(part), slow_crc(0x82F63B78u, part)) << size;
    ASSERT_EQ(crc64nvme(part), slow_crc(std::uint64_t{0x9A6C9329AC4BC9B5u}, part)) << size;
  }
}

TEST(Crc, ContinuesAndCombines) {
  const std::string text(1000, 'x');
  for (std::size_t cut = 0; cut <= text.size(); cut += 125) {
    const std::string_view a = std::string_view(text).substr(0, cut);
    const std::string_view b = std::string_view(text).substr(cut);
    EXPECT_EQ(crc32(b, crc32(a)), crc32(text));
    EXPECT_EQ(crc64nvme(b, crc64nvme(a)), crc64nvme(text));
    EXPECT_EQ(crc32_combine(crc32(a), crc32(b), b.size()), crc32(text));
    EXPECT_EQ(crc32c_combine(crc32c(a), crc32c(b), b.size()), crc32c(text));
    EXPECT_EQ(crc64nvme_combine(crc64nvme(a), crc64nvme(b), b.size()), crc64nvme(text));
  }
}

TEST(Checksum, AsTheHeadersCarryThem) {
  const auto sum = [](ChecksumAlgorithm algorithm) {
    Checksum checksum(algorithm);
    checksum.update("hello ");
    checksum.update("world");
    return checksum.finish_base64();
  };
  EXPECT_EQ(sum(ChecksumAlgorithm::crc32), "DUoRhQ==");
  EXPECT_EQ(sum(ChecksumAlgorithm::crc32c), "yZRlqg==");
  EXPECT_EQ(sum(ChecksumAlgorithm::crc64nvme), "jSnVw/bqjr4=");
  EXPECT_EQ(sum(ChecksumAlgorithm::sha1), "Kq5sNclPz7QV2+lfQIuc6R7oRu0=");
  EXPECT_EQ(sum(ChecksumAlgorithm::sha256), "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=");
  EXPECT_EQ(checksum_algorithm("CRC64NVME"), ChecksumAlgorithm::crc64nvme);
  EXPECT_EQ(checksum_algorithm_of_header("X-Amz-Checksum-Sha1"), ChecksumAlgorithm::sha1);
  EXPECT_FALSE(checksum_algorithm("md5"));
  EXPECT_FALSE(checksum_algorithm_of_header("x-amz-checksum-type"));
}

TEST(Seal, OpensOnlyWhatItSealedForThatPurpose) {
  const auto random = make_seeded_random(1);
  const SealingKey key = SealingKey::generate(3, *random);
  const std::string sealed = key.seal("a session", "sts token", *random);
  EXPECT_EQ(sealed.size(), kSealOverheadBytes + 9);
  EXPECT_EQ(sealing_key_id(sealed), 3u);
  EXPECT_EQ(key.open(sealed, "sts token")->reveal(), "a session");
  EXPECT_FALSE(key.open(sealed, "other purpose"));
  EXPECT_FALSE(SealingKey::generate(3, *random).open(sealed, "sts token"));
  EXPECT_NE(key.seal("a session", "sts token", *random), sealed);  // another nonce
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string altered = sealed;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_FALSE(key.open(altered, "sts token")) << i;
    EXPECT_FALSE(key.open(std::string_view(sealed).substr(0, i), "sts token")) << i;
  }
  EXPECT_EQ(key.open(key.seal("", "", *random), "")->reveal(), "");
  // After failures and other keys the key still works.
  EXPECT_EQ(key.open(sealed, "sts token")->reveal(), "a session");
}

// The GCM specification's test case 16 is not reachable with random nonces; the format is, by a
// nonce that is known: case 13/14 of it with a zero key.
class ZeroRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override { std::fill(out.begin(), out.end(), 0); }
};

TEST(Seal, IsAesGcm) {
  ZeroRandom zero;
  const auto key = SealingKey::create(0, Secret(std::string(32, '\0')));
  const std::string sealed = key->seal(std::string(16, '\0'), "", zero);
  // Ciphertext of McGrew & Viega's test case 14; the tag differs by our associated head.
  EXPECT_EQ(hex_encode(std::string_view(sealed).substr(17, 16)),
            "cea7403d4d606b6e074ec5d3baf39d18");
  EXPECT_FALSE(SealingKey::create(0, Secret(std::string(31, '\0'))));
}

TEST(Seal, RingRotates) {
  const auto random = make_seeded_random(2);
  KeyRing ring;
  EXPECT_TRUE(ring.empty());
  ring.add(SealingKey::generate(1, *random));
  const std::string old = ring.seal("x", "p", *random);
  ring.add(SealingKey::generate(2, *random));
  EXPECT_EQ(sealing_key_id(ring.seal("y", "p", *random)), 2u);
  EXPECT_EQ(ring.open(old, "p")->reveal(), "x");
  EXPECT_FALSE(ring.open("", "p"));
  KeyRing other;
  other.add(SealingKey::generate(9, *random));
  EXPECT_FALSE(other.open(old, "p"));
}

TEST(Password, RoundTripAndRefusals) {
  const auto random = make_seeded_random(3);
  const auto encoded = hash_password(Secret("correct horse"), *random);
  ASSERT_TRUE(encoded);
  EXPECT_TRUE(encoded->starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << *encoded;
  EXPECT_TRUE(verify_password(*encoded, Secret("correct horse")));
  EXPECT_FALSE(verify_password(*encoded, Secret("correct horsf")));
  EXPECT_FALSE(verify_password(*encoded, Secret("")));
  EXPECT_FALSE(verify_password("", Secret("")));
  EXPECT_FALSE(verify_password("$argon2id$rubbish", Secret("x")));
  EXPECT_FALSE(password_needs_rehash(*encoded));
  EXPECT_TRUE(password_needs_rehash("$argon2id$v=19$m=4096,t=3,p=1$c2FsdA$aGFzaA"));
  EXPECT_FALSE(hash_password(Secret(std::string(kPasswordBytesMax + 1, 'x')), *random));
}

constexpr std::string_view kSeed = "12345678901234567890";  // of RFC 4226 and RFC 6238

TEST(Totp, Rfc4226) {
  const char* expected[] = {"755224", "287082", "359152", "969429", "338314",
                            "254676", "287922", "162583", "399871", "520489"};
  for (std::uint64_t i = 0; i < 10; ++i) EXPECT_EQ(hotp(kSeed, i), expected[i]);
}

TEST(Totp, Rfc6238) {
  const std::pair<std::int64_t, const char*> expected[] = {
      {59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
      {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
  for (const auto& [at, code] : expected) {
    EXPECT_EQ(totp(kSeed, Instant::from_seconds(at), 8), code);
  }
}

TEST(Totp, WindowAndReplay) {
  const Instant now = Instant::from_seconds(1'800'000'000);
  const std::int64_t step = totp_step(now);
  EXPECT_EQ(totp_match(kSeed, totp(kSeed, now), now), step);
  EXPECT_EQ(totp_match(kSeed, totp(kSeed, now.plus_seconds(-30)), now), step - 1);
  EXPECT_EQ(totp_match(kSeed, totp(kSeed, now.plus_seconds(30)), now), step + 1);
  EXPECT_FALSE(totp_match(kSeed, totp(kSeed, now.plus_seconds(-60)), now));
  EXPECT_FALSE(totp_match(kSeed, totp(kSeed, now.plus_seconds(60)), now));
  EXPECT_FALSE(totp_match(kSeed, totp(kSeed, now), now, step));  // used already
  EXPECT_FALSE(totp_match(kSeed, totp(kSeed, now.plus_seconds(-30)), now, step));
  EXPECT_TRUE(totp_match(kSeed, totp(kSeed, now.plus_seconds(30)), now, step));
  for (const char* bad : {"", "00000", "0000000", "abcdef"}) {
    EXPECT_FALSE(totp_match(kSeed, bad, now)) << bad;
  }
}

TEST(Totp, EnrolmentWantsConsecutiveCodes) {
  const Instant now = Instant::from_seconds(1'800'000'000);
  const std::int64_t step = totp_step(now);
  const auto code = [&](int offset) { return totp(kSeed, now.plus_seconds(30 * offset)); };
  EXPECT_EQ(totp_match_pair(kSeed, code(-1), code(0), now), step);
  EXPECT_EQ(totp_match_pair(kSeed, code(0), code(1), now), step + 1);
  EXPECT_FALSE(totp_match_pair(kSeed, code(0), code(0), now));
  EXPECT_FALSE(totp_match_pair(kSeed, code(0), code(-1), now));
  EXPECT_FALSE(totp_match_pair(kSeed, code(-2), code(0), now));
  EXPECT_FALSE(totp_match_pair(kSeed, code(-9), code(-8), now));
}

}  // namespace
}  // namespace rolecall::crypto
