#include "policy/explain.h"

#include <algorithm>

#include "base/json.h"
#include "policy/exemptions.h"
#include "policy/operators.h"
#include "policy/statement.h"

namespace rolecall::policy {

using compiled::Header;
using compiled::Statement;

namespace {

// A pattern as the author wrote it, variables included.
std::string source_text(const Header& document, const compiled::Pattern& pattern) {
  const std::string_view coded = document.pool(pattern);
  std::string out;
  for (std::size_t i = 0; i < coded.size(); ++i) {
    if (coded[i] != compiled::kVariable) {
      out += decode_wildcards(coded.substr(i, 1));
      continue;
    }
    const auto low = static_cast<unsigned char>(coded[i + 1]);
    const auto high = static_cast<unsigned char>(coded[i + 2]);
    const auto& variable = document.data(document.variables)[low | high << 8];
    out += "${" + std::string(document.pool(variable.key.text, variable.key.size));
    if (variable.has_fallback != 0) {
      out += ", '" + std::string(document.pool(variable.fallback, variable.fallback_size)) + "'";
    }
    out += "}";
    i += 2;
  }
  return out;
}

class Explainer {
 public:
  Explainer(const Request& request, const Policies& policies)
      : request_(request),
        policies_(policies),
        subject_{request, request.context != nullptr ? *request.context : empty_,
                 policies.boundary.document != nullptr} {}

  Trace run() {
    Trace trace;
    trace.layers.reserve(policies_.scps.size() + policies_.rcps.size() + 5);
    trace.decision = decide(request_, policies_);
    trace.principal = request_.principal.arn;
    trace.action = request_.action == nullptr ? "" : request_.action->text();
    trace.resource = request_.resource;
    if (request_.action != nullptr) {
      chain(trace, policies_.scps, Layer::scp, scp_exemption(request_, policies_));
      chain(trace, policies_.rcps, Layer::rcp, rcp_exemption(request_, policies_));
      if (!policies_.identity.empty()) layer(trace, policies_.identity, Layer::identity);
      single(trace, policies_.boundary, Layer::boundary);
      if (!policies_.session.empty()) layer(trace, policies_.session, Layer::session);
      single(trace, policies_.resource, Layer::resource);
      single(trace, policies_.endpoint, Layer::endpoint);
    }
    trace.missing_keys = std::move(missing_);
    trace.summary = summary(trace.decision);
    return trace;
  }

 private:
  void chain(Trace& trace, std::span<const PolicySpan> levels, Layer kind,
             std::string_view exemption) {
    for (std::size_t i = 0; i < levels.size(); ++i) {
      layer(trace, levels[i], kind);
      LayerTrace& added = trace.layers.back();
      added.level = static_cast<std::uint16_t>(i);
      added.considered = exemption.empty();
      added.note = exemption;
    }
  }
  void single(Trace& trace, const PolicyRef& policy, Layer kind) {
    if (policy.document != nullptr) layer(trace, {&policy, 1}, kind);
  }

  void layer(Trace& trace, PolicySpan policies, Layer kind) {
    LayerTrace& out = trace.layers.emplace_back();
    out.layer = kind;
    out.policies.reserve(policies.size());
    for (const PolicyRef& policy : policies) {
      PolicyTrace& added = out.policies.emplace_back();
      added.name = policy.name;
      if (policy.document == nullptr) continue;
      const Header& document = policy.document->compiled();
      added.readable = document.readable != 0;
      if (!added.readable) out.denies = true;
      acts_.assign(document.statement_count, 0);
      for_each_candidate(document, *request_.action, [&](std::uint16_t at) { acts_[at] = 1; });
      added.statements.reserve(document.statement_count);
      for (std::uint16_t i = 0; i < document.statement_count; ++i) {
        StatementTrace& it = added.statements.emplace_back();
        statement(document, i, acts_[i] != 0, it);
        if (!it.applies()) continue;
        (it.effect == Effect::deny ? out.denies : out.allows) = true;
      }
    }
  }

