#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/encoding.h"
#include "base/json.h"
#include "identity/ids.h"
#include "policy/validate.h"
#include "seed/reader.h"

namespace rolecall::seed {
namespace {

bool all_of(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           more.find(c) != std::string_view::npos;
  });
}

// "IAM names" of users, roles, groups, policies; lengths are the models'.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && all_of(text, "_+=,.@-");
}
bool is_policy_name(std::string_view text) {
  return !text.empty() && text.size() <= 128 && all_of(text, "_+=,.@-");
}
bool is_path(std::string_view text) {
  return text.size() <= 512 && text.starts_with('/') && text.ends_with('/') &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}
// Units and organization policies have names of any characters (CreateOrganizationalUnit,
// CreatePolicy); a slash would end the name in the path of a unit.
bool is_any_name(std::string_view text) {
  const auto characters =
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
  return characters >= 1 && characters <= 128;
}
bool is_unit_name(std::string_view text) {
  return is_any_name(text) && text.find('/') == std::string_view::npos;
}
bool is_account_id(std::string_view text) { return AccountId::parse(text).has_value(); }
bool is_account_name(std::string_view text) { return !text.empty() && text.size() <= 50; }
bool is_alias(std::string_view text) {
  return text.size() >= 3 && text.size() <= 63 && all_of(text, "-") && ascii_lower(text) == text &&
         !text.starts_with('-') && !text.ends_with('-');
}
bool is_key_id(std::string_view text) {
  return identity::is_access_key_id(text) && text.starts_with("AKIA");
}
bool is_secret(std::string_view text) { return text.size() == 40; }
bool is_bucket_name(std::string_view text) {
  return text.size() >= 3 && text.size() <= 63 && all_of(text, ".-") && ascii_lower(text) == text &&
         all_of(text.substr(0, 1), "") && all_of(text.substr(text.size() - 1), "");
}
bool is_region(std::string_view text) {
  return std::count(text.begin(), text.end(), '-') >= 2 && all_of(text, "-");
}
bool is_status(std::string_view text) { return text == "active" || text == "inactive"; }
bool is_policy_type(std::string_view text) { return text == "scp" || text == "rcp"; }
bool is_seed(std::string_view text) {
  const auto bytes = base32_decode(text);
  return bytes && bytes->size() >= 10;
}

constexpr std::string_view kNameForm = "a name (letters, digits, _+=,.@-)";
constexpr std::string_view kUnitNameForm = "a unit's name (1 to 128 characters, no /)";
constexpr std::string_view kControlNameForm = "a policy's name (1 to 128 characters)";
constexpr std::size_t kUnitDepthMax = 5;  // below the root ("Quotas for AWS Organizations")
constexpr std::string_view kPathForm = "a path (begins and ends with /)";

class Parser {
 public:
  Parser(const ParseOptions& options, Problems& problems)
      : options_(options), problems_(problems) {}

  Seed file(const Node& node) {
    Seed seed;
    seed.file = options_.name;
    MapReader in(node, "the file", problems_);
    if (const Node* value = in.get("organization")) seed.organization = organization(*value);
    in.each("accounts", [&](const Node& item) { seed.accounts.push_back(account(item)); });
    std::set<std::string> names;
    std::set<AccountId> ids;
    for (const Account& account : seed.accounts) {
      const bool new_name = account.name.empty() || names.insert(account.name).second;
      const bool new_id = account.id.empty() || ids.insert(account.id).second;
      if (!new_name || !new_id) {
        problems_.add(account.at, "this account stands in the file twice");
      }
    }
    return seed;
  }

 private:
  // A policy: a map as YAML, a text of JSON, or {file: PATH}.
  Document document(const Node& node, policy::Kind kind, std::string_view bucket = {}) {
    Document out{{}, node.at};
    const Node* file = node.is_map() && node.members.size() == 1 ? node.find("file") : nullptr;
    if (file != nullptr && file->is_text()) {
      if (!options_.read_file) {
        problems_.add(file->at, "files cannot be read here");
        return out;
      }
      auto read = options_.read_file(file->text);
      if (!read) {
        problems_.add(file->at,
                      fmt::format("cannot read `{}`: {}", file->text, read.error().text()));
        return out;
      }
      out.text = std::string(trim(*read));
    } else if (node.is_map()) {
      out.text = to_json(node);
    } else if (node.is_text()) {
      out.text = std::string(trim(node.text));
      if (const auto parsed = json::parse(out.text); !parsed) {
        problems_.add(node.at, fmt::format("the policy is no JSON: line {}, column {}: {}",
                                           parsed.error().at.line, parsed.error().at.column,
                                           parsed.error().message));
        return out;
      }
    } else {
      problems_.add(node.at, "a policy is a map, a JSON text or `file: PATH`");
      return out;
    }
    policy::ValidateOptions options;
    options.bucket = bucket;
    if (const auto wrong = policy::validate(kind, out.text, options)) {
      problems_.add(node.at, fmt::format("{}: {}", wrong->code, wrong->message));
    }
    return out;
  }

