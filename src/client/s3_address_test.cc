// The bucket in the path or in the host name: what boto3 1.26 answers for the same settings.
#include "client/s3_address.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/random.h"
#include "client/failure.h"

namespace rolecall::client {
namespace {

struct Case {
  std::string_view why, endpoint, path;
  bool is_builtin;
  S3Addressing style;
  std::string_view url, sent_path;
};

constexpr std::string_view kAws = "https://s3.eu-west-1.amazonaws.com";
constexpr auto kAuto = S3Addressing::automatic, kPath = S3Addressing::path,
               kVirtual = S3Addressing::virtual_hosted;

constexpr Case kCases[] = {
    {"AWS's own address", kAws, "/bucket/a/b%20c", true, kAuto,
     "https://bucket.s3.eu-west-1.amazonaws.com", "/a/b%20c"},
    {"a bucket without a key", kAws, "/bucket", true, kAuto,
     "https://bucket.s3.eu-west-1.amazonaws.com", "/"},
    {"no bucket", kAws, "/", true, kAuto, kAws, "/"},
    {"path asked for", kAws, "/bucket/k", true, kPath, kAws, "/bucket/k"},
    {"dots and TLS", kAws, "/my.bucket/k", true, kAuto, kAws, "/my.bucket/k"},
    {"capitals", kAws, "/Bucket/k", true, kAuto, kAws, "/Bucket/k"},
    {"too short", kAws, "/ab/k", true, kAuto, kAws, "/ab/k"},
    {"a hyphen in front", kAws, "/-bucket/k", true, kAuto, kAws, "/-bucket/k"},
    {"an IP address as name", kAws, "/192.168.0.1/k", true, kAuto, kAws, "/192.168.0.1/k"},
    {"a configured endpoint", "http://localhost:4566", "/bucket/k", false, kAuto,
     "http://localhost:4566", "/bucket/k"},
    {"virtual hosts asked for", "http://localhost:4566", "/bucket/k", false, kVirtual,
     "http://bucket.localhost:4566", "/k"},
    {"dots without TLS", "http://localhost:4566", "/own.bucket/k", false, kVirtual,
     "http://own.bucket.localhost:4566", "/k"},
    {"a short part", "http://localhost:4566", "/my.bucket/k", false, kVirtual,
     "http://localhost:4566", "/my.bucket/k"},
    {"an IP address", "http://127.0.0.1:4566", "/bucket/k", false, kVirtual,
     "http://127.0.0.1:4566", "/bucket/k"},
    {"IPv6", "http://[::1]:4566", "/bucket/k", false, kVirtual, "http://[::1]:4566", "/bucket/k"},
    {"a path in the endpoint", "http://h.example/base", "/bucket/k", false, kVirtual,
     "http://bucket.h.example/base", "/k"},
};

TEST(S3Address, AsBoto3) {
  for (const Case& c : kCases) {
    const Target target{std::string(c.endpoint), "eu-west-1", c.is_builtin, c.style};
    const S3Address got = s3_address(target, c.path);
    EXPECT_EQ(got.url, c.url) << c.why;
    EXPECT_EQ(got.path, c.sent_path) << c.why;
  }
}

TEST(S3Address, StyleAndEndpointOfTheProfile) {
  FakeClock clock;
  const auto random = make_seeded_random(1);
  std::map<std::string, std::string, std::less<>> variables{
      {"AWS_CONFIG_FILE", "/nonexistent/config"},
      {"AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials"},
      {"AWS_ENDPOINT_URL_S3", "http://s3.example:1/"}};
  Session session({}, Environment::of(variables), clock, *random);
  const auto target = s3_target(session);
  ASSERT_TRUE(target);
  EXPECT_EQ(target->url, "http://s3.example:1");
  EXPECT_EQ(target->region, "us-east-1");
  EXPECT_FALSE(target->is_builtin);
  EXPECT_EQ(s3_setting(session, "addressing_style"), "");
}

}  // namespace
}  // namespace rolecall::client
