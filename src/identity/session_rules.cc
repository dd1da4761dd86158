#include "identity/session_rules.h"

namespace rolecall::identity {
namespace {

ApiError not_with_session(std::string_view operation) {
  return ApiError::access_denied("Cannot call " + std::string(operation) +
                                 " with session credentials");
}

// Rule 605: IAM does not say that the session lacks MFA; it does not know the token.
ApiError unknown_token() {
  return ApiError::make(403, "InvalidClientTokenId",
                        "The security token included in the request is invalid");
}

}  // namespace

std::optional<ApiError> session_restriction(const Caller& caller, std::string_view service,
                                            std::string_view operation) {
  if (!caller.is_temporary()) return std::nullopt;
  const Session& session = *caller.session;
  if (service == "sts") {
    if (operation == "GetCallerIdentity") return std::nullopt;
    switch (session.kind) {
      case SessionKind::assumed_role:  // Rule 603
        if (operation == "GetSessionToken" || operation == "GetFederationToken") {
          return not_with_session(operation);
        }
        return std::nullopt;
      case SessionKind::session_token:  // Rule 604
        if (operation == "AssumeRole") return std::nullopt;
        return not_with_session(operation);
      case SessionKind::federated_user:  // Rule 606
        return not_with_session(operation);
    }
    return not_with_session(operation);
  }
  if (service == "iam") {
    if (session.kind == SessionKind::session_token && !session.mfa_at) return unknown_token();
    if (session.kind == SessionKind::federated_user) return unknown_token();
  }
  return std::nullopt;
}

}  // namespace rolecall::identity
