// What the resource types of models/ec2.auth.json mean.
#include "services/ec2/errors.h"
#include "services/ec2/filters.h"
#include "services/ec2/module.h"
#include "services/ec2/operations.h"
#include "services/ec2/records.h"

namespace rolecall::ec2 {
namespace {

using Id = std::span<const std::string>;

// An instance that is not there is asked about too: who may not, is not told (then its handler says
// that it does not exist). A stranger's tags and facts never count.
Result<services::ResolvedResource> instance(const std::string& id, const Call& call) {
  if (!is_id(id, "i-")) return malformed_id("InvalidInstanceID.Malformed", id, "i-");
  services::ResolvedResource out;
  out.arn = instance_arn(call, id);
  out.account = call.account;
  const identity::Account* account = call.state.account(call.account);
  if (account == nullptr) return out;
  const auto* found = account->resources.find(identity::resource_key(kInstanceType, id));
  if (found == nullptr || found->region != call.region || is_faded(*found, call.now)) return out;
  out.tags = &found->tags;
  out.keys = instance_keys(*found);
  return out;
}

Result<services::ResolvedResource> instance_resource(Id id, const Call& call) {
  if (id.empty()) return fault("ec2: a resource without an id");
  return instance(id[0], call);
}

// Whatever CreateTags can tag.
Result<services::ResolvedResource> tagged(Id id, const Call& call) {
  if (id.empty()) return fault("ec2: a resource without an id");
  if (id[0].starts_with("i-")) return instance(id[0], call);
  for (auto [prefix, name] : {std::pair<std::string_view, std::string_view>{"vpc-", "vpc/"},
                              {"subnet-", "subnet/"},
                              {"sg-", "security-group/"}}) {
    if (!id[0].starts_with(prefix)) continue;
    services::ResolvedResource out;
    out.arn = make_ec2_arn(call, std::string(name) + id[0]);
    out.account = call.account;
    if (const identity::Account* account = call.state.account(call.account)) {
      const auto* held = account->resources.find(identity::resource_key(kTagsType, id[0]));
      if (held != nullptr) out.tags = &held->tags;
    }
    return out;
  }
  return ApiError::make(400, "InvalidID", "The ID '" + id[0] + "' is not valid");
}

constexpr services::ResourceType kResources[] = {{"instance", instance_resource},
                                                 {"tagged", tagged}};

}  // namespace

services::Module module() {
  return {.model = &kService, .operations = bindings(), .resources = kResources};
}

}  // namespace rolecall::ec2