  void statement(const Header& document, std::uint16_t index, bool acts, StatementTrace& out) {
    const Statement& source = document.data(document.statements)[index];
    out.index = index;
    out.sid = document.pool(source.sid, source.sid_size);
    out.effect = source.deny() ? Effect::deny : Effect::allow;
    out.action_matched = acts;
    if (!acts) return;
    out.resource_matched = match_resource(document, source, subject_);
    out.principal_matched =
        !has_principal(document.kind) || match_principal(document, source, subject_) != Grant::none;
    out.conditions_matched = true;
    const bool otherwise = out.action_matched && out.resource_matched && out.principal_matched;
    for (std::size_t i = 0; i < source.condition_count; ++i) {
      const auto& condition = document.data(document.conditions)[source.conditions + i];
      const bool matched = match_condition(document, condition, source, subject_.context);
      out.conditions_matched = out.conditions_matched && matched;
      if (otherwise) out.conditions.push_back(trace_condition(document, condition, matched));
    }
  }

  ConditionTrace trace_condition(const Header& document, const compiled::Condition& condition,
                                 bool matched) {
    ConditionTrace out;
    out.op = operator_name(
        {condition.op, condition.negated(), condition.if_exists(), condition.quantifier()});
    out.key = condition.key.known == compiled::kNamedKey
                  ? std::string(document.pool(condition.key.text, condition.key.size))
                  : std::string(key_name(static_cast<Key>(condition.key.known)));
    out.matched = matched;
    for (std::size_t i = 0; i < condition.value_count; ++i) {
      const auto& value = document.data(document.values)[condition.values + i];
      out.policy_values.push_back(source_text(document, value.pattern));
      note_missing_variables(document, value.pattern);
    }
    const auto values = subject_.context.find(out.key);
    out.key_present = values.present();
    for (const std::string_view value : values) out.request_values.emplace_back(value);
    if (!values.present()) note_missing(out.key);
    return out;
  }

  void note_missing_variables(const Header& document, const compiled::Pattern& pattern) {
    if (pattern.shape != compiled::Shape::template_) return;
    const std::string_view coded = document.pool(pattern);
    for (std::size_t i = 0; i < coded.size(); ++i) {
      if (coded[i] != compiled::kVariable) continue;
      const auto low = static_cast<unsigned char>(coded[i + 1]);
      const auto high = static_cast<unsigned char>(coded[i + 2]);
      const auto& variable = document.data(document.variables)[low | high << 8];
      const std::string key(document.pool(variable.key.text, variable.key.size));
      if (!subject_.context.find(key).present()) note_missing(key);
      i += 2;
    }
  }

  void note_missing(const std::string& key) {
    if (std::find(missing_.begin(), missing_.end(), key) == missing_.end()) {
      missing_.push_back(key);
    }
  }

  std::string summary(const Decision& decision) const {
    switch (decision.reason) {
      case Reason::identity_allow:
        return "an identity policy allows it and nothing denies it";
      case Reason::resource_allow:
        return decision.trust ? "the role's trust policy allows it"
                              : "the resource's own policy allows it";
      case Reason::both_allow:
        return "the caller's policies and the resource's policy both allow it, as is needed here";
      case Reason::root_user:
        return "the root user is allowed everything in its own account";
      case Reason::needs_no_permission:
        return "the call needs no permission";
      case Reason::credential_kind:
        return "this kind of credentials cannot make the call, whatever policies say";
      case Reason::unreadable_policy:
        return "a policy of this layer cannot be read, so nothing is allowed";
      case Reason::invalid_request:
        return "the request names no action";
      case Reason::explicit_deny:
      case Reason::no_allow:
        break;
    }
    return denial_reason(request_, policies_, decision);
  }

