// Static keys in the config file.
#include "client/provider.h"

namespace rolecall::client {
namespace {

class ConfigProvider final : public Provider {
 public:
  std::string_view method() const override { return "config-file"; }
  Result<std::unique_ptr<Source>> load(const Lookup& lookup, std::string& why) const override {
    RC_TRY(const Profiles* files, lookup.session.profiles());
    return static_source_of(files->find_in_config(lookup.profile), method(), lookup.profile, why);
  }
};

}  // namespace

const Provider& config_provider() {
  static const ConfigProvider provider;
  return provider;
}

}  // namespace rolecall::client
