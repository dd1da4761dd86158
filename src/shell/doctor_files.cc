// The doctor on files: who may read them, sections that nobody reads, settings that nobody knows,
// keys in plain text, caches.
#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>

#include "base/files.h"
#include "base/json.h"
#include "client/cache.h"
#include "client/session_seal.h"
#include "client/words.h"
#include "shell/doctor.h"
#include "shell/settings.h"

namespace rolecall::shell {
namespace {

constexpr std::size_t kCacheFilesMax = 2000;  // more are not looked at

std::optional<mode_t> mode_of(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) return std::nullopt;
  return about.st_mode & 07777;
}

std::string octal(mode_t mode) {
  std::string out = "0";
  for (int shift = 6; shift >= 0; shift -= 3) {
    out += static_cast<char>('0' + ((mode >> shift) & 7));
  }
  return out;
}

enum class Secrecy { secret, only_ours_to_write };

void check_mode(Examination& in, const std::string& path, Secrecy secrecy, std::string_view what) {
  const auto mode = mode_of(path);
  if (!mode) return;
  struct stat about{};
  const bool is_folder = ::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
  const std::string advice =
      "chmod " +
      std::string(is_folder ? (secrecy == Secrecy::secret ? "700" : "go-w")
                            : (secrecy == Secrecy::secret ? "600" : "go-w")) +
      " " + client::shell_quote(path);
  if ((*mode & 022) != 0) {
    in.about_file("permissions", Severity::error, path, 0,
                  "others may write " + std::string(what) + " (mode " + octal(*mode) + ")", advice);
  } else if (secrecy == Secrecy::secret && (*mode & 077) != 0) {
    in.about_file("permissions", Severity::error, path, 0,
                  "others may read " + std::string(what) + " (mode " + octal(*mode) + ")", advice);
  }
}

bool has_keys(const ConfigText& file) {
  if (!file.parsed) return false;
  for (const client::Section& section : file.parsed->sections) {
    if (section.find("aws_secret_access_key") != nullptr) return true;
  }
  return false;
}

// ---- sections of the config file ----

enum class SectionKind { profile, sso_session, other, dropped };

SectionKind kind_of(const std::string& name) {
  if (name == "default") return SectionKind::profile;
  // Ours and the AWS CLI's own.
  for (const char* other : {"rolecall", "plugins", "preview"}) {
    if (name == other) return SectionKind::other;
  }
  for (const auto& [prefix, kind] : {std::pair("profile", SectionKind::profile),
                                     {"sso-session", SectionKind::sso_session},
                                     {"services", SectionKind::other}}) {
    if (!name.starts_with(prefix)) continue;
    const auto words = client::split_words(name);
    return words && words->size() == 2 && words->front() == prefix ? kind : SectionKind::dropped;
  }
  return SectionKind::dropped;
}

std::string advice_for_dropped(const std::string& name) {
  const auto words = client::split_words(name);
  if (!words) return "a quotation in the name is not closed";
  if (words->size() > 2) {
    std::string rest;
    for (std::size_t i = 1; i < words->size(); ++i) rest += (i > 1 ? " " : "") + (*words)[i];
    return "a name with blanks stands in quotes: [" + words->front() + " \"" + rest + "\"]";
  }
  if (words->size() == 1 && name.starts_with("profile") && name.size() > 7) {
    return "a blank stands before the name: [profile " + name.substr(7) + "]";
  }
  return "in this file a profile is [profile " + name +
         "]; only the credentials file has plain names";
}

void check_names(Examination& in, const ConfigText& file, const client::Section& section,
                 std::span<const std::string_view> known) {
  for (const auto& [key, value] : section.settings) {
    const auto meant = meant_setting(key, known);
    if (!meant) continue;
    in.about_file("setting-misspelt", Severity::warning, file.path,
                  file.lines.of_setting(section.name, key),
                  "`" + key + "` is no setting that anybody reads",
                  "was `" + std::string(*meant) + "` meant?");
  }
}

void check_plain_keys(Examination& in, const ConfigText& file, const client::Section& section) {
  const client::Setting* secret = section.find("aws_secret_access_key");
  // Temporary keys end by themselves.
  if (secret == nullptr || section.find("aws_session_token") != nullptr) return;
  std::string name = section.name;
  if (const auto words = client::split_words(name); words && words->size() == 2) name = (*words)[1];
  in.about_file("plain-keys", Severity::warning, file.path,
                file.lines.of_setting(section.name, "aws_secret_access_key"),
                "the secret key of profile `" + name + "` stands here in plain text",
                "rolecall keys import moves it to a safe place and leaves a credential_process");
}

// ---- caches ----

template <class Function>
void each_json(const std::string& folder, Function function) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(folder.c_str()), &::closedir);
  if (stream == nullptr) return;
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name.ends_with(".json") && names.size() < kCacheFilesMax) names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  for (const auto& name : names) function(folder + "/" + name);
}

