// The doctor on profiles: where their credentials come from, and whether that can work.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/encoding.h"
#include "base/ids.h"
#include "client/cache.h"
#include "client/endpoint.h"
#include "client/words.h"
#include "shell/doctor.h"

namespace rolecall::shell {
namespace {

constexpr std::int64_t kShortestSeconds = 900;       // STS takes no less
constexpr std::int64_t kChainedSeconds = 3600;       // nor more of a session made with a session
constexpr std::int64_t kLongestSeconds = 12 * 3600;  // nor more of any role

class Profile {
 public:
  Profile(const client::Profiles& profiles, const client::Section& section)
      : profiles_(profiles), section_(section) {}

  const std::string& name() const { return section_.name; }
  bool has(std::string_view key) const { return !get(key).empty(); }
  std::string get(std::string_view key) const {
    return profiles_.get(section_.name, key).value_or("");
  }
  bool has_keys() const { return has("aws_access_key_id") || has("aws_secret_access_key"); }
  bool is_role() const { return has("role_arn"); }
  bool has_other_source() const {
    return has("credential_process") || has("sso_session") || has("sso_account_id") ||
           has("sso_start_url") || has("web_identity_token_file") || has("login_session");
  }

 private:
  const client::Profiles& profiles_;
  const client::Section& section_;
};

class Checker {
 public:
  Checker(Examination& in, const client::Section& section)
      : in_(in), all_(*in.profiles), profile_(all_, section) {}

  void run() {
    keys();
    if (profile_.is_role()) {
      role();
      source();
      duration();
    }
    sso();
    files();
    for (const char* key : {"credential_process", "mfa_process"}) process(key);
  }

 private:
  void say(std::string_view id, Severity severity, std::string_view key, std::string what,
           std::string advice) {
    in_.about_profile(id, severity, profile_.name(), key, std::move(what), std::move(advice));
  }

  void keys() {
    const bool has_id = profile_.has("aws_access_key_id");
    if (has_id != profile_.has("aws_secret_access_key")) {
      const char* missing = has_id ? "aws_secret_access_key" : "aws_access_key_id";
      say("half-a-key", Severity::error, has_id ? "aws_access_key_id" : "aws_secret_access_key",
          std::string("there is no ") + missing,
          "a key has both parts; add the other or drop this");
    }
    if (profile_.has_keys() && profile_.is_role()) {
      say("keys-and-role", Severity::warning, "role_arn",
          "it has keys and a role: used itself it is the role, as a source_profile the keys",
          "put the keys into a profile of their own and name that as source_profile");
    }
  }

  void role() {
    const std::string text = profile_.get("role_arn");
    const auto arn = ArnView::parse(text);
    if (!arn || arn->service != "iam" || !arn->resource.starts_with("role/")) {
      say("role-arn", Severity::error, "role_arn", "`" + text + "` is no role's ARN",
          "a role's ARN is arn:aws:iam::ACCOUNT:role/NAME");
    }
  }

  void source() {
    const std::string source = profile_.get("source_profile");
    const std::string kind = profile_.get("credential_source");
    if (profile_.has("web_identity_token_file")) return;
    if (!source.empty() && !kind.empty()) {
      say("source-twice", Severity::error, "credential_source",
          "it has source_profile and credential_source", "keep one of the two");
    } else if (source.empty() && kind.empty()) {
      say("source-none", Severity::error, "role_arn",
          "it has role_arn, but neither source_profile nor credential_source",
          "name the profile whose credentials assume the role: source_profile = default");
    } else if (!kind.empty() && kind != "Environment" && kind != "Ec2InstanceMetadata" &&
               kind != "EcsContainer") {
      say("credential-source", Severity::error, "credential_source",
          "credential_source `" + kind + "` is not known",
          "Environment, Ec2InstanceMetadata and EcsContainer are, spelled so");
    }
    if (source.empty()) return;
    const client::Section* other = all_.find(source);
    if (other == nullptr) {
      say("source-missing", Severity::error, "source_profile",
          "its source_profile `" + source + "` does not exist",
          "make that profile, or name another one");
      return;
    }
    const Profile from(all_, *other);
    if (!from.has_keys() && !from.is_role() && !from.has_other_source()) {
      say("source-empty", Severity::error, "source_profile",
          "its source_profile `" + source + "` has no credentials",
          "give that profile keys, a role, SSO or a credential_process");
    }
    loop();
  }

