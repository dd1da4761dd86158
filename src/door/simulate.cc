#include "door/simulate.h"

#include <array>

#include "base/encoding.h"
#include "base/json.h"
#include "base/time.h"
#include "identity/session_rules.h"
#include "policy/action.h"
#include "services/ec2/module.h"
#include "services/s3/module.h"
#include "standing/callers.h"
#include "standing/principals.h"

namespace rolecall::door {
namespace {

using identity::Caller;

// What only a real request has.
constexpr std::array<std::string_view, 4> kUnknownKeys = {"aws:SourceIp", "aws:UserAgent",
                                                          "aws:Referer", "aws:TokenIssueTime"};
constexpr std::string_view kSessionName = "simulated";

ApiError no_principal(std::string_view text) {
  return ApiError::validation("there is no principal `" + std::string(text) + "` on this server");
}

// A session of the role under a name of ours or the caller's.
Caller session_of(const standing::Entity& found, std::string_view partition,
                  std::string_view session_name, Instant now) {
  auto session = std::make_shared<identity::Session>();
  session->kind = identity::SessionKind::assumed_role;
  session->account = found.account->info.id;
  session->principal_id = found.role->id;
  session->name = session_name;
  session->issued = now;
  session->expires = now.plus_seconds(3'600);
  return standing::caller_of_role(found.role, std::move(session), partition);
}

Result<Caller> caller_of(std::string_view text, const identity::State& state, Instant now) {
  const auto number = AccountId::parse(text);
  const auto arn = ArnView::parse(text);
  const auto id = number ? number : arn ? AccountId::parse(arn->account) : std::nullopt;
  if (!id) {
    return ApiError::validation("`" + std::string(text) +
                                "` is no ARN of a user, role, role session or root user");
  }
  const identity::Account* account = state.account(*id);
  if (account == nullptr || account->info.closed) return no_principal(text);
  const std::string_view partition = number ? "aws" : arn->partition;
  if (number || (arn->service == "iam" && arn->resource == "root")) {
    return standing::root_caller(*id, partition);
  }
  const std::string_view type = arn->resource_type();
  if (arn->service == "iam" && (type == "user" || type == "role")) {
    const auto found = standing::find_entity(state, text);
    if (!found) return no_principal(text);
    return found->role ? session_of(*found, partition, kSessionName, now)
                       : standing::caller_of_user(*id, found->user);
  }
  if (arn->service == "sts" && type == "assumed-role") {
    const std::string_view rest = arn->resource_id();
    const std::size_t slash = rest.find('/');
    if (slash != rest.npos && slash + 1 < rest.size()) {
      standing::Entity found;
      found.account = account;
      found.role = account->roles.get(rest.substr(0, slash));
      if (found.role == nullptr) return no_principal(rest.substr(0, slash));
      return session_of(found, partition, rest.substr(slash + 1), now);
    }
  }
  return ApiError::validation("`" + std::string(text) +
                              "` cannot be simulated: only users, roles, role sessions and root "
                              "users can");
}

// Tags and trust policy of a role that exists; tags of a user.
void find_iam(services::Question& question, const identity::State& state) {
  const auto found = standing::find_entity(state, question.resource);
  if (!found) return;
  // What is found lives in the state: the question may keep pointers to it.
  if (found->role) {
    question.resource_tags = &found->role->tags;
    if (question.action.starts_with("sts:")) question.resource_policy = found->role->trust.get();
  } else if (found->user) {
    question.resource_tags = &found->user->tags;
  }
}

// Whose the resource is and what is attached to it, as the service's own resolver finds it. What is
// not there belongs to the account that its ARN names, or to the caller.
Status find_resource(services::Question& question, const services::Call& call) {
  const auto arn = ArnView::parse(question.resource);
  if (!arn) return {};
  services::ResolvedResource found;
  if (arn->service == "s3") {
    const std::size_t slash = arn->resource.find('/');
    std::vector<std::string> id = {std::string(arn->resource.substr(0, slash))};
    if (slash != arn->resource.npos) id.emplace_back(arn->resource.substr(slash + 1));
    auto resolved = s3::module().resolve(id.size() == 1 ? "bucket" : "object", id, call);
    if (!resolved) return {};  // no such bucket: policies of the principal alone speak
    found = std::move(*resolved);
  } else if (arn->service == "ec2" && arn->resource_type() == "instance" &&
             arn->account == call.account.text()) {
    const std::vector<std::string> id = {std::string(arn->resource_id())};
    auto resolved = ec2::module().resolve("instance", id, call);
    if (!resolved) return resolved.error();
    found = std::move(*resolved);
  } else if (const auto owner = AccountId::parse(arn->account)) {
    question.resource_account = *owner;
    if (arn->service == "iam") find_iam(question, call.state);
    return {};
  }
  question.resource_account = found.account;
  question.resource_policy = found.policy;
  question.resource_tags = found.tags;
  question.keys = std::move(found.keys);
  return {};
}

// The record of a refusal that no policy made.
std::string never(const Simulation& simulation, const Caller& caller, std::string_view why,
                  Instant now) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("id", "simulation").member("time", format_iso8601_millis(now)).member("requestId", "");
  w.member("principal", caller.arn).member("action", simulation.action);
  w.member("resource", simulation.resource);
  w.key("trace").begin_object();
  w.member("decision", "ExplicitlyDenied").member("summary", why);
  w.end_object();
  w.end_object();
  return out;
}

std::string region_of(const Simulation& simulation) {
  for (const auto& [name, values] : simulation.context) {
    if (equal_ignoring_case(name, "aws:RequestedRegion") && !values.empty()) return values.front();
  }
  const auto arn = ArnView::parse(simulation.resource);
  return arn && !arn->region.empty() ? std::string(arn->region) : "us-east-1";
}

}  // namespace

Status add_context(Simulation& simulation, std::string_view key_and_value) {
  const std::size_t equals = key_and_value.find('=');
  if (equals == key_and_value.npos || equals == 0) {
    return ApiError::validation("`" + std::string(key_and_value) +
                                "`: a condition key is given as KEY=VALUE");
  }
  const std::string_view key = key_and_value.substr(0, equals);
  for (auto& [name, values] : simulation.context) {
    if (equal_ignoring_case(name, key)) {
      values.emplace_back(key_and_value.substr(equals + 1));
      return {};
    }
  }
  if (simulation.context.size() == kSimulationKeysMax) {
    return ApiError::validation("too many condition keys");
  }
  simulation.context.push_back({std::string(key), {std::string(key_and_value.substr(equals + 1))}});
  return {};
}

Result<Simulation> parse_simulation_query(std::string_view query) {
  Simulation out;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())), Plus::space);
    if (!value || !is_valid_utf8(*value) || value->size() > kSimulationTextBytesMax) {
      return ApiError::validation("a parameter is too long or not percent-encoded UTF-8");
    }
    const std::string_view name = pair.substr(0, equals);
    if (name == "principal") {
      out.principal = *value;
    } else if (name == "action") {
      out.action = *value;
    } else if (name == "resource") {
      out.resource = *value;
    } else if (name == "context") {
      RC_CHECK(add_context(out, *value));
    } else {
      return ApiError::validation("there is no parameter `" + std::string(name) + "`");
    }
  }
  return out;
}

