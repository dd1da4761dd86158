// The form of a Resource entry (Rules 23 to 27, 326).
#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "policy/problem.h"

namespace rolecall::policy {
namespace {

using json::Value;

constexpr std::array<std::string_view, 9> kPartitions = {"aws",       "aws-cn",    "aws-us-gov",
                                                         "aws-iso",   "aws-iso-b", "aws-iso-e",
                                                         "aws-iso-f", "aws-eusc",  "*"};
constexpr std::array<std::string_view, 13> kIamPaths = {"user/",
                                                        "federated-user/",
                                                        "role/",
                                                        "group/",
                                                        "instance-profile/",
                                                        "mfa/",
                                                        "server-certificate/",
                                                        "policy/",
                                                        "sms-mfa/",
                                                        "saml-provider/",
                                                        "oidc-provider/",
                                                        "report/",
                                                        "access-report/"};
// S3 resources that do have a region.
constexpr std::array<std::string_view, 6> kRegionalS3 = {
    "accesspoint/", "job/", "storage-lens", "access-grants", "async-request/", "*"};

bool has_wildcard(std::string_view text) { return text.find_first_of("*?") != text.npos; }

bool starts_with_any(std::string_view text, std::span<const std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view start) { return text.starts_with(start); });
}

// At most six; the sixth is the rest.
std::vector<std::string_view> fields_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (out.size() < 5) {
    const std::size_t colon = text.find(':');
    out.push_back(text.substr(0, colon));
    if (colon == text.npos) return out;
    text.remove_prefix(colon + 1);
  }
  out.push_back(text);
  return out;
}

// "functi*:x": a resource type that is only partly written. A lone `*` is not one.
bool has_partial_type(std::string_view resource) {
  const std::size_t colon = resource.find(':');
  if (colon == resource.npos) return false;
  const std::string_view type = resource.substr(0, colon);
  return has_wildcard(type) && type.find_first_not_of("*?") != type.npos &&
         type.find_first_of("/$") == type.npos;
}

// Fewer than six fields, yet with an empty one: cannot be completed; nor can an empty service.
bool fails_legacy(std::string_view text) {
  if (text == "*") return false;
  const auto fields = fields_of(text);
  if (fields.size() > 2 && fields[2].empty()) return true;
  return fields.size() < 6 && text.find("::") != text.npos;
}

}  // namespace

std::string resource_error(std::string_view text, Kind kind) {
  static constexpr std::string_view kVendor =
      "Resource vendor must be fully qualified and cannot contain regexes.";
  const std::string shown(text);
  if (text == "*") return "";
  const auto fields = fields_of(text);
  if (fields.size() < 2) return "Resource " + shown + " must be in ARN format or \"*\".";
  if (has_wildcard(fields[0])) return std::string(kVendor);
  const std::string_view partition = fields[1];
  const bool known =
      std::find(kPartitions.begin(), kPartitions.end(), partition) != kPartitions.end() ||
      has_wildcard(partition);
  if (!known) {  // Rule 24; shown completed
    std::string whole = "arn";
    for (std::size_t i = 1; i < 6; ++i) {
      whole += ':';
      whole += i < fields.size() ? fields[i] : "*";
    }
    return "Partition \"" + std::string(partition) + "\" is not valid for resource \"" + whole +
           "\".";
  }
  if (fields[0] != "arn") return "Resource " + shown + " must be in ARN format or \"*\".";
  if (fields.size() < 3 || has_wildcard(fields[2]) || fields[2].find('$') != fields[2].npos) {
    return std::string(kVendor);  // Rule 25
  }
  const std::string_view service = fields[2];
  const std::string_view region = fields.size() > 3 ? fields[3] : std::string_view{};
  const std::string_view resource = fields.size() > 5 ? fields[5] : std::string_view{};
  if (service == "iam" && !region.empty()) {  // Rule 26
    return "IAM resource " + shown + " cannot contain region information.";
  }
  if (service == "s3" && !region.empty() && !starts_with_any(resource, kRegionalS3)) {
    return "Resource " + shown + " can not contain region information.";
  }
  if (service == "iam" && fields.size() == 6 && resource != "*" &&
      !starts_with_any(resource, kIamPaths)) {  // Rule 27
    return "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, "
           "group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, "
           "saml-provider/, oidc-provider/, report/, access-report/.";
  }
  if (has_partial_type(resource)) return std::string(kVendor);
  const bool complete = kind == Kind::session || kind == Kind::rcp;
  if (complete && fields.size() < 6 && text.find("::") == text.npos) {  // Rule 326
    return "Resource " + shown + " must be in ARN format or \"*\".";
  }
  return "";
}

std::optional<Problem> check_resource_names(const Value& document, Kind kind) {
  std::optional<Problem> found;
  auto failed = each_statement(document, [&](const Value& statement) -> std::optional<Problem> {
    for (const char* element : {"Resource", "NotResource"}) {
      const Value* resources = statement.find(element);
      if (resources == nullptr) continue;
      // Of several faulty entries IAM's recorded answers name the first in order of text.
      const Value* first = nullptr;
      (void)each_entry(*resources, [&](const Value& entry) -> std::optional<Problem> {
        if (!resource_error(entry.text(), kind).empty() &&
            (first == nullptr || entry.text() < first->text())) {
          first = &entry;
        }
        return std::nullopt;
      });
      if (first != nullptr && !found) {
        found = Problem{resource_error(first->text(), kind), first->position()};
      }
      if (found) continue;
      auto legacy = each_entry(*resources, [](const Value& entry) -> std::optional<Problem> {
        if (!fails_legacy(entry.text())) return std::nullopt;
        return Problem{std::string(kLegacyParsing), entry.position(),
                       "`" + entry.text() + "` is no complete ARN"};
      });
      if (legacy) return legacy;
    }
    return std::nullopt;
  });
  return failed ? failed : found;
}

}  // namespace rolecall::policy
