// Versions of managed policies: five at most, one of them the default.
#include <fmt/format.h>

#include <charconv>

#include "services/iam/documents.h"
#include "services/iam/limits.h"
#include "services/iam/operations.h"
#include "services/iam/paging.h"
#include "services/iam/shapes.h"

namespace rolecall::iam {
namespace {

ApiError no_such_version(std::string_view arn, std::string_view version) {
  return ApiError::no_such_entity(
      fmt::format("Policy {} version {} does not exist or is not attachable.", arn, version));
}

// "v12" → 12; 0 for anything else (the model's pattern lets "v1.x" through).
std::int32_t version_number(std::string_view id) {
  std::int32_t number = 0;
  if (!id.starts_with('v')) return 0;
  const auto [end, error] = std::from_chars(id.data() + 1, id.data() + id.size(), number);
  return error == std::errc() && end == id.data() + id.size() ? number : 0;
}

const identity::PolicyVersion* find_version(const identity::ManagedPolicy& policy,
                                            std::string_view id) {
  const std::int32_t number = version_number(id);
  for (const identity::PolicyVersion& version : policy.versions) {
    if (version.number == number) return &version;
  }
  return nullptr;
}

PolicyVersion to_version(const identity::ManagedPolicy& policy,
                         const identity::PolicyVersion& version) {
  PolicyVersion out;
  out.version_id = version_id(version.number);
  out.is_default_version = version.number == policy.default_version;
  out.create_date = version.created;
  return out;
}

}  // namespace

Result<Change<CreatePolicyVersionOutput>> create_policy_version(const CreatePolicyVersionInput& in,
                                                                const Call& call) {
  RC_TRY(const identity::ManagedPolicy* policy,
         own_policy(call, in.policy_arn, "CreatePolicyVersion"));
  RC_TRY(identity::PolicyRef document, make_document(policy::Kind::managed, in.policy_document));
  if (policy->versions.size() >= kVersionsPerPolicyMax) {
    return ApiError::limit_exceeded(
        "A managed policy can have up to 5 versions. Before you create a new version, you must "
        "delete an existing version.");
  }
  identity::ManagedPolicy changed = *policy;
  const Instant now = call.now.truncated_to_seconds();
  changed.last_version += 1;
  changed.versions.push_back(
      {.number = changed.last_version, .document = std::move(document), .created = now});
  changed.updated = now;
  if (in.set_as_default.value_or(false)) changed.default_version = changed.last_version;
  Change<CreatePolicyVersionOutput> change;
  change.output.policy_version = to_version(changed, changed.versions.back());
  put(change.events, call, std::move(changed));
  return change;
}

Result<GetPolicyVersionOutput> get_policy_version(const GetPolicyVersionInput& in,
                                                  const Call& call) {
  RC_TRY(const Managed policy, managed_named(call, in.policy_arn));
  GetPolicyVersionOutput out;
  if (policy.own) {
    const identity::PolicyVersion* version = find_version(*policy.own, in.version_id);
    if (!version) return no_such_version(in.policy_arn, in.version_id);
    out.policy_version = to_version(*policy.own, *version);
    out.policy_version->document = encoded(version->document->text());
    return out;
  }
  if (in.version_id != policy.aws->default_version_id) {
    return no_such_version(in.policy_arn, in.version_id);
  }
  PolicyVersion shown;
  shown.document = encoded(policy.aws->document()->text());
  shown.version_id = policy.aws->default_version_id;
  shown.is_default_version = true;
  shown.create_date = policy.aws->updated;
  out.policy_version = std::move(shown);
  return out;
}

Result<ListPolicyVersionsOutput> list_policy_versions(const ListPolicyVersionsInput& in,
                                                      const Call& call) {
  RC_TRY(const Page page, page_of(in));
  RC_TRY(const Managed policy, managed_named(call, in.policy_arn));
  ListPolicyVersionsOutput out;
  out.versions.emplace();
  if (policy.aws) {
    // Only the default version of AWS's policies is known here.
    PolicyVersion shown;
    shown.version_id = policy.aws->default_version_id;
    shown.is_default_version = true;
    shown.create_date = policy.aws->updated;
    out.versions->push_back(std::move(shown));
    end_page(out, std::nullopt);
    return out;
  }
  // Newest first, as AWS gives them.
  const std::int32_t before = page.after.empty() ? INT32_MAX : version_number(page.after);
  std::optional<std::string> more;
  const auto& versions = policy.own->versions;
  for (auto it = versions.rbegin(); it != versions.rend(); ++it) {
    if (it->number >= before) continue;
    if (out.versions->size() == page.items_max) {
      more = *out.versions->back().version_id;
      break;
    }
    out.versions->push_back(to_version(*policy.own, *it));
  }
  end_page(out, more);
  return out;
}

Result<Change<SetDefaultPolicyVersionOutput>> set_default_policy_version(
    const SetDefaultPolicyVersionInput& in, const Call& call) {
  RC_TRY(const identity::ManagedPolicy* policy,
         own_policy(call, in.policy_arn, "SetDefaultPolicyVersion"));
  const identity::PolicyVersion* version = find_version(*policy, in.version_id);
  if (!version) return no_such_version(in.policy_arn, in.version_id);
  Change<SetDefaultPolicyVersionOutput> change;
  if (version->number == policy->default_version) return change;
  identity::ManagedPolicy changed = *policy;
  changed.default_version = version->number;
  put(change.events, call, std::move(changed));
  return change;
}

Result<Change<DeletePolicyVersionOutput>> delete_policy_version(const DeletePolicyVersionInput& in,
                                                                const Call& call) {
  RC_TRY(const identity::ManagedPolicy* policy,
         own_policy(call, in.policy_arn, "DeletePolicyVersion"));
  const identity::PolicyVersion* version = find_version(*policy, in.version_id);
  if (!version) return no_such_version(in.policy_arn, in.version_id);
  if (version->number == policy->default_version) {
    return ApiError::delete_conflict("Cannot delete the default version of a policy.");
  }
  identity::ManagedPolicy changed = *policy;
  std::erase_if(changed.versions,
                [&](const identity::PolicyVersion& v) { return v.number == version->number; });
  Change<DeletePolicyVersionOutput> change;
  put(change.events, call, std::move(changed));
  return change;
}

}  // namespace rolecall::iam
