// How the client fails: the text a person reads, the AWS CLI's exit status, and notes that say
// where it happened (which hop, as whom, at which endpoint). Carried as ApiError so that Result
// and RC_TRY work unchanged.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace rolecall::client {

// The AWS CLI v2's exit statuses.
inline constexpr int kExitNotFound = 1;         // `configure get` of what is not set
inline constexpr int kExitUsage = 252;          // arguments and parameters
inline constexpr int kExitConfiguration = 253;  // profiles, region, no credentials
inline constexpr int kExitService = 254;        // the server said no
inline constexpr int kExitGeneral = 255;

ApiError usage_failure(std::string message);
ApiError configuration_failure(std::string message);
ApiError general_failure(std::string message);
// "An error occurred (CODE) when calling the OPERATION operation: MESSAGE"
ApiError service_failure(const ApiError& answered, std::string_view operation,
                         int retries_used = 0);

// The server no longer takes the session (or knows no such key): opening a new one may help.
bool is_session_refused(const Error& error);

int exit_status(const Error& error);
// The first line(s): what the AWS CLI would say.
std::string failure_text(const Error& error);
// Adds a line of explanation; later ones stand below earlier ones.
Error with_note(Error error, std::string note);
// The same failure under another wording and exit status; notes are kept.
Error reworded(Error error, std::string message, int status);
// failure_text, then the notes, indented; ends with a line feed.
std::string failure_report(const Error& error);

}  // namespace rolecall::client
