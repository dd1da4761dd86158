#include "client/profiles.h"

#include "client/words.h"

namespace rolecall::client {
namespace {

void put_section(std::vector<Section>& sections, std::string name, const Section& section) {
  for (Section& old : sections) {
    if (old.name == name) {
      // [default] and [profile default] are one profile: the later replaces the earlier wholly.
      old.settings = section.settings;
      return;
    }
  }
  sections.push_back({std::move(name), section.settings});
}

}  // namespace

const Section* Profiles::find_in(const std::vector<Section>& sections, std::string_view name) {
  for (const Section& section : sections) {
    if (section.name == name) return &section;
  }
  return nullptr;
}

Profiles Profiles::of(const ConfigFile& config, const ConfigFile& credentials) {
  Profiles out;
  for (const Section& section : config.sections) {
    const bool is_session = section.name.starts_with("sso-session");
    const bool is_services = section.name.starts_with("services");
    if (section.name.starts_with("profile") || is_session || is_services) {
      const auto words = split_words(section.name);
      // Too many words, or a quotation left open: silently no profile, as in the AWS CLI.
      if (!words || words->size() != 2) continue;
      put_section(is_session ? out.sso_sessions_ : (is_services ? out.services_ : out.profiles_),
                  (*words)[1], section);
    } else if (section.name == "default") {
      put_section(out.profiles_, "default", section);
    } else {
      out.others_.push_back(section);
    }
  }
  out.config_profiles_ = out.profiles_;
  out.credentials_ = credentials.sections;
  for (const Section& section : credentials.sections) {
    Section* merged = nullptr;
    for (Section& profile : out.profiles_) {
      if (profile.name == section.name) merged = &profile;
    }
    if (merged == nullptr) {
      out.profiles_.push_back(section);
    } else {
      for (const auto& [key, value] : section.settings) merged->put(key, value);
    }
  }
  return out;
}

Result<Profiles> Profiles::load(const Environment& environment) {
  RC_TRY(const ConfigFile config, read_config(environment.config_path()));
  RC_TRY(const ConfigFile credentials, read_config(environment.credentials_path()));
  return of(config, credentials);
}

std::optional<std::string> Profiles::get(std::string_view profile, std::string_view key) const {
  const Section* section = find(profile);
  const Setting* setting = section == nullptr ? nullptr : section->find(key);
  if (setting == nullptr || setting->is_map) return std::nullopt;
  return setting->text;
}

}  // namespace rolecall::client
