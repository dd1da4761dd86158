// Host names as every room that meets one reads them.
#include "wire/hosts.h"

#include <gtest/gtest.h>

namespace rolecall::wire {
namespace {

struct Case {
  std::string_view host, service, region, bucket;
  bool local = false;
};

TEST(Hosts, Parsed) {
  const Case cases[] = {
      // A host without a region is signed for its partition's.
      {"iam.amazonaws.com", "iam", "us-east-1", ""},
      {"sts.amazonaws.com", "sts", "us-east-1", ""},
      {"IAM.AmazonAWS.com:443", "iam", "us-east-1", ""},
      {"iam.us-gov.amazonaws.com", "iam", "us-gov-west-1", ""},
      {"iam.cn-north-1.amazonaws.com.cn", "iam", "cn-north-1", ""},
      {"iam.amazonaws.com.cn", "iam", "cn-north-1", ""},
      {"organizations.amazonaws.com.cn", "organizations", "cn-northwest-1", ""},
      {"iam.us-iso-east-1.c2s.ic.gov", "iam", "us-iso-east-1", ""},
      {"organizations.us-east-1.amazonaws.com", "organizations", "us-east-1", ""},
      {"organizations.amazonaws.com", "organizations", "us-east-1", ""},
      {"sts.eu-west-1.amazonaws.com", "sts", "eu-west-1", ""},
      {"sts.us-gov-west-1.amazonaws.com", "sts", "us-gov-west-1", ""},
      {"sts-fips.us-east-2.amazonaws.com", "sts", "us-east-2", ""},
      {"ec2.eu-west-1.api.aws", "ec2", "eu-west-1", ""},
      {"sqs.cn-north-1.api.amazonwebservices.com.cn", "sqs", "cn-north-1", ""},
      // A service that is not modelled is still the one that was called.
      {"dynamodb.eu-west-1.amazonaws.com", "dynamodb", "eu-west-1", ""},
      // S3 leaves the region of its global name open.
      {"s3.amazonaws.com", "s3", "", ""},
      {"s3.eu-west-1.amazonaws.com", "s3", "eu-west-1", ""},
      {"s3-eu-west-1.amazonaws.com", "s3", "eu-west-1", ""},
      {"s3.dualstack.eu-west-1.amazonaws.com", "s3", "eu-west-1", ""},
      {"b.s3.amazonaws.com", "s3", "", "b"},
      {"b.s3-eu-west-1.amazonaws.com", "s3", "eu-west-1", "b"},
      {"b.s3-accelerate.amazonaws.com", "s3", "", "b"},
      {"my.dotted.b.s3.eu-west-1.amazonaws.com:443", "s3", "eu-west-1", "my.dotted.b"},
      {"b.s3.cn-north-1.amazonaws.com.cn", "s3", "cn-north-1", "b"},
      {"s3.s3.amazonaws.com", "s3", "", "s3"},
      {"iam.s3.amazonaws.com", "s3", "", "iam"},
      // Stand-ins: a service's own name, else a bucket.
      {"b.localhost:4566", "s3", "", "b", true},
      {"a.b.localhost", "s3", "", "a.b", true},
      {"b.s3.localhost", "s3", "", "b", true},
      {"b.s3.localhost.localstack.cloud", "s3", "", "b", true},
      {"b.localhost.localstack.cloud", "s3", "", "b", true},
      {"s3.localhost", "s3", "", "", true},
      {"s3.localhost.localstack.cloud:4566", "s3", "", "", true},
      {"iam.localhost", "iam", "", "", true},
      {"sts.eu-west-1.localhost", "sts", "eu-west-1", "", true},
      {"b.sts.localhost", "s3", "", "b.sts", true},
  };
  for (const Case& c : cases) {
    const auto out = parse_host(c.host);
    ASSERT_TRUE(out) << c.host;
    EXPECT_EQ(out->service, c.service) << c.host;
    EXPECT_EQ(out->region, c.region) << c.host;
    EXPECT_EQ(out->bucket, c.bucket) << c.host;
    EXPECT_EQ(out->local, c.local) << c.host;
  }
}

TEST(Hosts, ThatSayNothing) {
  for (const std::string_view host :
       {"", "localhost", "localhost:4566", "127.0.0.1:9000", "[::1]:9000", "[", "::1",
        "amazonaws.com", "api.aws", "localhost.localstack.cloud", "s3.example.com",
        "iam.example.com", "eu-west-1.amazonaws.com", "a.b.amazonaws.com", "notamazonaws.com",
        "iam.amazonaws.com.example.com", "iam.amazonaws.comx", "b.mylocalhost"}) {
    EXPECT_FALSE(parse_host(host)) << host;
  }
}

// A label that is empty names no bucket and no service.
TEST(Hosts, WithEmptyLabels) {
  for (const std::string_view host :
       {".amazonaws.com", "..amazonaws.com", ".s3.amazonaws.com", ".localhost", "a..localhost",
        "a..s3.amazonaws.com", ".iam.amazonaws.com"}) {
    EXPECT_FALSE(parse_host(host)) << host;
  }
}

TEST(Hosts, WithCertificates) {
  for (const std::string_view host :
       {"iam.amazonaws.com", "b.s3.eu-west-1.amazonaws.com", "sts.cn-north-1.amazonaws.com.cn",
        "ec2.eu-west-1.api.aws", "iam.us-iso-east-1.c2s.ic.gov", "amazonaws.com", "localhost",
        "b.localhost", "localhost.localstack.cloud", "b.s3.localhost.localstack.cloud", "127.0.0.1",
        "::1", "IAM.amazonaws.com"}) {
    EXPECT_TRUE(is_served_host(host)) << host;
  }
  for (const std::string_view host : {"", "example.com", "amazonaws.com.example.com",
                                      "notamazonaws.com", "127.0.0.2", "mylocalhost", "com"}) {
    EXPECT_FALSE(is_served_host(host)) << host;
  }
}

TEST(Hosts, OfEndpoints) {
  struct Endpoint {
    std::string_view service, region, host, signed_for;
  };
  const Endpoint cases[] = {
      {"sts", "eu-west-1", "sts.eu-west-1.amazonaws.com", "eu-west-1"},
      {"s3", "cn-north-1", "s3.cn-north-1.amazonaws.com.cn", "cn-north-1"},
      {"ec2", "us-iso-east-1", "ec2.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"},
      {"ec2", "us-isob-east-1", "ec2.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"},
      {"ec2", "us-gov-east-1", "ec2.us-gov-east-1.amazonaws.com", "us-gov-east-1"},
      {"iam", "eu-west-1", "iam.amazonaws.com", "us-east-1"},
      {"iam", "cn-northwest-1", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"},
      {"iam", "us-gov-east-1", "iam.us-gov.amazonaws.com", "us-gov-west-1"},
      {"organizations", "eu-west-1", "organizations.us-east-1.amazonaws.com", "us-east-1"},
      {"organizations", "cn-north-1", "organizations.cn-northwest-1.amazonaws.com.cn",
       "cn-northwest-1"},
  };
  for (const Endpoint& c : cases) {
    EXPECT_EQ(endpoint_host(c.service, c.region), c.host);
    EXPECT_EQ(signing_region(c.service, c.region), c.signed_for) << c.host;
    // What a client calls is understood by a server.
    const auto back = parse_host(c.host);
    ASSERT_TRUE(back) << c.host;
    EXPECT_EQ(back->service, c.service);
    EXPECT_EQ(back->region, c.signed_for) << c.host;
  }
  EXPECT_TRUE(works_without_region("iam"));
  EXPECT_TRUE(works_without_region("organizations"));
  EXPECT_TRUE(works_without_region("sts"));
  EXPECT_FALSE(works_without_region("s3"));
  EXPECT_FALSE(works_without_region("ec2"));
}

}  // namespace
}  // namespace rolecall::wire
