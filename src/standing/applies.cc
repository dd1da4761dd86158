#include "standing/applies.h"

#include "policy/kind.h"

namespace rolecall::standing {
namespace {

// The document, or one that denies where it should be and is not.
identity::PolicyRef managed_policy(const std::string& arn, const identity::State& state) {
  static const identity::PolicyRef missing = identity::make_policy("", policy::Kind::managed);
  identity::PolicyRef document = identity::find_policy_document(state, arn);
  return document ? document : missing;
}

void add_grants(const identity::Grants& grants, Holder holder, std::string_view holder_name,
                const identity::State& state, PolicyList& out) {
  for (const auto& item : grants.inline_policies) {
    out.add(item.name, {item.document, holder, holder_name, true});
  }
  for (const auto& arn : grants.attached) {
    out.add(arn, {managed_policy(arn, state), holder, holder_name, false});
  }
}

PolicyList session_policies(const identity::Session& session, const identity::State& state) {
  PolicyList out;
  for (const auto& document : session.inline_documents) {
    out.add("session policy", {.document = document, .is_inline = true});
  }
  for (const auto& arn : session.policy_arns) {
    out.add(arn, {.document = managed_policy(arn, state)});
  }
  return out;
}

}  // namespace

void add_policies(const identity::Group& group, const identity::State& state, PolicyList& out) {
  add_grants(group.grants, Holder::group, group.name, state, out);
}

void add_policies(const identity::Role& role, const identity::State& state, PolicyList& out) {
  add_grants(role.grants, Holder::role, role.name, state, out);
}

void add_policies(const identity::User& user, const identity::Account& account,
                  const identity::State& state, PolicyList& out) {
  add_grants(user.grants, Holder::user, user.name, state, out);
  for (const auto& name : user.groups) {
    if (const auto* group = account.groups.find(name)) add_policies(*group, state, out);
  }
}

void add_boundary(const std::string& arn, const identity::State& state, PolicyList& out) {
  if (!arn.empty()) out.add(arn, {.document = managed_policy(arn, state)});
}

Standing applies(const identity::Caller& caller, const identity::State& state) {
  Standing out;
  if (caller.role != nullptr) {
    add_policies(*caller.role, state, out.identity);
    add_boundary(caller.role->boundary, state, out.boundary);
  } else if (caller.user != nullptr) {
    if (const identity::Account* account = state.account(caller.account)) {
      add_policies(*caller.user, *account, state, out.identity);
    }
    add_boundary(caller.user->boundary, state, out.boundary);
  }
  if (caller.session != nullptr) out.session = session_policies(*caller.session, state);
  out.scps = control_levels(caller.account, state, Control::scp);
  out.organization = state.organization_of(caller.account);
  return out;
}

}  // namespace rolecall::standing
