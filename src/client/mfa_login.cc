#include "client/mfa_login.h"

#include <fmt/core.h>

#include <charconv>
#include <ostream>

#include "client/chain.h"
#include "client/config_writer.h"
#include "client/failure.h"
#include "client/mfa.h"
#include "client/sts.h"

namespace rolecall::client {
namespace {

constexpr std::int32_t kDurationSeconds = 43'200;  // the AWS CLI's: twelve hours

Result<std::int32_t> duration_of(const Arguments& arguments) {
  const auto text = arguments.value("--duration-seconds");
  if (!text) return kDurationSeconds;
  std::int32_t out = 0;
  const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), out);
  if (code != std::errc{} || end != text->data() + text->size()) {
    return usage_failure("argument --duration-seconds: invalid int value: '" + *text + "'");
  }
  return out;
}

ApiError not_found(std::string message) {
  ApiError error = general_failure(std::move(message));
  error.http_status = kExitNotFound;  // the AWS CLI's 1
  return error;
}

std::string date_and_time(Instant at) {
  const CivilTime t = to_civil(at);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", t.year, t.month, t.day, t.hour,
                     t.minute, t.second);
}

}  // namespace

Result<int> mfa_login(const Arguments& arguments, Session& session, Console& console) {
  const std::string profile = session.profile();
  RC_TRY(const std::int32_t duration_seconds, duration_of(arguments));
  RC_TRY(auto source, find_source(session));
  if (!source) return not_found("Unable to locate credentials for profile " + profile);
  std::string serial = arguments.value("--serial-number").value_or(session.setting("mfa_serial"));
  if (serial.empty()) return not_found("MFA serial number or ARN is required");

  RC_TRY(const Credentials keys, source->fetch(session));
  RC_TRY(const Target target, sts_target(session, profile));
  RC_TRY(const std::string code, ask_mfa_code(session, profile, serial));
  auto opened = get_session_token(session, serial, code, duration_seconds, keys, target);
  if (!opened) {
    return with_note(opened.error(), "as: " + keys.access_key_id + ", at: " + target.url);
  }
  const Credentials& made = opened->credentials;
  const std::string into =
      arguments.value("--update-profile")
          .value_or("session-" + session.random().text(5, "abcdefghijklmnopqrstuvwxyz0123456789"));
  RC_CHECK(change_config(
      console.environment.credentials_path(), into,
      {{"aws_access_key_id", made.access_key_id},
       {"aws_secret_access_key", std::string(made.secret_key.reveal())},
       {"aws_session_token", made.token ? std::string(made.token->reveal()) : std::string()}}));
  console.out << "Temporary credentials written to profile '" << into << "'\n";
  if (made.expires) {
    console.out << "Credentials will expire at " << date_and_time(*made.expires) << '\n';
  }
  console.out << "To use these credentials, specify --profile " << into
              << " when running AWS CLI commands\n";
  return 0;
}

}  // namespace rolecall::client
