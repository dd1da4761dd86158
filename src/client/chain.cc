#include "client/chain.h"

#include "client/failure.h"

namespace rolecall::client {

Result<std::unique_ptr<Source>> ask(const Provider& provider, const Lookup& lookup) {
  std::string why;
  auto source = provider.load(lookup, why);
  Looked looked{lookup.profile, std::string(provider.method()), Looked::Outcome::skipped,
                std::move(why)};
  if (!source) {
    looked.outcome = Looked::Outcome::failed;
    looked.why = failure_text(source.error());
  } else if (*source) {
    looked.outcome = Looked::Outcome::taken;
  }
  lookup.session.note(std::move(looked));
  return source;
}

Result<std::unique_ptr<Source>> find_source(Session& session) {
  RC_CHECK(session.check_profile());
  const Lookup lookup{session, session.profile(), !session.ignores_environment_keys()};
  for (const Provider* provider :
       {&environment_provider(), &assume_role_provider(), &web_identity_provider(), &sso_provider(),
        &shared_credentials_provider(), &process_provider(), &config_provider(),
        &container_provider(), &instance_provider()}) {
    RC_TRY(auto source, ask(*provider, lookup));
    if (source) return source;
  }
  return std::unique_ptr<Source>();
}

Result<std::unique_ptr<Source>> find_profile_source(Session& session, const std::string& profile) {
  const Lookup lookup{session, profile, false};
  for (const Provider* provider :
       {&web_identity_provider(), &sso_provider(), &shared_credentials_provider(),
        &process_provider(), &config_provider()}) {
    RC_TRY(auto source, ask(*provider, lookup));
    if (source) return source;
  }
  return std::unique_ptr<Source>();
}

const Provider* named_provider(std::string_view credential_source) {
  if (credential_source == "Environment") return &environment_provider();
  if (credential_source == "Ec2InstanceMetadata") return &instance_provider();
  if (credential_source == "EcsContainer") return &container_provider();
  return nullptr;
}

ApiError no_credentials() {
  return configuration_failure(
      "Unable to locate credentials. You can configure credentials by running \"aws "
      "configure\".");
}

Result<Found> find_credentials(Session& session) {
  RC_TRY(auto source, find_source(session));
  if (!source) {
    Error error = no_credentials();
    return with_note(std::move(error),
                     "`rolecall whoami --explain` lists every place that was looked at");
  }
  RC_TRY(Credentials credentials, source->fetch(session));
  return Found{std::move(source), std::move(credentials)};
}

}  // namespace rolecall::client
