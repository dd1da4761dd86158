// The machine images and instance types that are listed. Instances may also be run from other
// images: see docs/differences.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rolecall::ec2 {

struct KnownImage {
  std::string id;  // differs from region to region, as in AWS
  std::string_view name, description, architecture, root_device, created;
  std::string_view owner, owner_alias;
  bool windows = false;
};
std::vector<KnownImage> known_images(std::string_view region);

}  // namespace rolecall::ec2
