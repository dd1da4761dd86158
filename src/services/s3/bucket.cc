#include "services/s3/bucket.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/json.h"
#include "services/s3/errors.h"
#include "services/s3/facts.h"

namespace rolecall::s3 {

namespace {

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool looks_like_ipv4(std::string_view name) {
  int dots = 0;
  for (char c : name) {
    if (c == '.') {
      ++dots;
    } else if (c < '0' || c > '9') {
      return false;
    }
  }
  return dots == 3;
}

// Calls `visit` for every string of a member that is a string or a list of strings.
template <class Visit>
void each_text(const json::Value* value, const Visit& visit) {
  if (value == nullptr) return;
  if (value->is_string()) visit(std::string_view(value->text()));
  for (const json::Value& item : value->items()) visit(std::string_view(item.text()));
}

bool names_everyone(const json::Value& statement) {
  if (statement.find("NotPrincipal") != nullptr) return true;
  const json::Value* principal = statement.find("Principal");
  if (principal == nullptr) return false;
  bool everyone = false;
  auto see = [&](std::string_view text) { everyone = everyone || text == "*"; };
  if (principal->is_object()) {
    for (const json::Member& member : principal->members()) each_text(&member.value, see);
  } else {
    each_text(principal, see);
  }
  return everyone;
}

// Keys that, with fixed values, keep a statement from being public.
constexpr std::string_view kNarrowingKeys[] = {"aws:principalaccount",
                                               "aws:principalarn",
                                               "aws:principalorgid",
                                               "aws:principalorgpaths",
                                               "aws:sourcearn",
                                               "aws:sourcevpc",
                                               "aws:sourcevpce",
                                               "aws:sourceowner",
                                               "aws:sourceaccount",
                                               "aws:sourceorgid",
                                               "aws:userid",
                                               "aws:sourceip",
                                               "aws:sourceorgpaths",
                                               "s3:dataaccesspointarn",
                                               "s3:dataaccesspointaccount",
                                               "s3:x-amz-server-side-encryption-aws-kms-key-id"};

// A condition narrows when a positive operator holds one of these keys to fixed values.
bool narrows(const json::Value& statement) {
  const json::Value* condition = statement.find("Condition");
  if (condition == nullptr) return false;
  for (const json::Member& block : condition->members()) {
    std::string op = ascii_lower(block.name);
    if (auto colon = op.find(':'); colon != std::string::npos) {
      if (op.starts_with("forallvalues:")) continue;  // holds when there is no value
      op = op.substr(colon + 1);
    }
    if (op.ends_with("ifexists")) continue;  // holds when there is no value
    const bool positive = op == "stringequals" || op == "stringlike" || op == "arnequals" ||
                          op == "arnlike" || op == "ipaddress" || op == "stringequalsignorecase";
    if (!positive) continue;
    for (const json::Member& entry : block.value.members()) {
      const std::string key = ascii_lower(entry.name);
      if (std::find(std::begin(kNarrowingKeys), std::end(kNarrowingKeys), key) ==
          std::end(kNarrowingKeys)) {
        continue;
      }
      bool fixed = true;
      each_text(&entry.value, [&](std::string_view text) {
        if (op == "ipaddress") {
          // Wide ranges are the world: "0.0.0.0/0" and any prefix shorter than 8 bits (IPv6: 32).
          auto slash = text.find('/');
          if (slash == std::string_view::npos) return;
          const int bits = std::atoi(std::string(text.substr(slash + 1)).c_str());
          if (bits < (text.find(':') == std::string_view::npos ? 8 : 32)) fixed = false;
        } else if (text.find("${") != std::string_view::npos) {
          fixed = false;
        } else if (text.find_first_of("*?") != std::string_view::npos) {
          // A pattern counts as fixed where it names an account or an organization.
          if (text.starts_with("*") || text.starts_with("arn:*")) fixed = false;
          if (key == "aws:userid" || key.starts_with("aws:sourcevpc")) fixed = false;
        }
      });
      if (fixed) return true;
    }
  }
  return false;
}

}  // namespace

std::optional<BucketRef> find_bucket(const identity::State& state, std::string_view name) {
  const std::string key = identity::resource_key(kBucketType, name);
  const identity::GlobalName* global = state.global_name(key);
  if (global == nullptr) return std::nullopt;
  const identity::Account* account = state.account(global->account);
  const identity::Resource* bucket = account == nullptr ? nullptr : account->resources.find(key);
  if (bucket == nullptr) return std::nullopt;
  return BucketRef{global->account, bucket};
}

Result<BucketRef> open_bucket(const identity::State& state, std::string_view name,
                              const std::optional<std::string>& expected_owner) {
  auto ref = find_bucket(state, name);
  if (!ref) return no_such_bucket(name);
  if (expected_owner && *expected_owner != ref->owner.text()) return plain_access_denied();
  return *ref;
}

Status bucket_unchanged(const identity::State& newest, const BucketRef& ref) {
  auto now = find_bucket(newest, ref.name());
  if (!now || now->owner != ref.owner || now->bucket->created != ref.bucket->created) {
    return no_such_bucket(ref.name());
  }
  return {};
}

std::optional<ApiError> check_bucket_name(std::string_view name) {
  auto invalid = [&] {
    ApiError e = ApiError::make(400, "InvalidBucketName", "The specified bucket is not valid.");
    e.details = {{"BucketName", std::string(name)}};
    return e;
  };
  if (name.size() < 3 || name.size() > 63) return invalid();
  if (!is_lower_or_digit(name.front()) || !is_lower_or_digit(name.back())) return invalid();
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (!is_lower_or_digit(c) && c != '-' && c != '.') return invalid();
    if (c == '.' && name[i + 1] == '.') return invalid();  // the last one is no dot
  }
  if (looks_like_ipv4(name)) return invalid();
  for (std::string_view prefix : {"xn--", "sthree-", "amzn-s3-demo-"}) {
    if (name.starts_with(prefix)) return invalid();
  }
  for (std::string_view suffix : {"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"}) {
    if (name.ends_with(suffix)) return invalid();
  }
  return std::nullopt;
}