  void loop() {
    std::vector<std::string> way = {profile_.name()};
    std::string next = profile_.get("source_profile");
    while (true) {
      const client::Section* other = all_.find(next);
      if (other == nullptr) return;
      const Profile from(all_, *other);
      // Keys end a chain, even those of the profile itself.
      if (from.has_keys() || !from.is_role()) return;
      if (std::find(way.begin(), way.end(), next) != way.end()) break;
      way.push_back(next);
      next = from.get("source_profile");
    }
    // Told once, by the first of those on the loop itself.
    if (next != profile_.name() || *std::min_element(way.begin(), way.end()) != next) return;
    std::string text;
    for (const auto& name : way) text += name + " → ";
    say("source-loop", Severity::error, "source_profile",
        "its source_profile leads back to itself: " + text + next,
        "the last profile of a chain needs credentials of its own");
  }

  void duration() {
    const std::string text = profile_.get("duration_seconds");
    if (text.empty()) return;
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    constexpr const char* kKey = "duration_seconds";
    if (error != std::errc() || end != text.data() + text.size()) {
      return say("duration-ignored", Severity::warning, kKey,
                 "duration_seconds `" + text + "` is no number and is ignored without a word",
                 "write whole seconds: duration_seconds = 3600");
    }
    const client::Section* other = all_.find(profile_.get("source_profile"));
    const bool chained = other != nullptr && other->name != profile_.name() &&
                         Profile(all_, *other).is_role() && !Profile(all_, *other).has_keys();
    if (seconds < kShortestSeconds || seconds > kLongestSeconds) {
      say("duration-range", Severity::error, kKey,
          "duration_seconds " + text + " is refused: a role's session lasts 900 to 43200 seconds",
          "choose a value between, not above the role's MaxSessionDuration");
    } else if (chained && seconds > kChainedSeconds) {
      say("duration-chained", Severity::error, kKey,
          "duration_seconds " + text +
              " is refused: a session made with another role's session "
              "lasts 3600 seconds at most",
          "duration_seconds = 3600, or assume the role with keys");
    } else if (seconds == kShortestSeconds) {
      say("duration-900", Severity::warning, kKey,
          "a session of 900 seconds is never kept by the AWS CLI: every command assumes the role "
          "again, and asks for MFA again",
          "duration_seconds = 3600; or use it through rolecall, which keeps it");
    }
  }

  void sso() {
    const std::string session = profile_.get("sso_session");
    if (!session.empty() && all_.find_sso_session(session) == nullptr) {
      say("sso-session-missing", Severity::error, "sso_session",
          "its sso_session `" + session + "` does not exist",
          "add [sso-session " + session + "] with sso_start_url and sso_region");
    }
    const bool has_account = profile_.has("sso_account_id"),
               has_role = profile_.has("sso_role_name");
    if (has_account != has_role) {
      say("sso-incomplete", Severity::error, has_account ? "sso_account_id" : "sso_role_name",
          std::string("there is no ") + (has_account ? "sso_role_name" : "sso_account_id"),
          "SSO needs both, and where to sign in");
    } else if (has_account && session.empty() && !profile_.has("sso_start_url")) {
      say("sso-incomplete", Severity::error, "sso_account_id",
          "there is neither sso_session nor sso_start_url", "say where to sign in");
    }
  }

  void files() {
    const std::string services = profile_.get("services");
    if (!services.empty() && all_.find_services(services) == nullptr) {
      say("services-missing", Severity::error, "services",
          "its section [services " + services + "] does not exist",
          "add the section, or drop the setting");
    }
    for (const char* key : {"web_identity_token_file", "ca_bundle"}) {
      const std::string path = in_.environment().expand_path(profile_.get(key));
      if (path.empty() || ::access(path.c_str(), R_OK) == 0) continue;
      say("file-missing", Severity::error, key, std::string(key) + " " + path + " cannot be read",
          "name a file that is there");
    }
  }

  void process(const char* key) {
    const std::string command = profile_.get(key);
    if (command.empty()) return;
    const auto words = client::split_words(command);
    if (!words || words->empty()) {
      return say("process-missing", Severity::error, key,
                 std::string(key) + ": a quotation is not closed", "close it");
    }
    if (is_program(words->front())) return;
    say("process-missing", Severity::error, key,
        std::string(key) + ": there is no program `" + words->front() + "`",
        words->front().starts_with("~") || words->front().find('$') != std::string::npos
            ? "no shell reads it: write the whole path, without ~ and $"
            : "install it, or write its whole path");
  }

