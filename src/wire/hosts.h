// AWS's host names: what one says of service, region and bucket, and which one an endpoint has. The
// one table of their domains; the local stand-ins (localhost, LocalStack's) are in it too.
// AWS: "AWS service endpoints", "Virtual hosting of general purpose buckets".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rolecall::wire {

struct HostName {
  std::string service;  // an endpoint prefix in lower case ("iam", "s3"); it may be none we know
  std::string region;   // what the scope must say; empty when the host leaves it open
  std::string bucket;   // virtual-hosted S3; empty for path style
  bool local = false;   // a stand-in's domain: the credential scope knows the service better
};

// "iam.amazonaws.com", "b.s3.eu-west-1.amazonaws.com:443", "b.localhost"; case does not count.
// nullopt when the host says nothing: an address, "localhost", a name of the operator's own.
std::optional<HostName> parse_host(std::string_view host);

// Whether a server may have a certificate for the host (without port): any name of AWS's domains
// or of the local ones, and the loopback addresses.
bool is_served_host(std::string_view host);

// The host of AWS's own endpoint: "sts.eu-west-1.amazonaws.com"; "iam.amazonaws.com", which has one
// for its whole partition.
std::string endpoint_host(std::string_view endpoint_prefix, std::string_view region);
// The region that signs there: the caller's, but for services with one address.
std::string signing_region(std::string_view endpoint_prefix, std::string_view region);
// Whether a client needs no region to call it. STS has an address in each region and a global one.
bool works_without_region(std::string_view endpoint_prefix);

}  // namespace rolecall::wire
