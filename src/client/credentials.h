// Credentials as the client hands them on, and where they came from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "base/time.h"

namespace rolecall::client {

struct Credentials {
  std::string access_key_id;
  Secret secret_key;
  // Set and empty is possible: some files say so, and the AWS CLI prints it.
  std::optional<Secret> token = {};
  std::optional<Instant> expires = {};
  std::string account_id = {};  // "" when not told
};

// One step of the way to the credentials in use, for `whoami` and error texts.
struct Hop {
  std::string profile;  // "" outside profiles
  std::string method;   // "assume-role", "env", …
  std::string what;     // role ARN, key id, command, URL
  std::string note;     // "cached, 52 minutes left", "at https://… as AKIA…"
};

// What a provider said when it was asked.
struct Looked {
  enum class Outcome { skipped, taken, failed };
  std::string profile;
  std::string method;
  Outcome outcome;
  std::string why;
};

// "2026-11-22T04:30:25+00:00", with microseconds where there are any.
std::string python_isoformat(Instant at);
// ISO 8601 as STS, the AWS CLI and boto3's cache write it: a Z, an offset, or "UTC" at the end.
std::optional<Instant> parse_expiration(std::string_view text);

}  // namespace rolecall::client
