// The providers in order, for a profile and for the source of a role.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "client/provider.h"

namespace rolecall::client {

// The whole chain for the session's profile: environment (unless --profile), role, web identity,
// SSO, credentials file, process, config file, container, instance. nullptr: nobody has any.
// Every provider asked leaves a note in the session.
Result<std::unique_ptr<Source>> find_source(Session& session);
// As a role's source_profile: what the profile itself has, without the environment.
Result<std::unique_ptr<Source>> find_profile_source(Session& session, const std::string& profile);
// credential_source: "Environment", "Ec2InstanceMetadata", "EcsContainer" (so spelled); nullptr for
// any other name.
const Provider* named_provider(std::string_view credential_source);
// Asks one provider and notes what it said.
Result<std::unique_ptr<Source>> ask(const Provider& provider, const Lookup& lookup);

// find_source and fetch in one; no credentials at all is a failure (253).
struct Found {
  std::unique_ptr<Source> source;
  Credentials credentials;
};
Result<Found> find_credentials(Session& session);
ApiError no_credentials();

}  // namespace rolecall::client
