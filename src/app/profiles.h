// What `--write-profiles DIR` writes: ready-made files for AWS clients.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace rolecall::app {

struct RootProfile {
  std::string account_name;  // the profile is called NAME-root
  std::string access_key_id;
  Secret secret_key;
};

// DIR/config, DIR/credentials (both 0600) and DIR/ca.pem; the folder is made if missing.
Status write_profiles(const std::string& directory, const std::vector<RootProfile>& profiles,
                      const std::string& endpoint_url, const std::string& ca_pem);

}  // namespace rolecall::app
