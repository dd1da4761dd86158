#include "client/session.h"

#include "client/failure.h"
#include "client/prompt.h"

namespace rolecall::client {

Session::Session(Options options, Environment environment, const Clock& clock, Random& random)
    : options_(std::move(options)),
      environment_(std::move(environment)),
      clock_(clock),
      random_(random),
      mfa_prompt_(prompt_on_terminal) {
  // As the AWS CLI has it: `--profile "$P"` with an empty P names no profile. An empty AWS_PROFILE
  // does name one.
  if (options_.profile && options_.profile->empty()) options_.profile.reset();
}

Result<const Profiles*> Session::profiles() {
  if (!profiles_) {
    RC_TRY(profiles_, Profiles::load(environment_));
  }
  return &*profiles_;
}

std::optional<std::string> Session::chosen_profile() const {
  if (options_.profile) return options_.profile;
  if (auto named = environment_.get("AWS_PROFILE")) return named;
  return environment_.get("AWS_DEFAULT_PROFILE");
}

Status Session::check_profile() {
  const auto chosen = chosen_profile();
  if (!chosen) return {};
  RC_TRY(const Profiles* files, profiles());
  if (files->find(*chosen) == nullptr) {
    return general_failure("The config profile (" + *chosen + ") could not be found");
  }
  return {};
}

std::string Session::setting(std::string_view key) {
  const auto files = profiles();
  return files ? (*files)->get(profile(), key).value_or("") : "";
}

Result<std::string> Session::region() {
  if (options_.region) return *options_.region;
  if (auto region = environment_.get("AWS_REGION")) return *region;
  if (auto region = environment_.get("AWS_DEFAULT_REGION")) return *region;
  RC_TRY(const Profiles* files, profiles());
  return files->get(profile(), "region").value_or("");
}

}  // namespace rolecall::client
