#include "standing/callers.h"

namespace rolecall::standing {

using identity::Caller;
using identity::CallerKind;
using identity::SessionKind;

namespace {

// The account, if its principals may call at all.
const identity::Account* open_account(AccountId id, const identity::State& state) {
  const identity::Account* account = state.account(id);
  return account == nullptr || account->info.closed ? nullptr : account;
}

// GetFederationToken by a user or by root.
Caller federated(const identity::Session& session, std::string_view partition) {
  Caller caller;
  caller.kind = CallerKind::federated_user;
  caller.account = session.account;
  caller.arn = make_arn(partition, "sts", "", session.account, "federated-user/" + session.name);
  caller.user_id = session.account.text() + ":" + session.name;
  return caller;
}

}  // namespace

Caller root_caller(AccountId account, std::string_view partition) {
  Caller caller;
  caller.kind = CallerKind::root;
  caller.account = account;
  caller.arn = make_arn(partition, "iam", "", account, "root");
  caller.user_id = account.text();
  return caller;
}

Caller caller_of_user(AccountId account, std::shared_ptr<const identity::User> user) {
  Caller caller;
  caller.kind = CallerKind::user;
  caller.account = account;
  caller.arn = user->arn;
  caller.user_id = user->id;
  caller.user = std::move(user);
  return caller;
}

Caller caller_of_role(std::shared_ptr<const identity::Role> role,
                      std::shared_ptr<const identity::Session> session,
                      std::string_view partition) {
  Caller caller;
  caller.kind = CallerKind::assumed_role;
  caller.account = session->account;
  caller.arn = make_arn(partition, "sts", "", session->account,
                        "assumed-role/" + role->name + "/" + session->name);
  caller.user_id = role->id + ":" + session->name;
  caller.role = std::move(role);
  caller.session = std::move(session);
  return caller;
}

std::optional<Caller> caller_of_key(const identity::AccessKey& key, const identity::State& state,
                                    std::string_view partition) {
  const identity::Account* account = open_account(key.account, state);
  if (account == nullptr) return std::nullopt;
  Caller caller;
  if (key.user_name.empty()) {
    caller = root_caller(key.account, partition);
  } else {
    std::shared_ptr<const identity::User> user = account->users.get(key.user_name);
    if (user == nullptr) return std::nullopt;
    caller = caller_of_user(key.account, std::move(user));
  }
  caller.access_key_id = key.id;
  return caller;
}

std::optional<Caller> caller_of_session(std::shared_ptr<const identity::Session> session,
                                        const identity::State& state, std::string_view partition) {
  const identity::Account* account = open_account(session->account, state);
  if (account == nullptr) return std::nullopt;
  const bool is_federated = session->kind == SessionKind::federated_user;
  Caller caller;
  if (session->principal_id.empty()) {  // GetSessionToken or GetFederationToken by root
    caller =
        is_federated ? federated(*session, partition) : root_caller(session->account, partition);
  } else {
    const identity::PrincipalIndexEntry* entry = state.principal(session->principal_id);
    if (entry == nullptr || entry->account != session->account) return std::nullopt;
    if (entry->is_role != (session->kind == SessionKind::assumed_role)) return std::nullopt;
    if (entry->is_role) {
      std::shared_ptr<const identity::Role> role = account->roles.get(entry->name);
      if (role == nullptr) return std::nullopt;
      caller = caller_of_role(std::move(role), session, partition);
    } else {
      std::shared_ptr<const identity::User> user = account->users.get(entry->name);
      if (user == nullptr) return std::nullopt;
      if (is_federated) {
        caller = federated(*session, partition);
        caller.user = std::move(user);
      } else {
        caller = caller_of_user(session->account, std::move(user));
      }
    }
  }
  caller.access_key_id = session->access_key_id;
  caller.session = std::move(session);
  return caller;
}

}  // namespace rolecall::standing