  Document need_document(MapReader& in, std::string_view key, policy::Kind kind,
                         std::string_view bucket = {}) {
    const Node* value = in.need(key);
    return value == nullptr ? Document{{}, in.at()} : document(*value, kind, bucket);
  }

  Grants grants(MapReader& in) {
    Grants out;
    out.attach = in.texts("attach");
    if (const Node* value = in.get("inline")) {
      if (!value->is_map()) problems_.add(value->at, "`inline` must be a map: name → policy");
      std::set<std::string> names;
      for (const auto& member : value->members) {
        if (!is_policy_name(member.name)) {
          problems_.add(member.at, fmt::format("`{}` is not {}", member.name, kNameForm));
        } else if (!names.insert(ascii_lower(member.name)).second) {
          problems_.add(member.at, fmt::format("inline policy `{}` stands here twice "
                                               "(case does not count)",
                                               member.name));
        }
        out.inline_policies.push_back({member.name, document(member.value, policy::Kind::inline_)});
      }
    }
    return out;
  }

  std::string path(MapReader& in) {
    std::string text = in.text("path", is_path, kPathForm);
    return text.empty() ? "/" : text;
  }

  std::optional<std::pair<std::string, Place>> boundary(MapReader& in) {
    const Node* value = in.get("boundary");
    if (value == nullptr) return std::nullopt;
    if (!value->is_text()) {
      problems_.add(value->at, "`boundary` must be a policy's name or ARN");
      return std::nullopt;
    }
    return std::pair(value->text, value->at);
  }

  AccessKey access_key(const Node& node) {
    MapReader in(node, "an access key", problems_);
    AccessKey out;
    out.id = in.need_text("id", is_key_id, "an access key id (AKIA and 16 letters or digits)");
    if (!out.id.empty() && !key_ids_.insert(out.id).second) {
      problems_.add(node.at, fmt::format("the access key {} stands in the file twice", out.id));
    }
    // Secrets stay out of messages: only the form is told.
    if (const Node* value = in.need("secret"); value != nullptr) {
      if (!value->is_text() || !is_secret(value->text)) {
        problems_.add(value->at, "`secret` must be 40 characters long");
      } else {
        out.secret = Secret(value->text);
      }
    }
    out.active = in.text("status", is_status, "active or inactive") != "inactive";
    return out;
  }

  User user(const Node& node) {
    MapReader in(node, "a user", problems_);
    User out;
    out.at = node.at;
    out.name = in.need_text("name", is_name, kNameForm);
    out.path = path(in);
    out.groups = in.texts("groups");
    out.grants = grants(in);
    out.boundary = boundary(in);
    out.tags = in.tags();
    in.each("access_keys", [&](const Node& item) { out.access_keys.push_back(access_key(item)); });
    if (const Node* value = in.get("mfa")) {
      MapReader mfa(*value, "mfa", problems_);
      Mfa device;
      device.name = mfa.text("name", is_name, kNameForm);
      if (device.name.empty()) device.name = out.name;
      if (const Node* seed = mfa.need("seed"); seed != nullptr) {
        if (!seed->is_text() || !is_seed(seed->text)) {
          problems_.add(seed->at, "`seed` must be base32 of 10 bytes or more");
        } else {
          device.seed = Secret(*base32_decode(seed->text));
        }
      }
      out.mfa = std::move(device);
    }
    return out;
  }

  Group group(const Node& node) {
    MapReader in(node, "a group", problems_);
    Group out;
    out.at = node.at;
    out.name = in.need_text("name", is_policy_name, kNameForm);
    out.path = path(in);
    out.grants = grants(in);
    return out;
  }

