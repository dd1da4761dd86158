// Passwords for the console: login profiles, ChangePassword, the account's password policy.
//
// Hashing is slow on purpose (tens of milliseconds) and these calls are rare, so it happens here.
#include <fmt/format.h>

#include "base/encoding.h"
#include "crypto/password.h"
#include "services/iam/directory.h"
#include "services/iam/operations.h"
#include "services/iam/password_rules.h"

namespace rolecall::iam {
namespace {

ApiError violation(std::string message) {
  return ApiError::make(400, "PasswordPolicyViolation", std::move(message));
}

struct Classes {
  bool upper = false, lower = false, digit = false, symbol = false;
  int count() const { return upper + lower + digit + symbol; }
};

Classes classes_of(std::string_view password) {
  // "Non-alphanumeric" in the sense of the password policy's page.
  constexpr std::string_view kSymbols = "!@#$%^&*()_+-=[]{}|'";
  Classes found;
  for (const char c : password) {
    if (c >= 'A' && c <= 'Z') found.upper = true;
    if (c >= 'a' && c <= 'z') found.lower = true;
    if (c >= '0' && c <= '9') found.digit = true;
    if (kSymbols.find(c) != std::string_view::npos) found.symbol = true;
  }
  return found;
}

ApiError no_such_profile(std::string_view user) {
  return ApiError::no_such_entity(fmt::format("Login Profile for User {} cannot be found.", user));
}

LoginProfile to_profile(const identity::User& user) {
  LoginProfile out;
  out.user_name = user.name;
  out.create_date = user.login->created;
  out.password_reset_required = user.login->reset_required;
  return out;
}

}  // namespace

Status check_password(const identity::Account& account, std::string_view password,
                      std::string_view current_hash) {
  const Classes has = classes_of(password);
  const auto& policy = account.info.password_policy;
  if (!policy) {
    // AWS's default: eight characters, three of the four kinds.
    if (password.size() < 8) return violation("Password should have a minimum length of 8");
    if (has.count() < 3) {
      return violation(
          "Password should contain at least three of: uppercase letters, lowercase letters, "
          "numbers, symbols");
    }
    return {};
  }
  if (password.size() < static_cast<std::size_t>(policy->minimum_length)) {
    return violation(
        fmt::format("Password should have a minimum length of {}", policy->minimum_length));
  }
  if (policy->require_symbols && !has.symbol) {
    return violation("Password should have at least one symbol");
  }
  if (policy->require_numbers && !has.digit) {
    return violation("Password should have at least one number");
  }
  if (policy->require_uppercase && !has.upper) {
    return violation("Password should have at least one uppercase letter");
  }
  if (policy->require_lowercase && !has.lower) {
    return violation("Password should have at least one lowercase letter");
  }
  if (policy->reuse_prevention > 0 && !current_hash.empty() &&
      crypto::verify_password(current_hash, Secret(std::string(password)))) {
    return violation("Password does not conform to the account password policy.");
  }
  return {};
}

Result<Change<CreateLoginProfileOutput>> create_login_profile(const CreateLoginProfileInput& in,
                                                              const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  if (user->login) {
    return ApiError::entity_already_exists(
        fmt::format("Login Profile for user {} already exists.", user->name));
  }
  RC_CHECK(check_password(*account, in.password, ""));
  identity::User changed = *user;
  identity::LoginProfile login;
  RC_TRY(login.password_hash, crypto::hash_password(Secret(in.password), call.random));
  login.created = call.now.truncated_to_seconds();
  login.reset_required = in.password_reset_required.value_or(false);
  changed.login = std::move(login);
  Change<CreateLoginProfileOutput> change;
  change.output.login_profile = to_profile(changed);
  put(change.events, call, std::move(changed));
  return change;
}

Result<GetLoginProfileOutput> get_login_profile(const GetLoginProfileInput& in, const Call& call) {
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  if (!user->login) return no_such_profile(user->name);
  return GetLoginProfileOutput{.login_profile = to_profile(*user)};
}

Result<Change<UpdateLoginProfileOutput>> update_login_profile(const UpdateLoginProfileInput& in,
                                                              const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  if (!user->login) return no_such_profile(user->name);
  identity::User changed = *user;
  if (in.password) {
    RC_CHECK(check_password(*account, *in.password, user->login->password_hash));
    RC_TRY(changed.login->password_hash, crypto::hash_password(Secret(*in.password), call.random));
  }
  if (in.password_reset_required) changed.login->reset_required = *in.password_reset_required;
  Change<UpdateLoginProfileOutput> change;
  put(change.events, call, std::move(changed));
  return change;
}

Result<Change<DeleteLoginProfileOutput>> delete_login_profile(const DeleteLoginProfileInput& in,
                                                              const Call& call) {
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  if (!user->login) return no_such_profile(user->name);
  identity::User changed = *user;
  changed.login.reset();
  Change<DeleteLoginProfileOutput> change;
  put(change.events, call, std::move(changed));
  return change;
}

Result<Change<ChangePasswordOutput>> change_password(const ChangePasswordInput& in,
                                                     const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  if (call.caller.kind != identity::CallerKind::user) {
    return ApiError::make(400, "InvalidUserType", "Only IAM Users can change their own password.");
  }
  RC_TRY(const Subject subject, changeable_user_or_caller(call, std::nullopt));
  if (!subject.user->login) return no_such_profile(subject.user->name);
  const std::string& current = subject.user->login->password_hash;
  if (!crypto::verify_password(current, Secret(in.old_password))) {
    return ApiError::access_denied("The old password was incorrect.");
  }
  RC_CHECK(check_password(*account, in.new_password, current));
  identity::User changed = *subject.user;
  RC_TRY(changed.login->password_hash, crypto::hash_password(Secret(in.new_password), call.random));
  changed.login->reset_required = false;
  Change<ChangePasswordOutput> change;
  put(change.events, call, std::move(changed));
  return change;
}

// ---- the account's password policy

namespace {

ApiError no_password_policy(const Call& call) {
  return ApiError::no_such_entity(
      fmt::format("The Password Policy with domain name {} cannot be found.", call.account.text()));
}

}  // namespace

Result<GetAccountPasswordPolicyOutput> get_account_password_policy(
    const GetAccountPasswordPolicyInput&, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  const auto& policy = account->info.password_policy;
  if (!policy) return no_password_policy(call);
  GetAccountPasswordPolicyOutput out;
  PasswordPolicy& shown = out.password_policy;
  shown.minimum_password_length = policy->minimum_length;
  shown.require_symbols = policy->require_symbols;
  shown.require_numbers = policy->require_numbers;
  shown.require_uppercase_characters = policy->require_uppercase;
  shown.require_lowercase_characters = policy->require_lowercase;
  shown.allow_users_to_change_password = policy->allow_users_to_change;
  shown.expire_passwords = policy->max_age_days > 0;
  if (policy->max_age_days > 0) shown.max_password_age = policy->max_age_days;
  if (policy->reuse_prevention > 0) shown.password_reuse_prevention = policy->reuse_prevention;
  shown.hard_expiry = policy->hard_expiry;
  return out;
}

// What is left out goes back to its default ("UpdateAccountPasswordPolicy").
Result<Change<UpdateAccountPasswordPolicyOutput>> update_account_password_policy(
    const UpdateAccountPasswordPolicyInput& in, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  identity::PasswordPolicy policy;
  policy.minimum_length = in.minimum_password_length.value_or(policy.minimum_length);
  policy.require_symbols = in.require_symbols.value_or(false);
  policy.require_numbers = in.require_numbers.value_or(false);
  policy.require_uppercase = in.require_uppercase_characters.value_or(false);
  policy.require_lowercase = in.require_lowercase_characters.value_or(false);
  policy.allow_users_to_change = in.allow_users_to_change_password.value_or(false);
  policy.hard_expiry = in.hard_expiry.value_or(false);
  policy.max_age_days = in.max_password_age.value_or(0);
  policy.reuse_prevention = in.password_reuse_prevention.value_or(0);
  identity::AccountInfo info = account->info;
  info.password_policy = policy;
  Change<UpdateAccountPasswordPolicyOutput> change;
  change.events.push_back(identity::PutAccount{std::move(info)});
  return change;
}

Result<Change<DeleteAccountPasswordPolicyOutput>> delete_account_password_policy(
    const DeleteAccountPasswordPolicyInput&, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  if (!account->info.password_policy) {
    return ApiError::no_such_entity("The account policy with name PasswordPolicy cannot be found.");
  }
  identity::AccountInfo info = account->info;
  info.password_policy.reset();
  Change<DeleteAccountPasswordPolicyOutput> change;
  change.events.push_back(identity::PutAccount{std::move(info)});
  return change;
}

}  // namespace rolecall::iam
