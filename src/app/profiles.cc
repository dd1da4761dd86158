#include "app/profiles.h"

#include <filesystem>

#include "app/certificates.h"

namespace rolecall::app {

Status write_profiles(const std::string& directory, const std::vector<RootProfile>& profiles,
                      const std::string& endpoint_url, const std::string& ca_pem) {
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) return fault("cannot make " + directory + ": " + failed.message());
  std::string config, credentials;
  for (const auto& profile : profiles) {
    const std::string name = profile.account_name + "-root";
    config += "[profile " + name +
              "]\nregion = us-east-1\noutput = json\nendpoint_url = " + endpoint_url + "\n\n";
    credentials += "[" + name + "]\naws_access_key_id = " + profile.access_key_id +
                   "\naws_secret_access_key = " + std::string(profile.secret_key.reveal()) + "\n\n";
  }
  RC_CHECK(write_private_file(directory + "/config", config));
  RC_CHECK(write_private_file(directory + "/credentials", credentials));
  return write_private_file(directory + "/ca.pem", ca_pem);
}

}  // namespace rolecall::app
