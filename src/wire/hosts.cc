#include "wire/hosts.h"

#include <algorithm>
#include <span>
#include <vector>

#include "base/encoding.h"
#include "base/ids.h"
#include "wire/shape.h"

namespace rolecall::wire {
namespace {

struct Domain {
  std::string_view name;
  std::string_view partition;  // empty: local
  bool canonical = false;      // the partition's endpoints are told by it
};
// The longer of two that fit stands first.
constexpr Domain kDomains[] = {
    {"amazonaws.com.cn", "aws-cn", true}, {"api.amazonwebservices.com.cn", "aws-cn"},
    {"amazonaws.com", "aws", true},       {"api.aws", "aws"},
    {"c2s.ic.gov", "aws-iso", true},      {"sc2s.sgov.gov", "aws-iso-b", true},
    {"localhost.localstack.cloud", ""},   {"localhost", ""},
};

// Services with one address for a whole partition, and the region that signs there.
struct OneAddress {
  std::string_view service, partition, host, region;
};
constexpr OneAddress kOneAddress[] = {
    {"iam", "aws", "iam.amazonaws.com", "us-east-1"},
    {"iam", "aws-cn", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"},
    {"iam", "aws-us-gov", "iam.us-gov.amazonaws.com", "us-gov-west-1"},
    {"iam", "aws-iso", "iam.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"},
    {"iam", "aws-iso-b", "iam.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"},
    {"organizations", "aws", "organizations.us-east-1.amazonaws.com", "us-east-1"},
    {"organizations", "aws-cn", "organizations.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"},
    {"organizations", "aws-us-gov", "organizations.us-gov-west-1.amazonaws.com", "us-gov-west-1"},
};

const OneAddress* one_address(std::string_view service, std::string_view partition) {
  for (const auto& row : kOneAddress) {
    if (row.service == service && row.partition == partition) return &row;
  }
  return nullptr;
}

bool is_service(std::string_view label) {
  for (const Service* service : all_services()) {
    if (service->endpoint_prefix == label) return true;
  }
  return false;
}

// "us-east-1", "us-gov-west-1", "cn-north-1"
bool looks_like_region(std::string_view text) {
  const std::size_t dash = text.rfind('-');
  return dash != text.npos && dash + 1 < text.size() && text.size() - dash <= 3 &&
         text.find_first_not_of("0123456789", dash + 1) == text.npos && text.find('-') < dash;
}

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, std::min(host.find(']') + 1, host.size()));
  return host.substr(0, host.find(':'));
}

// The domain that `host` (in lower case) is a name of, or itself.
const Domain* domain_of(std::string_view host) {
  for (const Domain& domain : kDomains) {
    if (!host.ends_with(domain.name)) continue;
    const std::size_t rest = host.size() - domain.name.size();
    if (rest == 0 || host[rest - 1] == '.') return &domain;
  }
  return nullptr;
}

// Where a host without a region is signed for.
std::string_view default_region(std::string_view service, const Domain& domain) {
  if (const auto* row = one_address(service, domain.partition)) return row->region;
  if (domain.partition == "aws") return "us-east-1";
  return domain.partition == "aws-cn" ? "cn-north-1" : "";
}

std::string joined(std::span<const std::string_view> labels) {
  std::string out;
  for (const std::string_view label : labels) {
    if (!out.empty()) out.push_back('.');
    out.append(label);
  }
  return out;
}

// Service and region from what stands before the domain, its last labels first.
std::optional<HostName> from_labels(std::string_view prefix, const Domain& domain) {
  std::vector<std::string_view> labels;
  for (std::size_t begin = 0; begin <= prefix.size();) {
    const std::size_t end = std::min(prefix.find('.', begin), prefix.size());
    if (end == begin) return std::nullopt;
    labels.push_back(prefix.substr(begin, end - begin));
    begin = end + 1;
  }
  HostName out;
  out.local = domain.partition.empty();
  // "s3-eu-west-1" ends like a region, too.
  if (looks_like_region(labels.back()) && !labels.back().starts_with("s3-")) {
    out.region = labels.back();
    labels.pop_back();
  } else if (labels.back() == "us-gov") {  // iam.us-gov.amazonaws.com
    out.region = "us-gov-west-1";
    labels.pop_back();
  }
  if (!labels.empty() && labels.back() == "dualstack") labels.pop_back();
  if (labels.empty()) return std::nullopt;
  const std::string_view last = labels.back();
  if (last == "s3" || last.starts_with("s3-")) {
    // "s3-eu-west-1", the form of old.
    if (last.starts_with("s3-") && looks_like_region(last.substr(3))) out.region = last.substr(3);
    out.service = "s3";
    out.bucket = joined(std::span(labels).first(labels.size() - 1));
    return out;
  }
  out.service = last.ends_with("-fips") ? last.substr(0, last.size() - 5) : last;
  if (out.local && !(labels.size() == 1 && is_service(out.service))) {
    // What is no service of a local name is a bucket's whole name.
    out.service = "s3";
    out.region.clear();
    out.bucket = prefix;
    return out;
  }
  if (labels.size() != 1) return std::nullopt;
  if (out.region.empty() && !out.local) out.region = default_region(out.service, domain);
  return out;
}

}  // namespace

std::optional<HostName> parse_host(std::string_view host) {
  const std::string folded = ascii_lower(without_port(host));
  const Domain* domain = domain_of(folded);
  if (domain == nullptr || folded.size() == domain->name.size()) return std::nullopt;
  return from_labels(std::string_view(folded).substr(0, folded.size() - domain->name.size() - 1),
                     *domain);
}

bool is_served_host(std::string_view host) {
  return domain_of(ascii_lower(host)) != nullptr || host == "127.0.0.1" || host == "::1";
}

std::string endpoint_host(std::string_view endpoint_prefix, std::string_view region) {
  const std::string_view partition = partition_of_region(region);
  if (const auto* row = one_address(endpoint_prefix, partition)) return std::string(row->host);
  std::string_view name = "amazonaws.com";
  for (const Domain& domain : kDomains) {
    if (domain.canonical && domain.partition == partition) name = domain.name;
  }
  return std::string(endpoint_prefix).append(".").append(region).append(".").append(name);
}

std::string signing_region(std::string_view endpoint_prefix, std::string_view region) {
  const auto* row = one_address(endpoint_prefix, partition_of_region(region));
  return std::string(row != nullptr ? row->region : region);
}

bool works_without_region(std::string_view endpoint_prefix) {
  return endpoint_prefix == "sts" || one_address(endpoint_prefix, "aws") != nullptr;
}

}  // namespace rolecall::wire
