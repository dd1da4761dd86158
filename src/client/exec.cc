// `exec`: a program with the profile's credentials, in its environment or from an endpoint.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ostream>

#include "client/arguments.h"
#include "client/chain.h"
#include "client/commands.h"
#include "client/credential_server.h"
#include "client/endpoint.h"
#include "client/failure.h"

extern char** environ;

namespace rolecall::client {
namespace {

// What would compete with the credentials given.
constexpr const char* kRemoved[] = {
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ACCOUNT_ID",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_SESSION_NAME",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
};

void put(const char* name, std::string_view value) {
  ::setenv(name, std::string(value).c_str(), 1);
}

Status prepare(Session& session) {
  RC_TRY(const std::string region, session.region());
  RC_TRY(const auto endpoint, configured_endpoint(session, session.profile(), ""));
  const std::string profile = session.profile();
  for (const char* name : kRemoved) ::unsetenv(name);
  if (!region.empty()) {
    put("AWS_REGION", region);
    put("AWS_DEFAULT_REGION", region);
  }
  if (endpoint) put("AWS_ENDPOINT_URL", *endpoint);
  if (session.options().ca_bundle) put("AWS_CA_BUNDLE", *session.options().ca_bundle);
  put("ROLECALL_PROFILE", profile);  // for a shell's prompt
  return {};
}

std::vector<char*> arguments_of(const std::vector<std::string>& words) {
  std::vector<char*> out;
  for (const auto& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

Error cannot_run(const std::string& program, int number) {
  return general_failure("cannot run `" + program + "`: " + std::strerror(number));
}

int shell_status(int number) { return number == ENOENT ? 127 : 126; }

Result<int> with_server(const Arguments& arguments, Session& session, Console& console) {
  // A copy: below, this process's own environment becomes the program's.
  RC_TRY(const auto server,
         CredentialServer::start(session.options(), Environment::copy_of_process(), console.clock,
                                 console.random));
  RC_CHECK(prepare(session));
  // Every SDK looks into the files before it asks an endpoint: keys of a default profile there
  // would be used instead, perhaps of another account.
  put("AWS_CONFIG_FILE", "/dev/null");
  put("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
  put("AWS_CONTAINER_CREDENTIALS_FULL_URI", server->url());
  put("AWS_CONTAINER_AUTHORIZATION_TOKEN", server->token());
  // The program is asked by the terminal's signals; this one outlives it.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGQUIT, SIG_IGN);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGINT);
  ::sigaddset(&defaults, SIGQUIT);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  sigset_t none;
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  const auto argv = arguments_of(arguments.command());
  pid_t pid = 0;
  const int failed = ::posix_spawnp(&pid, argv[0], nullptr, &attributes, argv.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  if (failed != 0) {
    report(cannot_run(arguments.command()[0], failed), console);
    return shell_status(failed);
  }
  int state = 0;
  while (::waitpid(pid, &state, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
}

Result<int> run(const Arguments& arguments, Session& session, Console& console) {
  if (arguments.command().empty() || !arguments.positional().empty()) {
    return usage_failure("exec wants its command after `--`: rolecall exec --profile prod -- env");
  }
  RC_TRY(const Found found, find_credentials(session));
  if (arguments.has("--server")) return with_server(arguments, session, console);
  RC_CHECK(prepare(session));
  const Credentials& keys = found.credentials;
  put("AWS_ACCESS_KEY_ID", keys.access_key_id);
  put("AWS_SECRET_ACCESS_KEY", keys.secret_key.reveal());
  if (keys.token) put("AWS_SESSION_TOKEN", keys.token->reveal());
  if (keys.expires) put("AWS_CREDENTIAL_EXPIRATION", format_iso8601(*keys.expires));
  console.out.flush();
  const auto argv = arguments_of(arguments.command());
  ::execvp(argv[0], argv.data());
  const int failed = errno;
  report(cannot_run(arguments.command()[0], failed), console);
  return shell_status(failed);
}

}  // namespace

int run_exec(Words words, Console& console) {
  constexpr OptionSpec kSpecs[] = {{"--server", false}};
  const auto arguments = Arguments::parse(words, kSpecs);
  if (!arguments) return report(arguments.error(), console);
  Session session(arguments->options(), console.environment, console.clock, console.random);
  const auto result = run(*arguments, session, console);
  return result ? *result : report(result.error(), console);
}

}  // namespace rolecall::client
