// Why a decision fell as it did: every layer, policy, statement and condition, as a value, as JSON
// and as a tree for people. A second, separate pass: decide() pays nothing for it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/decision.h"

namespace rolecall::policy {

struct ConditionTrace {
  std::string op;  // as normalised: "ForAllValues:StringLikeIfExists"
  std::string key;
  std::vector<std::string> policy_values;
  std::vector<std::string> request_values;
  bool key_present = false;
  bool matched = false;
};

struct StatementTrace {
  std::uint16_t index = 0;
  std::string_view sid;  // in the document
  Effect effect = Effect::deny;
  bool action_matched = false;
  // These three are looked at only when the action matched.
  bool principal_matched = true;  // true where the kind has none
  bool resource_matched = false;
  bool conditions_matched = false;
  std::vector<ConditionTrace> conditions;  // evaluated whenever action and resource matched
  bool applies() const {
    return principal_matched && action_matched && resource_matched && conditions_matched;
  }
};

struct PolicyTrace {
  std::string_view name;  // the PolicyRef's
  bool readable = true;
  std::vector<StatementTrace> statements;
};

struct LayerTrace {
  Layer layer = Layer::none;
  std::uint16_t level = Decision::kNone;
  bool considered = true;  // false: exempt, `note` says why
  bool allows = false;
  bool denies = false;
  std::string_view note;  // a literal
  std::vector<PolicyTrace> policies;
};

struct Trace {
  Decision decision;
  std::string principal, action, resource;
  std::vector<LayerTrace> layers;
  // Keys that some statement, matching otherwise, asked for and the request did not carry.
  std::vector<std::string> missing_keys;
  // Rules that decided, for people who want to look them up.
  std::string summary;
};

// The trace refers to the documents and names of `policies`: use it while they live.
Trace explain(const Request& request, const Policies& policies);
std::string to_json(const Trace& trace);
// Indented lines, UTF-8, ending in a newline.
std::string to_tree(const Trace& trace);

}  // namespace rolecall::policy
