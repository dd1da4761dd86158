#include "policy/lint_advice.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/ids.h"
#include "policy/lint_words.h"

namespace rolecall::policy {
namespace {

// Operations whose permission has another name, as people write them (IAM user guide, "Actions,
// resources, and condition keys for Amazon S3").
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kOtherNames = {{
    {"s3:completemultipartupload", "s3:PutObject"},
    {"s3:copyobject", "s3:GetObject and s3:PutObject"},
    {"s3:createmultipartupload", "s3:PutObject"},
    {"s3:deleteobjects", "s3:DeleteObject"},
    {"s3:headbucket", "s3:ListBucket"},
    {"s3:headobject", "s3:GetObject"},
    {"s3:listbuckets", "s3:ListAllMyBuckets"},
    {"s3:listmultipartuploads", "s3:ListBucketMultipartUploads"},
    {"s3:listobjects", "s3:ListBucket"},
    {"s3:listobjectsv2", "s3:ListBucket"},
    {"s3:listobjectversions", "s3:ListBucketVersions"},
    {"s3:listparts", "s3:ListMultipartUploadParts"},
    {"s3:uploadpart", "s3:PutObject"},
    {"s3:uploadpartcopy", "s3:GetObject and s3:PutObject"},
}};

bool is_typographic(char32_t c) {
  return (c >= 0x2010 && c <= 0x2015) || (c >= 0x2018 && c <= 0x201F) || c == 0x2212 ||
         (c >= 0x200B && c <= 0x200F) || c == 0x00A0 || c == 0xFEFF;
}

std::vector<std::string> fields_of(std::string_view text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (c == ':') {
      out.emplace_back();
    } else {
      out.back().push_back(c);
    }
  }
  return out;
}

std::string did_you_mean(const std::string& text) { return "did you mean `" + text + "`"; }

}  // namespace

std::string describe_foreign(std::optional<char32_t> c) {
  if (!c) return "bytes that are not UTF-8";
  const std::string number = fmt::format("U+{:04X}", static_cast<std::uint32_t>(*c));
  if (*c >= 0x2018 && *c <= 0x201F) {
    return "a curly quote (" + number + "); JSON takes straight quotes (\")";
  }
  if ((*c >= 0x2010 && *c <= 0x2015) || *c == 0x2212) {
    const std::string_view name = *c == 0x2013   ? "an en dash"
                                  : *c == 0x2014 ? "an em dash"
                                                 : "a dash";
    return std::string(name) + " (" + number + ") where a hyphen (-) was meant";
  }
  if (*c == 0xFEFF) return "a byte order mark (U+FEFF); save the file without it";
  if ((*c >= 0x200B && *c <= 0x200F) || *c == 0x00A0) {
    return "an invisible character (" + number + "); delete it or write a blank";
  }
  return "the character " + number +
         ", which IAM does not store: only tab, line feed, carriage return and U+0020 to U+00FF";
}

std::optional<char32_t> find_typographic(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = next_utf8(text, i);
    if (!c) return std::nullopt;
    if (is_typographic(*c)) return c;
  }
  return std::nullopt;
}

std::string principal_advice(std::string_view text) {
  if (text.find_first_of("*?") != text.npos) {
    return "a principal takes no wildcards inside: name the account and add a Condition on "
           "aws:PrincipalArn";
  }
  std::vector<std::string> fields = fields_of(text);
  if (fields.size() < 3) return "";
  bool changed = false;
  if (fields[0] != "arn" && fields[0].size() <= 4) {
    fields[0] = "arn";
    changed = true;
  }
  std::string& service = fields[2];
  if (service != "iam" && service != "sts") return "";
  // "iam:111122223333:…": a colon is missing where the region would be.
  if (fields.size() > 3 && AccountId::parse(fields[3])) {
    fields.insert(fields.begin() + 3, "");
    changed = true;
  }
  if (fields.size() < 6) return "";
  if (!fields[3].empty()) {
    fields[3].clear();
    changed = true;
  }
  const bool digits = fields[4].find_first_not_of("0123456789") == std::string::npos;
  if (digits && !fields[4].empty() && fields[4].size() != 12) {
    return fmt::format("the account ID `{}` has {} digits instead of 12", fields[4],
                       fields[4].size());
  }
  if (!AccountId::parse(fields[4])) return "";
  std::string resource = fields[5];
  for (std::size_t i = 6; i < fields.size(); ++i) resource += "/" + fields[i];
  changed = changed || fields.size() > 6;
  const std::size_t slash = resource.find('/');
  const std::string type = resource.substr(0, slash);
  const std::string rest = slash == std::string::npos ? "" : resource.substr(slash);
  static constexpr std::array<std::string_view, 5> kTypes = {"user", "role", "root", "assumed-role",
                                                             "federated-user"};
  const std::string near = suggestion(type, kTypes);
  const std::size_t from = near.find('`');
  if (from == std::string::npos) {
    return type == "group" ? "a group is no principal: name its users, or the account" : "";
  }
  const std::string right = near.substr(from + 1, near.size() - from - 2);
  const bool session = right == "assumed-role" || right == "federated-user";
  const std::string_view home = session ? "sts" : "iam";
  changed = changed || right != type || service != home;
  if (!changed || (right != "root" && rest.size() < 2)) return "";
  const std::string tail = right == "root" ? "" : rest;
  return did_you_mean(
      fmt::format("{}:{}:{}::{}:{}{}", fields[0], fields[1], home, fields[4], right, tail));
}

std::string action_advice(const CatalogueService& service, std::string_view folded) {
  const std::string whole = std::string(service.name) + ":" + std::string(folded);
  for (const auto& [written, meant] : kOtherNames) {
    if (whole == written) return "the permission for it is " + std::string(meant);
  }
  std::vector<std::string_view> names;
  for (const auto& known : service.actions) names.push_back(known.name);
  const std::string near = suggestion(folded, names);
  const std::size_t quote = near.find('`');
  if (quote == std::string::npos) return "";
  return near.substr(0, quote + 1) + std::string(service.name) + ":" + near.substr(quote + 1);
}

std::string action_with_key(const CatalogueService& service, std::string_view key) {
  const auto has = [&](const std::vector<std::uint16_t>& indices) {
    return std::any_of(indices.begin(), indices.end(), [&](std::uint16_t index) {
      return key_matches(service.keys[index].name, key);
    });
  };
  for (const CatalogueAction& action : service.actions) {
    if (has(action.keys)) return std::string(service.name) + ":" + std::string(action.name);
  }
  return "";
}

std::string_view nearest_shape(const CatalogueService& service, const CatalogueAction& action,
                               std::string_view resource) {
  const std::vector<std::string> given = fields_of(resource);
  std::string_view best;
  std::size_t best_points = 0;
  for (const std::uint16_t index : action.resources) {
    const std::string_view shape = service.resources[index].arn;
    const std::vector<std::string> fields = fields_of(shape);
    std::size_t points = 1;
    for (std::size_t i = 0; i < 5 && i < fields.size() && i < given.size(); ++i) {
      if (fields[i].empty() == given[i].empty()) points += 100;
    }
    if (fields.size() > 5 && given.size() > 5) {
      const auto& [a, b] = std::pair(fields[5], given[5]);
      points += static_cast<std::size_t>(
          std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
    }
    if (points > best_points) {
      best_points = points;
      best = shape;
    }
  }
  return best;
}

}  // namespace rolecall::policy
