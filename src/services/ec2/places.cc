// Where instances are: regions, zones, and the default network.
#include <fmt/format.h>

#include <algorithm>

#include "services/core/regions.h"
#include "services/ec2/errors.h"
#include "services/ec2/filters.h"
#include "services/ec2/network.h"
#include "services/ec2/operations.h"
#include "services/ec2/records.h"

namespace rolecall::ec2 {

namespace {

using Texts = std::vector<std::string>;
using Values = std::optional<Texts>;

const identity::Tags& tags_of(const Call& call, std::string_view id) {
  static const identity::Tags none;
  const identity::Account* account = call.state.account(call.account);
  if (account == nullptr) return none;
  const auto* held = account->resources.find(identity::resource_key(kTagsType, id));
  return held == nullptr ? none : held->tags;
}

template <class Item>
void put_tags(Item& item, const identity::Tags& tags) {
  if (!tags.empty()) item.tags = wire_tags(tags);
}

// The first of the wanted ids that is not among the known; nullptr: all are.
const std::string* first_unknown(const std::optional<Texts>& wanted, const Texts& known) {
  if (!wanted) return nullptr;
  for (const std::string& id : *wanted) {
    if (std::find(known.begin(), known.end(), id) == known.end()) return &id;
  }
  return nullptr;
}

bool selected(const std::optional<Texts>& wanted, std::string_view id) {
  return !wanted || wanted->empty() ||
         std::find(wanted->begin(), wanted->end(), id) != wanted->end();
}

}  // namespace

Result<DescribeRegionsOutput> describe_regions(const DescribeRegionsInput& in, const Call& call) {
  if (in.dry_run.value_or(false)) return dry_run_operation();
  for (const std::string& name : in.region_names.value_or(Texts())) {
    const services::Region* region = services::find_region(name);
    if (region == nullptr || region->partition != call.partition) {
      return invalid_parameter_value(fmt::format("Invalid region provided: {}", name));
    }
  }
  DescribeRegionsOutput out;
  auto& list = out.regions.emplace();
  for (const services::Region& region : services::regions()) {
    if (region.partition != call.partition) continue;
    // No account here has opted in to a region; what was asked for by name is shown.
    const bool named = in.region_names && !in.region_names->empty();
    if (region.opt_in && !in.all_regions.value_or(false) && !named) continue;
    if (!selected(in.region_names, region.name)) continue;
    Region item;
    item.region_name = std::string(region.name);
    item.endpoint =
        fmt::format("ec2.{}.{}", region.name,
                    region.partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com");
    item.opt_in_status = region.opt_in ? "not-opted-in" : "opt-in-not-required";
    RC_TRY(bool wanted, passes(in.filters, [&item](std::string_view name) -> Values {
             if (name == "region-name") return Texts{*item.region_name};
             if (name == "endpoint") return Texts{*item.endpoint};
             if (name == "opt-in-status") return Texts{*item.opt_in_status};
             return std::nullopt;
           }));
    if (wanted) list.push_back(std::move(item));
  }
  return out;
}

Result<DescribeAvailabilityZonesOutput> describe_availability_zones(
    const DescribeAvailabilityZonesInput& in, const Call& call) {
  if (in.dry_run.value_or(false)) return dry_run_operation();
  const DefaultNetwork network = default_network(call.account, call.region);
  Texts names, ids;
  for (const auto& subnet : network.subnets) {
    names.push_back(subnet.zone);
    ids.push_back(subnet.zone_id);
  }
  const std::string* unknown = first_unknown(in.zone_names, names);
  if (unknown == nullptr) unknown = first_unknown(in.zone_ids, ids);
  if (unknown != nullptr) {
    return invalid_parameter_value(fmt::format("Invalid availability zone: [{}]", *unknown));
  }
  DescribeAvailabilityZonesOutput out;
  auto& list = out.availability_zones.emplace();
  for (const auto& subnet : network.subnets) {
    if (!selected(in.zone_names, subnet.zone) || !selected(in.zone_ids, subnet.zone_id)) continue;
    AvailabilityZone zone;
    zone.zone_name = subnet.zone;
    zone.zone_id = subnet.zone_id;
    zone.region_name = std::string(call.region);
    zone.state = "available";
    zone.opt_in_status = "opt-in-not-required";
    zone.group_name = std::string(call.region);
    zone.network_border_group = std::string(call.region);
    zone.zone_type = "availability-zone";
    RC_TRY(bool wanted, passes(in.filters, [&zone](std::string_view name) -> Values {
             if (name == "zone-name") return Texts{*zone.zone_name};
             if (name == "zone-id") return Texts{*zone.zone_id};
             if (name == "zone-type") return Texts{*zone.zone_type};
             if (name == "region-name") return Texts{*zone.region_name};
             if (name == "state") return Texts{*zone.state};
             if (name == "group-name") return Texts{*zone.group_name};
             if (name == "opt-in-status") return Texts{*zone.opt_in_status};
             return std::nullopt;
           }));
    if (wanted) list.push_back(std::move(zone));
  }
  return out;
}

Result<DescribeVpcsOutput> describe_vpcs(const DescribeVpcsInput& in, const Call& call) {
  if (in.dry_run.value_or(false)) return dry_run_operation();
  const bool named = in.vpc_ids && !in.vpc_ids->empty();
  RC_TRY(PageRequest page, read_page(in.max_results, in.next_token, named, 5, 1000, "vpcIds"));
  const DefaultNetwork network = default_network(call.account, call.region);
  if (const std::string* id = first_unknown(in.vpc_ids, {network.vpc_id})) {
    return ApiError::make(400, "InvalidVpcID.NotFound",
                          fmt::format("The vpc ID '{}' does not exist", *id));
  }
  DescribeVpcsOutput out;
  auto& list = out.vpcs.emplace();
  const identity::Tags& tags = tags_of(call, network.vpc_id);
  Vpc vpc;
  vpc.vpc_id = network.vpc_id;
  vpc.cidr_block = std::string(kDefaultVpcCidr);
  vpc.state = "available";
  vpc.owner_id = call.account.text();
  vpc.instance_tenancy = "default";
  vpc.is_default = true;
  put_tags(vpc, tags);
  RC_TRY(bool wanted, passes(in.filters, [&](std::string_view name) -> Values {
           if (name == "vpc-id") return Texts{*vpc.vpc_id};
           if (name == "cidr" || name == "cidrBlock" || name == "cidr-block-association.cidr-block")
             return Texts{*vpc.cidr_block};
           if (name == "state") return Texts{*vpc.state};
           if (name == "owner-id") return Texts{*vpc.owner_id};
           if (name == "is-default" || name == "isDefault") return Texts{"true"};
           return tag_filter(name, tags);
         }));
  if (wanted && network.vpc_id > page.after) list.push_back(std::move(vpc));
  return out;
}

Result<DescribeSubnetsOutput> describe_subnets(const DescribeSubnetsInput& in, const Call& call) {
  if (in.dry_run.value_or(false)) return dry_run_operation();
  const bool named = in.subnet_ids && !in.subnet_ids->empty();
  RC_TRY(PageRequest page, read_page(in.max_results, in.next_token, named, 5, 1000, "subnetIds"));
  DefaultNetwork network = default_network(call.account, call.region);
  Texts ids;
  for (const auto& subnet : network.subnets) ids.push_back(subnet.id);
  if (const std::string* id = first_unknown(in.subnet_ids, ids)) {
    return ApiError::make(400, "InvalidSubnetID.NotFound",
                          fmt::format("The subnet ID '{}' does not exist", *id));
  }
  std::sort(network.subnets.begin(), network.subnets.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  const auto instances = instances_of(call);
  DescribeSubnetsOutput out;
  auto& list = out.subnets.emplace();
  for (const auto& known : network.subnets) {
    if (!selected(in.subnet_ids, known.id) || known.id <= page.after) continue;
    const auto used = std::count_if(instances.begin(), instances.end(), [&](const auto& r) {
      return r->property(property::kSubnet) == known.id && state_of(*r) != State::terminated;
    });
    const identity::Tags& tags = tags_of(call, known.id);
    Subnet subnet;
    subnet.subnet_id = known.id;
    subnet.vpc_id = network.vpc_id;
    subnet.cidr_block = known.cidr;
    subnet.availability_zone = known.zone;
    subnet.availability_zone_id = known.zone_id;
    subnet.available_ip_address_count = 4091 - static_cast<std::int32_t>(used);
    subnet.default_for_az = true;
    subnet.map_public_ip_on_launch = false;  // there is no address to give
    subnet.state = "available";
    subnet.owner_id = call.account.text();
    subnet.assign_ipv6_address_on_creation = false;
    subnet.subnet_arn = make_ec2_arn(call, "subnet/" + known.id);
    put_tags(subnet, tags);
    RC_TRY(bool wanted, passes(in.filters, [&](std::string_view name) -> Values {
             if (name == "subnet-id") return Texts{known.id};
             if (name == "subnet-arn") return Texts{*subnet.subnet_arn};
             if (name == "vpc-id") return Texts{network.vpc_id};
             if (name == "availability-zone" || name == "availabilityZone")
               return Texts{known.zone};
             if (name == "availability-zone-id" || name == "availabilityZoneId")
               return Texts{known.zone_id};
             if (name == "cidr-block" || name == "cidr" || name == "cidrBlock")
               return Texts{known.cidr};
             if (name == "default-for-az" || name == "defaultForAz") return Texts{"true"};
             if (name == "state") return Texts{"available"};
             if (name == "owner-id") return Texts{*subnet.owner_id};
             return tag_filter(name, tags);
           }));
    if (!wanted) continue;
    if (list.size() == page.max) {
      out.next_token = page_token(*list.back().subnet_id);
      break;
    }
    list.push_back(std::move(subnet));
  }
  return out;
}

Result<DescribeSecurityGroupsOutput> describe_security_groups(const DescribeSecurityGroupsInput& in,
                                                              const Call& call) {
  if (in.dry_run.value_or(false)) return dry_run_operation();
  const bool named =
      (in.group_ids && !in.group_ids->empty()) || (in.group_names && !in.group_names->empty());
  RC_TRY(PageRequest page, read_page(in.max_results, in.next_token, named, 5, 1000, "groupIds"));
  const DefaultNetwork network = default_network(call.account, call.region);
  const std::string* unknown = first_unknown(in.group_ids, {network.group_id});
  if (unknown == nullptr) unknown = first_unknown(in.group_names, {"default"});
  if (unknown != nullptr) {
    return ApiError::make(400, "InvalidGroup.NotFound",
                          fmt::format("The security group '{}' does not exist", *unknown));
  }
  const identity::Tags& tags = tags_of(call, network.group_id);
  SecurityGroup group;
  group.group_id = network.group_id;
  group.group_name = "default";
  group.description = "default VPC security group";
  group.owner_id = call.account.text();
  group.vpc_id = network.vpc_id;
  IpPermission inward;
  inward.ip_protocol = "-1";
  UserIdGroupPair self;
  self.group_id = network.group_id;
  self.user_id = group.owner_id;
  inward.user_id_group_pairs.emplace().push_back(std::move(self));
  group.ip_permissions.emplace().push_back(std::move(inward));
  IpPermission outward;
  outward.ip_protocol = "-1";
  outward.ip_ranges.emplace().push_back({"0.0.0.0/0", {}});
  group.ip_permissions_egress.emplace().push_back(std::move(outward));
  put_tags(group, tags);
  RC_TRY(bool wanted, passes(in.filters, [&](std::string_view name) -> Values {
           if (name == "group-id") return Texts{network.group_id};
           if (name == "group-name") return Texts{"default"};
           if (name == "description") return Texts{*group.description};
           if (name == "owner-id") return Texts{*group.owner_id};
           if (name == "vpc-id") return Texts{network.vpc_id};
           return tag_filter(name, tags);
         }));
  DescribeSecurityGroupsOutput out;
  auto& list = out.security_groups.emplace();
  if (wanted && network.group_id > page.after) list.push_back(std::move(group));
  return out;
}

}  // namespace rolecall::ec2
