// What tests of services and of the guard share: somebody who answers questions without policies,
// and a call whose surroundings stand still.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "services/core/call.h"

namespace rolecall::services::testing {

// Says yes but to the actions, the resources and the pairs ("s3:GetObject arn:…") it is told to
// refuse; remembers every question.
class FakeAsk final : public Ask {
 public:
  std::optional<ApiError> may(const Question& question) const override {
    asked.push_back(question);
    if (!deny_all && !denied.contains(std::string(question.action)) &&
        !denied.contains(question.resource) && !denied.contains(text(question))) {
      return std::nullopt;
    }
    return refuse(question);
  }

  static std::string text(const Question& question) {
    return std::string(question.action) + " " + question.resource;
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> out;
    for (const auto& question : asked) out.push_back(text(question));
    return out;
  }
  std::vector<std::string> actions() const {
    std::vector<std::string> out;
    for (const auto& question : asked) out.emplace_back(question.action);
    return out;
  }
  bool was_asked(std::string_view what) const {
    return std::ranges::any_of(asked, [&](const auto& q) { return text(q) == what; });
  }
  // The values of a condition key in the first question that was "s3:GetObject arn:…"; none when
  // there was no such question or key.
  std::vector<std::string> key_of(std::string_view what, std::string_view name) const {
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (text(asked[i]) != what) continue;
      const auto values = key(name, i);
      if (values != std::vector<std::string>{"(absent)"}) return values;
    }
    return {};
  }
  // The values of a condition key in the i-th question; {"(absent)"} when it had none.
  std::vector<std::string> key(std::string_view name, std::size_t i = 0) const {
    for (const auto& [key, values] : asked.at(i).keys) {
      if (key == name) return values;
    }
    return {"(absent)"};
  }

  std::set<std::string> denied;
  bool deny_all = false;
  std::function<ApiError(const Question&)> refuse = [](const Question& question) {
    return ApiError::access_denied("no " + std::string(question.action));
  };
  // Their actions are constants of the program; the pointers live as long as the call.
  mutable std::vector<Question> asked;
};

// One account, 111122223333, and its user dev, who calls.
struct World {
  World() {
    identity::AccountInfo info;
    info.id = account;
    state.apply_one(identity::PutAccount{info});
    caller.kind = identity::CallerKind::user;
    caller.account = account;
    caller.arn = "arn:aws:iam::111122223333:user/dev";
  }
  Call call() const {
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

  AccountId account = AccountId::from_number(111122223333);
  FakeClock clock;
  std::unique_ptr<Random> random = make_seeded_random(7);
  FakeAsk ask;
  identity::State state;
  identity::Caller caller;
};

}  // namespace rolecall::services::testing
