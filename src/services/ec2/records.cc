#include "services/ec2/records.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/encoding.h"
#include "services/ec2/errors.h"
#include "services/ec2/filters.h"
#include "services/ec2/images.h"

namespace rolecall::ec2 {

namespace {

std::optional<std::string> present(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

Instant instant_of(std::string_view micros) { return {std::atoll(std::string(micros).c_str())}; }

constexpr std::size_t kTagsMax = 50;  // "Tag restrictions"

}  // namespace

std::string_view state_name(State state) {
  switch (state) {
    case State::pending:
      return "pending";
    case State::running:
      return "running";
    case State::shutting_down:
      return "shutting-down";
    case State::terminated:
      return "terminated";
    case State::stopping:
      return "stopping";
    case State::stopped:
      return "stopped";
  }
  return "";
}

InstanceState wire_state(State state) {
  return {static_cast<std::int32_t>(state), std::string(state_name(state))};
}

State state_of(const identity::Resource& instance) {
  return static_cast<State>(std::atoi(std::string(instance.property(property::kState)).c_str()));
}

bool is_faded(const identity::Resource& instance, Instant now) {
  return state_of(instance) == State::terminated &&
         now >= instant_of(instance.property(property::kStateSince))
                    .plus_seconds(kTerminatedShownSeconds);
}

std::vector<InstanceRef> instances_of(const Call& call) {
  std::vector<InstanceRef> out;
  const identity::Account* account = call.state.account(call.account);
  if (account == nullptr) return out;
  const auto& table = account->resources;
  for (auto it = table.lower_bound(identity::resource_key(kInstanceType, ""));
       it != table.end() && (*it)->type == kInstanceType; ++it) {
    if ((*it)->region == call.region && !is_faded(**it, call.now)) out.push_back(*it);
  }
  return out;
}

InstanceRef find_instance(const Call& call, std::string_view id) {
  const identity::Account* account = call.state.account(call.account);
  if (account == nullptr) return nullptr;
  InstanceRef found = account->resources.get(identity::resource_key(kInstanceType, id));
  if (found == nullptr || found->region != call.region || is_faded(*found, call.now))
    return nullptr;
  return found;
}

Result<std::vector<InstanceRef>> named_instances(const Call& call,
                                                 const std::vector<std::string>& ids) {
  std::vector<InstanceRef> out;
  std::vector<std::string> missing;
  for (const std::string& id : ids) {
    if (!is_id(id, "i-")) return malformed_id("InvalidInstanceID.Malformed", id, "i-");
    InstanceRef found = find_instance(call, id);
    if (found == nullptr) {
      missing.push_back(id);
    } else {
      out.push_back(std::move(found));
    }
  }
  if (!missing.empty()) return no_such_instances(missing);
  return out;
}

void erase_faded(const Call& call, identity::Events& events) {
  const identity::Account* account = call.state.account(call.account);
  if (account == nullptr) return;
  const auto& table = account->resources;
  for (auto it = table.lower_bound(identity::resource_key(kInstanceType, ""));
       it != table.end() && (*it)->type == kInstanceType; ++it) {
    if (is_faded(**it, call.now)) {
      events.push_back(identity::Erase<identity::Resource>{call.account, (*it)->table_key});
    }
  }
}

Instance wire_instance(const identity::Resource& r, AccountId owner) {
  static_cast<void>(owner);
  auto get = [&r](std::string_view name) { return present(r.property(name)); };
  Instance out;
  out.instance_id = r.name;
  out.ami_launch_index = std::atoi(std::string(r.property(property::kLaunchIndex)).c_str());
  out.image_id = get(property::kImage);
  out.instance_type = get(property::kType);
  out.launch_time = r.created.truncated_to_seconds();
  out.monitoring.emplace().state = get(property::kMonitoring);
  auto& placement = out.placement.emplace();
  placement.availability_zone = get(property::kZone);
  placement.group_name = "";
  placement.tenancy = get(property::kTenancy);
  out.private_dns_name = "";
  out.public_dns_name = "";
  out.state = wire_state(state_of(r));
  out.state_transition_reason = get(property::kStateReason).value_or("");
  if (auto reason = get(property::kStateReason)) {
    out.state_reason = StateReason{"Client.UserInitiatedShutdown",
                                   "Client.UserInitiatedShutdown: User initiated shutdown"};
  }
  out.client_token = get(property::kToken);
  out.ebs_optimized = r.property(property::kEbsOptimized) == "true";
  out.ena_support = true;
  out.hypervisor = "xen";
  out.virtualization_type = "hvm";
  out.root_device_type = "ebs";
  const KnownImage* image = nullptr;
  const auto images = known_images(r.region);
  for (const KnownImage& known : images) {
    if (known.id == r.property(property::kImage)) image = &known;
  }
  out.architecture = image != nullptr ? std::string(image->architecture) : "x86_64";
  out.root_device_name = image != nullptr ? std::string(image->root_device) : "/dev/xvda";
  if (image != nullptr && image->windows) out.platform = "windows";
  if (r.property(property::kHttpTokens) != "") {
    auto& options = out.metadata_options.emplace();
    options.state = "applied";
    options.http_tokens = get(property::kHttpTokens);
    options.http_put_response_hop_limit =
        std::atoi(std::string(r.property(property::kHttpHops)).c_str());
    options.http_endpoint = get(property::kHttpEndpoint);
  }
  if (!r.tags.empty()) out.tags = wire_tags(r.tags);
  if (state_of(r) == State::terminated) return out;  // the rest is given back
  out.private_ip_address = get(property::kAddress);
  if (out.private_ip_address) {
    std::string dashed = *out.private_ip_address;
    for (char& c : dashed) c = c == '.' ? '-' : c;
    out.private_dns_name = r.region == "us-east-1"
                               ? "ip-" + dashed + ".ec2.internal"
                               : "ip-" + dashed + "." + r.region + ".compute.internal";
  }
  out.subnet_id = get(property::kSubnet);
  out.vpc_id = get(property::kVpc);
  out.source_dest_check = true;
  out.security_groups.emplace().push_back({"default", std::string(r.property(property::kGroup))});
  if (auto arn = get(property::kProfileArn)) {
    out.iam_instance_profile = IamInstanceProfile{*arn, get(property::kProfileId)};
  }
  return out;
}

std::string make_ec2_arn(const Call& call, std::string_view resource) {
  return make_arn(call.partition, "ec2", call.region, call.account, resource);
}

std::string instance_arn(const Call& call, std::string_view id) {
  return make_ec2_arn(call, "instance/" + std::string(id));
}

std::vector<std::pair<std::string, std::vector<std::string>>> instance_keys(
    const identity::Resource& r) {
  std::vector<std::pair<std::string, std::vector<std::string>>> out;
  auto add = [&out](std::string_view key, std::string_view value) {
    if (!value.empty()) {
      out.emplace_back(std::string(key), std::vector<std::string>{std::string(value)});
    }
  };
  add("ec2:InstanceID", r.name);
  add("ec2:InstanceType", r.property(property::kType));
  add("ec2:AvailabilityZone", r.property(property::kZone));
  add("ec2:Tenancy", r.property(property::kTenancy));
  add("ec2:EbsOptimized", r.property(property::kEbsOptimized));
  add("ec2:RootDeviceType", "ebs");
  add("ec2:InstanceProfile", r.property(property::kProfileArn));
  add("ec2:MetadataHttpTokens", r.property(property::kHttpTokens));
  add("ec2:MetadataHttpEndpoint", r.property(property::kHttpEndpoint));
  add("ec2:MetadataHttpPutResponseHopLimit", r.property(property::kHttpHops));
  return out;
}

identity::Event put(const Call& call, identity::Resource resource) {
  return identity::Put<identity::Resource>{
      call.account, std::make_shared<identity::Resource>(std::move(resource))};
}

std::string new_id(std::string_view prefix, const Call& call) {
  return std::string(prefix) + "-0" + call.random.text(16, "0123456789abcdef");
}

Result<identity::Tags> checked_tags(const std::vector<Tag>& tags) {
  identity::Tags out;
  for (const Tag& tag : tags) {
    const std::string key = tag.key.value_or(""), value = tag.value.value_or("");
    if (key.empty()) {
      return ApiError::make(400, "InvalidParameterValue", "Tag key cannot be null or empty.");
    }
    if (starts_with_ignoring_case(key, "aws:")) {
      return invalid_parameter_value(fmt::format(
          "Value ( {} ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved "
          "for internal use",
          key));
    }
    if (key.size() > 128) {
      return invalid_parameter_value("Tag key exceeds the maximum length of 128 characters");
    }
    if (value.size() > 256) {
      return invalid_parameter_value("Tag value exceeds the maximum length of 256 characters");
    }
    for (const auto& before : out) {
      if (before.key == key) {
        return invalid_parameter_value(fmt::format("Duplicate tag key '{}' specified.", key));
      }
    }
    out.push_back({key, value});
  }
  if (out.size() > kTagsMax) {
    return ApiError::make(400, "TagLimitExceeded",
                          "The maximum number of Tags for a resource has been reached.");
  }
  return out;
}

Result<const identity::InstanceProfile*> passable_profile(
    const Call& call, const IamInstanceProfileSpecification& in) {
  const identity::Account* account = call.state.account(call.account);
  if (account == nullptr) return fault("ec2: the caller has no account");
  const identity::InstanceProfile* profile = nullptr;
  if (in.arn) {
    auto arn = ArnView::parse(*in.arn);
    if (arn) profile = account->instance_profiles.find(arn->resource_name());
    if (profile == nullptr || profile->arn != *in.arn) {
      return invalid_parameter_value(
          fmt::format("Value ({}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM "
                      "Instance Profile ARN",
                      *in.arn));
    }
    if (in.name && *in.name != profile->name) {
      return ApiError::make(400, "InvalidParameterCombination",
                            "The parameter 'iamInstanceProfile.name' may not be used in "
                            "combination with 'iamInstanceProfile.arn'");
    }
  } else {
    profile = in.name ? account->instance_profiles.find(*in.name) : nullptr;
    if (profile == nullptr) {
      return invalid_parameter_value(
          fmt::format("Value ({}) for parameter iamInstanceProfile.name is invalid. Invalid IAM "
                      "Instance Profile name",
                      in.name.value_or("")));
    }
  }
  const identity::Role* role =
      profile->role_name.empty() ? nullptr : account->roles.find(profile->role_name);
  if (role == nullptr) {
    return invalid_parameter_value(
        fmt::format("IAM Instance Profile \"{}\" has no associated IAM Roles", profile->arn));
  }
  // "Granting a user permissions to pass a role to an AWS service".
  services::Question q{"iam:PassRole", role->arn, call.account};
  q.resource_tags = &role->tags;
  q.keys.push_back({"iam:PassedToService", {"ec2.amazonaws.com"}});
  q.keys.push_back({"iam:AssociatedResourceArn", {instance_arn(call, "*")}});
  if (auto refusal = call.ask.may(q)) return *std::move(refusal);
  return profile;
}

}  // namespace rolecall::ec2
