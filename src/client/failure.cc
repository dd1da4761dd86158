#include "client/failure.h"

#include "base/shown.h"

namespace rolecall::client {
namespace {

constexpr std::string_view kNote = "note";

ApiError make(int status, std::string message) {
  return ApiError{"client", std::move(message), status};
}

}  // namespace

ApiError usage_failure(std::string message) { return make(kExitUsage, std::move(message)); }
ApiError configuration_failure(std::string message) {
  return make(kExitConfiguration, std::move(message));
}
ApiError general_failure(std::string message) { return make(kExitGeneral, std::move(message)); }

ApiError service_failure(const ApiError& answered, std::string_view operation, int retries_used) {
  std::string text = "An error occurred (" + answered.code + ") when calling the ";
  text.append(operation).append(" operation");
  if (retries_used > 0) text += " (reached max retries: " + std::to_string(retries_used) + ")";
  // What the server said stays its own: no line of it passes for one of our notes.
  text.append(": ").append(shown(answered.message, Lines::marked));
  ApiError out = make(kExitService, std::move(text));
  out.details.emplace_back("code", answered.code);
  return out;
}

bool is_session_refused(const Error& error) {
  if (!error.is_api()) return false;
  for (const auto& [name, value] : error.api().details) {
    if (name == "code" &&
        (value == "ExpiredToken" || value == "ExpiredTokenException" ||
         value == "InvalidClientTokenId" || value == "UnrecognizedClientException")) {
      return true;
    }
  }
  return false;
}

int exit_status(const Error& error) {
  return error.is_api() && error.api().code == "client" ? error.api().http_status : kExitGeneral;
}

std::string failure_text(const Error& error) {
  if (!error.is_api()) return error.fault().what;
  return error.api().code == "client" ? error.api().message : error.text();
}

Error with_note(Error error, std::string note) {
  if (!error.is_api()) error = general_failure(error.fault().what);
  error.api().details.emplace_back(kNote, std::move(note));
  return error;
}

Error reworded(Error error, std::string message, int status) {
  if (!error.is_api()) return make(status, std::move(message));
  error.api().code = "client";
  error.api().message = std::move(message);
  error.api().http_status = status;
  return error;
}

std::string failure_report(const Error& error) {
  // Whatever others said in it, nothing moves the cursor.
  std::string out = shown(failure_text(error), Lines::kept) + "\n";
  if (!error.is_api()) return out;
  for (const auto& [name, text] : error.api().details) {
    if (name != kNote) continue;
    out += "  ";
    for (const char c : shown(text, Lines::marked)) out += c == '\n' ? "\n  | " : std::string(1, c);
    out += '\n';
  }
  return out;
}

}  // namespace rolecall::client
