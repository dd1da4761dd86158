// The regions an account can name, for what must list or check them (S3's location constraints,
// EC2's DescribeRegions).
#pragma once

#include <span>
#include <string_view>

namespace rolecall::services {

struct Region {
  std::string_view name;
  std::string_view partition;
  bool opt_in = false;        // must be enabled in an account first
  std::string_view zones;     // letters of its availability zones
  std::string_view short_id;  // of zone ids: "use1" → use1-az1
};

std::span<const Region> regions();
// nullptr when there is no such region.
const Region* find_region(std::string_view name);

}  // namespace rolecall::services
