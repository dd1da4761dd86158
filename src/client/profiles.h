// Both files together: profiles by name, SSO sessions and service sections.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "client/config_file.h"
#include "client/environment.h"

namespace rolecall::client {

// Immutable after loading; any thread. Pointers are valid as long as it lives.
//   RC_TRY(const auto profiles, Profiles::load(environment));
class Profiles {
 public:
  static Result<Profiles> load(const Environment& environment);
  static Profiles of(const ConfigFile& config, const ConfigFile& credentials);

  // In the order of the AWS CLI: of `config` first, then what only `credentials` has.
  const std::vector<Section>& all() const { return profiles_; }
  // config and credentials merged, the latter winning key by key.
  const Section* find(std::string_view profile) const { return find_in(profiles_, profile); }
  // Of one file only: the providers for static keys look at one each.
  const Section* find_in_config(std::string_view profile) const {
    return find_in(config_profiles_, profile);
  }
  const Section* find_in_credentials(std::string_view profile) const {
    return find_in(credentials_, profile);
  }
  const Section* find_sso_session(std::string_view name) const {
    return find_in(sso_sessions_, name);
  }
  const Section* find_services(std::string_view name) const { return find_in(services_, name); }
  // Sections of `config` that are neither profile nor session ([plugins]).
  const Section* find_other(std::string_view name) const { return find_in(others_, name); }

  // The text of a setting of a profile; nullopt when it is not set (or is a map).
  std::optional<std::string> get(std::string_view profile, std::string_view key) const;

 private:
  static const Section* find_in(const std::vector<Section>& sections, std::string_view name);
  std::vector<Section> profiles_, config_profiles_, credentials_, sso_sessions_, services_, others_;
};

}  // namespace rolecall::client
