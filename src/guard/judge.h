// May they? One Judge for one call: it gathers what applies to the caller once, and answers every
// question that the call raises by asking policy::decide. No service has its own idea of
// permission.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/authorization_message.h"
#include "base/random.h"
#include "guard/authenticate.h"
#include "identity/caller.h"
#include "identity/state.h"
#include "policy/decision.h"
#include "policy/explain.h"
#include "services/core/call.h"

namespace rolecall::guard {

// What is known of the request beside its caller: the source of the global condition keys
// (AWS: "AWS global condition context keys"). Views live as long as the call.
struct RequestFacts {
  Instant now;
  std::string_view region;
  std::string_view source_ip;
  std::string_view user_agent;
  std::string_view referer;
  bool has_referer = false;
  bool tls = false;
  std::string_view request_id;
  std::string_view auth_type;  // s3:authType: "REST-HEADER", "REST-QUERY-STRING"; "" when anonymous
  std::string_view content_sha256;  // s3:x-amz-content-sha256, "" when absent
};

// Keeps what `explain` shows. Any thread; must not block.
class DecisionSink {
 public:
  virtual ~DecisionSink() = default;
  virtual void keep(std::string id, std::string record_json) = 0;
};

// What a refusal left behind, for the audit record and the answer's headers.
struct Refusal {
  std::string decision_id;
  std::string action;
  std::string resource;
};

struct JudgeTools {
  DecisionSink& decisions;
  const audit::AuthorizationMessages& messages;
  Random& random;
};

class Judge final : public services::Ask {
 public:
  // All must outlive the Judge.
  Judge(const identity::Caller& caller, const identity::State& state, const RequestFacts& facts,
        wire::Dialect dialect, std::string_view service, const JudgeTools& tools);
  ~Judge() override;

  std::optional<ApiError> may(const services::Question& question) const override;

  // The same question, answered with its whole reason instead of kept: `record` is what `explain`
  // shows (audit/decision_record.h). `context` replaces what the request would carry under these
  // keys; keys in `unknown` are left out. An ApiError when the action is none.
  using Keys = std::vector<std::pair<std::string, std::vector<std::string>>>;
  struct Reasoned {
    bool allowed = false;
    std::string record;
  };
  Result<Reasoned> reason(const services::Question& question, const Keys& context,
                          std::span<const std::string_view> unknown) const;

  // The last question that was refused; nullopt: none was.
  const std::optional<Refusal>& refusal() const { return refusal_; }

 private:
  struct Gathered;
  const Gathered& gathered() const;
  void fill_context(policy::Context& context, const services::Question& question,
                    std::string_view action_service, AccountId resource_account) const;
  struct Weighed;
  void weigh(const services::Question& question, const policy::Action& action, Weighed& out) const;
  std::string record_of(std::string_view id, const policy::Request& request,
                        const policy::Trace& trace, const services::Question& question) const;
  ApiError refuse(const policy::Request& request, const policy::Policies& policies,
                  const policy::Decision& decision, const services::Question& question) const;

  const identity::Caller& caller_;
  const identity::State& state_;
  const RequestFacts& facts_;
  wire::Dialect dialect_;
  std::string_view service_;
  const JudgeTools& tools_;
  mutable std::unique_ptr<Gathered> gathered_;
  mutable std::optional<Refusal> refusal_;
};

}  // namespace rolecall::guard
