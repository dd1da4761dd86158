// Profiles as rows: what the list shows and the picker looks into.
#pragma once

#include <string>
#include <vector>

#include "client/profiles.h"

namespace rolecall::shell {

struct ProfileRow {
  std::string name;
  std::string account;       // 12 digits, "" when the files do not say
  std::string account_name;  // rolecall_account_name or sso_account_name
  std::string how;           // "role Admin", "sso Admin", "process", "key AKIA…"
  std::string source;        // source_profile, credential_source, sso_session
};
std::vector<ProfileRow> profile_rows(const client::Profiles& profiles);

// What the query is matched against, and what is shown.
std::vector<std::string> fields_of(const ProfileRow& row);

// The list for programs, one row a line with tabs: name, account, role ARN or kind, source. Only
// rows that match the query.
std::string plain_list(const client::Profiles& profiles, std::string_view query = {});

}  // namespace rolecall::shell
