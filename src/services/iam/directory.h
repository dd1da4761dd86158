// Finding what an operation names in the caller's account, or AWS's refusal; and the small changes
// that every write is made of.
//
// Pointers live as long as call.state. Entities that belong to a flag (from_flag) are found only as
// the caller himself (contract: no call shows them).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "identity/managed_policies.h"
#include "services/core/call.h"

namespace rolecall::iam {

using services::Call;
using services::Change;

Result<const identity::Account*> account_of(const Call& call);

// NoSuchEntity when there is none.
Result<const identity::User*> user_named(const Call& call, std::string_view name);
Result<const identity::Group*> group_named(const Call& call, std::string_view name);
Result<const identity::Role*> role_named(const Call& call, std::string_view name);
Result<const identity::InstanceProfile*> profile_named(const Call& call, std::string_view name);

// As role_named, but refuses roles that only AWS may change (Rule 249).
Result<const identity::Role*> changeable_role(const Call& call, std::string_view name);
bool is_protected(const identity::Role& role);

// Of calls whose UserName may be left out: the caller, who may be root (then `user` is null).
struct Subject {
  const identity::User* user = nullptr;
  bool root() const { return user == nullptr; }
  std::string_view name() const { return user ? std::string_view(user->name) : ""; }
};
Result<Subject> user_or_caller(const Call& call, const std::optional<std::string>& name);
// The same for writes: refuses the flag's administrator.
Result<Subject> changeable_user_or_caller(const Call& call, const std::optional<std::string>& name);

// A managed policy, of the account or of AWS.
struct Managed {
  const identity::ManagedPolicy* own = nullptr;
  const identity::AwsManagedPolicy* aws = nullptr;
  explicit operator bool() const { return own || aws; }
  std::string_view name() const { return own ? std::string_view(own->name) : aws->name; }
  std::string_view path() const { return own ? std::string_view(own->path) : aws->path; }
};
// Refuses texts that are no policy ARN; an empty Managed when it names nothing.
Result<Managed> find_managed(const Call& call, std::string_view arn);
// "Policy ARN was not found."
Result<Managed> managed_named(const Call& call, std::string_view arn);
// For changes: AWS's own policies are refused as IAM does (Rule 249).
Result<const identity::ManagedPolicy*> own_policy(const Call& call, std::string_view arn,
                                                  std::string_view action);
// The ARN as it is stored: AWS managed ones carry the caller's partition.
std::string arn_of(const Call& call, const Managed& policy);
// Name and path from an ARN that is known to be a policy's.
std::string_view policy_name_of(std::string_view arn);
std::string policy_path_of(std::string_view arn);

// "arn:aws:iam::ACCOUNT:user/PATH/NAME"; `type` is "user", `path` begins and ends with '/'.
std::string entity_arn(const Call& call, std::string_view type, std::string_view path,
                       std::string_view name);

bool under_path(std::string_view path, const std::optional<std::string>& prefix);

// "Cannot exceed quota for NAME: MAX"
ApiError quota_exceeded(std::string_view quota, std::size_t max);
ApiError no_such(std::string_view kind, std::string_view name);  // "The KIND with name … found."

template <class T>
void put(identity::Events& events, const Call& call, T entity) {
  events.push_back(identity::Put<T>{call.account, std::make_shared<const T>(std::move(entity))});
}
template <class T>
void erase(identity::Events& events, const Call& call, const T& entity) {
  events.push_back(identity::Erase<T>{call.account, std::string(entity.key())});
}

// Optional and required lists of the generated structs, read and written alike.
template <class T>
const std::vector<T>& list_of(const std::vector<T>& list) {
  return list;
}
template <class T>
const std::vector<T>& list_of(const std::optional<std::vector<T>>& list) {
  static const std::vector<T> none;
  return list ? *list : none;
}
// AWS leaves empty lists of tags out.
template <class Field, class T>
void set_if_any(Field& field, std::vector<T> values) {
  if (!values.empty()) field = std::move(values);
}

bool contains(const std::vector<std::string>& names, std::string_view name);
void remove_name(std::vector<std::string>& names, std::string_view name);

}  // namespace rolecall::iam