  const Request& request_;
  const Policies& policies_;
  const Context empty_;
  Subject subject_;
  std::vector<std::string> missing_;
  std::vector<std::uint8_t> acts_;  // of the policy at hand: whose action matches
};

void write_condition(json::Writer& w, const ConditionTrace& condition) {
  w.begin_object();
  w.member("operator", condition.op).member("key", condition.key);
  w.key("policyValues").begin_array();
  for (const auto& value : condition.policy_values) w.string(value);
  w.end_array().key("requestValues").begin_array();
  for (const auto& value : condition.request_values) w.string(value);
  w.end_array();
  w.key("keyPresent").boolean(condition.key_present);
  w.key("matched").boolean(condition.matched);
  w.end_object();
}

void write_statement(json::Writer& w, const StatementTrace& statement) {
  w.begin_object().key("index").integer(statement.index);
  if (!statement.sid.empty()) w.member("sid", statement.sid);
  w.member("effect", statement.effect == Effect::deny ? "Deny" : "Allow");
  w.key("principalMatched").boolean(statement.principal_matched);
  w.key("actionMatched").boolean(statement.action_matched);
  w.key("resourceMatched").boolean(statement.resource_matched);
  w.key("conditionsMatched").boolean(statement.conditions_matched);
  w.key("applies").boolean(statement.applies());
  if (!statement.conditions.empty()) {
    w.key("conditions").begin_array();
    for (const auto& condition : statement.conditions) write_condition(w, condition);
    w.end_array();
  }
  w.end_object();
}

std::string join(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

void tree_statement(std::string& out, const StatementTrace& statement) {
  out += "      ";
  out += statement.applies() ? "* " : "- ";
  out += statement.effect == Effect::deny ? "Deny" : "Allow";
  out += " statement " + std::to_string(statement.index + 1);
  if (!statement.sid.empty()) out.append(" (").append(statement.sid).append(")");
  if (statement.applies()) {
    out += " applies\n";
  } else {
    out += ": ";
    std::vector<std::string> misses;
    if (!statement.action_matched) {
      out += "another action\n";
      return;
    }
    if (!statement.principal_matched) misses.emplace_back("another principal");
    if (!statement.resource_matched) misses.emplace_back("another resource");
    if (!statement.conditions_matched) misses.emplace_back("condition not met");
    out += join(misses) + "\n";
  }
  for (const auto& condition : statement.conditions) {
    out += "          ";
    out += condition.matched ? "met: " : "not met: ";
    out += condition.op + " " + condition.key + " [" + join(condition.policy_values) + "], ";
    out += condition.key_present ? "request has [" + join(condition.request_values) + "]"
                                 : std::string("request has no such key");
    out += "\n";
  }
}

}  // namespace

Trace explain(const Request& request, const Policies& policies) {
  return Explainer(request, policies).run();
}

std::string to_json(const Trace& trace) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("decision", outcome_name(trace.decision));
  w.member("reason", reason_name(trace.decision.reason));
  w.member("layer", layer_name(trace.decision.layer));
  const auto number = [&](std::string_view name, std::uint16_t value) {
    if (value != Decision::kNone) w.key(name).integer(value);
  };
  number("level", trace.decision.level);
  number("policy", trace.decision.policy);
  number("statement", trace.decision.statement);
  w.member("summary", trace.summary);
  w.member("principal", trace.principal);
  w.member("action", trace.action).member("resource", trace.resource);
  w.key("missingContextKeys").begin_array();
  for (const auto& key : trace.missing_keys) w.string(key);
  w.end_array().key("layers").begin_array();
  for (const LayerTrace& layer : trace.layers) {
    w.begin_object().member("layer", layer_name(layer.layer));
    number("level", layer.level);
    w.key("considered").boolean(layer.considered);
    if (!layer.note.empty()) w.member("note", layer.note);
    w.key("allows").boolean(layer.allows);
    w.key("denies").boolean(layer.denies);
    w.key("policies").begin_array();
    for (const PolicyTrace& policy : layer.policies) {
      w.begin_object().member("name", policy.name);
      w.key("readable").boolean(policy.readable);
      w.key("statements").begin_array();
      for (const auto& statement : policy.statements) write_statement(w, statement);
      w.end_array().end_object();
    }
    w.end_array().end_object();
  }
  w.end_array().end_object();
  return out;
}

std::string to_tree(const Trace& trace) {
  std::string out = std::string(outcome_name(trace.decision)) + ": " + trace.summary + "\n";
  out += "  " + trace.principal + " asks for " + trace.action + " on " + trace.resource + "\n";
  for (const LayerTrace& layer : trace.layers) {
    out += "  ";
    out += layer_name(layer.layer);
    if (layer.level != Decision::kNone) out += " level " + std::to_string(layer.level + 1);
    if (!layer.considered) {
      out.append(": not considered, ").append(layer.note);
    } else if (layer.denies) {
      out += ": denies";
    } else {
      out += layer.allows ? ": allows" : ": silent";
    }
    out += "\n";
    for (const PolicyTrace& policy : layer.policies) {
      out.append("    ").append(policy.name);
      out += policy.readable ? "\n" : " (unreadable)\n";
      for (const auto& statement : policy.statements) tree_statement(out, statement);
    }
  }
  if (!trace.missing_keys.empty()) {
    out += "  keys the request did not carry: " + join(trace.missing_keys) + "\n";
  }
  return out;
}

}  // namespace rolecall::policy
