#include "policy/lint_words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/encoding.h"
#include "policy/keys.h"
#include "policy/match.h"

namespace rolecall::policy {
namespace {

// Edits between two folded names: insert, delete, replace, swap neighbours.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        now[j] = std::min(now[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 48> kGlobalTypes = {{
    {"aws:CalledVia", "ArrayOfString"},
    {"aws:CalledViaFirst", "String"},
    {"aws:CalledViaLast", "String"},
    {"aws:ChatbotSourceArn", "ARN"},
    {"aws:CurrentTime", "Date"},
    {"aws:Ec2InstanceSourcePrivateIPv4", "IPAddress"},
    {"aws:Ec2InstanceSourceVpc", "String"},
    {"aws:EpochTime", "Date"},
    {"aws:FederatedProvider", "String"},
    {"aws:MultiFactorAuthAge", "Numeric"},
    {"aws:MultiFactorAuthPresent", "Bool"},
    {"aws:PrincipalAccount", "String"},
    {"aws:PrincipalArn", "ARN"},
    {"aws:PrincipalIsAWSService", "Bool"},
    {"aws:PrincipalOrgID", "String"},
    {"aws:PrincipalOrgPaths", "ArrayOfString"},
    {"aws:PrincipalServiceName", "String"},
    {"aws:PrincipalServiceNamesList", "ArrayOfString"},
    {"aws:PrincipalType", "String"},
    {"aws:referer", "String"},
    {"aws:RequestedRegion", "String"},
    {"aws:ResourceAccount", "String"},
    {"aws:ResourceOrgID", "String"},
    {"aws:ResourceOrgPaths", "ArrayOfString"},
    {"aws:SecureTransport", "Bool"},
    {"aws:SourceAccount", "String"},
    {"aws:SourceArn", "ARN"},
    {"aws:SourceIdentity", "String"},
    {"aws:SourceIp", "IPAddress"},
    {"aws:SourceOrgID", "String"},
    {"aws:SourceOrgPaths", "ArrayOfString"},
    {"aws:SourceOwner", "String"},
    {"aws:SourceVpc", "String"},
    {"aws:SourceVpcArn", "ARN"},
    {"aws:SourceVpce", "String"},
    {"aws:TagKeys", "ArrayOfString"},
    {"aws:TokenIssueTime", "Date"},
    {"aws:UserAgent", "String"},
    {"aws:userid", "String"},
    {"aws:username", "String"},
    {"aws:ViaAWSService", "Bool"},
    {"aws:VpcSourceIp", "IPAddress"},
    {"aws:VpceAccount", "String"},
    {"aws:VpceOrgID", "String"},
    {"aws:VpceOrgPaths", "ArrayOfString"},
    {"aws:AssumedRoot", "Bool"},
    {"aws:IsMcpServiceAction", "Bool"},
    {"aws:SigninSessionArn", "ARN"},
}};
constexpr std::array<std::string_view, 3> kTagPrefixes = {"aws:PrincipalTag/", "aws:RequestTag/",
                                                          "aws:ResourceTag/"};

}  // namespace

std::string suggestion(std::string_view name, std::span<const std::string_view> known) {
  const std::string folded = ascii_lower(name);
  const std::size_t enough = std::max<std::size_t>(2, name.size() / 4);
  std::size_t best = enough + 1;
  std::string_view nearest;
  for (const std::string_view candidate : known) {
    const std::size_t longer = std::max(candidate.size(), folded.size());
    const std::size_t shorter = std::min(candidate.size(), folded.size());
    if (longer - shorter >= best) continue;
    const std::size_t edits = distance(folded, ascii_lower(candidate));
    if (edits < best) {
      best = edits;
      nearest = candidate;
    }
  }
  return nearest.empty() ? "" : "did you mean `" + std::string(nearest) + "`";
}

std::string global_type(std::string_view key) {
  for (const std::string_view prefix : kTagPrefixes) {
    if (starts_with_ignoring_case(key, prefix) && key.size() > prefix.size()) return "String";
  }
  for (const auto& [name, type] : kGlobalTypes) {
    if (equal_ignoring_case(name, key)) return std::string(type);
  }
  return "";
}

const std::vector<std::string_view>& global_names() {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> out;
    for (const auto& [name, type] : kGlobalTypes) out.push_back(name);
    return out;
  }();
  return kNames;
}

std::string global_suggestion(std::string_view key) {
  const std::size_t slash = key.find('/');
  if (slash == key.npos) return suggestion(key, global_names());
  const std::string near = suggestion(key.substr(0, slash + 1), kTagPrefixes);
  if (near.empty()) return "";
  return near.substr(0, near.size() - 1) + std::string(key.substr(slash + 1)) + "`";
}

