// Policy documents on their way in and out: validated as IAM does, trust policies' principals held
// as unique ids (Rules 372 to 374), answers URL-encoded (Rule 36).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "identity/stored_policy.h"
#include "policy/kind.h"
#include "services/core/call.h"

namespace rolecall::iam {

// A policy of users, groups, roles, or a managed one; refused in IAM's words.
Result<identity::PolicyRef> make_document(policy::Kind kind, std::string_view text);

// A role's trust policy: principals must exist (Rule 44) and are replaced by their unique ids; a
// bare account number becomes the account's root ARN.
Result<identity::PolicyRef> make_trust(const services::Call& call, std::string_view text);
// As AWS shows it: ids of principals that live are their ARNs again.
std::string trust_text(const identity::State& state, const identity::StoredPolicy& trust);

// RFC 3986, as every document in an answer.
std::string encoded(std::string_view text);
std::string encoded_trust(const identity::State& state, const identity::StoredPolicy& trust);

}  // namespace rolecall::iam
