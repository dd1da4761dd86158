#include "services/ec2/images.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "services/ec2/errors.h"
#include "services/ec2/filters.h"
#include "services/ec2/network.h"
#include "services/ec2/operations.h"

namespace rolecall::ec2 {

namespace {

using Texts = std::vector<std::string>;
using Values = std::optional<Texts>;

struct ImageFacts {
  std::string_view name, description, architecture, root_device, created, owner, alias;
  bool windows;
};
// A few of each kind that people use. Owners are their publishers' account numbers.
constexpr ImageFacts kImages[] = {
    {"al2023-ami-2023.6.20241212.0-kernel-6.1-x86_64", "Amazon Linux 2023 AMI, x86_64", "x86_64",
     "/dev/xvda", "2024-12-13T00:00:00.000Z", "137112412989", "amazon", false},
    {"al2023-ami-2023.6.20241212.0-kernel-6.1-arm64", "Amazon Linux 2023 AMI, arm64", "arm64",
     "/dev/xvda", "2024-12-13T00:00:00.000Z", "137112412989", "amazon", false},
    {"amzn2-ami-hvm-2.0.20241217.0-x86_64-gp2", "Amazon Linux 2 AMI, x86_64", "x86_64", "/dev/xvda",
     "2024-12-18T00:00:00.000Z", "137112412989", "amazon", false},
    {"debian-12-amd64-20241201-1948", "Debian 12", "x86_64", "/dev/xvda",
     "2024-12-02T00:00:00.000Z", "136693071363", "", false},
    {"ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20241206", "Ubuntu 24.04 LTS",
     "x86_64", "/dev/sda1", "2024-12-07T00:00:00.000Z", "099720109477", "", false},
    {"Windows_Server-2022-English-Full-Base-2024.12.13", "Windows Server 2022", "x86_64",
     "/dev/sda1", "2024-12-14T00:00:00.000Z", "801119661308", "amazon", true},
};

struct TypeFacts {
  std::string_view name, architecture;
  std::int32_t processors, threads_per_core;
  std::int64_t memory_mib;
  bool burstable, current;
};
constexpr TypeFacts kTypes[] = {
    {"c5.large", "x86_64", 2, 2, 4'096, false, true},
    {"c7g.large", "arm64", 2, 1, 4'096, false, true},
    {"m1.small", "x86_64", 1, 1, 1'740, false, false},
    {"m5.large", "x86_64", 2, 2, 8'192, false, true},
    {"m5.xlarge", "x86_64", 4, 2, 16'384, false, true},
    {"m7g.large", "arm64", 2, 1, 8'192, false, true},
    {"r5.large", "x86_64", 2, 2, 16'384, false, true},
    {"t2.micro", "x86_64", 1, 1, 1'024, true, true},
    {"t3.large", "x86_64", 2, 2, 8'192, true, true},
    {"t3.medium", "x86_64", 2, 2, 4'096, true, true},
    {"t3.micro", "x86_64", 2, 2, 1'024, true, true},
    {"t3.small", "x86_64", 2, 2, 2'048, true, true},
    {"t4g.micro", "arm64", 2, 1, 1'024, true, true},
};

std::string boolean(bool value) { return value ? "true" : "false"; }

}  // namespace

std::vector<KnownImage> known_images(std::string_view region) {
  std::vector<KnownImage> out;
  for (const ImageFacts& f : kImages) {
    out.push_back({derived_id("ami", AccountId(), region, f.name), f.name, f.description,
                   f.architecture, f.root_device, f.created, f.owner, f.alias, f.windows});
  }
  return out;
}

Result<DescribeImagesOutput> describe_images(const DescribeImagesInput& in, const Call& call) {
  if (in.dry_run.value_or(false)) return dry_run_operation();
  const auto images = known_images(call.region);
  for (const std::string& id : in.image_ids.value_or(Texts())) {
    if (!is_id(id, "ami-")) return malformed_id("InvalidAMIID.Malformed", id, "ami-");
    if (std::none_of(images.begin(), images.end(), [&](const auto& i) { return i.id == id; })) {
      return ApiError::make(400, "InvalidAMIID.NotFound",
                            fmt::format("The image id '[{}]' does not exist", id));
    }
  }
  DescribeImagesOutput out;
  auto& list = out.images.emplace();
  for (const KnownImage& known : images) {
    if (in.image_ids && !in.image_ids->empty() &&
        std::find(in.image_ids->begin(), in.image_ids->end(), known.id) == in.image_ids->end()) {
      continue;
    }
    if (in.owners && !in.owners->empty() &&
        std::none_of(in.owners->begin(), in.owners->end(), [&known](const std::string& owner) {
          return owner == known.owner || (owner == known.owner_alias && !owner.empty());
        })) {
      continue;  // "self" owns none of them
    }
    if (in.executable_users && !in.executable_users->empty() &&
        std::find(in.executable_users->begin(), in.executable_users->end(), "all") ==
            in.executable_users->end()) {
      continue;
    }
    RC_TRY(bool wanted, passes(in.filters, [&known](std::string_view name) -> Values {
             if (name == "image-id") return Texts{known.id};
             if (name == "name") return Texts{std::string(known.name)};
             if (name == "description") return Texts{std::string(known.description)};
             if (name == "architecture") return Texts{std::string(known.architecture)};
             if (name == "owner-id") return Texts{std::string(known.owner)};
             if (name == "owner-alias") return Texts{std::string(known.owner_alias)};
             if (name == "platform") return known.windows ? Texts{"windows"} : Texts{};
             if (name == "state") return Texts{"available"};
             if (name == "is-public") return Texts{"true"};
             if (name == "image-type") return Texts{"machine"};
             if (name == "root-device-type") return Texts{"ebs"};
             if (name == "virtualization-type") return Texts{"hvm"};
             if (name == "hypervisor") return Texts{"xen"};
             if (name == "ena-support") return Texts{"true"};
             if (name == "creation-date") return Texts{std::string(known.created)};
             return tag_filter(name, {});
           }));
    if (!wanted) continue;
    Image& image = list.emplace_back();
    image.image_id = known.id;
    image.name = std::string(known.name);
    image.description = std::string(known.description);
    image.architecture = std::string(known.architecture);
    image.creation_date = std::string(known.created);
    image.image_location = fmt::format(
        "{}/{}", known.owner_alias.empty() ? known.owner : known.owner_alias, known.name);
    image.image_type = "machine";
    image.public_ = true;
    image.owner_id = std::string(known.owner);
    if (!known.owner_alias.empty()) image.image_owner_alias = std::string(known.owner_alias);
    if (known.windows) image.platform = "windows";
    image.platform_details = known.windows ? "Windows" : "Linux/UNIX";
    image.state = "available";
    image.ena_support = true;
    image.hypervisor = "xen";
    image.virtualization_type = "hvm";
    image.root_device_type = "ebs";
    image.root_device_name = std::string(known.root_device);
  }
  return out;
}

Result<DescribeInstanceTypesOutput> describe_instance_types(const DescribeInstanceTypesInput& in,
                                                            const Call& call) {
  static_cast<void>(call);
  if (in.dry_run.value_or(false)) return dry_run_operation();
  const bool named = in.instance_types && !in.instance_types->empty();
  RC_TRY(PageRequest page,
         read_page(in.max_results, in.next_token, named, 5, 100, "InstanceTypes"));
  Texts missing = in.instance_types.value_or(Texts());
  DescribeInstanceTypesOutput out;
  auto& list = out.instance_types.emplace();
  for (const TypeFacts& type : kTypes) {
    if (named && std::erase(missing, std::string(type.name)) == 0) continue;
    if (type.name <= page.after) continue;
    RC_TRY(bool wanted, passes(in.filters, [&type](std::string_view name) -> Values {
             if (name == "instance-type") return Texts{std::string(type.name)};
             if (name == "processor-info.supported-architecture") {
               return Texts{std::string(type.architecture)};
             }
             if (name == "current-generation") return Texts{boolean(type.current)};
             if (name == "burstable-performance-supported") return Texts{boolean(type.burstable)};
             if (name == "vcpu-info.default-vcpus") return Texts{std::to_string(type.processors)};
             if (name == "memory-info.size-in-mib") return Texts{std::to_string(type.memory_mib)};
             if (name == "bare-metal") return Texts{"false"};
             if (name == "free-tier-eligible") return Texts{boolean(type.name == "t2.micro")};
             return std::nullopt;
           }));
    if (!wanted) continue;
    if (list.size() == page.max) {
      out.next_token = page_token(*list.back().instance_type);
      break;
    }
    InstanceTypeInfo& item = list.emplace_back();
    item.instance_type = std::string(type.name);
    item.current_generation = type.current;
    item.free_tier_eligible = type.name == "t2.micro";
    item.supported_usage_classes = Texts{"on-demand"};
    item.supported_root_device_types = Texts{"ebs"};
    item.supported_virtualization_types = Texts{"hvm"};
    item.bare_metal = false;
    item.processor_info.emplace().supported_architectures = Texts{std::string(type.architecture)};
    auto& processors = item.v_cpu_info.emplace();
    processors.default_v_cpus = type.processors;
    processors.default_cores = type.processors / type.threads_per_core;
    processors.default_threads_per_core = type.threads_per_core;
    item.memory_info.emplace().size_in_mi_b = type.memory_mib;
    item.burstable_performance_supported = type.burstable;
    item.instance_storage_supported = false;
    item.hibernation_supported = false;
  }
  if (!missing.empty()) {
    return ApiError::make(400, "InvalidInstanceType",
                          fmt::format("The following supplied instance types do not exist: [{}]",
                                      fmt::join(missing, ", ")));
  }
  return out;
}

}  // namespace rolecall::ec2
