// A small world for this room's tests: one account (or two), an administrator, a clock that stands
// still, randomness from a seed. Writes are applied as the writer would.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "services/core/testing.h"
#include "services/iam/module.h"
#include "services/iam/operations.h"

namespace rolecall::iam::testing {

inline constexpr std::string_view kAllowAll =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";
inline constexpr std::string_view kTrustEc2 =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]})";
inline constexpr std::string_view kReadOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess";

class World {
 public:
  World() {
    add_account(dev, "dev");
    add_account(prod, "prod");
    identity::User admin;
    admin.name = "admin";
    admin.path = "/rolecall/";
    admin.id = "AIDAADMINADMINADMIN00";
    admin.arn = "arn:aws:iam::111111111111:user/rolecall/admin";
    admin.created = clock.now();
    admin.from_flag = true;
    admin.access_keys = {"AKIAFLAGFLAGFLAGFLAG"};
    identity::AccessKey key;
    key.id = "AKIAFLAGFLAGFLAGFLAG";
    key.account = dev;
    key.user_name = "admin";
    key.from_flag = true;
    state.apply({identity::Put<identity::User>{dev, std::make_shared<identity::User>(admin)},
                 identity::Put<identity::AccessKey>{
                     dev, std::make_shared<identity::AccessKey>(std::move(key))}});
    become_user("admin");
  }

  void become_user(const std::string& name, AccountId account = AccountId()) {
    if (account.empty()) account = dev;
    caller = {};
    caller.kind = identity::CallerKind::user;
    caller.account = account;
    // The flag's administrator is found under a key that is no name.
    caller.user = state.account(account)->users.get(name == "admin" ? identity::kFlagUserKey
                                                                    : std::string_view(name));
    ASSERT_TRUE(caller.user) << name;
    caller.arn = caller.user->arn;
  }
  void become_root(AccountId account = AccountId()) {
    caller = {};
    caller.kind = identity::CallerKind::root;
    caller.account = account.empty() ? dev : account;
    caller.arn = "arn:aws:iam::" + caller.account.text() + ":root";
  }
  void become_role(const std::string& name) {
    caller = {};
    caller.kind = identity::CallerKind::assumed_role;
    caller.account = dev;
    caller.role = state.account(dev)->roles.get(name);
    ASSERT_TRUE(caller.role) << name;
    caller.arn = "arn:aws:sts::111111111111:assumed-role/" + name + "/s";
  }

  Call call() {
    return Call{.caller = caller,
                .state = state,
                .now = clock.now(),
                .random = *random,
                .ask = ask,
                .account = caller.account,
                .region = "us-east-1",
                .partition = "aws",
                .request_id = "request",
                .host = "localhost",
                .source_ip = "127.0.0.1"};
  }

  // Reads.
  template <class In, class Out>
  Result<Out> operator()(Result<Out> (*f)(const In&, const Call&), const In& in) {
    return f(in, call());
  }
  // Writes: applied when they succeed.
  template <class In, class Out>
  Result<Out> operator()(Result<Change<Out>> (*f)(const In&, const Call&), const In& in) {
    auto change = f(in, call());
    if (!change) return std::move(change).error();
    state.apply(change->events);
    return std::move(change->output);
  }
  // The same where nothing else is expected.
  template <class F, class In>
  auto must(F f, const In& in) {
    auto out = (*this)(f, in);
    EXPECT_TRUE(out) << (out ? "" : out.error().text());
    return out ? std::move(*out) : typename decltype(out)::value_type{};
  }
  // "CODE STATUS: message" of a refusal, "ok" for none. A refused write changes nothing.
  template <class F, class In>
  std::string refusal(F f, const In& in) {
    const std::uint64_t before = state.revision();
    auto out = (*this)(f, in);
    if (out) return "ok";
    EXPECT_EQ(state.revision(), before);
    if (!out.error().is_api()) return "fault: " + out.error().text();
    const ApiError& error = out.error().api();
    return error.code + " " + std::to_string(error.http_status) + ": " + error.message;
  }

  void user(const std::string& name, const std::string& path = "/") {
    must(create_user, CreateUserInput{.path = path, .user_name = name});
  }
  void group(const std::string& name) { must(create_group, CreateGroupInput{.group_name = name}); }
  void role(const std::string& name, std::string_view trust = kTrustEc2) {
    must(create_role,
         CreateRoleInput{.role_name = name, .assume_role_policy_document = std::string(trust)});
  }
  std::string policy(const std::string& name, std::string_view text = kAllowAll) {
    return *must(create_policy,
                 CreatePolicyInput{.policy_name = name, .policy_document = std::string(text)})
                .policy->arn;
  }
  const identity::Account& account() { return *state.account(caller.account); }

  const AccountId dev = *AccountId::parse("111111111111");
  const AccountId prod = *AccountId::parse("222222222222");
  FakeClock clock;
  std::unique_ptr<Random> random = make_seeded_random(7);
  services::testing::FakeAsk ask;
  identity::State state;
  identity::Caller caller;

 private:
  void add_account(AccountId id, const std::string& name) {
    identity::AccountInfo info;
    info.id = id;
    info.name = name;
    info.created = clock.now();
    state.apply({identity::PutAccount{info}});
  }
};

}  // namespace rolecall::iam::testing
