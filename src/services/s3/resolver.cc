// What the resource types of models/s3.auth.json mean.
#include "services/s3/bucket.h"
#include "services/s3/data_plane.h"
#include "services/s3/errors.h"

namespace rolecall::s3 {

Result<services::ResolvedResource> resolve(std::string_view type, std::span<const std::string> id,
                                           const services::Call& call) {
  services::ResolvedResource out;
  if (type == "*") return out;
  if (id.empty()) return fault("s3: a resource without a name");
  if (type == "new_bucket") {
    // It is about to be the caller's; nobody's policy speaks for it yet.
    out.arn = make_arn(call.partition, "s3", "", AccountId(), id[0]);
    return out;
  }
  auto ref = find_bucket(call.state, id[0]);
  if (!ref) return no_such_bucket(id[0]);
  out.account = ref->owner;
  out.policy = policy_for(*ref, call.caller);
  if (type == "bucket") {
    out.arn = bucket_arn(*ref, call);
    return out;
  }
  if (type == "object" && id.size() == 2) {
    if (auto wrong = check_key(id[1])) return *wrong;
    out.arn = object_arn(*ref, id[1], call);
    return out;
  }
  return fault("s3: unknown resource type `" + std::string(type) + "`");
}

}  // namespace rolecall::s3