void check_sessions(Examination& in, const std::string& folder, Severity severity,
                    std::string_view advice) {
  each_json(folder, [&](const std::string& path) {
    check_mode(in, path, Secrecy::secret, "a session");
    const auto text = read_file_if_there(path, client::kCacheEntryBytesMax);
    if (text && *text && client::parse_cached_session(**text)) return;
    if (text && *text && client::SessionSeal::is_sealed(**text)) return;
    in.about_file("cache-broken", severity, path, 0, "this is no session",
                  std::string(advice) + ": rm " + client::shell_quote(path));
  });
}

}  // namespace

void check_permissions(Examination& in) {
  check_mode(in, in.credentials.path, Secrecy::secret, "the credentials file");
  check_mode(in, in.config.path,
             has_keys(in.config) ? Secrecy::secret : Secrecy::only_ours_to_write,
             "the config file");
  const std::string config_folder = folder_of(in.config.path);
  const std::string credentials_folder = folder_of(in.credentials.path);
  check_mode(in, config_folder, Secrecy::only_ours_to_write, "this folder");
  if (credentials_folder != config_folder) {
    check_mode(in, credentials_folder, Secrecy::only_ours_to_write, "this folder");
  }
}

void check_sections(Examination& in) {
  if (in.config.parsed) {
    bool has_default = false;
    for (const client::Section& section : in.config.parsed->sections) {
      const std::size_t line = in.config.lines.of_section(section.name);
      switch (kind_of(section.name)) {
        case SectionKind::profile:
          check_names(in, in.config, section, profile_settings());
          check_plain_keys(in, in.config, section);
          break;
        case SectionKind::sso_session:
          check_names(in, in.config, section, sso_session_settings());
          break;
        case SectionKind::dropped:
          in.about_file("section-dropped", Severity::warning, in.config.path, line,
                        "[" + section.name + "] is read by nobody, without a word",
                        advice_for_dropped(section.name));
          break;
        case SectionKind::other:
          break;
      }
      const auto words = client::split_words(section.name);
      const bool is_default =
          section.name == "default" ||
          (words && words->size() == 2 && (*words)[0] == "profile" && (*words)[1] == "default");
      if (is_default && has_default) {
        in.about_file("default-twice", Severity::warning, in.config.path, line,
                      "[default] and [profile default] are one profile, and this one replaces the "
                      "other wholly",
                      "put all settings into one of them");
      }
      has_default = has_default || is_default;
    }
  }
  if (in.credentials.parsed) {
    for (const client::Section& section : in.credentials.parsed->sections) {
      check_names(in, in.credentials, section, profile_settings());
      check_plain_keys(in, in.credentials, section);
      if (section.name.starts_with("profile ")) {
        in.about_file("section-dropped", Severity::warning, in.credentials.path,
                      in.credentials.lines.of_section(section.name),
                      "[" + section.name + "] is a profile with that whole name",
                      "in the credentials file a profile has its plain name: [" +
                          section.name.substr(8) + "]");
      }
    }
  }
}

void check_caches(Examination& in) {
  const std::string home = in.environment().home();
  const std::string ours = client::SessionCache(in.environment()).folder();
  const std::string theirs = client::aws_cache_folder(in.environment());
  const std::string sso = home + "/.aws/sso/cache";
  for (const std::string& folder : {folder_of(ours), ours, theirs, sso}) {
    check_mode(in, folder, Secrecy::only_ours_to_write, "this folder of sessions");
  }
  check_sessions(in, ours, Severity::warning, "it is replaced by the next one");
  check_sessions(in, theirs, Severity::error,
                 "the AWS CLI fails on it with nothing but the file's name");
  each_json(sso, [&](const std::string& path) {
    check_mode(in, path, Secrecy::secret, "a sign-in token");
    const auto text = read_file_if_there(path, client::kCacheEntryBytesMax);
    if (text && *text && json::parse(**text)) return;
    in.about_file("cache-broken", Severity::warning, path, 0, "this is no sign-in token",
                  "sign in again: aws sso login");
  });
}

}  // namespace rolecall::shell