const std::vector<std::string_view>& operator_names() {
  static const std::vector<std::string_view> kNames = {"StringEquals",
                                                       "StringNotEquals",
                                                       "StringEqualsIgnoreCase",
                                                       "StringNotEqualsIgnoreCase",
                                                       "StringLike",
                                                       "StringNotLike",
                                                       "NumericEquals",
                                                       "NumericNotEquals",
                                                       "NumericLessThan",
                                                       "NumericLessThanEquals",
                                                       "NumericGreaterThan",
                                                       "NumericGreaterThanEquals",
                                                       "DateEquals",
                                                       "DateNotEquals",
                                                       "DateLessThan",
                                                       "DateLessThanEquals",
                                                       "DateGreaterThan",
                                                       "DateGreaterThanEquals",
                                                       "Bool",
                                                       "BinaryEquals",
                                                       "IpAddress",
                                                       "NotIpAddress",
                                                       "ArnEquals",
                                                       "ArnLike",
                                                       "ArnNotEquals",
                                                       "ArnNotLike",
                                                       "Null"};
  return kNames;
}

bool key_matches(std::string_view catalogued, std::string_view key) {
  const std::size_t placeholder = catalogued.find("${");
  if (placeholder == catalogued.npos) return equal_ignoring_case(catalogued, key);
  return starts_with_ignoring_case(key, catalogued.substr(0, placeholder));
}

bool may_overlap(std::string_view shape, std::string_view pattern) {
  // Both are turned into patterns of `*`; two such patterns overlap unless their literal beginnings
  // or endings contradict each other. Good enough to warn by: it errs towards "may".
  std::string a, b;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape.substr(i).starts_with("${")) {
      i = std::min(shape.find('}', i), shape.size() - 1);
      a += '*';
    } else {
      a += shape[i];
    }
  }
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern.substr(i).starts_with("${")) {
      i = std::min(pattern.find('}', i), pattern.size() - 1);
      b += '*';
    } else {
      b += pattern[i] == '?' ? '*' : pattern[i];
    }
  }
  const std::size_t colons = static_cast<std::size_t>(std::count(b.begin(), b.end(), ':'));
  if (colons < 5) b += '*';
  const auto agree = [](std::string_view x, std::string_view y) {
    for (std::size_t i = 0; i < x.size() && i < y.size(); ++i) {
      if (x[i] == '*' || y[i] == '*') return true;
      if (x[i] != y[i]) return false;
    }
    return x.size() == y.size() || (x.size() < y.size() ? y[x.size()] : x[y.size()]) == '*';
  };
  // Segment by segment for the first five, unless a `*` may reach over colons.
  std::string_view x = a, y = b;
  for (int i = 0; i < 5; ++i) {
    const std::size_t ex = x.find(':'), ey = y.find(':');
    if (ex == x.npos || ey == y.npos) return true;
    if (!agree(x.substr(0, ex), y.substr(0, ey))) return false;
    x.remove_prefix(ex + 1);
    y.remove_prefix(ey + 1);
  }
  if (!agree(x, y)) return false;
  // What is literal in both from the end must agree as well, and `bucket/key` needs its slash.
  const std::string rx(x.rbegin(), x.rend()), ry(y.rbegin(), y.rend());
  if (!agree(rx, ry)) return false;
  if (y.find('*') == y.npos) {
    // A literal: fewer separators than the shape's literal ones cannot fit it.
    return std::count(y.begin(), y.end(), '/') >= std::count(x.begin(), x.end(), '/');
  }
  // "${BucketName}" has no slash; a pattern that demands one reaches objects only.
  if (x == "*" && a.starts_with("arn:*:s3:") && y.find('/') != y.npos) return false;
  return true;
}

std::string better_operator(const Operator& op, std::string_view type) {
  const ValueType has = value_type(op.op);
  if (has == ValueType::null) return "";
  if (type == "ARN" && has != ValueType::arn && has != ValueType::string) return "ArnLike";
  if (type == "IPAddress" && has != ValueType::ip) return op.negated ? "NotIpAddress" : "IpAddress";
  if (type == "Bool" && has != ValueType::boolean && has != ValueType::string) return "Bool";
  if ((type == "Numeric" || type == "Long" || type == "Integer") && has != ValueType::number) {
    return "a Numeric operator";
  }
  if (type == "Date" && has != ValueType::date && has != ValueType::number) {
    return "a Date operator";
  }
  if (type == "String" && (has == ValueType::ip || has == ValueType::date)) {
    return "a String operator";
  }
  return "";
}

}  // namespace rolecall::policy
