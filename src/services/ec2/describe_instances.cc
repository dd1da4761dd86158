// DescribeInstances and DescribeInstanceStatus.
#include <algorithm>

#include "services/ec2/errors.h"
#include "services/ec2/filters.h"
#include "services/ec2/operations.h"
#include "services/ec2/records.h"

namespace rolecall::ec2 {

namespace {

using Values = std::optional<std::vector<std::string>>;

Values one(std::string_view text) {
  if (text.empty()) return std::vector<std::string>();
  return std::vector<std::string>{std::string(text)};
}

Values instance_values(const identity::Resource& r, AccountId owner, std::string_view name) {
  if (auto tags = tag_filter(name, r.tags)) return tags;
  auto prop = [&r](std::string_view property) { return one(r.property(property)); };
  if (name == "instance-id") return one(r.name);
  if (name == "instance-state-name") return one(state_name(state_of(r)));
  if (name == "instance-state-code") return prop(property::kState);
  if (name == "image-id") return prop(property::kImage);
  if (name == "instance-type") return prop(property::kType);
  if (name == "availability-zone") return prop(property::kZone);
  if (name == "subnet-id") return prop(property::kSubnet);
  if (name == "vpc-id") return prop(property::kVpc);
  if (name == "private-ip-address") return prop(property::kAddress);
  if (name == "reservation-id") return prop(property::kReservation);
  if (name == "owner-id") return one(owner.text());
  if (name == "client-token") return prop(property::kToken);
  if (name == "tenancy") return prop(property::kTenancy);
  if (name == "monitoring-state") return prop(property::kMonitoring);
  if (name == "iam-instance-profile.arn") return prop(property::kProfileArn);
  if (name == "iam-instance-profile.id") return prop(property::kProfileId);
  if (name == "instance.group-id" || name == "group-id") return prop(property::kGroup);
  if (name == "instance.group-name" || name == "group-name") return one("default");
  if (name == "launch-time") return one(format_iso8601_millis(r.created.truncated_to_seconds()));
  if (name == "launch-index") return prop(property::kLaunchIndex);
  if (name == "metadata-options.http-tokens") return prop(property::kHttpTokens);
  if (name == "architecture") return one(wire_instance(r, owner).architecture.value_or(""));
  if (name == "private-dns-name") return one(wire_instance(r, owner).private_dns_name.value_or(""));
  if (name == "root-device-type") return one("ebs");
  if (name == "virtualization-type") return one("hvm");
  if (name == "hypervisor") return one("xen");
  // Known, and never set here.
  if (name == "key-name" || name == "platform" || name == "instance-lifecycle" ||
      name == "ip-address" || name == "dns-name" || name == "host-id" ||
      name == "spot-instance-request-id" || name == "placement-group-name") {
    return std::vector<std::string>();
  }
  return std::nullopt;
}

// The instances asked for, by id or all, after the page's beginning, in order of their ids.
template <class In>
Result<std::vector<InstanceRef>> selected(const In& in, const Call& call, const PageRequest& page) {
  std::vector<InstanceRef> all;
  if (in.instance_ids && !in.instance_ids->empty()) {
    RC_TRY(all, named_instances(call, *in.instance_ids));
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a->name < b->name; });
    all.erase(std::unique(all.begin(), all.end()), all.end());
  } else {
    all = instances_of(call);
  }
  std::erase_if(all, [&page](const InstanceRef& r) { return r->name <= page.after; });
  return all;
}

}  // namespace

Result<DescribeInstancesOutput> describe_instances(const DescribeInstancesInput& in,
                                                   const Call& call) {
  if (in.dry_run.value_or(false)) return dry_run_operation();
  const bool named = in.instance_ids && !in.instance_ids->empty();
  RC_TRY(PageRequest page,
         read_page(in.max_results, in.next_token, named, 5, 1000, "instancesSet"));
  RC_TRY(auto all, selected(in, call, page));
  // A wrong filter is told even where there is nothing to filter.
  const identity::Resource nothing = identity::make_resource(std::string(kInstanceType), "i-0");
  RC_TRY(bool probe, passes(in.filters, [&](std::string_view name) {
           return instance_values(nothing, call.account, name);
         }));
  static_cast<void>(probe);
  DescribeInstancesOutput out;
  auto& reservations = out.reservations.emplace();
  std::size_t count = 0;
  std::string last;
  for (const InstanceRef& instance : all) {
    RC_TRY(bool wanted, passes(in.filters, [&](std::string_view name) {
             return instance_values(*instance, call.account, name);
           }));
    if (!wanted) continue;
    if (count == page.max) {
      out.next_token = page_token(last);
      break;
    }
    ++count;
    last = instance->name;
    const std::string_view id = instance->property(property::kReservation);
    auto at = std::find_if(reservations.begin(), reservations.end(),
                           [id](const Reservation& r) { return r.reservation_id == id; });
    if (at == reservations.end()) {
      Reservation& made = reservations.emplace_back();
      made.reservation_id = std::string(id);
      made.owner_id = call.account.text();
      made.groups.emplace();
      made.instances.emplace();
      at = std::prev(reservations.end());
    }
    at->instances->push_back(wire_instance(*instance, call.account));
  }
  for (Reservation& r : reservations) {
    std::stable_sort(r.instances->begin(), r.instances->end(), [](const auto& a, const auto& b) {
      return a.ami_launch_index < b.ami_launch_index;
    });
  }
  return out;
}

Result<DescribeInstanceStatusOutput> describe_instance_status(const DescribeInstanceStatusInput& in,
                                                              const Call& call) {
  if (in.dry_run.value_or(false)) return dry_run_operation();
  const bool named = in.instance_ids && !in.instance_ids->empty();
  RC_TRY(PageRequest page,
         read_page(in.max_results, in.next_token, named, 5, 1000, "instancesSet"));
  RC_TRY(auto all, selected(in, call, page));
  DescribeInstanceStatusOutput out;
  auto& list = out.instance_statuses.emplace();
  for (const InstanceRef& instance : all) {
    const State state = state_of(*instance);
    if (state != State::running && !in.include_all_instances.value_or(false)) continue;
    const std::string health = state == State::running ? "ok" : "not-applicable";
    RC_TRY(bool wanted, passes(in.filters, [&](std::string_view name) -> Values {
             if (name == "availability-zone") return one(instance->property(property::kZone));
             if (name == "instance-state-name") return one(state_name(state));
             if (name == "instance-state-code") return one(instance->property(property::kState));
             if (name == "instance-status.status" || name == "system-status.status") {
               return one(health);
             }
             return std::nullopt;
           }));
    if (!wanted) continue;
    if (list.size() == page.max) {
      out.next_token = page_token(*list.back().instance_id);
      break;
    }
    InstanceStatus& status = list.emplace_back();
    status.instance_id = instance->name;
    status.availability_zone = std::string(instance->property(property::kZone));
    status.instance_state = wire_state(state);
    InstanceStatusSummary summary;
    summary.status = health;
    if (state == State::running) {
      summary.details.emplace().push_back({{}, "reachability", "passed"});
    }
    status.system_status = summary;
    status.instance_status = std::move(summary);
  }
  return out;
}

}  // namespace rolecall::ec2
