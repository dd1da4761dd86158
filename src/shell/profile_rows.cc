#include "shell/profile_rows.h"

#include "base/ids.h"
#include "shell/match.h"

namespace rolecall::shell {
namespace {

std::string get(const client::Profiles& profiles, const client::Section& profile,
                std::string_view key) {
  return profiles.get(profile.name, key).value_or("");
}

// "role/path/Admin" → "Admin"
std::string_view last_part(std::string_view resource) {
  return resource.substr(resource.rfind('/') + 1);
}

std::string or_dash(std::string text) { return text.empty() ? "-" : text; }

}  // namespace

std::vector<ProfileRow> profile_rows(const client::Profiles& profiles) {
  std::vector<ProfileRow> out;
  for (const client::Section& profile : profiles.all()) {
    ProfileRow row;
    row.name = profile.name;
    const std::string role = get(profiles, profile, "role_arn");
    if (!role.empty()) {
      const auto arn = ArnView::parse(role);
      if (arn) row.account = arn->account;
      row.how = "role " + std::string(arn ? last_part(arn->resource) : role);
    } else if (profile.find("sso_account_id") != nullptr) {
      row.how = "sso " + get(profiles, profile, "sso_role_name");
    } else if (profile.find("credential_process") != nullptr) {
      row.how = "process";
    } else if (const auto id = profiles.get(profile.name, "aws_access_key_id")) {
      row.how = "key " + *id;
    }
    for (const char* key : {"sso_account_id", "aws_account_id"}) {
      if (row.account.empty()) row.account = get(profiles, profile, key);
    }
    for (const char* key : {"rolecall_account_name", "sso_account_name"}) {
      if (row.account_name.empty()) row.account_name = get(profiles, profile, key);
    }
    for (const char* key : {"source_profile", "credential_source", "sso_session"}) {
      if (row.source.empty()) row.source = get(profiles, profile, key);
    }
    out.push_back(std::move(row));
  }
  return out;
}

std::vector<std::string> fields_of(const ProfileRow& row) {
  return {row.name, row.account, row.account_name, row.how, row.source};
}

std::string plain_list(const client::Profiles& profiles, std::string_view query) {
  std::string out;
  for (const ProfileRow& row : profile_rows(profiles)) {
    if (!match_row(query, fields_of(row))) continue;
    std::string how = row.how;
    // Programs get the whole ARN.
    if (const auto role = profiles.get(row.name, "role_arn"); role && !role->empty()) how = *role;
    out.append(row.name).append("\t").append(or_dash(row.account)).append("\t");
    out.append(or_dash(how)).append("\t");
    out.append(or_dash(profiles.get(row.name, "source_profile").value_or(""))).append("\n");
  }
  return out;
}

}  // namespace rolecall::shell
