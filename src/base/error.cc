#include "base/error.h"

#include <cstdio>
#include <cstdlib>

namespace rolecall {

ApiError ApiError::make(int http_status, std::string code, std::string message) {
  return ApiError{std::move(code), std::move(message), http_status};
}
ApiError ApiError::validation(std::string message) {
  return make(400, "ValidationError", std::move(message));
}
ApiError ApiError::access_denied(std::string message) {
  return make(403, "AccessDenied", std::move(message));
}
ApiError ApiError::no_such_entity(std::string message) {
  return make(404, "NoSuchEntity", std::move(message));
}
ApiError ApiError::entity_already_exists(std::string message) {
  return make(409, "EntityAlreadyExists", std::move(message));
}
ApiError ApiError::delete_conflict(std::string message) {
  return make(409, "DeleteConflict", std::move(message));
}
ApiError ApiError::limit_exceeded(std::string message) {
  return make(409, "LimitExceeded", std::move(message));
}
ApiError ApiError::malformed_policy_document(std::string message) {
  return make(400, "MalformedPolicyDocument", std::move(message));
}
ApiError ApiError::invalid_input(std::string message) {
  return make(400, "InvalidInput", std::move(message));
}
ApiError ApiError::invalid_parameter_value(std::string message) {
  return make(400, "InvalidParameterValue", std::move(message));
}
ApiError ApiError::unmodifiable_entity(std::string message) {
  return make(400, "UnmodifiableEntity", std::move(message));
}
ApiError ApiError::not_implemented(std::string message) {
  return make(501, "NotImplemented", std::move(message));
}
ApiError ApiError::service_unavailable(std::string message) {
  return make(503, "ServiceUnavailable", std::move(message));
}

std::string Error::text() const {
  if (is_api()) return api().code + ": " + api().message;
  return fault().what;
}

void assertion_failed(const char* expression, const char* file, int line) {
  // The logger itself may be what broke; stderr without allocation is all that is safe here.
  std::fprintf(stderr, "rolecall: broken invariant `%s` at %s:%d\n", expression, file, line);
  std::abort();
}

}  // namespace rolecall
