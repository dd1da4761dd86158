// role_arn with source_profile or credential_source: chains of roles, each hop kept on its own.
#include <charconv>

#include "base/encoding.h"
#include "base/json.h"
#include "client/chain.h"
#include "client/endpoint.h"
#include "client/failure.h"
#include "client/mfa.h"
#include "client/sts.h"

namespace rolecall::client {
namespace {

// A role assumed with temporary credentials, those of GetSessionToken too, lasts an hour at most
// (AWS re:Post knowledge center, "IAM role chaining limit").
constexpr std::int32_t kChainedRoleSecondsMax = 3600;

class RoleSource final : public CachedSource {
 public:
  RoleSource(std::string profile, RoleRequest request, std::unique_ptr<Source> source,
             Target target, bool ask_code, std::string shared_folder)
      : profile_(std::move(profile)),
        request_(std::move(request)),
        source_(std::move(source)),
        target_(std::move(target)),
        ask_code_(ask_code),
        shared_folder_(std::move(shared_folder)) {}

  std::string_view method() const override { return "assume-role"; }
  void describe(std::vector<Hop>& hops) const override {
    source_->describe(hops);
    hops.push_back({profile_, std::string(method()), request_.role_arn,
                    note() + (note().empty() ? "at " : ", at ") + target_.url});
  }

 protected:
  std::string key() const override {
    CacheKey key;
    key.add("kind", "role").add("identity", source_->identity()).add("role", request_.role_arn);
    key.add("endpoint", target_.url).add("region", target_.region);
    const auto add = [&](std::string_view name, const std::optional<std::string>& value) {
      if (value) key.add(name, *value);
    };
    add("session name", request_.role_session_name);
    add("external id", request_.external_id);
    add("serial", request_.mfa_serial);
    add("source identity", request_.source_identity);
    add("policy", request_.policy);
    if (request_.duration_seconds) {
      key.add("duration", std::to_string(*request_.duration_seconds));
    }
    for (const auto& [name, value] : request_.tags) key.add("tag " + name, value);
    for (const auto& name : request_.transitive_tag_keys) key.add("transitive", name);
    for (const auto& arn : request_.policy_arns) key.add("policy arn", arn);
    return key.hex();
  }

  std::string shared_path(Session&) const override {
    if (shared_folder_.empty()) return {};
    return shared_folder_ + "/" +
           aws_cache_key({request_.role_arn, request_.role_session_name, request_.external_id,
                          request_.mfa_serial, request_.duration_seconds}) +
           ".json";
  }

  Result<CachedSession> open(Session& session) override {
    RoleRequest request = request_;
    for (int attempt = 1;; ++attempt) {
      RC_TRY(const Credentials as, source_->fetch(session));
      if (ask_code_ && !request.mfa_code) {
        RC_TRY(request.mfa_code, ask_mfa_code(session, profile_, *request.mfa_serial));
      }
      auto opened = assume_role(session, request, as, target_);
      if (opened) {
        opened->about = {{"Kind", "role"},
                         {"Profile", profile_},
                         {"Role", request_.role_arn},
                         {"Identity", source_->identity()},
                         {"Endpoint", target_.url},
                         {"Region", target_.region}};
        return opened;
      }
      // A kept session that the server no longer takes: once more with a new one.
      if (attempt == 1 && as.token && is_session_refused(opened.error())) {
        source_->forget(session);
        continue;
      }
      return explained(std::move(opened).error(), as);
    }
  }

 private:
  Error explained(Error error, const Credentials& as) const {
    std::vector<Hop> hops;
    source_->describe(hops);
    std::string who = as.access_key_id;
    if (!source_->arn().empty()) who = source_->arn() + " (" + who + ")";
    error = with_note(std::move(error), "hop " + std::to_string(hops.size()) + ": profile `" +
                                            profile_ + "` assumes " + request_.role_arn);
    error = with_note(
        std::move(error),
        "as: " + who + ", from " + hops.back().method +
            (hops.back().profile.empty() ? "" : " of profile `" + hops.back().profile + "`"));
    return with_note(std::move(error), "at: " + target_.url + ", region " + target_.region);
  }

