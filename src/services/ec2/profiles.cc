// Instance profiles of instances: associations, one an instance.
#include <fmt/format.h>

#include <cstdlib>

#include "services/ec2/errors.h"
#include "services/ec2/filters.h"
#include "services/ec2/operations.h"
#include "services/ec2/records.h"

namespace rolecall::ec2 {

namespace {

IamInstanceProfileAssociation association_of(const identity::Resource& r, std::string_view state) {
  IamInstanceProfileAssociation out;
  out.association_id = std::string(r.property(property::kAssociation));
  out.instance_id = r.name;
  out.iam_instance_profile = IamInstanceProfile{std::string(r.property(property::kProfileArn)),
                                                std::string(r.property(property::kProfileId))};
  out.state = std::string(state);
  out.timestamp = Instant{std::atoll(std::string(r.property(property::kAssociated)).c_str())};
  return out;
}

bool has_association(const identity::Resource& r) {
  return !r.property(property::kAssociation).empty();
}

}  // namespace

Result<Change<AssociateIamInstanceProfileOutput>> associate_iam_instance_profile(
    const AssociateIamInstanceProfileInput& in, const Call& call) {
  RC_TRY(auto instances, named_instances(call, {in.instance_id}));
  const identity::Resource& before = *instances.front();
  RC_TRY(const identity::InstanceProfile* profile, passable_profile(call, in.iam_instance_profile));
  const State state = state_of(before);
  if (state != State::running && state != State::stopped) {
    return ApiError::make(400, "IncorrectInstanceState",
                          fmt::format("The instance '{}' is not in the 'running' or 'stopped' "
                                      "states.",
                                      before.name));
  }
  if (has_association(before)) {
    return ApiError::make(
        400, "IncorrectState",
        fmt::format("There is an existing association for instance {}", before.name));
  }
  identity::Resource after = before;
  after.set_property(property::kProfileArn, profile->arn);
  after.set_property(property::kProfileId, profile->id);
  after.set_property(property::kAssociation, new_id("iip-assoc", call));
  after.set_property(property::kAssociated, std::to_string(call.now.micros));
  Change<AssociateIamInstanceProfileOutput> out;
  out.output.iam_instance_profile_association = association_of(after, "associating");
  out.events.push_back(put(call, std::move(after)));
  return out;
}

Result<Change<DisassociateIamInstanceProfileOutput>> disassociate_iam_instance_profile(
    const DisassociateIamInstanceProfileInput& in, const Call& call) {
  InstanceRef found;
  for (const InstanceRef& instance : instances_of(call)) {
    if (has_association(*instance) &&
        instance->property(property::kAssociation) == in.association_id) {
      found = instance;
    }
  }
  // The question is about the instance, which only the association names.
  services::Question q{"ec2:DisassociateIamInstanceProfile",
                       instance_arn(call, found == nullptr ? "*" : found->name), call.account};
  if (found != nullptr) {
    q.resource_tags = &found->tags;
    q.keys = instance_keys(*found);
  }
  if (auto refusal = call.ask.may(q)) return *std::move(refusal);
  if (found == nullptr) {
    return ApiError::make(
        400, "InvalidAssociationID.NotFound",
        fmt::format("An invalid association-id of '{}' was given", in.association_id));
  }
  Change<DisassociateIamInstanceProfileOutput> out;
  out.output.iam_instance_profile_association = association_of(*found, "disassociating");
  identity::Resource after = *found;
  for (std::string_view name : {property::kProfileArn, property::kProfileId, property::kAssociation,
                                property::kAssociated}) {
    after.erase_property(name);
  }
  out.events.push_back(put(call, std::move(after)));
  return out;
}

Result<DescribeIamInstanceProfileAssociationsOutput> describe_iam_instance_profile_associations(
    const DescribeIamInstanceProfileAssociationsInput& in, const Call& call) {
  const bool named = in.association_ids && !in.association_ids->empty();
  RC_TRY(PageRequest page,
         read_page(in.max_results, in.next_token, named, 5, 1000, "AssociationIds"));
  DescribeIamInstanceProfileAssociationsOutput out;
  auto& list = out.iam_instance_profile_associations.emplace();
  std::vector<std::string> missing = in.association_ids.value_or(std::vector<std::string>());
  for (const InstanceRef& instance : instances_of(call)) {
    if (!has_association(*instance) || instance->name <= page.after) continue;
    const auto item = association_of(*instance, "associated");
    if (named && std::erase(missing, *item.association_id) == 0) continue;
    RC_TRY(bool wanted,
           passes(in.filters,
                  [&item](std::string_view name) -> std::optional<std::vector<std::string>> {
                    if (name == "instance-id") return std::vector{*item.instance_id};
                    if (name == "state") return std::vector{*item.state};
                    return std::nullopt;
                  }));
    if (!wanted) continue;
    if (list.size() == page.max) {
      out.next_token = page_token(*list.back().instance_id);
      break;
    }
    list.push_back(item);
  }
  if (!missing.empty()) {
    return ApiError::make(
        400, "InvalidAssociationID.NotFound",
        fmt::format("An invalid association-id of '{}' was given", missing.front()));
  }
  return out;
}

}  // namespace rolecall::ec2
