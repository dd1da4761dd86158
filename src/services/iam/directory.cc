#include "services/iam/directory.h"

#include <fmt/format.h>

#include "base/encoding.h"

namespace rolecall::iam {

Result<const identity::Account*> account_of(const Call& call) {
  const identity::Account* account = call.state.account(call.account);
  if (!account) return fault("account " + call.account.text() + " of the caller does not exist");
  return account;
}

ApiError no_such(std::string_view kind, std::string_view name) {
  return ApiError::no_such_entity(fmt::format("The {} with name {} cannot be found.", kind, name));
}

ApiError quota_exceeded(std::string_view quota, std::size_t max) {
  return ApiError::limit_exceeded(fmt::format("Cannot exceed quota for {}: {}", quota, max));
}

Result<const identity::User*> user_named(const Call& call, std::string_view name) {
  RC_TRY(const identity::Account* account, account_of(call));
  const identity::User* user = account->users.find(name);
  if (!user || user->from_flag) return no_such("user", name);
  return user;
}

Result<const identity::Group*> group_named(const Call& call, std::string_view name) {
  RC_TRY(const identity::Account* account, account_of(call));
  const identity::Group* group = account->groups.find(name);
  if (!group) return no_such("group", name);
  return group;
}

Result<const identity::Role*> role_named(const Call& call, std::string_view name) {
  RC_TRY(const identity::Account* account, account_of(call));
  const identity::Role* role = account->roles.find(name);
  if (!role) return no_such("role", name);
  return role;
}

Result<const identity::InstanceProfile*> profile_named(const Call& call, std::string_view name) {
  RC_TRY(const identity::Account* account, account_of(call));
  const identity::InstanceProfile* profile = account->instance_profiles.find(name);
  if (!profile) {
    return ApiError::no_such_entity(fmt::format("Instance Profile {} cannot be found.", name));
  }
  return profile;
}

bool is_protected(const identity::Role& role) {
  return role.path.starts_with("/aws-service-role/") || role.path.starts_with("/aws-reserved/");
}

Result<const identity::Role*> changeable_role(const Call& call, std::string_view name) {
  RC_TRY(const identity::Role* role, role_named(call, name));
  if (is_protected(*role)) {
    return ApiError::unmodifiable_entity(
        fmt::format("Cannot perform the operation on the protected role '{}' - this role is only "
                    "modifiable by AWS",
                    role->name));
  }
  return role;
}

Result<Subject> user_or_caller(const Call& call, const std::optional<std::string>& name) {
  using identity::CallerKind;
  RC_TRY(const identity::Account* account, account_of(call));
  const identity::User* self =
      call.caller.kind == CallerKind::user ? call.caller.user.get() : nullptr;
  if (name) {
    const identity::User* user = account->users.find(*name);
    // The flag's administrator may name himself, unless a user of that name exists.
    const bool is_self = self && self->from_flag && equal_ignoring_case(self->name, *name);
    if (!user && is_self) return Subject{self};
    RC_TRY(user, user_named(call, *name));
    return Subject{user};
  }
  if (call.caller.kind == CallerKind::root) return Subject{};
  if (!self) {
    return ApiError::validation("Must specify userName when calling with non-User credentials");
  }
  const identity::User* user = account->users.find(self->key());
  if (!user || user->id != self->id) return no_such("user", self->name);
  return Subject{user};
}

Result<Subject> changeable_user_or_caller(const Call& call,
                                          const std::optional<std::string>& name) {
  RC_TRY(Subject subject, user_or_caller(call, name));
  if (subject.user && subject.user->from_flag) {
    return ApiError::unmodifiable_entity(fmt::format(
        "The user {} belongs to a flag of the server and cannot be modified.", subject.user->name));
  }
  return subject;
}

namespace {

// What is wrong with an ARN that should be a policy's.
Result<ArnView> parse_policy_arn(const Call& call, std::string_view arn) {
  const auto parsed = ArnView::parse(arn);
  if (!parsed || parsed->partition.empty() || parsed->service.empty() || parsed->resource.empty()) {
    return ApiError::validation("Invalid ARN:  Could not be parsed!");
  }
  const bool known = parsed->partition == call.partition && parsed->service == "iam" &&
                     parsed->region.empty() && parsed->resource.starts_with("policy/");
  if (!known) return ApiError::invalid_input(fmt::format("ARN {} is not valid.", arn));
  return *parsed;
}

}  // namespace

Result<Managed> find_managed(const Call& call, std::string_view arn) {
  RC_TRY(const ArnView parsed, parse_policy_arn(call, arn));
  if (parsed.account == "aws") return Managed{nullptr, identity::find_aws_managed_policy(arn)};
  if (parsed.account != call.account.text()) return Managed{};
  RC_TRY(const identity::Account* account, account_of(call));
  const identity::ManagedPolicy* policy = account->policies.find(parsed.resource_name());
  return Managed{policy && policy->arn == arn ? policy : nullptr, nullptr};
}

Result<Managed> managed_named(const Call& call, std::string_view arn) {
  RC_TRY(Managed policy, find_managed(call, arn));
  if (!policy) return ApiError::no_such_entity(fmt::format("Policy {} was not found.", arn));
  return policy;
}

Result<const identity::ManagedPolicy*> own_policy(const Call& call, std::string_view arn,
                                                  std::string_view action) {
  RC_TRY(Managed policy, managed_named(call, arn));
  if (policy.aws) {
    // Rule 249: whatever the caller's policies allow.
    return ApiError::access_denied(
        fmt::format("User: {} is not authorized to perform: iam:{} on resource: policy {}",
                    call.caller.arn, action, arn));
  }
  return policy.own;
}

std::string arn_of(const Call& call, const Managed& policy) {
  if (policy.own) return policy.own->arn;
  return fmt::format("arn:{}:iam::aws:policy{}{}", call.partition, policy.aws->path,
                     policy.aws->name);
}

std::string_view policy_name_of(std::string_view arn) { return arn.substr(arn.rfind('/') + 1); }

std::string policy_path_of(std::string_view arn) {
  const auto parsed = ArnView::parse(arn);
  if (!parsed) return "/";
  const std::string_view resource = parsed->resource;
  const std::size_t first = resource.find('/');
  if (first == std::string_view::npos) return "/";
  return std::string(resource.substr(first, resource.rfind('/') - first + 1));
}

std::string entity_arn(const Call& call, std::string_view type, std::string_view path,
                       std::string_view name) {
  return fmt::format("arn:{}:iam::{}:{}{}{}", call.partition, call.account.text(), type, path,
                     name);
}

bool under_path(std::string_view path, const std::optional<std::string>& prefix) {
  return !prefix || path.starts_with(*prefix);
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& n) { return equal_ignoring_case(n, name); });
}

void remove_name(std::vector<std::string>& names, std::string_view name) {
  std::erase_if(names, [&](const std::string& n) { return equal_ignoring_case(n, name); });
}

}  // namespace rolecall::iam