  std::string profile_;
  RoleRequest request_;
  std::unique_ptr<Source> source_;
  Target target_;
  bool ask_code_;
  std::string shared_folder_;
};

std::string python_list(const std::vector<std::string>& names) {
  std::string out = "[";
  for (const auto& name : names) {
    if (out.size() > 1) out += ", ";
    const char quote = name.find('\'') != name.npos && name.find('"') == name.npos ? '"' : '\'';
    out += quote;
    out += name;
    out += quote;
  }
  return out + "]";
}

std::vector<std::string> comma_list(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (const auto item = trim(text.substr(0, comma)); !item.empty()) out.emplace_back(item);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return out;
}

const std::string* text_of(const Section& profile, std::string_view key) {
  const Setting* setting = profile.find(key);
  return setting == nullptr || setting->is_map ? nullptr : &setting->text;
}

bool has_static_keys(const Section& profile) {
  return profile.find("aws_access_key_id") != nullptr ||
         profile.find("aws_secret_access_key") != nullptr;
}

bool has_role(const Section& profile) {
  return profile.find("role_arn") != nullptr && profile.find("web_identity_token_file") == nullptr;
}

// As Python's int(): blanks around, one sign. Anything else is silently no duration.
std::optional<std::int32_t> duration_of(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int32_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<RoleRequest> role_request(const Section& profile) {
  RoleRequest out;
  const auto take = [&](std::string_view key) -> std::optional<std::string> {
    const std::string* text = text_of(profile, key);
    return text == nullptr ? std::nullopt : std::optional(*text);
  };
  out.role_arn = take("role_arn").value_or("");
  out.role_session_name = take("role_session_name");
  out.external_id = take("external_id");
  out.mfa_serial = take("mfa_serial");
  if (const auto text = take("duration_seconds")) out.duration_seconds = duration_of(*text);
  // Ours, named as the parameters of AssumeRole are.
  out.source_identity = take("source_identity");
  out.policy = take("session_policy");
  if (const auto text = take("session_policy_arns")) out.policy_arns = comma_list(*text);
  if (const auto text = take("transitive_tag_keys")) out.transitive_tag_keys = comma_list(*text);
  if (const Setting* tags = profile.find("session_tags")) {
    if (tags->is_map) out.tags = tags->map;
    for (const auto& pair : comma_list(tags->text)) {
      const std::size_t equals = pair.find('=');
      if (equals == pair.npos) {
        return general_failure("session_tags of profile `" + profile.name + "`: `" + pair +
                               "` is not KEY=VALUE");
      }
      out.tags.emplace_back(trim(pair.substr(0, equals)), trim(pair.substr(equals + 1)));
    }
  }
  return out;
}

class RoleReader {
 public:
  explicit RoleReader(Session& session, const Profiles& files)
      : session_(session), files_(files), visited_{session.profile()} {}

  // Precondition: the profile exists and has_role().
  Result<std::unique_ptr<Source>> role(const std::string& name) {
    const Section& profile = *files_.find(name);
    RC_TRY(RoleRequest request, role_request(profile));
    RC_TRY(auto source, source_of(name, profile));
    RC_TRY(Target target, sts_target(session_, name));
    const bool shares =
        equal_ignoring_case(files_.get(name, "share_aws_cli_cache").value_or(""), "true") ||
        session_.environment().is_true("ROLECALL_SHARE_AWS_CLI_CACHE");
    bool ask_code = false;
    if (request.mfa_serial) {
      // GetSessionToken is for long-term keys only; a session presents its device to AssumeRole. So
      // do keys where the role is wanted for longer than a session may have it.
      const bool fits_chaining = request.duration_seconds.value_or(0) <= kChainedRoleSecondsMax;
      if (fits_chaining && (source->identity().starts_with("key:AKIA") || is_long_term(*source))) {
        source = make_mfa_source(std::move(source), name, *request.mfa_serial, target);
      } else {
        ask_code = true;
      }
    }
    return std::unique_ptr<Source>(std::make_unique<RoleSource>(
        name, std::move(request), std::move(source), std::move(target), ask_code,
        shares ? aws_cache_folder(session_.environment()) : ""));
  }

 private:
  bool is_long_term(Source& source) {
    if (!source.identity().starts_with("key:")) return false;
    const auto keys = source.fetch(session_);  // static: nobody is asked
    return keys && !keys->token;
  }

  Result<std::unique_ptr<Source>> source_of(const std::string& name, const Section& profile) {
    const std::string* from_profile = text_of(profile, "source_profile");
    const std::string* from_source = text_of(profile, "credential_source");
    if (from_profile != nullptr && from_source != nullptr) {
      return general_failure("The profile \"" + name +
                             "\" contains both source_profile and credential_source.");
    }
    if (from_profile == nullptr && from_source == nullptr) {
      return general_failure(
          "Partial credentials found in assume-role, missing: source_profile or "
          "credential_source");
    }
    return from_source != nullptr ? from_credential_source(name, *from_source)
                                  : from_source_profile(name, *from_profile);
  }

  Result<std::unique_ptr<Source>> from_credential_source(const std::string& name,
                                                         const std::string& wanted) {
    const Provider* provider = named_provider(wanted);
    if (provider == nullptr) {
      return general_failure("The credential source \"" + wanted + "\" referenced in profile \"" +
                             name + "\" is not valid.");
    }
    RC_TRY(auto source, ask(*provider, {session_, name, true}));
    if (!source) {
      return general_failure("Error when retrieving credentials from " + wanted +
                             ": No credentials found in credential_source referenced in profile " +
                             name);
    }
    return source;
  }

  Result<std::unique_ptr<Source>> from_source_profile(const std::string& name,
                                                      const std::string& wanted) {
    const Section* source = files_.find(wanted);
    if (source == nullptr) {
      return general_failure("The source_profile \"" + wanted + "\" referenced in the profile \"" +
                             name + "\" does not exist.");
    }
    const bool visited = std::find(visited_.begin(), visited_.end(), wanted) != visited_.end();
    // A profile may be its own source, for the keys beside its role.
    if (visited && (wanted != name || !has_static_keys(*source))) {
      return general_failure(
          "Infinite loop in credential configuration detected. Attempting to load from profile " +
          wanted + " which has already been visited. Visited profiles: " + python_list(visited_));
    }
    visited_.push_back(wanted);
    if (has_role(*source) && !has_static_keys(*source)) return role(wanted);
    RC_TRY(auto found, find_profile_source(session_, wanted));
    if (!found) {
      return general_failure("The source profile \"" + wanted + "\" must have credentials.");
    }
    return found;
  }

  Session& session_;
  const Profiles& files_;
  std::vector<std::string> visited_;
};

class AssumeRoleProvider final : public Provider {
 public:
  std::string_view method() const override { return "assume-role"; }
  Result<std::unique_ptr<Source>> load(const Lookup& lookup, std::string& why) const override {
    RC_TRY(const Profiles* files, lookup.session.profiles());
    const Section* profile = files->find(lookup.profile);
    if (profile == nullptr || !has_role(*profile)) {
      why = profile == nullptr
                ? "no such profile"
                : (profile->find("role_arn") == nullptr ? "no role_arn"
                                                        : "has web_identity_token_file");
      return std::unique_ptr<Source>();
    }
    return RoleReader(lookup.session, *files).role(lookup.profile);
  }
};

}  // namespace

const Provider& assume_role_provider() {
  static const AssumeRoleProvider provider;
  return provider;
}

}  // namespace rolecall::client