std::string format_simulation_query(const Simulation& simulation) {
  std::string out = "principal=" + percent_encode(simulation.principal) +
                    "&action=" + percent_encode(simulation.action) +
                    "&resource=" + percent_encode(simulation.resource);
  for (const auto& [name, values] : simulation.context) {
    for (const auto& value : values) out += "&context=" + percent_encode(name + "=" + value);
  }
  return out;
}

Result<guard::Judge::Reasoned> simulate(const Simulation& simulation, const identity::State& state,
                                        Instant now, const guard::JudgeTools& tools) {
  RC_TRY(const Caller caller, caller_of(simulation.principal, state, now));
  const std::string region = region_of(simulation);
  guard::RequestFacts facts;
  facts.now = now;
  facts.region = region;
  facts.tls = true;
  facts.auth_type = "REST-HEADER";
  const guard::Judge judge(caller, state, facts, wire::Dialect::query, "iam", tools);
  const services::Call call{.caller = caller,
                            .state = state,
                            .now = now,
                            .random = tools.random,
                            .ask = judge,
                            .account = caller.account,
                            .region = region,
                            .partition = partition_of_region(region),
                            .request_id = {},
                            .host = {},
                            .source_ip = {}};
  services::Question question{};
  question.action = simulation.action;
  question.resource = simulation.resource;
  RC_CHECK(find_resource(question, call));
  RC_TRY(auto reasoned, judge.reason(question, simulation.context, kUnknownKeys));
  // Some credentials may not make some calls, whatever policies say (Rules 603 to 606).
  const std::size_t colon = simulation.action.find(':');
  const std::string_view action = simulation.action;
  if (const auto refused = identity::session_restriction(caller, action.substr(0, colon),
                                                         action.substr(colon + 1))) {
    return guard::Judge::Reasoned{false, never(simulation, caller, refused->message, now)};
  }
  return reasoned;
}

}  // namespace rolecall::door
