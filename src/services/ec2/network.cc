#include "services/ec2/network.h"

#include <fmt/format.h>

#include "crypto/hash.h"
#include "services/core/regions.h"

namespace rolecall::ec2 {

std::string derived_id(std::string_view prefix, AccountId account, std::string_view region,
                       std::string_view what) {
  const std::string hash =
      crypto::sha256_hex(fmt::format("{}/{}/{}", account.text(), region, what));
  return fmt::format("{}-0{}", prefix, std::string_view(hash).substr(0, 16));
}

DefaultNetwork default_network(AccountId account, std::string_view region) {
  DefaultNetwork out;
  out.vpc_id = derived_id("vpc", account, region, "vpc");
  out.group_id = derived_id("sg", account, region, "default");
  const services::Region* known = services::find_region(region);
  if (known == nullptr) return out;
  int n = 0;
  for (char letter : known->zones) {
    const std::string zone = std::string(region) + letter;
    out.subnets.push_back({derived_id("subnet", account, region, zone),
                           fmt::format("172.31.{}.0/20", 16 * n), zone,
                           fmt::format("{}-az{}", known->short_id, n + 1), 16 * n});
    ++n;
  }
  return out;
}

const DefaultSubnet* DefaultNetwork::subnet(std::string_view id) const {
  for (const DefaultSubnet& s : subnets) {
    if (s.id == id) return &s;
  }
  return nullptr;
}

const DefaultSubnet* DefaultNetwork::in_zone(std::string_view zone) const {
  for (const DefaultSubnet& s : subnets) {
    if (s.zone == zone) return &s;
  }
  return nullptr;
}

}  // namespace rolecall::ec2
