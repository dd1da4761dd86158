// The default network of an account in a region. It follows from the two, so nothing is stored: the
// same VPC, subnets (one a zone) and security group are there for ever ("Default VPCs").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace rolecall::ec2 {

struct DefaultSubnet {
  std::string id;
  std::string cidr;     // 172.31.N.0/20
  std::string zone;     // "us-east-1a"
  std::string zone_id;  // "use1-az1"
  int third_octet = 0;  // N
};
struct DefaultNetwork {
  std::string vpc_id;
  std::string group_id;
  std::vector<DefaultSubnet> subnets;
  // nullptr when there is none.
  const DefaultSubnet* subnet(std::string_view id) const;
  const DefaultSubnet* in_zone(std::string_view zone) const;
};
inline constexpr std::string_view kDefaultVpcCidr = "172.31.0.0/16";

// Without subnets when the region is none we know.
DefaultNetwork default_network(AccountId account, std::string_view region);
// 17 hex digits that follow from the parts.
std::string derived_id(std::string_view prefix, AccountId account, std::string_view region,
                       std::string_view what);

}  // namespace rolecall::ec2