std::optional<ApiError> check_key(std::string_view key) {
  if (key.size() > kKeyBytesMax) {
    ApiError e = ApiError::make(400, "KeyTooLongError", "Your key is too long");
    e.details = {{"Size", std::to_string(key.size())},
                 {"MaxSizeAllowed", std::to_string(kKeyBytesMax)}};
    return e;
  }
  if (!is_valid_utf8(key)) {
    return ApiError::make(400, "InvalidURI", "Couldn't parse the specified URI.");
  }
  return std::nullopt;
}

std::optional<PublicAccessBlock> public_access_block(const identity::Resource& bucket) {
  std::string_view text = bucket.property(property::kPublicAccessBlock);
  if (text.size() != 4) return std::nullopt;
  return PublicAccessBlock{text[0] == '1', text[1] == '1', text[2] == '1', text[3] == '1'};
}

bool is_public_policy(std::string_view text) {
  auto document = json::parse(text);
  if (!document) return true;  // what cannot be read is not known to be private
  const json::Value* statements = document->find("Statement");
  if (statements == nullptr) return false;
  auto is_public = [](const json::Value& statement) {
    return statement.find_text("Effect") == "Allow" && names_everyone(statement) &&
           !narrows(statement);
  };
  if (statements->is_object()) return is_public(*statements);
  return std::any_of(statements->items().begin(), statements->items().end(), is_public);
}

bool has_public_policy(const identity::Resource& bucket) {
  if (bucket.policy == nullptr) return false;
  const std::string_view known = bucket.property(property::kPolicyIsPublic);
  return known.empty() ? is_public_policy(bucket.policy->text()) : known == "true";
}

const identity::StoredPolicy* policy_for(const BucketRef& ref, const identity::Caller& caller) {
  const identity::Resource& bucket = *ref.bucket;
  // A public policy then counts for the bucket's own account and for AWS services only. Without it
  // no grant is left to strangers; its Deny statements need no saying where nothing is allowed.
  if (caller.account != ref.owner && caller.kind != identity::CallerKind::service) {
    const auto block = public_access_block(bucket);
    if (block && block->restrict_buckets && has_public_policy(bucket)) return nullptr;
  }
  return bucket.policy.get();
}

std::string bucket_arn(const BucketRef& ref, const services::Call& call) {
  return make_arn(call.partition, "s3", "", AccountId(), ref.name());
}

std::string object_arn(const BucketRef& ref, std::string_view key, const services::Call& call) {
  std::string resource = ref.name();
  resource.append("/").append(key);
  return make_arn(call.partition, "s3", "", AccountId(), resource);
}

services::Question bucket_question(std::string_view action, const BucketRef& ref,
                                   const services::Call& call) {
  services::Question q{action, bucket_arn(ref, call), ref.owner};
  q.resource_policy = policy_for(ref, call.caller);
  return q;
}

services::Question object_question(std::string_view action, const BucketRef& ref,
                                   std::string_view key, const store::ObjectRow* row,
                                   const services::Call& call) {
  services::Question q{action, object_arn(ref, key, call), ref.owner};
  q.resource_policy = policy_for(ref, call.caller);
  if (row != nullptr) {
    for (const auto& [name, value] : row->attributes) {
      if (!name.starts_with(fact::kTag)) continue;
      q.keys.emplace_back("s3:ExistingObjectTag/" + name.substr(fact::kTag.size()),
                          std::vector<std::string>{value});
    }
  }
  return q;
}

Status ask(const services::Call& call, const services::Question& question) {
  if (auto refusal = call.ask.may(question)) return *std::move(refusal);
  return {};
}

Error missing_key(const BucketRef& ref, std::string_view key, const services::Call& call) {
  if (auto refusal = call.ask.may(bucket_question("s3:ListBucket", ref, call))) return *refusal;
  return no_such_key(key);
}

std::string canonical_id(const identity::State& state, AccountId account) {
  const identity::Account* found = state.account(account);
  return found == nullptr ? std::string() : found->info.canonical_id;
}

}  // namespace rolecall::s3
