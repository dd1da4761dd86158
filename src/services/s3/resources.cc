// What the resource types of models/s3.auth.json mean.
#include "models/s3.h"
#include "services/s3/bucket.h"
#include "services/s3/errors.h"
#include "services/s3/module.h"

namespace rolecall::s3 {
namespace {

using services::Call;
using services::ResolvedResource;
using Id = std::span<const std::string>;

// It is about to be the caller's; nobody's policy speaks for it yet.
Result<ResolvedResource> new_bucket(Id id, const Call& call) {
  if (id.empty()) return fault("s3: a resource without a name");
  ResolvedResource out;
  out.arn = make_arn(call.partition, "s3", "", AccountId(), id[0]);
  return out;
}

Result<ResolvedResource> bucket(Id id, const Call& call) {
  if (id.empty()) return fault("s3: a resource without a name");
  auto ref = find_bucket(call.state, id[0]);
  if (!ref) return no_such_bucket(id[0]);
  ResolvedResource out;
  out.account = ref->owner;
  out.policy = policy_for(*ref, call.caller);
  out.arn = bucket_arn(*ref, call);
  return out;
}

Result<ResolvedResource> object(Id id, const Call& call) {
  if (id.size() != 2) return fault("s3: an object is a bucket and a key");
  RC_TRY(ResolvedResource out, bucket(id, call));
  if (auto wrong = check_key(id[1])) return std::move(*wrong);
  out.arn = object_arn(*find_bucket(call.state, id[0]), id[1], call);
  return out;
}

constexpr services::ResourceType kResources[] = {
    {"new_bucket", new_bucket}, {"bucket", bucket}, {"object", object}};

}  // namespace

services::Module module() {
  return {.model = &kService, .operations = bindings(), .resources = kResources};
}

}  // namespace rolecall::s3
