#include <fmt/core.h>

#include "policy/principals.h"
#include "seed/planner.h"
#include "standing/principals.h"

namespace rolecall::seed {
namespace {

// The unique id of the user or role an ARN names; "" when there is none, now or in the file.
std::string unique_id_of(const Planner& planner, std::string_view arn) {
  if (const auto coming = planner.new_role_ids.find(arn); coming != planner.new_role_ids.end()) {
    return coming->second;
  }
  return standing::unique_id_of(planner.next, arn);
}

}  // namespace

std::string stored_trust(Planner& planner, const Document& trust) {
  return policy::rewrite_principals(
      trust.text, [&](std::string_view principal) -> std::optional<std::string> {
        if (const auto account = AccountId::parse(principal)) {
          return make_arn(kPartition, "iam", "", *account, "root");
        }
        const auto arn = ArnView::parse(principal);
        if (!arn || arn->service != "iam" ||
            !(arn->resource.starts_with("user/") || arn->resource.starts_with("role/"))) {
          return std::nullopt;
        }
        std::string id = unique_id_of(planner, principal);
        if (id.empty()) {
          planner.problems.add(
              trust.at, fmt::format("the trust policy names `{}`, which is not there", principal));
          return std::nullopt;
        }
        return id;
      });
}

std::string stored_bucket_policy(Planner& planner, const Document& policy) {
  for (const auto& principal : policy::list_principals(policy.text)) {
    if (principal.kind == "AWS" &&
        !standing::principal_exists(planner.next, kPartition, principal.value)) {
      planner.problems.add(
          policy.at, fmt::format("the policy names `{}`, which is not there", principal.value));
    }
  }
  return standing::hold_principals(planner.next, policy.text);
}

identity::PolicyRef document_of(const Document& document, policy::Kind kind) {
  return identity::make_policy(document.text, kind);
}

bool assign(identity::PolicyRef& to, std::string text, policy::Kind kind) {
  if (to != nullptr && to->text() == text) return false;
  to = identity::make_policy(std::move(text), kind);
  return true;
}

}  // namespace rolecall::seed
