// Static keys in the credentials file.
#include "client/provider.h"

namespace rolecall::client {
namespace {

class SharedCredentialsProvider final : public Provider {
 public:
  std::string_view method() const override { return "shared-credentials-file"; }
  Result<std::unique_ptr<Source>> load(const Lookup& lookup, std::string& why) const override {
    RC_TRY(const Profiles* files, lookup.session.profiles());
    return static_source_of(files->find_in_credentials(lookup.profile), method(), lookup.profile,
                            why);
  }
};

}  // namespace

const Provider& shared_credentials_provider() {
  static const SharedCredentialsProvider provider;
  return provider;
}

}  // namespace rolecall::client
