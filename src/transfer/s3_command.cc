#include <ctime>
#include <ostream>

#include "client/failure.h"
#include "transfer/commands.h"
#include "transfer/places.h"

namespace rolecall::transfer {
namespace {

Result<int> run(client::Words words, client::Console& console) {
  constexpr std::string_view kNames = "ls, cp, mv, rm, sync, presign, mb, rb";
  if (words.empty()) {
    return client::usage_failure("usage: rolecall s3 COMMAND …\n\nthe commands are " +
                                 std::string(kNames));
  }
  const auto command = command_named(words.front());
  if (!command) {
    return client::usage_failure("argument subcommand: `" + words.front() + "` is none of " +
                                 std::string(kNames));
  }
  RC_TRY(const Parsed parsed, parse_words(words.subspan(1), *command));
  for (const auto& path : parsed.paths) {
    if (is_s3(path)) RC_CHECK(check_s3_path(path));
  }
  switch (*command) {
    case Command::ls:
      return run_list(parsed, console);
    case Command::presign:
      return run_presign(parsed, console);
    case Command::mb:
      return run_make_bucket(parsed, console);
    case Command::rb:
      return run_remove_bucket(parsed, console);
    case Command::cp:
    case Command::mv:
    case Command::rm:
    case Command::sync:
      break;
  }
  return run_transfer(*command, parsed, console);
}

}  // namespace

int run_s3(client::Words words, client::Console& console) {
  const auto result = run(words, console);
  return result ? *result : client::report(result.error(), console);
}

std::string local_time_text(Instant at) {
  const auto seconds = static_cast<std::time_t>(at.seconds());
  std::tm parts{};
  char text[64];
  if (::localtime_r(&seconds, &parts) == nullptr) return "?";
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts)};
}

}  // namespace rolecall::transfer
