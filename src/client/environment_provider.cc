// AWS_ACCESS_KEY_ID and companions.
#include "client/failure.h"
#include "client/provider.h"

namespace rolecall::client {
namespace {

class EnvironmentProvider final : public Provider {
 public:
  std::string_view method() const override { return "env"; }

  Result<std::unique_ptr<Source>> load(const Lookup& lookup, std::string& why) const override {
    if (!lookup.use_environment) {
      why = "not looked at: --profile was given";
      return std::unique_ptr<Source>();
    }
    const Environment& environment = lookup.session.environment();
    const auto id = environment.get_filled("AWS_ACCESS_KEY_ID");
    if (!id) {
      why = "AWS_ACCESS_KEY_ID is not set";
      return std::unique_ptr<Source>();
    }
    const auto secret = environment.get_filled("AWS_SECRET_ACCESS_KEY");
    if (!secret) {
      return general_failure("Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY");
    }
    Credentials out{*id, Secret(*secret)};
    for (const char* name : {"AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN"}) {
      if (auto token = environment.get_filled(name)) {
        out.token = Secret(*token);
        break;
      }
    }
    out.account_id = environment.get_filled("AWS_ACCOUNT_ID").value_or("");
    if (const auto text = environment.get_filled("AWS_CREDENTIAL_EXPIRATION")) {
      out.expires = parse_expiration(*text);
      if (!out.expires) {
        return general_failure("AWS_CREDENTIAL_EXPIRATION holds no time: `" + *text + "`");
      }
    }
    return make_static_source(method(), "", std::move(out));
  }
};

}  // namespace

const Provider& environment_provider() {
  static const EnvironmentProvider provider;
  return provider;
}

}  // namespace rolecall::client
