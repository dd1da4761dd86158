// Canonicalisation, keys, verifying and signing. Right answers by another signer: vectors_test.cc.
#include <gtest/gtest.h>

#include <vector>

#include "sigv4/sign.h"
#include "sigv4/verify.h"

namespace rolecall::sigv4 {
namespace {

const Instant kNow = *parse_basic("20261122T045337Z");

std::string line_of(std::string_view text, int number) {
  for (; number > 0; --number) text.remove_prefix(text.find('\n') + 1);
  return std::string(text.substr(0, text.find('\n')));
}

std::string canonical_path(std::string_view path, PathStyle style) {
  std::string out;
  EXPECT_TRUE(
      append_canonical_request(out, {.method = "GET", .path = path, .path_style = style}, "host"));
  return line_of(out, 1);
}

std::string canonical_query(std::string_view query) {
  std::string out;
  EXPECT_TRUE(
      append_canonical_request(out, {.method = "GET", .path = "/", .query = query}, "host"));
  return line_of(out, 2);
}

TEST(Canonical, Paths) {
  const auto standard = [](std::string_view p) { return canonical_path(p, PathStyle::standard); };
  EXPECT_EQ(standard("/../.."), "/");
  EXPECT_EQ(standard("/a/../../b"), "/b");
  EXPECT_EQ(standard("/a%2F..%2Fb"), "/a%252F..%252Fb");
  EXPECT_EQ(standard("*"), "/%2A");
  const auto s3 = [](std::string_view p) { return canonical_path(p, PathStyle::s3); };
  EXPECT_EQ(s3(""), "/");
  // Encoded or not, upper or lower case: the same key, the same text.
  EXPECT_EQ(s3("/b/a b(1)"), "/b/a%20b%281%29");
  EXPECT_EQ(s3("/b/a%20b%281%29"), "/b/a%20b%281%29");
  EXPECT_EQ(s3("/b/%c3%bc%7Ex"), "/b/%C3%BC~x");
  EXPECT_EQ(s3("/b//../."), "/b//../.");
  EXPECT_EQ(s3("/a%2fb"), "/a%2Fb");
  EXPECT_EQ(s3("/b/a+b%2Bc"), "/b/a%20b%2Bc");
  EXPECT_EQ(s3("/100%"), "/100%25");
  EXPECT_EQ(s3("/%4"), "/%254");
  EXPECT_EQ(s3("/%zz%"), "/%25zz%25");
}

TEST(Canonical, Queries) {
  EXPECT_EQ(canonical_query("b=2&a=1"), "a=1&b=2");
  EXPECT_EQ(canonical_query("&&a&&b=&"), "a=&b=");
  EXPECT_EQ(canonical_query("a=b=c"), "a=b%3Dc");
  EXPECT_EQ(canonical_query("a=x%2fy&a=x+y"), "a=x%20y&a=x%2Fy");
  EXPECT_EQ(canonical_query("a+b=1+%2B"), "a%20b=1%20%2B");
  EXPECT_EQ(canonical_query("=x&a"), "=x&a=");
  // By name before value: "a" stands before "a-" although '=' is above '-'.
  EXPECT_EQ(canonical_query("a-=1&a=2"), "a=2&a-=1");
  EXPECT_EQ(canonical_query("X-Amz-Signature=1&b=1&a=1&X-Amz-Signature=2"), "a=1&b=1");
  EXPECT_EQ(canonical_query("X-Amz-Signature=1"), "");
  EXPECT_EQ(canonical_query("x-amz-signature=1"), "x-amz-signature=1");
}

TEST(Canonical, Bounds) {
  std::string query = "a=1";
  for (std::size_t i = 1; i < kQueryParametersMax; ++i) query += "&a=1";
  std::string out;
  EXPECT_TRUE(
      append_canonical_request(out, {.method = "GET", .path = "/", .query = query}, "host"));
  query += "&a=1";
  EXPECT_FALSE(
      append_canonical_request(out, {.method = "GET", .path = "/", .query = query}, "host"));
  std::string list = "a";
  for (std::size_t i = 0; i < kSignedHeadersMax; ++i) list += ";a";
  EXPECT_FALSE(append_canonical_request(out, {.method = "GET", .path = "/"}, list));
}

TEST(Canonical, PayloadModes) {
  EXPECT_EQ(payload_mode(kEmptyPayloadHash), PayloadMode::signed_body);
  EXPECT_EQ(payload_mode("UNSIGNED-PAYLOAD"), PayloadMode::unsigned_body);
  EXPECT_EQ(payload_mode("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), PayloadMode::streaming_signed);
  for (const char* bad :
       {"", "abc", "unsigned-payload", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"}) {
    EXPECT_FALSE(payload_mode(bad)) << bad;
  }
  EXPECT_TRUE(is_streaming(PayloadMode::streaming_unsigned_trailer));
  EXPECT_FALSE(is_streaming(PayloadMode::unsigned_body));
  EXPECT_EQ(path_style_of("s3"), PathStyle::s3);
  EXPECT_EQ(path_style_of("sts"), PathStyle::standard);
}

// "Deriving a signing key" of AWS's general reference: its published example.
TEST(Key, PublishedExample) {
  const SigningKey key = SigningKey::derive(Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                                            {"20150830", "us-east-1", "iam"});
  const auto signature = key.sign(
      "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n"
      "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
  char hex[64];
  crypto::hex_into(signature, hex);
  EXPECT_EQ(std::string_view(hex, 64),
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

TEST(KeyCache, FindsAgainOnlyTheSameSecretAndScope) {
  SigningKeyCache cache(8);
  const CredentialScope scope{"20261122", "us-east-1", "sts"};
  const auto sign = [&](std::string_view id, const char* secret, const CredentialScope& s) {
    return cache.get(id, Secret(secret), s).sign("x");
  };
  const auto first = sign("A", "one", scope);
  EXPECT_EQ(sign("A", "one", scope), first);
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_NE(sign("A", "two", scope), first);  // the secret was replaced
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_EQ(sign("A", "one", scope), first);
  EXPECT_NE(sign("A", "one", {"20261123", "us-east-1", "sts"}), first);
  EXPECT_NE(sign("A", "one", {"20261122", "us-east-2", "sts"}), first);
  EXPECT_NE(sign("A", "one", {"20261122", "us-east-1", "iam"}), first);
  for (int i = 0; i < 100; ++i) sign(std::to_string(i), "one", scope);
  EXPECT_LE(cache.size(), 8u);
  EXPECT_EQ(sign("A", "one", scope), first);
  cache.clear();
  EXPECT_EQ(cache.size(), 0u);
}

struct Fixture {
  Credentials credentials{"AKIDEXAMPLE", Secret("secret"), "token"};
  std::vector<HeaderView> headers = {{"Host", "sts.amazonaws.com"}, {"User-Agent", "x"}};
  SigningInput input{.method = "POST",
                     .path = "/a b",
                     .query = "z=1&a=2",
                     .headers = {},
                     .payload_hash = kEmptyPayloadHash};
  SignTarget target{"us-east-1", "sts"};
  SigningKey key = SigningKey::derive(credentials.secret_key, {"20261122", "us-east-1", "sts"});
  SignedRequest result;
  Fixture() {
    input.headers = headers;
    result = sign(input, credentials, target, kNow, ContentHashHeader::add);
    for (const auto& [name, value] : result.headers) headers.push_back({name, value});
    input.headers = headers;
  }
};

TEST(Sign, WhatIsSignedIsVerified) {
  Fixture f;
  const auto presented = parse(f.input, Flavor::s3);
  ASSERT_TRUE(presented);
  EXPECT_EQ(presented->signed_headers, "host;x-amz-content-sha256;x-amz-date;x-amz-security-token");
  EXPECT_EQ(presented->security_token, "token");
  const auto verified = verify(*presented, f.input, f.key);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->access_key_id(), "AKIDEXAMPLE");
  EXPECT_EQ(verified->signature(), f.result.signature);
  SigningKeyCache cache;
  Fixture g;
  g.input.headers = std::span(g.headers).first(2);
  EXPECT_EQ(sign(g.input, g.credentials, g.target, kNow, ContentHashHeader::add, &cache).signature,
            f.result.signature);
}

TEST(Verify, AnyChangeOfWhatIsSignedIsRefused) {
  Fixture f;
  const auto presented = parse(f.input, Flavor::standard);
  const auto refused = [&](const SigningInput& input) { return !verify(*presented, input, f.key); };
  EXPECT_FALSE(refused(f.input));
  SigningInput changed = f.input;
  changed.method = "GET";
  EXPECT_TRUE(refused(changed));
  changed = f.input;
  changed.path = "/a%20c";
  EXPECT_TRUE(refused(changed));
  changed = f.input;
  changed.query = "z=1&a=3";
  EXPECT_TRUE(refused(changed));
  changed = f.input;
  changed.query = "z=1";
  EXPECT_TRUE(refused(changed));
  changed = f.input;
  changed.payload_hash = kUnsignedPayload;
  EXPECT_TRUE(refused(changed));
  for (std::size_t i = 0; i < f.headers.size(); ++i) {
    auto headers = f.headers;
    headers[i].value = "other";
    changed = f.input;
    changed.headers = headers;
    const bool is_signed = presented->is_signed(headers[i].name);
    EXPECT_EQ(refused(changed), is_signed) << headers[i].name;
    headers.erase(headers.begin() + static_cast<std::ptrdiff_t>(i));
    changed.headers = headers;
    EXPECT_EQ(refused(changed), is_signed) << f.headers[i].name;
  }
  auto twice = f.headers;
  twice.push_back({"host", "evil"});
  changed = f.input;
  changed.headers = twice;
  EXPECT_TRUE(refused(changed));
  EXPECT_FALSE(
      verify(*presented, f.input, SigningKey::derive(Secret("Secret"), presented->scope())));
}

TEST(Verify, SignaturesOfOtherShapesAreRefused) {
  Fixture f;
  for (const std::string& signature :
       std::vector<std::string>{f.result.signature.substr(1), f.result.signature + "0",
                                std::string(64, '0'), std::string("x")}) {
    auto headers = f.headers;
    std::string authorization(headers.back().value);
    authorization.replace(authorization.find("Signature=") + 10, 64, signature);
    headers.back().value = authorization;
    SigningInput input = f.input;
    input.headers = headers;
    const auto presented = parse(input, Flavor::standard);
    ASSERT_TRUE(presented);
    const auto verified = verify(*presented, input, f.key);
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().canonical_request, f.result.canonical_request);
    EXPECT_EQ(verified.error().string_to_sign, f.result.string_to_sign);
    const ApiError s3 = to_api_error(verified.error(), Flavor::s3);
    EXPECT_EQ(s3.code, "SignatureDoesNotMatch");
    EXPECT_EQ(s3.details[1].second, f.result.string_to_sign);
    for (const auto& [name, value] : s3.details) {
      if (name == "SignatureProvided") continue;
      EXPECT_EQ(value.find(f.result.signature), std::string::npos) << name;
    }
    EXPECT_EQ(to_api_error(verified.error(), Flavor::json).code, "InvalidSignatureException");
    EXPECT_EQ(to_api_error(verified.error(), Flavor::ec2).code, "AuthFailure");
    EXPECT_NE(explain(verified.error()).find("should have been"), std::string::npos);
  }
}

TEST(Presign, WhatIsPresignedIsVerified) {
  Fixture f;
  for (const PathStyle style : {PathStyle::standard, PathStyle::s3}) {
    SigningInput input = f.input;
    input.headers = std::span(f.headers).first(1);
    input.path_style = style;
    const PresignedRequest result = presign(input, f.credentials, f.target, kNow, 60);
    input.query = result.query;
    const auto presented = parse(input, style == PathStyle::s3 ? Flavor::s3 : Flavor::standard);
    ASSERT_TRUE(presented);
    EXPECT_EQ(presented->expires_seconds, 60);
    EXPECT_EQ(presented->security_token, "token");
    EXPECT_TRUE(verify(*presented, input, f.key));
    const std::string longer = result.query + "&more=1";
    input.query = longer;
    const auto again = parse(input, Flavor::standard);
    ASSERT_TRUE(again);
    EXPECT_FALSE(verify(*again, input, f.key));
  }
}

}  // namespace
}  // namespace rolecall::sigv4
