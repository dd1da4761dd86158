// One call in CloudTrail's record format ("CloudTrail record contents", "CloudTrail userIdentity
// element"). The front door fills it with views of what it has at hand and writes it at once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace rolecall::audit {

enum class CallerType : std::uint8_t {
  anonymous,  // printed as AWSAccount with principalId ANONYMOUS_PRINCIPAL
  root,
  iam_user,
  assumed_role,
  federated_user,
  aws_account,  // somebody of another account, as its resource's owner sees him
  aws_service,
  unknown  // the credentials were none of ours
};

// Empty views are left out of the record.
struct UserIdentity {
  CallerType type = CallerType::unknown;
  std::string_view principal_id;
  std::string_view arn;
  std::string_view account_id;
  std::string_view access_key_id;
  std::string_view user_name;
  std::string_view invoked_by;  // "AWS Internal" or a service's host name

  // Temporary credentials only. The issuer is the role, or the user or root behind the session.
  bool has_session = false;
  std::string_view issuer_type;  // "Role", "IAMUser", "Root"; "" prints no sessionIssuer
  std::string_view issuer_principal_id;
  std::string_view issuer_arn;
  std::string_view issuer_account_id;
  std::string_view issuer_user_name;
  Instant session_created;
  bool mfa = false;
  std::string_view source_identity;
  std::string_view federated_provider;
};

struct RecordResource {
  std::string_view arn;
  std::string_view account_id;
  std::string_view type;  // "AWS::S3::Bucket"; may be empty
};

// CloudTrail's own limits ("CloudTrail record contents"): strangers write some of these texts, and
// nobody's disk is theirs to fill.
inline constexpr std::size_t kUserAgentBytesMax = 1024;
inline constexpr std::size_t kErrorBytesMax = 1024;
inline constexpr std::size_t kElementsBytesMax = 100 * 1024;
// In place of request parameters and response elements that are larger.
inline constexpr std::string_view kOmitted = R"({"omitted":true})";
// The beginning of `text`, whole characters of UTF-8.
std::string_view cut_text(std::string_view text, std::size_t bytes_max);

// Views must live until append_json() returns.
struct Record {
  UserIdentity identity;
  Instant time;
  std::string_view event_source;  // "iam.amazonaws.com"
  std::string_view event_name;    // "CreateRole"
  std::string_view region;
  std::string_view source_ip;
  std::string_view user_agent;
  std::string_view error_code;  // "" when the call succeeded
  std::string_view error_message;
  // JSON objects, members with a small first letter and free of is_secret_member()s; empty
  // prints null. CloudTrail gives responseElements of writes only.
  std::string_view request_parameters;
  std::string_view response_elements;
  // Values are texts: {"decisionId", "d-…"}.
  std::vector<std::pair<std::string_view, std::string_view>> additional = {};
  std::string_view request_id;
  std::string_view event_id;  // a UUID
  bool read_only = false;
  bool management_event = true;  // false: object data (s3:GetObject)
  std::vector<RecordResource> resources = {};
  std::string_view recipient_account_id;
  std::string_view tls_version;  // "TLSv1.3"; "" when unknown or plain HTTP
  std::string_view tls_cipher;
  std::string_view tls_host;
};

// Appends one line of JSON, without its newline.
void append_json(std::string& out, const Record& record);

}  // namespace rolecall::audit
