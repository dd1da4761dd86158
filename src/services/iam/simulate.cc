// SimulatePrincipalPolicy, SimulateCustomPolicy and the GetContextKeys… pair. The answers come from
// the evaluator that decides real calls; nothing here has an opinion of its own.
#include "services/iam/simulate.h"

#include <fmt/format.h>

#include <charconv>

#include "base/encoding.h"
#include "policy/decision.h"
#include "policy/document.h"
#include "policy/explain.h"
#include "policy/validate.h"
#include "services/iam/operations.h"
#include "services/iam/paging.h"
#include "standing/organization.h"

namespace rolecall::iam {
namespace {

// Actions times resources in one call: each pair is decided and explained.
constexpr std::size_t kSimulatedPairsMax = 10'000;

// A layer's policies with what naming their statements needs.
struct Layer {
  std::vector<SimulatedPolicy> policies;
  std::vector<policy::PolicyRef> refs;
  std::vector<std::vector<StatementSpan>> spans;

  explicit Layer(std::vector<SimulatedPolicy> given) : policies(std::move(given)) {
    for (const SimulatedPolicy& policy : policies) {
      refs.push_back({&policy.document->compiled(), policy.id});
      spans.push_back(statement_spans(policy.document->text()));
    }
  }
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;
};

// Everything that stays the same for all pairs of one call.
struct Simulation {
  Layer identity;
  Layer boundary;
  Layer resource;
  std::vector<standing::PolicyList> scp_levels;
  std::vector<policy::PolicySpan> scps;
  AccountId management_account;
  policy::Principal principal;
  policy::Context context;
  AccountId resource_owner;
  bool in_organization = false;

