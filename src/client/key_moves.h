// Moving keys between plain files and a store, so that at every moment at least one of the two has
// them: into the store first and read back, then the line that leads there, then out of the file.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "client/key_store.h"
#include "client/session.h"
#include "keys/store.h"

namespace rolecall::client {

// Where a profile's keys are now, and whether they may be moved.
struct PlainKeys {
  std::string profile;
  keys::Entry entry;
  bool in_credentials = false, in_config = false;  // which files hold this very pair
  std::string note;                                // what a person should know; "" for nothing
};
// Fails when the profile is not there, has none, has half of a pair, is already imported, or would
// mean something else without them (a role, SSO, another credential_process).
Result<PlainKeys> plain_keys(const Profiles& files, const Environment& environment,
                             const std::string& profile);
// The profiles that have keys in the files at all, in the files' order.
std::vector<std::string> profiles_with_keys(const Profiles& files);

enum class Step { stored, line_written, removed_from_credentials, removed_from_config };
struct MoveOptions {
  bool replace = false;  // another key kept under that name may be overwritten
  // Called after each step; for tests that end the process there.
  std::function<void(Step)> after = [](Step) {};
};
Status import_keys(Session& session, const PlainKeys& found, keys::Store& store,
                   const MoveOptions& options);

// Back into `credentials`, then the line out of `config`; the store is not touched.
Status export_keys(Session& session, const std::string& profile, const keys::Entry& entry);

// Leads the profile to the store; refuses where something else would win over the line.
Status write_key_line(Session& session, const std::string& profile, const KeyLine& line);
// The line of ours, out of the profile.
Status remove_key_line(Session& session, const std::string& profile);
// Why a line in this profile would not be used; "" when it would.
std::string what_wins(const Profiles& files, const Environment& environment,
                      const std::string& profile);
// The profile's line of ours.
std::optional<KeyLine> key_line_of(const Profiles& files, const Environment& environment,
                                   const std::string& profile);

}  // namespace rolecall::client