  Role role(const Node& node) {
    MapReader in(node, "a role", problems_);
    Role out;
    out.at = node.at;
    out.name = in.need_text("name", is_name, kNameForm);
    out.path = path(in);
    if (const auto text = in.text("description"); !text.empty()) out.description = text;
    out.max_session_seconds =
        static_cast<std::int32_t>(in.number("max_session_seconds", 3'600, 43'200).value_or(3'600));
    out.trust = need_document(in, "trust", policy::Kind::trust);
    out.grants = grants(in);
    out.boundary = boundary(in);
    out.tags = in.tags();
    return out;
  }

  ManagedPolicy managed(const Node& node) {
    MapReader in(node, "a policy", problems_);
    ManagedPolicy out;
    out.at = node.at;
    out.name = in.need_text("name", is_policy_name, kNameForm);
    out.path = path(in);
    out.description = in.text("description");
    out.document = need_document(in, "document", policy::Kind::managed);
    out.tags = in.tags();
    return out;
  }

  InstanceProfile instance_profile(const Node& node) {
    MapReader in(node, "an instance profile", problems_);
    InstanceProfile out;
    out.at = node.at;
    out.name = in.need_text("name", is_policy_name, kNameForm);
    out.path = path(in);
    out.role = in.text("role", is_name, kNameForm);
    return out;
  }

  Bucket bucket(const Node& node) {
    MapReader in(node, "a bucket", problems_);
    Bucket out;
    out.at = node.at;
    out.name = in.need_text("name", is_bucket_name, "a bucket's name");
    if (auto region = in.text("region", is_region, "a region"); !region.empty()) {
      out.region = std::move(region);
    }
    if (const Node* value = in.get("policy")) {
      out.policy = document(*value, policy::Kind::bucket, out.name);
    }
    out.tags = in.tags();
    return out;
  }

  template <class T>
  void unique_names(const std::vector<T>& list, std::string_view what,
                    std::string_view where = "in the account") {
    std::set<std::string> names;
    for (const T& item : list) {
      if (!item.name.empty() && !names.insert(ascii_lower(item.name)).second) {
        problems_.add(item.at, fmt::format("{} `{}` stands {} twice", what, item.name, where));
      }
    }
  }

  Account account(const Node& node) {
    MapReader in(node, "an account", problems_);
    Account out;
    out.at = node.at;
    out.name = in.need_text("name", is_account_name, "an account's name (1 to 50 characters)");
    out.id = AccountId::parse(in.need_text("id", is_account_id,
                                           "twelve digits (quote them, or a leading 0 is lost)"))
                 .value_or(AccountId());
    out.email = in.text("email");
    out.alias = in.text("alias", is_alias, "an account alias");
    if (const Node* value = in.get("root_access_key")) out.root_key = access_key(*value);
    in.each("policies", [&](const Node& item) { out.policies.push_back(managed(item)); });
    in.each("groups", [&](const Node& item) { out.groups.push_back(group(item)); });
    in.each("users", [&](const Node& item) { out.users.push_back(user(item)); });
    in.each("roles", [&](const Node& item) { out.roles.push_back(role(item)); });
    in.each("instance_profiles",
            [&](const Node& item) { out.instance_profiles.push_back(instance_profile(item)); });
    in.each("buckets", [&](const Node& item) { out.buckets.push_back(bucket(item)); });
    unique_names(out.policies, "policy");
    unique_names(out.groups, "group");
    unique_names(out.users, "user");
    unique_names(out.roles, "role");
    unique_names(out.instance_profiles, "instance profile");
    unique_names(out.buckets, "bucket");
    return out;
  }

  // `depth` of what stands in `out`: 1 below the root.
  void unit_members(MapReader& in, Unit& out, std::size_t depth) {
    out.accounts = in.texts("accounts");
    in.each("units", [&](const Node& item) {
      MapReader inner(item, "a unit", problems_);
      Unit unit;
      unit.at = item.at;
      unit.name = inner.need_text("name", is_unit_name, kUnitNameForm);
      if (depth > kUnitDepthMax) {
        problems_.add(item.at, fmt::format("units nest {} deep at most", kUnitDepthMax));
      }
      if (depth == 1 && unit.name == "root") {
        problems_.add(item.at, "`root` is the root itself; call this unit otherwise");
      }
      unit_members(inner, unit, depth + 1);
      out.units.push_back(std::move(unit));
    });
    unique_names(out.units, "unit", "under its parent");
  }

  Organization organization(const Node& node) {
    MapReader in(node, "the organization", problems_);
    Organization out;
    out.at = node.at;
    if (const Node* value = in.need("management"); value != nullptr) {
      if (!value->is_text()) problems_.add(value->at, "`management` must be an account's name");
      out.management = {value->text, value->at};
    }
    unit_members(in, out.root, 1);
    in.each("policies", [&](const Node& item) {
      MapReader inner(item, "an organization policy", problems_);
      ControlPolicy policy;
      policy.at = item.at;
      policy.name = inner.need_text("name", is_any_name, kControlNameForm);
      if (policy.name == "FullAWSAccess" || policy.name == "RCPFullAWSAccess") {
        problems_.add(item.at, fmt::format("`{}` is AWS's own policy and on every node already",
                                           policy.name));
      }
      policy.description = inner.text("description");
      policy.rcp = inner.need_text("type", is_policy_type, "scp or rcp") == "rcp";
      policy.document =
          need_document(inner, "document", policy.rcp ? policy::Kind::rcp : policy::Kind::scp);
      policy.attach = inner.texts("attach");
      out.policies.push_back(std::move(policy));
    });
    unique_names(out.policies, "organization policy", "in the organization");
    return out;
  }

  const ParseOptions& options_;
  Problems& problems_;
  std::set<std::string> key_ids_;
};

}  // namespace

Result<Seed> parse(std::string_view text, const ParseOptions& options) {
  Problems problems{options.name, {}};
  auto node = read_yaml(text);
  if (!node) {
    problems.list.push_back(std::move(node.error()));
    return problems.fault();
  }
  Seed seed = Parser(options, problems).file(*node);
  if (!problems.list.empty()) return problems.fault();
  return seed;
}

}  // namespace rolecall::seed
