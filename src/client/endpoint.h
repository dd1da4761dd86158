// Which address and region a call goes to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "client/session.h"

namespace rolecall::client {

// How S3's buckets are addressed (s3_address.h). Automatic: in the host name at AWS's own address.
enum class S3Addressing : std::uint8_t { automatic, path, virtual_hosted };

struct Target {
  std::string url;         // "https://sts.eu-west-1.amazonaws.com"
  std::string region;      // for the signature
  bool is_builtin = true;  // AWS's own address, nobody configured one
  S3Addressing s3_addressing = S3Addressing::automatic;
};

// The address a service was configured to have, in this order: --endpoint-url,
// AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's services section, the profile's
// endpoint_url. nullopt: AWS's own. `service_id` as in settings ("sts", "resource_groups_…").
Result<std::optional<std::string>> configured_endpoint(Session& session, std::string_view profile,
                                                       std::string_view service_id);

// AWS's own address of a service (wire/hosts.h knows its host).
std::string builtin_endpoint(std::string_view endpoint_prefix, std::string_view region);

// For STS on behalf of `profile`, one hop of a chain: its own settings, then the chosen profile's.
// Without any region, us-east-1.
Result<Target> sts_target(Session& session, std::string_view profile);

}  // namespace rolecall::client
