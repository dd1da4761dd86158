// Which policies a principal is simulated with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/iam/directory.h"

namespace rolecall::iam {

// One policy that takes part, under the name answers give it.
struct SimulatedPolicy {
  std::string id;  // "AdministratorAccess", "user_bea_limits", "PolicyInputList.1"
  identity::PolicyRef document;
};

// A user, group or role with all its policies (a user's groups' too).
struct SimulatedPrincipal {
  const identity::User* user = nullptr;
  const identity::Role* role = nullptr;
  const identity::Group* group = nullptr;
  std::vector<SimulatedPolicy> policies;
  SimulatedPolicy boundary;  // document null: there is none
};

// NoSuchEntity when the ARN names nothing in the caller's account, InvalidInput when it is not one
// of a user, group or role.
Result<SimulatedPrincipal> simulated_principal(const Call& call, std::string_view arn);

// Texts given with the call: "PolicyInputList.1" … InvalidInput when one is no policy.
Result<std::vector<SimulatedPolicy>> given_policies(const std::vector<std::string>& texts,
                                                    std::string_view list_name);

// Where each statement of a policy begins and ends: lines and columns from 1, the end after the
// last character. In the order of the statements.
struct StatementSpan {
  std::int32_t start_line = 1, start_column = 1, end_line = 1, end_column = 1;
};
std::vector<StatementSpan> statement_spans(std::string_view text);

// Condition keys and policy variables that a policy's text asks for, in order, each once.
void collect_context_keys(std::string_view text, std::vector<std::string>& keys);

}  // namespace rolecall::iam
