// Instances as records in the account: no machine is started. A record is an identity::Resource of
// type "ec2:instance" whose properties are named here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "identity/state.h"
#include "models/ec2.h"
#include "services/core/call.h"

namespace rolecall::ec2 {

using services::Call;
using services::Change;

inline constexpr std::string_view kInstanceType = "ec2:instance";
// Tags of what is not stored itself (the default network): name is the id.
inline constexpr std::string_view kTagsType = "ec2:tags";
// How long a terminated instance is still shown ("Terminate your instance").
inline constexpr std::int64_t kTerminatedShownSeconds = 3'600;

namespace property {
inline constexpr std::string_view kState = "state";             // a State's code
inline constexpr std::string_view kStateSince = "state-since";  // microseconds
inline constexpr std::string_view kStateReason = "state-reason";
inline constexpr std::string_view kReservation = "reservation";
inline constexpr std::string_view kLaunchIndex = "launch-index";
inline constexpr std::string_view kImage = "image";
inline constexpr std::string_view kType = "instance-type";
inline constexpr std::string_view kZone = "zone";
inline constexpr std::string_view kSubnet = "subnet";
inline constexpr std::string_view kVpc = "vpc";
inline constexpr std::string_view kGroup = "group";
inline constexpr std::string_view kAddress = "private-address";
inline constexpr std::string_view kToken = "client-token";
inline constexpr std::string_view kTenancy = "tenancy";
inline constexpr std::string_view kEbsOptimized = "ebs-optimized";
inline constexpr std::string_view kMonitoring = "monitoring";
inline constexpr std::string_view kProtected = "termination-protection";
inline constexpr std::string_view kStopProtected = "stop-protection";
inline constexpr std::string_view kHttpTokens = "http-tokens";
inline constexpr std::string_view kHttpHops = "http-hops";
inline constexpr std::string_view kHttpEndpoint = "http-endpoint";
inline constexpr std::string_view kProfileArn = "profile-arn";
inline constexpr std::string_view kProfileId = "profile-id";
inline constexpr std::string_view kAssociation = "profile-association";
inline constexpr std::string_view kAssociated = "profile-associated";  // microseconds
}  // namespace property

// "Instance lifecycle"; the numbers are the API's.
enum class State : std::int32_t {
  pending = 0,
  running = 16,
  shutting_down = 32,
  terminated = 48,
  stopping = 64,
  stopped = 80,
};
std::string_view state_name(State state);
InstanceState wire_state(State state);
State state_of(const identity::Resource& instance);

using InstanceRef = std::shared_ptr<const identity::Resource>;
// The account's in the call's region, by id; terminated ones until they fade.
std::vector<InstanceRef> instances_of(const Call& call);
// nullptr: not in this account and region, or faded.
InstanceRef find_instance(const Call& call, std::string_view id);
// Every id well formed and there: the instances in the order of the ids.
Result<std::vector<InstanceRef>> named_instances(const Call& call,
                                                 const std::vector<std::string>& ids);
// Gone from sight: such records are erased with the next write.
bool is_faded(const identity::Resource& instance, Instant now);
void erase_faded(const Call& call, identity::Events& events);

Instance wire_instance(const identity::Resource& instance, AccountId owner);

std::string make_ec2_arn(const Call& call, std::string_view resource);
std::string instance_arn(const Call& call, std::string_view id);
// Condition keys that an instance brings ("Actions, resources, and condition keys for Amazon EC2").
std::vector<std::pair<std::string, std::vector<std::string>>> instance_keys(
    const identity::Resource& instance);

identity::Event put(const Call& call, identity::Resource resource);
std::string new_id(std::string_view prefix, const Call& call);

// Tags of a request: few, well formed, none twice.
Result<identity::Tags> checked_tags(const std::vector<Tag>& tags);

// The instance profile a specification names, and the right to pass its role to EC2.
Result<const identity::InstanceProfile*> passable_profile(
    const Call& call, const IamInstanceProfileSpecification& in);

}  // namespace rolecall::ec2
