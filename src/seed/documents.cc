#include <fmt/core.h>

#include "policy/principals.h"
#include "seed/planner.h"

namespace rolecall::seed {
namespace {

// The unique id of the user or role an ARN names; "" when there is none, now or in the file.
std::string unique_id_of(const Planner& planner, std::string_view text, const ArnView& arn) {
  if (const auto coming = planner.new_role_ids.find(text); coming != planner.new_role_ids.end()) {
    return coming->second;
  }
  const auto account_id = AccountId::parse(arn.account);
  const identity::Account* account = account_id ? planner.next.account(*account_id) : nullptr;
  if (account == nullptr) return {};
  if (arn.resource.starts_with("user/")) {
    const identity::User* user = arn.resource == "user/rolecall/admin"
                                     ? account->users.find(identity::kFlagUserKey)
                                     : nullptr;
    if (user == nullptr) user = account->users.find(arn.resource_name());
    return user != nullptr && user->arn == text ? user->id : std::string();
  }
  const identity::Role* role = account->roles.find(arn.resource_name());
  return role != nullptr && role->arn == text ? role->id : std::string();
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
        std::string id = unique_id_of(planner, principal, *arn);
        if (id.empty()) {
          planner.problems.add(
              trust.at, fmt::format("the trust policy names `{}`, which is not there", principal));
          return std::nullopt;
        }
        return id;
      });
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
