// One run of the client: what the command line and the environment said, the files (read when first
// needed), time, and the doors to the network. Everything else here is given a Session.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "client/credentials.h"
#include "client/environment.h"
#include "client/profiles.h"

namespace rolecall::client {

// The command line's global options.
struct Options {
  std::optional<std::string> profile = {};
  std::optional<std::string> region = {};
  std::optional<std::string> endpoint_url = {};
  std::optional<std::string> ca_bundle = {};
  bool verify_tls = true;
  bool use_cache = true;
};

// Asks for a one-time code; a Fault or failure says why there is none.
using MfaPrompt = std::function<Result<std::string>(const std::string& serial)>;

// Not synchronised: one thread at a time. clock and random must outlive it.
class Session {
 public:
  Session(Options options, Environment environment, const Clock& clock, Random& random);

  const Options& options() const { return options_; }
  const Environment& environment() const { return environment_; }
  const Clock& clock() const { return clock_; }
  Random& random() const { return random_; }

  // Reads both files once; the pointer lives as long as the session.
  Result<const Profiles*> profiles();
  // --profile, AWS_PROFILE, AWS_DEFAULT_PROFILE; nullopt: nobody chose ("default" then).
  std::optional<std::string> chosen_profile() const;
  std::string profile() const { return chosen_profile().value_or("default"); }
  // The chosen profile must exist; the default one need not.
  Status check_profile();
  // --profile given: keys in the environment do not count then.
  bool ignores_environment_keys() const { return options_.profile.has_value(); }

  // A setting of the chosen profile, "" when not set or unreadable.
  std::string setting(std::string_view key);
  // --region, AWS_REGION, AWS_DEFAULT_REGION, the profile's; "" for none.
  Result<std::string> region();

  const MfaPrompt& mfa_prompt() const { return mfa_prompt_; }
  void set_mfa_prompt(MfaPrompt prompt) { mfa_prompt_ = std::move(prompt); }

  // What was looked at, in order, for `whoami --explain`.
  void note(Looked looked) { looked_.push_back(std::move(looked)); }
  const std::vector<Looked>& looked() const { return looked_; }
  void forget_looked() { looked_.clear(); }

 private:
  Options options_;
  Environment environment_;
  const Clock& clock_;
  Random& random_;
  std::optional<Profiles> profiles_;
  MfaPrompt mfa_prompt_;
  std::vector<Looked> looked_;
};

}  // namespace rolecall::client
