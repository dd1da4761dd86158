// Service-specific credentials: a user name and password that one service takes. No service here
// does, so the password is told once and kept nowhere.
//
// They are kept as resources of their user ("iam:service-credential/USER-ID/CREDENTIAL-ID"), so
// that renaming the user leaves them alone.
#include "services/iam/service_credentials.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "identity/ids.h"
#include "services/iam/limits.h"
#include "services/iam/operations.h"

namespace rolecall::iam {
namespace {

using identity::Resource;

constexpr std::string_view kType = "iam:service-credential";
constexpr std::string_view kIdPrefix = "ACCA";
constexpr std::array<std::string_view, 2> kServices = {"cassandra.amazonaws.com",
                                                       "codecommit.amazonaws.com"};

Result<const identity::User*> user_of(const Call& call, const std::optional<std::string>& name) {
  RC_TRY(const Subject subject, changeable_user_or_caller(call, name));
  if (subject.root()) {
    return ApiError::validation("Must specify userName when calling with non-User credentials");
  }
  return subject.user;
}

std::string credential_id(const Resource& credential) {
  return credential.name.substr(credential.name.rfind('/') + 1);
}

// In the order they were made.
std::vector<const Resource*> credentials_of(const identity::Account& account,
                                            const identity::User& user) {
  std::vector<const Resource*> out;
  const std::string first = identity::resource_key(kType, user.id + "/");
  for (auto it = account.resources.lower_bound(first); it != account.resources.end(); ++it) {
    if (!(*it)->key().starts_with(first)) break;
    out.push_back(it->get());
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Resource* a, const Resource* b) { return a->created < b->created; });
  return out;
}

Result<const Resource*> credential_of(const Call& call, const identity::User& user,
                                      const std::string& id) {
  RC_TRY(const identity::Account* account, account_of(call));
  const Resource* found =
      account->resources.find(identity::resource_key(kType, user.id + "/" + id));
  if (!found) return ApiError::no_such_entity(fmt::format("No such credential {} exists", id));
  return found;
}

Status check_service(const std::optional<std::string>& service) {
  if (!service || std::find(kServices.begin(), kServices.end(), *service) != kServices.end()) {
    return {};
  }
  return ApiError::no_such_entity(
      fmt::format("No such service {} is supported for Service Specific Credentials", *service));
}

// What a list tells and what a fresh one tells are the same but for the password.
template <class Shown>
Shown shown(const Resource& credential, const identity::User& user) {
  Shown out;
  out.user_name = user.name;
  out.status = credential.property("status");
  out.service_user_name = credential.property("user");
  out.create_date = credential.created;
  out.service_specific_credential_id = credential_id(credential);
  out.service_name = credential.property("service");
  return out;
}

ServiceSpecificCredential with_password(const Resource& credential, const identity::User& user,
                                        Random& random) {
  auto out = shown<ServiceSpecificCredential>(credential, user);
  out.service_password = identity::make_secret_key(random).reveal();
  return out;
}

}  // namespace

bool has_service_credentials(const identity::Account& account, const identity::User& user) {
  return !credentials_of(account, user).empty();
}

Result<Change<CreateServiceSpecificCredentialOutput>> create_service_specific_credential(
    const CreateServiceSpecificCredentialInput& in, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const identity::User* user, user_of(call, in.user_name));
  RC_CHECK(check_service(in.service_name));
  const auto existing = credentials_of(*account, *user);
  const auto of_service = [&](const Resource* it) {
    return it->property("service") == in.service_name;
  };
  const auto count =
      static_cast<std::size_t>(std::count_if(existing.begin(), existing.end(), of_service));
  if (count >= kServiceCredentialsPerUserMax) {
    return quota_exceeded("ServiceSpecificCredentialsPerUser", kServiceCredentialsPerUserMax);
  }
  Resource credential = identity::make_resource(
      std::string(kType), user->id + "/" + identity::make_unique_id(kIdPrefix, call.random));
  credential.created = call.now.truncated_to_seconds();
  credential.set_property("service", in.service_name);
  credential.set_property("status", "Active");
  // The second of a service is told from the first by a number.
  const std::string first = fmt::format("{}-at-{}", user->name, call.account.text());
  const bool taken = std::any_of(existing.begin(), existing.end(), [&](const Resource* it) {
    return of_service(it) && it->property("user") == first;
  });
  credential.set_property(
      "user", taken ? fmt::format("{}+1-at-{}", user->name, call.account.text()) : first);
  Change<CreateServiceSpecificCredentialOutput> change;
  change.output.service_specific_credential = with_password(credential, *user, call.random);
  put(change.events, call, std::move(credential));
  return change;
}

Result<ListServiceSpecificCredentialsOutput> list_service_specific_credentials(
    const ListServiceSpecificCredentialsInput& in, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const Subject subject, user_or_caller(call, in.user_name));
  RC_CHECK(check_service(in.service_name));
  ListServiceSpecificCredentialsOutput out;
  out.service_specific_credentials.emplace();
  if (subject.root()) return out;
  for (const Resource* credential : credentials_of(*account, *subject.user)) {
    if (in.service_name && credential->property("service") != *in.service_name) continue;
    out.service_specific_credentials->push_back(
        shown<ServiceSpecificCredentialMetadata>(*credential, *subject.user));
  }
  return out;
}

Result<Change<ResetServiceSpecificCredentialOutput>> reset_service_specific_credential(
    const ResetServiceSpecificCredentialInput& in, const Call& call) {
  RC_TRY(const identity::User* user, user_of(call, in.user_name));
  RC_TRY(const Resource* credential, credential_of(call, *user, in.service_specific_credential_id));
  Change<ResetServiceSpecificCredentialOutput> change;
  change.output.service_specific_credential = with_password(*credential, *user, call.random);
  return change;
}

Result<Change<UpdateServiceSpecificCredentialOutput>> update_service_specific_credential(
    const UpdateServiceSpecificCredentialInput& in, const Call& call) {
  RC_TRY(const identity::User* user, user_of(call, in.user_name));
  RC_TRY(const Resource* credential, credential_of(call, *user, in.service_specific_credential_id));
  Resource changed = *credential;
  changed.set_property("status", in.status);
  Change<UpdateServiceSpecificCredentialOutput> change;
  if (credential->property("status") != in.status) put(change.events, call, std::move(changed));
  return change;
}

Result<Change<DeleteServiceSpecificCredentialOutput>> delete_service_specific_credential(
    const DeleteServiceSpecificCredentialInput& in, const Call& call) {
  RC_TRY(const identity::User* user, user_of(call, in.user_name));
  RC_TRY(const Resource* credential, credential_of(call, *user, in.service_specific_credential_id));
  Change<DeleteServiceSpecificCredentialOutput> change;
  erase(change.events, call, *credential);
  return change;
}

}  // namespace rolecall::iam
