#include "seed/flags.h"

#include <fmt/core.h>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "identity/ids.h"
#include "policy/kind.h"
#include "seed/planner.h"

namespace rolecall::seed {
namespace {

constexpr std::string_view kEverything =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";

identity::Event key_event(const KeyFlag& flag, std::string user_name, Effects effects) {
  identity::AccessKey key;
  key.id = flag.access_key_id;
  key.account = flag.account;
  key.user_name = std::move(user_name);
  key.secret = flag.secret;
  key.created = effects.now;
  key.from_flag = true;
  return identity::Put<identity::AccessKey>{
      flag.account, std::make_shared<const identity::AccessKey>(std::move(key))};
}

Status check_free(const identity::State& state, const KeyFlag& flag) {
  const identity::AccessKey* there = state.access_key(flag.access_key_id);
  if (there == nullptr || there->from_flag) return {};
  return fault(fmt::format("the access key {} is there already", flag.access_key_id));
}

std::string admin_id(AccountId account) {
  const auto digest = crypto::sha256("rolecall admin " + account.text());
  return std::string(identity::kUserIdPrefix) + base32_encode(as_text(digest)).substr(0, 17);
}

}  // namespace

Result<AccountFlag> parse_account_flag(std::string_view text) {
  const std::size_t equals = text.find('=');
  const auto id =
      equals == std::string_view::npos ? std::nullopt : AccountId::parse(text.substr(equals + 1));
  if (!id || equals == 0) {
    return fault(fmt::format("`{}` is not NAME=ID with an ID of twelve digits", text));
  }
  return AccountFlag{std::string(text.substr(0, equals)), *id};
}

Result<KeyFlag> parse_key_flag(std::string_view text) {
  const std::size_t first = text.find(':');
  const std::size_t second = first == std::string_view::npos ? first : text.find(':', first + 1);
  const auto id =
      second == std::string_view::npos ? std::nullopt : AccountId::parse(text.substr(0, first));
  if (!id || second == first + 1 || second + 1 == text.size()) {
    return fault("a key flag is ID:ACCESS_KEY_ID:SECRET with an ID of twelve digits");
  }
  return KeyFlag{*id, std::string(text.substr(first + 1, second - first - 1)),
                 Secret(std::string(text.substr(second + 1)))};
}

identity::Events account_events(const identity::State& state, AccountId id, std::string_view name,
                                Effects effects) {
  if (state.account(id) != nullptr) return {};
  identity::AccountInfo info;
  info.id = id;
  info.name = std::string(name);
  info.canonical_id = identity::make_canonical_id(effects.random);
  info.created = effects.now;
  return {identity::PutAccount{std::move(info)}};
}

Result<identity::Events> root_key_events(const identity::State& state, const KeyFlag& flag,
                                         Effects effects) {
  RC_CHECK(check_free(state, flag));
  return identity::Events{key_event(flag, "", effects)};
}

Result<identity::Events> admin_key_events(const identity::State& state, const KeyFlag& flag,
                                          Effects effects) {
  RC_CHECK(check_free(state, flag));
  const identity::Account* account = state.account(flag.account);
  const identity::User* there =
      account == nullptr ? nullptr : account->users.find(identity::kFlagUserKey);
  identity::User user;
  if (there != nullptr) user = *there;  // a second key of the same administrator
  user.name = std::string(kAdminName);
  user.path = std::string(kAdminPath);
  user.id = admin_id(flag.account);
  user.arn = make_arn(kPartition, "iam", "", flag.account,
                      fmt::format("user{}{}", kAdminPath, kAdminName));
  if (there == nullptr) user.created = effects.now;
  user.from_flag = true;
  user.grants.inline_policies = {
      {"AdministratorAccess",
       identity::make_policy(std::string(kEverything), policy::Kind::inline_)}};
  user.access_keys.push_back(flag.access_key_id);
  identity::Events events;
  events.push_back(identity::Put<identity::User>{
      flag.account, std::make_shared<const identity::User>(std::move(user))});
  events.push_back(key_event(flag, std::string(identity::kFlagUserKey), effects));
  return events;
}

}  // namespace rolecall::seed
