#include "services/core/regions.h"

#include <algorithm>
#include <iterator>

namespace rolecall::services {

namespace {
// Sorted by name. ("AWS Regions and Availability Zones")
constexpr Region kRegions[] = {
    {"af-south-1", "aws", true, "abc", "afs1"},
    {"ap-east-1", "aws", true, "abc", "ape1"},
    {"ap-northeast-1", "aws", false, "acd", "apne1"},
    {"ap-northeast-2", "aws", false, "abcd", "apne2"},
    {"ap-northeast-3", "aws", false, "abc", "apne3"},
    {"ap-south-1", "aws", false, "abc", "aps1"},
    {"ap-south-2", "aws", true, "abc", "aps2"},
    {"ap-southeast-1", "aws", false, "abc", "apse1"},
    {"ap-southeast-2", "aws", false, "abc", "apse2"},
    {"ap-southeast-3", "aws", true, "abc", "apse3"},
    {"ap-southeast-4", "aws", true, "abc", "apse4"},
    {"ca-central-1", "aws", false, "abd", "cac1"},
    {"ca-west-1", "aws", true, "abc", "caw1"},
    {"cn-north-1", "aws-cn", false, "abd", "cnn1"},
    {"cn-northwest-1", "aws-cn", false, "abc", "cnnw1"},
    {"eu-central-1", "aws", false, "abc", "euc1"},
    {"eu-central-2", "aws", true, "abc", "euc2"},
    {"eu-north-1", "aws", false, "abc", "eun1"},
    {"eu-south-1", "aws", true, "abc", "eus1"},
    {"eu-south-2", "aws", true, "abc", "eus2"},
    {"eu-west-1", "aws", false, "abc", "euw1"},
    {"eu-west-2", "aws", false, "abc", "euw2"},
    {"eu-west-3", "aws", false, "abc", "euw3"},
    {"il-central-1", "aws", true, "abc", "ilc1"},
    {"me-central-1", "aws", true, "abc", "mec1"},
    {"me-south-1", "aws", true, "abc", "mes1"},
    {"sa-east-1", "aws", false, "abc", "sae1"},
    {"us-east-1", "aws", false, "abcdef", "use1"},
    {"us-east-2", "aws", false, "abc", "use2"},
    {"us-gov-east-1", "aws-us-gov", false, "abc", "usge1"},
    {"us-gov-west-1", "aws-us-gov", false, "abc", "usgw1"},
    {"us-west-1", "aws", false, "ac", "usw1"},
    {"us-west-2", "aws", false, "abcd", "usw2"},
};
}  // namespace

std::span<const Region> regions() { return kRegions; }

const Region* find_region(std::string_view name) {
  auto at =
      std::lower_bound(std::begin(kRegions), std::end(kRegions), name,
                       [](const Region& region, std::string_view n) { return region.name < n; });
  return at != std::end(kRegions) && at->name == name ? at : nullptr;
}

}  // namespace rolecall::services
