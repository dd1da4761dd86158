// Where a request to S3 goes: the bucket in the path or in the host name, as boto3 and the AWS CLI
// decide it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "client/endpoint.h"
#include "client/session.h"

namespace rolecall::client {

// The profile's `s3 =` / `addressing_style = auto|virtual|path`; automatic when it says nothing.
Result<S3Addressing> s3_addressing(Session& session);
// Another line below `s3 =` of the chosen profile; "" when not set.
std::string s3_setting(Session& session, std::string_view key);

// S3 for the chosen profile: endpoint, region (us-east-1 when nobody names one) and addressing.
Result<Target> s3_target(Session& session);

// Whether a bucket's name may stand in a host name. Without TLS its parts may be separated by dots;
// with TLS no certificate would match them.
bool is_host_label_bucket(std::string_view bucket, bool tls);

struct S3Address {
  std::string url;   // "https://bucket.s3.eu-west-1.amazonaws.com"
  std::string path;  // "/key", percent-encoded as it came
};

// `path` is "/bucket/key…" as wire::write_input makes it. Automatic addressing takes the host name
// at AWS's own addresses and the path at configured ones; an IP address always takes the path.
S3Address s3_address(const Target& target, std::string_view path);

}  // namespace rolecall::client
