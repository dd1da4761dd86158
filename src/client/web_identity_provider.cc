// web_identity_token_file: a token of another identity provider, exchanged for a role's session.
#include "base/encoding.h"
#include "base/files.h"
#include "client/endpoint.h"
#include "client/failure.h"
#include "client/provider.h"
#include "client/sts.h"

namespace rolecall::client {
namespace {

constexpr std::size_t kTokenBytesMax = 64 * 1024;  // AWS takes 20,000 characters

class WebIdentitySource final : public CachedSource {
 public:
  WebIdentitySource(std::string profile, RoleRequest request, std::string token_file, Target target)
      : profile_(std::move(profile)),
        request_(std::move(request)),
        token_file_(std::move(token_file)),
        target_(std::move(target)) {}

  std::string_view method() const override { return "assume-role-with-web-identity"; }
  void describe(std::vector<Hop>& hops) const override {
    hops.push_back({profile_, std::string(method()), request_.role_arn,
                    note() + (note().empty() ? "" : ", ") + "token of " + token_file_});
  }

 protected:
  std::string key() const override {
    return CacheKey()
        .add("kind", "web")
        .add("token file", token_file_)
        .add("role", request_.role_arn)
        .add("session name", request_.role_session_name.value_or(""))
        .add("endpoint", target_.url)
        .add("region", target_.region)
        .hex();
  }

  Result<CachedSession> open(Session& session) override {
    RC_TRY(const auto token, read_file_if_there(token_file_, kTokenBytesMax));
    if (!token) {
      return general_failure("[Errno 2] No such file or directory: '" + token_file_ + "'");
    }
    auto opened = assume_role_with_web_identity(session, request_, *token, target_);
    if (!opened) {
      Error error =
          with_note(opened.error(), "profile `" + profile_ + "` assumes " + request_.role_arn +
                                        " with the token of " + token_file_);
      return with_note(std::move(error), "at: " + target_.url + ", region " + target_.region);
    }
    opened->about = {{"Kind", "web identity"},
                     {"Profile", profile_},
                     {"Role", request_.role_arn},
                     {"Endpoint", target_.url},
                     {"Region", target_.region}};
    return opened;
  }

 private:
  std::string profile_;
  RoleRequest request_;
  std::string token_file_;
  Target target_;
};

class WebIdentityProvider final : public Provider {
 public:
  std::string_view method() const override { return "assume-role-with-web-identity"; }
  Result<std::unique_ptr<Source>> load(const Lookup& lookup, std::string& why) const override {
    RC_TRY(const Profiles* files, lookup.session.profiles());
    const auto take = [&](const char* variable, std::string_view key) {
      auto value = lookup.use_environment ? lookup.session.environment().get(variable)
                                          : std::optional<std::string>();
      return value ? value : files->get(lookup.profile, key);
    };
    const auto file = take("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
    if (!file || file->empty()) {
      why = "no web_identity_token_file";
      return std::unique_ptr<Source>();
    }
    const auto role = take("AWS_ROLE_ARN", "role_arn");
    if (!role || role->empty()) {
      return general_failure(
          "The provided profile or the current environment is configured to assume role with web "
          "identity but has no role ARN configured. Ensure that the profile has the "
          "role_arnconfiguration set or the AWS_ROLE_ARN env var is set.");
    }
    RoleRequest request;
    request.role_arn = *role;
    request.role_session_name = take("AWS_ROLE_SESSION_NAME", "role_session_name");
    RC_TRY(Target target, sts_target(lookup.session, lookup.profile));
    return std::unique_ptr<Source>(std::make_unique<WebIdentitySource>(
        lookup.profile, std::move(request), *file, std::move(target)));
  }
};

}  // namespace

const Provider& web_identity_provider() {
  static const WebIdentityProvider provider;
  return provider;
}

}  // namespace rolecall::client