  bool is_program(const std::string& name) const {
    const auto runs = [](const std::string& path) {
      struct stat about{};
      return ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
             ::access(path.c_str(), X_OK) == 0;
    };
    if (name.find('/') != name.npos) return runs(name);
    std::string path = in_.environment().get("PATH").value_or("/usr/bin:/bin");
    while (true) {
      const std::size_t colon = path.find(':');
      const std::string folder = path.substr(0, colon);
      if (runs((folder.empty() ? "." : folder) + "/" + name)) return true;
      if (colon == path.npos) return false;
      path.erase(0, colon + 1);
    }
  }

  Examination& in_;
  const client::Profiles& all_;
  Profile profile_;
};

// Whose credentials assume the role in the end, as far as the files tell.
std::string root_of(const client::Profiles& all, const client::Section& section) {
  const client::Section* at = &section;
  std::string way;
  std::set<std::string> seen;
  while (seen.insert(at->name).second) {
    const Profile profile(all, *at);
    if (at != &section && profile.has("aws_access_key_id")) {
      return way + "key " + profile.get("aws_access_key_id");
    }
    if (!profile.is_role()) return way + "profile " + at->name;
    if (at != &section) way += profile.get("role_arn") + " of ";
    if (profile.has("credential_source")) return way + profile.get("credential_source");
    const client::Section* next = all.find(profile.get("source_profile"));
    if (next == nullptr) return way + "?";
    at = next;
  }
  // A profile that is its own source has keys.
  return way + "key " + Profile(all, *at).get("aws_access_key_id");
}

std::string endpoint_of(const client::Profiles& all, const Profile& profile) {
  if (const client::Section* services = all.find_services(profile.get("services"))) {
    const client::Setting* sts = services->find("sts");
    const std::string* url = sts == nullptr ? nullptr : sts->find("endpoint_url");
    if (url != nullptr) return *url;
  }
  return profile.get("endpoint_url");
}

}  // namespace

void check_profiles(Examination& in) {
  for (const client::Section& section : in.profiles->all()) Checker(in, section).run();
}

void check_collisions(Examination& in) {
  struct User {
    std::string profile, root, endpoint;
  };
  // The AWS CLI's name of the session → who uses it.
  std::map<std::string, User> users;
  for (const client::Section& section : in.profiles->all()) {
    const Profile profile(*in.profiles, section);
    if (!profile.is_role()) continue;
    client::AwsCacheParameters parameters{profile.get("role_arn"), {}, {}, {}, {}};
    const auto take = [&](const char* key, std::optional<std::string>& into) {
      if (profile.has(key)) into = profile.get(key);
    };
    take("role_session_name", parameters.role_session_name);
    if (!profile.has("web_identity_token_file")) {
      take("external_id", parameters.external_id);
      take("mfa_serial", parameters.serial_number);
      const std::string text = profile.get("duration_seconds");
      std::int64_t seconds = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
      if (error == std::errc() && end == text.data() + text.size()) {
        parameters.duration_seconds = seconds;
      }
    }
    const User user{section.name, root_of(*in.profiles, section),
                    endpoint_of(*in.profiles, profile)};
    if (user.root.ends_with('?')) continue;  // it cannot work, and is told so
    const auto [found, is_new] = users.try_emplace(client::aws_cache_key(parameters), user);
    if (is_new) continue;
    const User& other = found->second;
    if (other.root == user.root && other.endpoint == user.endpoint) continue;
    std::string how = other.root != user.root
                          ? "assumed by " + user.root + " here and by " + other.root + " there"
                          : "at " + (user.endpoint.empty() ? "AWS" : user.endpoint) +
                                " here and at " +
                                (other.endpoint.empty() ? "AWS" : other.endpoint) + " there";
    in.about_profile("collision", Severity::error, section.name, "role_arn",
                     "the AWS CLI keeps its session under the same name as that of profile `" +
                         other.profile + "`, and uses one for the other (" + how + ")",
                     "give each a role_session_name of its own; rolecall tells them apart");
  }
}

}  // namespace rolecall::shell
