#include "audit/record.h"

#include "base/json.h"

namespace rolecall::audit {
namespace {

constexpr std::string_view kEventVersion = "1.11";

std::string_view type_name(CallerType type) {
  switch (type) {
    case CallerType::root:
      return "Root";
    case CallerType::iam_user:
      return "IAMUser";
    case CallerType::assumed_role:
      return "AssumedRole";
    case CallerType::federated_user:
      return "FederatedUser";
    case CallerType::anonymous:
    case CallerType::aws_account:
      return "AWSAccount";
    case CallerType::aws_service:
      return "AWSService";
    case CallerType::unknown:
      break;
  }
  return "Unknown";
}

void member(json::Writer& w, std::string_view name, std::string_view value) {
  if (!value.empty()) w.member(name, value);
}

void flag(json::Writer& w, std::string_view name, bool value) { w.key(name).boolean(value); }

void write_session(json::Writer& w, const UserIdentity& who) {
  w.key("sessionContext").begin_object();
  if (!who.issuer_type.empty()) {
    w.key("sessionIssuer").begin_object();
    w.member("type", who.issuer_type);
    member(w, "principalId", who.issuer_principal_id);
    member(w, "arn", who.issuer_arn);
    member(w, "accountId", who.issuer_account_id);
    member(w, "userName", who.issuer_user_name);
    w.end_object();
  }
  if (!who.federated_provider.empty()) {
    w.key("webIdFederationData").begin_object();
    w.member("federatedProvider", who.federated_provider);
    w.end_object();
  }
  w.key("attributes").begin_object();
  w.member("creationDate", format_iso8601(who.session_created));
  w.member("mfaAuthenticated", who.mfa ? "true" : "false");  // texts, as CloudTrail has them
  w.end_object();
  member(w, "sourceIdentity", who.source_identity);
  w.end_object();
}

void write_identity(json::Writer& w, const UserIdentity& who) {
  w.key("userIdentity").begin_object();
  w.member("type", type_name(who.type));
  if (who.type == CallerType::anonymous) {
    w.member("principalId", "");
    w.member("accountId", "ANONYMOUS_PRINCIPAL");
  } else {
    member(w, "principalId", who.principal_id);
    member(w, "arn", who.arn);
    member(w, "accountId", who.account_id);
    member(w, "accessKeyId", who.access_key_id);
    member(w, "userName", who.user_name);
    if (who.has_session) write_session(w, who);
  }
  member(w, "invokedBy", who.invoked_by);
  w.end_object();
}

void write_json(json::Writer& w, std::string_view name, std::string_view value) {
  w.key(name);
  if (value.empty()) {
    w.null();
  } else {
    w.raw(value);
  }
}

}  // namespace

void append_json(std::string& out, const Record& record) {
  out.reserve(out.size() + 1'024 + record.request_parameters.size() +
              record.response_elements.size());
  json::Writer w(out);
  w.begin_object();
  w.member("eventVersion", kEventVersion);
  write_identity(w, record.identity);
  w.member("eventTime", format_iso8601(record.time));
  w.member("eventSource", record.event_source);
  w.member("eventName", record.event_name);
  w.member("awsRegion", record.region);
  w.member("sourceIPAddress", record.source_ip);
  w.member("userAgent", record.user_agent);
  member(w, "errorCode", record.error_code);
  member(w, "errorMessage", record.error_message);
  write_json(w, "requestParameters", record.request_parameters);
  write_json(w, "responseElements", record.response_elements);
  if (!record.additional.empty()) {
    w.key("additionalEventData").begin_object();
    for (const auto& [name, value] : record.additional) w.member(name, value);
    w.end_object();
  }
  w.member("requestID", record.request_id);
  w.member("eventID", record.event_id);
  flag(w, "readOnly", record.read_only);
  if (!record.resources.empty()) {
    w.key("resources").begin_array();
    for (const auto& resource : record.resources) {
      w.begin_object();
      member(w, "accountId", resource.account_id);
      member(w, "type", resource.type);
      w.member("ARN", resource.arn);
      w.end_object();
    }
    w.end_array();
  }
  w.member("eventType", "AwsApiCall");
  flag(w, "managementEvent", record.management_event);
  member(w, "recipientAccountId", record.recipient_account_id);
  w.member("eventCategory", record.management_event ? "Management" : "Data");
  if (!record.tls_version.empty() || !record.tls_host.empty()) {
    w.key("tlsDetails").begin_object();
    member(w, "tlsVersion", record.tls_version);
    member(w, "cipherSuite", record.tls_cipher);
    member(w, "clientProvidedHostHeader", record.tls_host);
    w.end_object();
  }
  w.end_object();
}

std::string_view cut_text(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace rolecall::audit
