// The two ways to fail: ApiError (the caller did something wrong, said in AWS's words) and Fault
// (we could not answer). A denial by policy is neither: it is a policy::Decision until the guard
// turns it into an ApiError.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace rolecall {

// An error as an AWS service answers it. Encoded in wire/ only.
// `code` is the code on the wire ("NoSuchEntity"), `http_status` its HTTP status.
struct ApiError {
  std::string code;
  std::string message;
  int http_status = 400;
  // Further elements some protocols carry beside code and message, in order
  // (S3: BucketName, Key, Resource …; awsJson: members of the error structure).
  std::vector<std::pair<std::string, std::string>> details = {};
  // Further response headers (S3's 301 names x-amz-bucket-region).
  std::vector<std::pair<std::string, std::string>> headers = {};

  // Named factories for the codes that several services share. Message texts are AWS's
  // ("Common Errors" and each operation's page of the API references).
  static ApiError validation(std::string message);                 // ValidationError 400
  static ApiError access_denied(std::string message);              // AccessDenied 403
  static ApiError no_such_entity(std::string message);             // NoSuchEntity 404
  static ApiError entity_already_exists(std::string message);      // EntityAlreadyExists 409
  static ApiError delete_conflict(std::string message);            // DeleteConflict 409
  static ApiError limit_exceeded(std::string message);             // LimitExceeded 409
  static ApiError malformed_policy_document(std::string message);  // MalformedPolicyDocument 400
  static ApiError invalid_input(std::string message);              // InvalidInput 400
  static ApiError invalid_parameter_value(std::string message);    // InvalidParameterValue 400
  static ApiError unmodifiable_entity(std::string message);        // UnmodifiableEntity 400
  static ApiError not_implemented(std::string message);            // NotImplemented 501
  static ApiError service_unavailable(std::string message);        // ServiceUnavailable 503
  static ApiError make(int http_status, std::string code, std::string message);

  bool operator==(const ApiError&) const = default;
};

// We could not answer: the disk, a broken invariant, a peer. Clients see InternalFailure; `what`
// goes to the log beside the request id and never to the client. Must not hold a secret.
struct Fault {
  std::string what;
  bool operator==(const Fault&) const = default;
};

class Error {
 public:
  Error(ApiError error) : value_(std::move(error)) {}
  Error(Fault fault) : value_(std::move(fault)) {}

  bool is_api() const { return std::holds_alternative<ApiError>(value_); }
  // Precondition: is_api().
  const ApiError& api() const { return std::get<ApiError>(value_); }
  ApiError& api() { return std::get<ApiError>(value_); }
  // Precondition: !is_api().
  const Fault& fault() const { return std::get<Fault>(value_); }
  // For logs and tests: "code: message" or the fault's text.
  std::string text() const;

 private:
  std::variant<ApiError, Fault> value_;
};

inline Fault fault(std::string what) { return Fault{std::move(what)}; }

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

// An invariant that no input can break; on in every build.
#define RC_ASSERT(expression) \
  ((expression) ? void(0) : ::rolecall::assertion_failed(#expression, __FILE__, __LINE__))

}  // namespace rolecall