  Simulation(std::vector<SimulatedPolicy> identity_policies,
             std::vector<SimulatedPolicy> boundary_policies,
             std::vector<SimulatedPolicy> resource_policies)
      : identity(std::move(identity_policies)),
        boundary(std::move(boundary_policies)),
        resource(std::move(resource_policies)) {}
};

Statement to_statement(const Layer& layer, std::size_t policy, std::size_t statement) {
  Statement out;
  out.source_policy_id = layer.policies[policy].id;
  out.source_policy_type = "IAM Policy";
  if (statement < layer.spans[policy].size()) {
    const StatementSpan& span = layer.spans[policy][statement];
    out.start_position = Position{.line = span.start_line, .column = span.start_column};
    out.end_position = Position{.line = span.end_line, .column = span.end_column};
  }
  return out;
}

// The statements that made the decision: those that deny, or else those that allow.
std::vector<Statement> matched(const Simulation& simulation, const policy::Trace& trace) {
  std::vector<Statement> out;
  const policy::Decision& decision = trace.decision;
  if (!decision.allowed() && !decision.explicitly_denied()) return out;
  const policy::Effect wanted = decision.allowed() ? policy::Effect::allow : policy::Effect::deny;
  for (const policy::LayerTrace& layer : trace.layers) {
    const Layer* source = layer.layer == policy::Layer::identity   ? &simulation.identity
                          : layer.layer == policy::Layer::boundary ? &simulation.boundary
                          : layer.layer == policy::Layer::resource ? &simulation.resource
                                                                   : nullptr;
    if (!source) continue;
    for (std::size_t p = 0; p < layer.policies.size() && p < source->policies.size(); ++p) {
      for (const policy::StatementTrace& statement : layer.policies[p].statements) {
        if (statement.applies() && statement.effect == wanted) {
          out.push_back(to_statement(*source, p, statement.index));
        }
      }
    }
  }
  return out;
}

std::string decision_text(const policy::Decision& decision) {
  if (decision.allowed()) return "allowed";
  return decision.explicitly_denied() ? "explicitDeny" : "implicitDeny";
}

EvaluationResult evaluate(const Simulation& simulation, const policy::Action& action,
                          const std::string& action_text, const std::string& resource) {
  policy::Request request;
  request.principal = simulation.principal;
  request.action = &action;
  request.resource = resource;
  request.resource_account = simulation.resource_owner;
  request.context = &simulation.context;
  policy::Policies policies;
  policies.identity = simulation.identity.refs;
  if (!simulation.boundary.refs.empty()) policies.boundary = simulation.boundary.refs.front();
  if (!simulation.resource.refs.empty()) policies.resource = simulation.resource.refs.front();
  policies.scps = simulation.scps;
  policies.management_account = simulation.management_account;
  const policy::Trace trace = policy::explain(request, policies);

  EvaluationResult out;
  out.eval_action_name = action_text;
  out.eval_resource_name = resource;
  out.eval_decision = decision_text(trace.decision);
  out.matched_statements = matched(simulation, trace);
  out.missing_context_values = trace.missing_keys;
  out.eval_decision_details.emplace();
  std::optional<PermissionsBoundaryDecisionDetail> boundary;
  bool organization_allows = true;
  for (const policy::LayerTrace& layer : trace.layers) {
    if (layer.layer == policy::Layer::boundary && !simulation.boundary.refs.empty()) {
      boundary = PermissionsBoundaryDecisionDetail{.allowed_by_permissions_boundary =
                                                       layer.allows && !layer.denies};
    }
    if (layer.layer == policy::Layer::scp && layer.considered) {
      organization_allows = organization_allows && layer.allows && !layer.denies;
    }
  }
  out.permissions_boundary_decision_detail = boundary;
  if (simulation.in_organization) {
    out.organizations_decision_detail =
        OrganizationsDecisionDetail{.allowed_by_organizations = organization_allows};
  }
  ResourceSpecificResult specific;
  specific.eval_resource_name = resource;
  specific.eval_resource_decision = out.eval_decision;
  specific.matched_statements = out.matched_statements;
  specific.missing_context_values = out.missing_context_values;
  specific.eval_decision_details.emplace();
  specific.permissions_boundary_decision_detail = boundary;
  out.resource_specific_results.emplace().push_back(std::move(specific));
  return out;
}

// The organization's SCPs for the caller's account: one level for the root, each unit and the
// account (Rules 181 to 186).
void add_organization(const Call& call, Simulation& simulation) {
  const identity::Organization* organization = call.state.organization_of(call.account);
  if (!organization) return;
  simulation.in_organization = true;
  simulation.management_account = organization->info.management_account;
  simulation.scp_levels =
      standing::control_levels(call.account, call.state, standing::Control::scp);
  for (const auto& level : simulation.scp_levels) simulation.scps.emplace_back(level.refs);
}

// "arn:aws:iam::ACCOUNT:root", any ARN with an account, or twelve digits.
Result<AccountId> owner_of(const std::optional<std::string>& text) {
  if (!text) return AccountId();
  if (const auto id = AccountId::parse(*text)) return *id;
  const auto arn = ArnView::parse(*text);
  const auto id = arn ? AccountId::parse(arn->account) : std::nullopt;
  if (!id) return ApiError::invalid_input(fmt::format("Invalid resource owner: {}", *text));
  return *id;
}

template <class In>
Status fill_context(const In& in, Simulation& simulation) {
  for (const ContextEntry& entry : list_of(in.context_entries)) {
    if (!entry.context_key_name) {
      return ApiError::invalid_input("A context entry must name its key.");
    }
    const auto& values = list_of(entry.context_key_values);
    if (values.empty()) simulation.context.declare(*entry.context_key_name);
    for (const std::string& value : values) {
      simulation.context.own(*entry.context_key_name, value);
    }
  }
  return {};
}

// A key that the caller of the simulation did not give.
void set_default(Simulation& simulation, std::string_view key, std::string_view value) {
  if (!value.empty() && !simulation.context.find(key).present()) {
    simulation.context.own(key, std::string(value));
  }
}

template <class Out, class In>
Result<Out> run(const In& in, const Call& call, Simulation& simulation) {
  RC_TRY(const Page page, page_of(in));
  const std::vector<std::string>& given = list_of(in.resource_arns);
  const std::vector<std::string> resources = given.empty() ? std::vector<std::string>{"*"} : given;
  const std::size_t pairs = in.action_names.size() * resources.size();
  if (pairs > kSimulatedPairsMax) {
    return ApiError::invalid_input(fmt::format(
        "At most {} actions times resources can be simulated in one call.", kSimulatedPairsMax));
  }
  std::vector<policy::Action> actions;
  for (const std::string& name : in.action_names) {
    const auto action = policy::Action::parse(name);
    if (!action) return ApiError::invalid_input(fmt::format("Invalid Action: {}", name));
    actions.push_back(*action);
  }
  RC_TRY(simulation.resource_owner, owner_of(in.resource_owner));
  add_organization(call, simulation);

  std::size_t at = 0;
  if (!page.after.empty()) {
    const char* end = page.after.data() + page.after.size();
    const auto [stop, error] = std::from_chars(page.after.data(), end, at);
    if (error != std::errc() || stop != end) return ApiError::validation("Invalid Marker.");
  }
  Out out;
  auto& results = out.evaluation_results.emplace();
  for (; at < pairs && results.size() < page.items_max; ++at) {
    const std::size_t action = at / resources.size();
    results.push_back(evaluate(simulation, actions[action], in.action_names[action],
                               resources[at % resources.size()]));
  }
  end_page(out, at < pairs ? std::optional(std::to_string(at)) : std::nullopt);
  return out;
}

// The boundary texts of the call, or the principal's own boundary.
Result<std::vector<SimulatedPolicy>> boundary_layer(const std::vector<std::string>& texts,
                                                    SimulatedPolicy own) {
  std::vector<SimulatedPolicy> layer;
  if (texts.size() > 1) {
    return ApiError::invalid_input("Only one permissions boundary can be simulated.");
  }
  if (!texts.empty()) return given_policies(texts, "PermissionsBoundaryPolicyInputList");
  if (own.document) layer.push_back(std::move(own));
  return layer;
}

Result<std::vector<SimulatedPolicy>> resource_layer(const std::optional<std::string>& text) {
  std::vector<SimulatedPolicy> layer;
  if (!text) return layer;
  policy::ValidateOptions options;
  options.check_size = false;
  if (auto refusal = policy::validate(policy::Kind::resource, *text, options)) {
    return ApiError::invalid_input(std::move(refusal->message));
  }
  layer.push_back({"ResourcePolicy", identity::make_policy(*text, policy::Kind::resource)});
  return layer;
}

}  // namespace

Result<SimulatePrincipalPolicyOutput> simulate_principal_policy(
    const SimulatePrincipalPolicyInput& in, const Call& call) {
  RC_TRY(SimulatedPrincipal source, simulated_principal(call, in.policy_source_arn));
  RC_TRY(std::vector<SimulatedPolicy> more,
         given_policies(list_of(in.policy_input_list), "PolicyInputList"));
  for (SimulatedPolicy& policy : more) source.policies.push_back(std::move(policy));
  RC_TRY(std::vector<SimulatedPolicy> boundary,
         boundary_layer(list_of(in.permissions_boundary_policy_input_list),
                        std::move(source.boundary)));
  RC_TRY(std::vector<SimulatedPolicy> resource, resource_layer(in.resource_policy));
  if (source.group && in.resource_policy && !in.caller_arn) {
    return ApiError::invalid_input("CallerArn is required when simulating a group.");
  }

  Simulation simulation(std::move(source.policies), std::move(boundary), std::move(resource));
  const std::string caller_arn = in.caller_arn.value_or(in.policy_source_arn);
  const std::string session_arn =
      source.role ? fmt::format("arn:{}:sts::{}:assumed-role/{}/simulated", call.partition,
                                call.account.text(), source.role->name)
                  : caller_arn;
  const std::string user_id = source.user   ? source.user->id
                              : source.role ? source.role->id + ":simulated"
                                            : "";
  simulation.principal.kind =
      source.role ? policy::PrincipalKind::role_session : policy::PrincipalKind::user;
  simulation.principal.arn = session_arn;
  simulation.principal.account = call.account;
  simulation.principal.user_id = user_id;
  if (source.role) simulation.principal.role_arn = source.role->arn;

  RC_CHECK(fill_context(in, simulation));
  if (source.user) set_default(simulation, "aws:username", source.user->name);
  set_default(simulation, "aws:userid", user_id);
  set_default(simulation, "aws:PrincipalArn", source.group ? "" : in.policy_source_arn);
  return run<SimulatePrincipalPolicyOutput>(in, call, simulation);
}

Result<SimulateCustomPolicyOutput> simulate_custom_policy(const SimulateCustomPolicyInput& in,
                                                          const Call& call) {
  RC_TRY(std::vector<SimulatedPolicy> policies,
         given_policies(list_of(in.policy_input_list), "PolicyInputList"));
  RC_TRY(std::vector<SimulatedPolicy> boundary,
         boundary_layer(list_of(in.permissions_boundary_policy_input_list), {}));
  RC_TRY(std::vector<SimulatedPolicy> resource, resource_layer(in.resource_policy));
  if (in.resource_policy && !in.caller_arn) {
    return ApiError::invalid_input("CallerArn is required when a resource policy is given.");
  }
  Simulation simulation(std::move(policies), std::move(boundary), std::move(resource));
  const std::string caller_arn = in.caller_arn.value_or(entity_arn(call, "user", "/", "simulated"));
  simulation.principal.kind = policy::PrincipalKind::user;
  simulation.principal.arn = caller_arn;
  simulation.principal.account = call.account;
  if (const auto arn = ArnView::parse(caller_arn)) {
    if (const auto id = AccountId::parse(arn->account)) simulation.principal.account = *id;
  }
  RC_CHECK(fill_context(in, simulation));
  return run<SimulateCustomPolicyOutput>(in, call, simulation);
}

Result<GetContextKeysForCustomPolicyOutput> get_context_keys_for_custom_policy(
    const GetContextKeysForCustomPolicyInput& in, const Call&) {
  RC_TRY(const std::vector<SimulatedPolicy> policies,
         given_policies(list_of(in.policy_input_list), "PolicyInputList"));
  GetContextKeysForCustomPolicyOutput out;
  auto& keys = out.context_key_names.emplace();
  for (const SimulatedPolicy& policy : policies) {
    collect_context_keys(policy.document->text(), keys);
  }
  return out;
}

Result<GetContextKeysForPrincipalPolicyOutput> get_context_keys_for_principal_policy(
    const GetContextKeysForPrincipalPolicyInput& in, const Call& call) {
  RC_TRY(const SimulatedPrincipal source, simulated_principal(call, in.policy_source_arn));
  RC_TRY(const std::vector<SimulatedPolicy> more,
         given_policies(list_of(in.policy_input_list), "PolicyInputList"));
  GetContextKeysForPrincipalPolicyOutput out;
  auto& keys = out.context_key_names.emplace();
  for (const auto* list : {&source.policies, &more}) {
    for (const SimulatedPolicy& policy : *list) {
      collect_context_keys(policy.document->text(), keys);
    }
  }
  return out;
}

}  // namespace rolecall::iam
