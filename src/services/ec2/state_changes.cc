// StartInstances, StopInstances, TerminateInstances. Nothing takes time here: the answer shows the
// state on the way, the record has the one it leads to.
#include <fmt/format.h>

#include "services/ec2/errors.h"
#include "services/ec2/operations.h"
#include "services/ec2/records.h"

namespace rolecall::ec2 {

namespace {

struct Target {
  State passing;  // told in the answer
  State final;    // kept
  std::string_view reason;
};

InstanceStateChange change_state(const InstanceRef& before, const Target& target, const Call& call,
                                 identity::Events& events) {
  InstanceStateChange told;
  told.instance_id = before->name;
  told.previous_state = wire_state(state_of(*before));
  if (state_of(*before) == target.final) {
    told.current_state = told.previous_state;
    return told;
  }
  told.current_state = wire_state(target.passing);
  identity::Resource after = *before;
  after.set_property(property::kState, std::to_string(static_cast<int>(target.final)));
  after.set_property(property::kStateSince, std::to_string(call.now.micros));
  if (target.reason.empty()) {
    after.erase_property(property::kStateReason);
  } else {
    std::string at = format_iso8601(call.now);  // 2026-11-22T04:53:37Z
    at[10] = ' ';
    at.replace(19, 1, " GMT");
    after.set_property(property::kStateReason, fmt::format("{} ({})", target.reason, at));
  }
  if (target.final == State::terminated) {
    // What was lent to it is given back.
    for (std::string_view name : {property::kProfileArn, property::kProfileId,
                                  property::kAssociation, property::kAssociated}) {
      after.erase_property(name);
    }
  }
  events.push_back(put(call, std::move(after)));
  return told;
}

ApiError incorrect_state(const identity::Resource& instance) {
  return ApiError::make(
      400, "IncorrectInstanceState",
      fmt::format("The instance '{}' is not in a state from which it can be "
                  "{}.",
                  instance.name,
                  state_of(instance) == State::terminated ? "started or stopped" : "changed"));
}

ApiError is_protected(const identity::Resource& instance, std::string_view what,
                      std::string_view attribute) {
  return ApiError::make(
      400, "OperationNotPermitted",
      fmt::format("The instance '{}' may not be {}. Modify its '{}' instance attribute and try "
                  "again.",
                  instance.name, what, attribute));
}

}  // namespace

Result<Change<StartInstancesOutput>> start_instances(const StartInstancesInput& in,
                                                     const Call& call) {
  if (in.dry_run.value_or(false)) return dry_run_operation();
  RC_TRY(auto instances, named_instances(call, in.instance_ids));
  Change<StartInstancesOutput> out;
  auto& list = out.output.starting_instances.emplace();
  for (const InstanceRef& instance : instances) {
    if (state_of(*instance) == State::terminated) return incorrect_state(*instance);
  }
  for (const InstanceRef& instance : instances) {
    list.push_back(change_state(instance, {State::pending, State::running, ""}, call, out.events));
  }
  return out;
}

Result<Change<StopInstancesOutput>> stop_instances(const StopInstancesInput& in, const Call& call) {
  if (in.dry_run.value_or(false)) return dry_run_operation();
  if (in.hibernate.value_or(false)) return unsupported("Hibernate");
  RC_TRY(auto instances, named_instances(call, in.instance_ids));
  Change<StopInstancesOutput> out;
  auto& list = out.output.stopping_instances.emplace();
  for (const InstanceRef& instance : instances) {
    if (state_of(*instance) == State::terminated) return incorrect_state(*instance);
    if (instance->property(property::kStopProtected) == "true") {
      return is_protected(*instance, "stopped", "disableApiStop");
    }
  }
  for (const InstanceRef& instance : instances) {
    list.push_back(change_state(instance, {State::stopping, State::stopped, "User initiated"}, call,
                                out.events));
  }
  return out;
}

Result<Change<TerminateInstancesOutput>> terminate_instances(const TerminateInstancesInput& in,
                                                             const Call& call) {
  if (in.dry_run.value_or(false)) return dry_run_operation();
  RC_TRY(auto instances, named_instances(call, in.instance_ids));
  Change<TerminateInstancesOutput> out;
  auto& list = out.output.terminating_instances.emplace();
  // All or none: one that is protected keeps the others.
  for (const InstanceRef& instance : instances) {
    if (instance->property(property::kProtected) == "true") {
      return is_protected(*instance, "terminated", "disableApiTermination");
    }
  }
  for (const InstanceRef& instance : instances) {
    list.push_back(change_state(
        instance, {State::shutting_down, State::terminated, "User initiated"}, call, out.events));
  }
  return out;
}

}  // namespace rolecall::ec2
