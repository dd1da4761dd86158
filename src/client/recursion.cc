#include "client/recursion.h"

#include <cstdlib>
#include <vector>

#include "client/failure.h"

namespace rolecall::client {
namespace {

constexpr const char* kVariable = "_AWS_CLI_PROFILE_CHAIN";

// One line of CSV.
std::vector<std::string> parse_csv(std::string_view text) {
  std::vector<std::string> out;
  if (text.empty()) return out;
  std::string field;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        field.push_back(c);
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        field.push_back('"');
        ++i;
      } else {
        quoted = false;
      }
    } else if (c == '"' && field.empty()) {
      quoted = true;
    } else if (c == ',') {
      out.push_back(std::move(field));
      field.clear();
    } else {
      field.push_back(c);
    }
  }
  out.push_back(std::move(field));
  return out;
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  return out + "\"";
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out.append(out.empty() ? "" : " -> ").append(name);
  return out;
}

}  // namespace

Status enter_profile(const std::string& profile, const Environment& environment) {
  std::vector<std::string> seen = parse_csv(environment.get(kVariable).value_or(""));
  if (seen.size() >= kProcessDepthMax) {
    return configuration_failure("Maximum recursive credential process resolution reached (" +
                                 std::to_string(kProcessDepthMax) +
                                 ").\nProfiles seen: " + joined(seen));
  }
  const bool again = std::find(seen.begin(), seen.end(), profile) != seen.end();
  seen.push_back(profile);
  if (again) {
    return configuration_failure(
        "Credential process resolution detected an infinite loop, profile cycle: " + joined(seen));
  }
  std::string line;
  for (const auto& name : seen) line.append(line.empty() ? "" : ",").append(csv_field(name));
  ::setenv(kVariable, line.c_str(), 1);
  return {};
}

}  // namespace rolecall::client
