#include "client/formats.h"

#include "base/json.h"
#include "client/failure.h"
#include "client/words.h"

namespace rolecall::client {
namespace {

std::string line(Format format, std::string_view name, std::string_view value) {
  const std::string key(name);
  std::string quoted;
  switch (format) {
    case Format::process:
      break;
    case Format::env:
      return "export " + key + "=" + shell_quote(value) + "\n";
    case Format::env_no_export:
      return key + "=" + shell_quote(value) + "\n";
    case Format::fish:
      // fish knows backslashes in single quotes; POSIX quoting of a quote works in both.
      for (const char c : value) {
        if (c == '\\')
          quoted += "\\\\";
        else
          quoted.push_back(c);
      }
      return "set -gx " + key + " " + shell_quote(quoted) + "\n";
    case Format::powershell:
      for (const char c : value) {
        if (c == '`' || c == '"' || c == '$') quoted.push_back('`');
        quoted.push_back(c);
      }
      return "$Env:" + key + "=\"" + quoted + "\"\n";
    case Format::windows_cmd:
      return "set " + key + "=" + std::string(value) + "\n";
  }
  return {};
}

// Key ids, secrets and tokens of AWS are base64 and a few marks.
bool is_safe_for_cmd(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("+/=_-.:~@").find(c) != std::string_view::npos;
  });
}

std::string for_process(const Credentials& credentials) {
  json::Value out = json::Value::object();
  out.add("Version", json::Value::integer(1));
  out.add("AccessKeyId", json::Value::string(credentials.access_key_id));
  out.add("SecretAccessKey", json::Value::string(std::string(credentials.secret_key.reveal())));
  if (credentials.token) {
    out.add("SessionToken", json::Value::string(std::string(credentials.token->reveal())));
  }
  if (credentials.expires) {
    out.add("Expiration", json::Value::string(python_isoformat(*credentials.expires)));
  }
  return out.dump_pretty() + "\n";
}

}  // namespace

std::optional<Format> parse_format(std::string_view name) {
  if (name == "process") return Format::process;
  if (name == "env") return Format::env;
  if (name == "env-no-export") return Format::env_no_export;
  if (name == "powershell") return Format::powershell;
  if (name == "windows-cmd") return Format::windows_cmd;
  if (name == "fish") return Format::fish;
  return std::nullopt;
}

Result<std::string> format_credentials(const Credentials& credentials, Format format) {
  if (format == Format::process) return for_process(credentials);
  if (format == Format::windows_cmd) {
    const bool is_safe = is_safe_for_cmd(credentials.access_key_id) &&
                         is_safe_for_cmd(credentials.secret_key.reveal()) &&
                         (!credentials.token || is_safe_for_cmd(credentials.token->reveal()));
    if (!is_safe) {
      return general_failure(
          "The credentials hold characters that cmd.exe does not take as text; another --format "
          "is safe.");
    }
  }
  std::string out = line(format, "AWS_ACCESS_KEY_ID", credentials.access_key_id) +
                    line(format, "AWS_SECRET_ACCESS_KEY", credentials.secret_key.reveal());
  if (credentials.token) out += line(format, "AWS_SESSION_TOKEN", credentials.token->reveal());
  if (credentials.expires) {
    out += line(format, "AWS_CREDENTIAL_EXPIRATION", python_isoformat(*credentials.expires));
  }
  return out;
}

}  // namespace rolecall::client
