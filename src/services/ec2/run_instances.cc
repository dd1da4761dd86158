// RunInstances: one call, many resources, each a question of its own (Rule 110).
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "services/ec2/errors.h"
#include "services/ec2/filters.h"
#include "services/ec2/images.h"
#include "services/ec2/network.h"
#include "services/ec2/operations.h"
#include "services/ec2/records.h"

namespace rolecall::ec2 {

namespace {

constexpr std::int32_t kInstancesMax = 100;  // of one call; AWS's quota counts processors instead
constexpr int kAddressAttemptsMax = 64;
constexpr int kReservedAddresses = 4;  // the first four of a subnet ("Subnet CIDR blocks")

// Everything a launch needs, checked.
struct Launch {
  std::string image, type, zone, tenancy = "default";
  DefaultNetwork network;
  const DefaultSubnet* subnet = nullptr;
  const KnownImage* known = nullptr;
  std::vector<KnownImage> images;
  identity::Tags instance_tags;
  std::vector<std::pair<std::string, identity::Tags>> other_tags;  // by resource type
};

std::optional<ApiError> refuse_unserved(const RunInstancesInput& in) {
  if (in.launch_template) return unsupported("LaunchTemplate");
  if (in.network_interfaces) return unsupported("NetworkInterface");
  if (in.block_device_mappings) return unsupported("BlockDeviceMapping");
  if (in.instance_market_options) return unsupported("InstanceMarketOptions");
  if (in.ipv6_address_count || in.ipv6_addresses) return unsupported("Ipv6Address");
  if (in.kernel_id || in.ramdisk_id) return unsupported("KernelId");
  if (in.elastic_gpu_specification) return unsupported("ElasticGpuSpecification");
  if (in.elastic_inference_accelerators) return unsupported("ElasticInferenceAccelerator");
  if (in.credit_specification) return unsupported("CreditSpecification");
  if (in.cpu_options) return unsupported("CpuOptions");
  if (in.capacity_reservation_specification) return unsupported("CapacityReservationSpecification");
  if (in.hibernation_options) return unsupported("HibernationOptions");
  if (in.license_specifications) return unsupported("LicenseSpecification");
  if (in.enclave_options) return unsupported("EnclaveOptions");
  if (in.private_dns_name_options) return unsupported("PrivateDnsNameOptions");
  if (in.maintenance_options) return unsupported("MaintenanceOptions");
  if (in.private_ip_address) return unsupported("PrivateIpAddress");
  if (in.placement &&
      (in.placement->group_name || in.placement->host_id || in.placement->host_resource_group_arn ||
       in.placement->affinity || in.placement->partition_number || in.placement->group_id)) {
    return unsupported("Placement");
  }
  return std::nullopt;
}

bool is_instance_type(std::string_view text) {
  const auto dot = text.find('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < text.size() &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string_view::npos;
}

Result<Launch> read_launch(const RunInstancesInput& in, const Call& call) {
  Launch out;
  if (auto wrong = refuse_unserved(in)) return *wrong;
  if (in.min_count < 1 || in.max_count < in.min_count) {
    return invalid_parameter_value(
        in.min_count < 1
            ? fmt::format("Value ({}) for parameter minCount is invalid. Minimum is 1.",
                          in.min_count)
            : fmt::format("Value ({}) for parameter maxCount is invalid. maxCount must be equal to "
                          "or greater than minCount.",
                          in.max_count));
  }
  if (!in.image_id || in.image_id->empty()) {
    return ApiError::make(400, "MissingParameter",
                          "The request must contain the parameter ImageId");
  }
  out.image = *in.image_id;
  if (!is_id(out.image, "ami-")) return malformed_id("InvalidAMIID.Malformed", out.image, "ami-");
  out.type = in.instance_type.value_or("m1.small");
  if (!is_instance_type(out.type)) {
    return invalid_parameter_value(fmt::format("Invalid value '{}' for InstanceType.", out.type));
  }
  out.images = known_images(call.region);
  for (const KnownImage& image : out.images) {
    if (image.id == out.image) out.known = &image;
  }
  out.network = default_network(call.account, call.region);
  if (out.network.subnets.empty()) {
    return ApiError::make(400, "VPCIdNotSpecified",
                          "No default VPC for this user. GroupName is only supported for "
                          "EC2-Classic and default VPC.");
  }
  if (in.subnet_id) {
    out.subnet = out.network.subnet(*in.subnet_id);
    if (out.subnet == nullptr) {
      return ApiError::make(400, "InvalidSubnetID.NotFound",
                            fmt::format("The subnet ID '{}' does not exist", *in.subnet_id));
    }
  }
  if (in.placement && in.placement->availability_zone) {
    const std::string& zone = *in.placement->availability_zone;
    const DefaultSubnet* there = out.network.in_zone(zone);
    if (there == nullptr) {
      return invalid_parameter_value(fmt::format("Invalid availability zone: [{}]", zone));
    }
    if (out.subnet != nullptr && out.subnet != there) {
      return invalid_parameter_value(fmt::format(
          "The availability zone '{}' does not match the subnet '{}'", zone, out.subnet->id));
    }
    out.subnet = there;
  }
  if (out.subnet == nullptr) out.subnet = &out.network.subnets.front();
  if (in.placement && in.placement->tenancy) out.tenancy = *in.placement->tenancy;
  for (const std::string& id : in.security_group_ids.value_or(std::vector<std::string>())) {
    if (id != out.network.group_id) {
      return ApiError::make(400, "InvalidGroup.NotFound",
                            fmt::format("The security group '{}' does not exist", id));
    }
  }
  for (const std::string& name : in.security_groups.value_or(std::vector<std::string>())) {
    if (name != "default") {
      return ApiError::make(
          400, "InvalidGroup.NotFound",
          fmt::format("The security group '{}' does not exist in default VPC '{}'", name,
                      out.network.vpc_id));
    }
  }
  for (const auto& spec : in.tag_specifications.value_or(std::vector<TagSpecification>())) {
    const std::string type = spec.resource_type.value_or("");
    if (type != "instance" && type != "volume" && type != "network-interface") {
      return invalid_parameter_value(
          fmt::format("'{}' is not a valid taggable resource type for this operation.", type));
    }
    RC_TRY(identity::Tags tags, checked_tags(spec.tags.value_or(std::vector<Tag>())));
    if (type == "instance") {
      if (!out.instance_tags.empty()) {
        return invalid_parameter_value("Duplicate resource type 'instance' specified.");
      }
      out.instance_tags = std::move(tags);
    } else {
      out.other_tags.emplace_back(type, std::move(tags));
    }
  }
  return out;
}

using Keys = std::vector<std::pair<std::string, std::vector<std::string>>>;

void add_tag_keys(Keys& keys, const identity::Tags& tags) {
  std::vector<std::string> names;
  for (const auto& tag : tags) {
    keys.push_back({"aws:RequestTag/" + tag.key, {tag.value}});
    names.push_back(tag.key);
  }
  if (!names.empty()) keys.emplace_back("aws:TagKeys", std::move(names));
}

// "Actions, resources, and condition keys for Amazon EC2": RunInstances.
Status authorize(const RunInstancesInput& in, const Launch& launch, const Call& call,
                 std::string_view profile_arn) {
  const std::string zone = launch.subnet->zone;
  const std::string vpc_arn = make_ec2_arn(call, "vpc/" + launch.network.vpc_id);
  const std::string subnet_arn = make_ec2_arn(call, "subnet/" + launch.subnet->id);
  auto may = [&call](std::string resource, Keys keys,
                     std::string_view action = "ec2:RunInstances") -> Status {
    services::Question q{action, std::move(resource), call.account};
    q.keys = std::move(keys);
    if (auto refusal = call.ask.may(q)) return *std::move(refusal);
    return {};
  };
  auto tags_for = [&launch](std::string_view type) {
    for (const auto& [known, tags] : launch.other_tags) {
      if (known == type) return tags;
    }
    return type == "instance" ? launch.instance_tags : identity::Tags();
  };

  Keys instance{{"ec2:InstanceType", {launch.type}},
                {"ec2:AvailabilityZone", {zone}},
                {"ec2:Tenancy", {launch.tenancy}},
                {"ec2:EbsOptimized", {in.ebs_optimized.value_or(false) ? "true" : "false"}},
                {"ec2:RootDeviceType", {"ebs"}},
                {"ec2:InstanceMarketType", {"on-demand"}}};
  if (!profile_arn.empty()) {
    instance.push_back({"ec2:InstanceProfile", {std::string(profile_arn)}});
  }
  if (in.metadata_options) {
    const auto& options = *in.metadata_options;
    if (options.http_tokens) instance.push_back({"ec2:MetadataHttpTokens", {*options.http_tokens}});
    if (options.http_endpoint) {
      instance.push_back({"ec2:MetadataHttpEndpoint", {*options.http_endpoint}});
    }
    if (options.http_put_response_hop_limit) {
      instance.push_back({"ec2:MetadataHttpPutResponseHopLimit",
                          {std::to_string(*options.http_put_response_hop_limit)}});
    }
  }
  add_tag_keys(instance, launch.instance_tags);
  RC_CHECK(may(make_ec2_arn(call, "instance/*"), std::move(instance)));

  Keys interface{
      {"ec2:AvailabilityZone", {zone}}, {"ec2:Subnet", {subnet_arn}}, {"ec2:Vpc", {vpc_arn}}};
  add_tag_keys(interface, tags_for("network-interface"));
  RC_CHECK(may(make_ec2_arn(call, "network-interface/*"), std::move(interface)));
  RC_CHECK(may(make_ec2_arn(call, "security-group/" + launch.network.group_id),
               {{"ec2:SecurityGroupID", {launch.network.group_id}}, {"ec2:Vpc", {vpc_arn}}}));
  RC_CHECK(may(subnet_arn, {{"ec2:AvailabilityZone", {zone}},
                            {"ec2:SubnetID", {launch.subnet->id}},
                            {"ec2:Vpc", {vpc_arn}}}));
  Keys volume{{"ec2:AvailabilityZone", {zone}},
              {"ec2:Encrypted", {"false"}},
              {"ec2:VolumeSize", {"8"}},
              {"ec2:VolumeType", {"gp3"}}};
  add_tag_keys(volume, tags_for("volume"));
  RC_CHECK(may(make_ec2_arn(call, "volume/*"), std::move(volume)));

  Keys image{{"ec2:ImageID", {launch.image}}, {"ec2:ImageType", {"machine"}}};
  if (launch.known != nullptr) {
    image.push_back({"ec2:Owner", {std::string(launch.known->owner_alias)}});
    image.push_back({"ec2:Public", {"true"}});
    image.push_back({"ec2:RootDeviceType", {"ebs"}});
  }
  // Images' ARNs name no account.
  RC_CHECK(may(make_arn(call.partition, "ec2", call.region, AccountId(), "image/" + launch.image),
               std::move(image)));
  if (in.key_name) {
    RC_CHECK(
        may(make_ec2_arn(call, "key-pair/" + *in.key_name), {{"ec2:KeyPairName", {*in.key_name}}}));
  }
  // Tagging on creation is a right of its own.
  auto may_tag = [&](std::string_view type, const identity::Tags& tags) -> Status {
    if (tags.empty()) return {};
    Keys keys{{"ec2:CreateAction", {"RunInstances"}}};
    add_tag_keys(keys, tags);
    return may(make_ec2_arn(call, std::string(type) + "/*"), std::move(keys), "ec2:CreateTags");
  };
  RC_CHECK(may_tag("instance", launch.instance_tags));
  for (const auto& [type, tags] : launch.other_tags) RC_CHECK(may_tag(type, tags));
  return {};
}

// The answer an earlier call with the same token got; nullopt when there was none.
Result<std::optional<RunInstancesOutput>> earlier_answer(const RunInstancesInput& in,
                                                         const Call& call) {
  if (!in.client_token || in.client_token->empty()) return std::optional<RunInstancesOutput>();
  std::optional<RunInstancesOutput> out;
  for (const InstanceRef& instance : instances_of(call)) {
    if (instance->property(property::kToken) != *in.client_token) continue;
    if (instance->property(property::kImage) != in.image_id.value_or("")) {
      return ApiError::make(400, "IdempotentParameterMismatch",
                            "Arguments on this idempotent request are inconsistent with arguments "
                            "used in previous request(s).");
    }
    if (!out) {
      out.emplace();
      out->owner_id = call.account.text();
      out->reservation_id = std::string(instance->property(property::kReservation));
      out->groups.emplace();
      out->instances.emplace();
    }
    out->instances->push_back(wire_instance(*instance, call.account));
  }
  return out;
}

// A free address of the subnet; "" when none was found.
std::string free_address(const DefaultSubnet& subnet, const std::set<std::string>& taken,
                         Random& random) {
  for (int i = 0; i < kAddressAttemptsMax; ++i) {
    // A /20: 4,096 addresses, of which the first four and the last are AWS's.
    const int n =
        kReservedAddresses + static_cast<int>(random.next_u64() % (4096 - kReservedAddresses - 1));
    std::string address = fmt::format("172.31.{}.{}", subnet.third_octet + n / 256, n % 256);
    if (!taken.contains(address)) return address;
  }
  return {};
}

}  // namespace

Result<Change<RunInstancesOutput>> run_instances(const RunInstancesInput& in, const Call& call) {
  RC_TRY(Launch launch, read_launch(in, call));
  const identity::InstanceProfile* profile = nullptr;
  std::string profile_arn;
  if (in.iam_instance_profile) {
    // Its ARN is a fact of the question about the instance; the profile itself is looked at later.
    profile_arn = in.iam_instance_profile->arn.value_or(
        make_arn(call.partition, "iam", "", call.account,
                 "instance-profile/" + in.iam_instance_profile->name.value_or("")));
  }
  RC_CHECK(authorize(in, launch, call, profile_arn));
  if (in.iam_instance_profile) {
    RC_TRY(profile, passable_profile(call, *in.iam_instance_profile));
  }
  if (in.dry_run.value_or(false)) return dry_run_operation();
  if (in.key_name) {
    return ApiError::make(400, "InvalidKeyPair.NotFound",
                          fmt::format("The key pair '{}' does not exist", *in.key_name));
  }
  RC_TRY(auto earlier, earlier_answer(in, call));
  if (earlier) return Change<RunInstancesOutput>{{}, *std::move(earlier)};
  if (in.min_count > kInstancesMax) {
    return ApiError::make(400, "InstanceLimitExceeded",
                          fmt::format("You have requested more instances ({}) than your current "
                                      "instance limit of {} allows.",
                                      in.min_count, kInstancesMax));
  }

  Change<RunInstancesOutput> out;
  erase_faded(call, out.events);
  std::set<std::string> taken;
  for (const InstanceRef& instance : instances_of(call)) {
    taken.emplace(instance->property(property::kAddress));
  }
  const std::string reservation = new_id("r", call);
  out.output.owner_id = call.account.text();
  out.output.reservation_id = reservation;
  out.output.groups.emplace();
  auto& answered = out.output.instances.emplace();
  const std::int32_t count = std::min(in.max_count, kInstancesMax);
  for (std::int32_t i = 0; i < count; ++i) {
    std::string address = free_address(*launch.subnet, taken, call.random);
    if (address.empty()) {
      return ApiError::make(400, "InsufficientFreeAddressesInSubnet",
                            fmt::format("The specified subnet does not have enough free addresses "
                                        "to satisfy the request."));
    }
    taken.insert(address);
    const std::string id = new_id("i", call);
    identity::Resource r = identity::make_resource(std::string(kInstanceType), id);
    r.arn = instance_arn(call, id);
    r.region = call.region;
    r.created = call.now;
    r.tags = launch.instance_tags;
    r.set_property(property::kState, std::to_string(static_cast<int>(State::running)));
    r.set_property(property::kStateSince, std::to_string(call.now.micros));
    r.set_property(property::kReservation, reservation);
    r.set_property(property::kLaunchIndex, std::to_string(i));
    r.set_property(property::kImage, launch.image);
    r.set_property(property::kType, launch.type);
    r.set_property(property::kZone, launch.subnet->zone);
    r.set_property(property::kSubnet, launch.subnet->id);
    r.set_property(property::kVpc, launch.network.vpc_id);
    r.set_property(property::kGroup, launch.network.group_id);
    r.set_property(property::kAddress, std::move(address));
    r.set_property(property::kTenancy, launch.tenancy);
    r.set_property(property::kEbsOptimized, in.ebs_optimized.value_or(false) ? "true" : "false");
    r.set_property(property::kMonitoring,
                   in.monitoring && in.monitoring->enabled ? "enabled" : "disabled");
    if (in.client_token) r.set_property(property::kToken, *in.client_token);
    if (in.disable_api_termination.value_or(false)) r.set_property(property::kProtected, "true");
    if (in.disable_api_stop.value_or(false)) r.set_property(property::kStopProtected, "true");
    const InstanceMetadataOptionsRequest options =
        in.metadata_options.value_or(InstanceMetadataOptionsRequest());
    r.set_property(property::kHttpTokens, options.http_tokens.value_or("optional"));
    r.set_property(property::kHttpHops,
                   std::to_string(options.http_put_response_hop_limit.value_or(1)));
    r.set_property(property::kHttpEndpoint, options.http_endpoint.value_or("enabled"));
    if (profile != nullptr) {
      r.set_property(property::kProfileArn, profile->arn);
      r.set_property(property::kProfileId, profile->id);
      r.set_property(property::kAssociation, new_id("iip-assoc", call));
      r.set_property(property::kAssociated, std::to_string(call.now.micros));
    }
    Instance told = wire_instance(r, call.account);
    told.state = wire_state(State::pending);  // it runs by the time anybody asks again
    answered.push_back(std::move(told));
    out.events.push_back(put(call, std::move(r)));
  }
  return out;
}

}  // namespace rolecall::ec2
