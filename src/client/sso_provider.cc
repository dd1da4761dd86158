// sso_account_id and sso_role_name: credentials from the SSO portal, with the token that
// `aws sso login` left in ~/.aws/sso/cache.
#include "base/encoding.h"
#include "client/answers.h"
#include "client/endpoint.h"
#include "client/failure.h"
#include "client/provider.h"
#include "client/sso_token.h"
#include "client/transport.h"

namespace rolecall::client {
namespace {

struct SsoSettings {
  std::string session;  // "" in the legacy form
  std::string start_url, region, account_id, role_name;
};

class SsoSource final : public CachedSource {
 public:
  SsoSource(std::string profile, SsoSettings settings, std::string url, std::string oidc_url)
      : profile_(std::move(profile)),
        settings_(std::move(settings)),
        url_(std::move(url)),
        oidc_url_(std::move(oidc_url)) {}

  std::string_view method() const override { return "sso"; }
  void describe(std::vector<Hop>& hops) const override {
    hops.push_back({profile_, std::string(method()),
                    settings_.role_name + " in " + settings_.account_id, note()});
  }

 protected:
  std::string key() const override {
    return CacheKey()
        .add("kind", "sso")
        .add("session", settings_.session)
        .add("start url", settings_.start_url)
        .add("account", settings_.account_id)
        .add("role", settings_.role_name)
        .add("endpoint", url_)
        .hex();
  }

  Result<CachedSession> open(Session& session) override {
    RC_TRY(const SsoToken token,
           load_sso_token(session, {settings_.session, settings_.start_url, oidc_url_}));
    http::ClientRequest request;
    request.url = url_ +
                  "/federation/credentials?role_name=" + percent_encode(settings_.role_name) +
                  "&account_id=" + percent_encode(settings_.account_id);
    request.headers.emplace_back("x-amz-sso_bearer_token",
                                 std::string(token.access_token.reveal()));
    auto answer = client::fetch(session, request);
    if (!answer) {
      return with_note(general_failure("Could not connect to the endpoint URL: \"" + url_ + "/\""),
                       answer.error().text());
    }
    if (answer->status == 401) return sso_session_expired();
    auto keys = answer->status == 200 ? parse_sso_answer(answer->body) : std::nullopt;
    if (!keys) {
      Error error = general_failure("The SSO portal gave no credentials for " +
                                    settings_.role_name + " in " + settings_.account_id +
                                    " (HTTP status " + std::to_string(answer->status) + ")");
      return with_note(std::move(error), "at: " + url_);
    }
    keys->account_id = settings_.account_id;
    CachedSession out;
    out.credentials = std::move(*keys);
    out.issued = session.clock().now();
    out.about = {{"Kind", "sso"},
                 {"Profile", profile_},
                 {"Role", settings_.role_name},
                 {"Endpoint", url_},
                 {"Region", settings_.region}};
    return out;
  }

 private:
  std::string profile_;
  SsoSettings settings_;
  std::string url_, oidc_url_;
};

Result<std::string> address_of(const Lookup& lookup, std::string_view service,
                               std::string_view host, const std::string& region) {
  RC_TRY(auto url, configured_endpoint(lookup.session, lookup.profile, service));
  std::string address = url ? *url : builtin_endpoint(host, region);
  while (address.ends_with('/')) address.pop_back();
  return address;
}

class SsoProvider final : public Provider {
 public:
  std::string_view method() const override { return "sso"; }
  Result<std::unique_ptr<Source>> load(const Lookup& lookup, std::string& why) const override {
    RC_TRY(const Profiles* files, lookup.session.profiles());
    const Section* profile = files->find(lookup.profile);
    if (profile == nullptr ||
        (profile->find("sso_account_id") == nullptr && profile->find("sso_role_name") == nullptr)) {
      why = "neither sso_account_id nor sso_role_name";
      return std::unique_ptr<Source>();
    }
    Section merged = *profile;
    SsoSettings out;
    if (const auto name = files->get(lookup.profile, "sso_session")) {
      const Section* session = files->find_sso_session(*name);
      if (session == nullptr) {
        return general_failure("The specified sso-session does not exist: \"" + *name + "\"");
      }
      for (const auto& [key, value] : session->settings) {
        const Setting* own = merged.find(key);
        if (own != nullptr && own->text != value.text) {
          return general_failure("The value for " + key + " is inconsistent between profile (" +
                                 own->text + ") and sso-session (" + value.text + ").");
        }
        merged.put(key, value);
      }
      out.session = *name;
    }
    std::string missing;
    for (const auto& [key, into] :
         {std::pair<std::string_view, std::string*>("sso_role_name", &out.role_name),
          {"sso_account_id", &out.account_id},
          {"sso_start_url", &out.start_url},
          {"sso_region", &out.region}}) {
      const Setting* setting = merged.find(key);
      if (setting == nullptr) {
        missing.append(missing.empty() ? "" : ", ").append(key);
      } else {
        *into = setting->text;
      }
    }
    if (!missing.empty()) {
      return general_failure(
          "The profile \"" + lookup.profile +
          "\" is configured to use SSO but is missing required configuration: " + missing);
    }
    RC_TRY(std::string portal, address_of(lookup, "sso", "portal.sso", out.region));
    RC_TRY(std::string oidc, address_of(lookup, "sso_oidc", "oidc", out.region));
    return std::unique_ptr<Source>(std::make_unique<SsoSource>(lookup.profile, std::move(out),
                                                               std::move(portal), std::move(oidc)));
  }
};

}  // namespace

const Provider& sso_provider() {
  static const SsoProvider provider;
  return provider;
}

}  // namespace rolecall::client
