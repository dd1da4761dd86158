// The command line. One file sees CLI11; each command is a function in a file of its own.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "app/client_commands.h"
#include "app/eval_command.h"
#include "app/help_command.h"
#include "app/lint_command.h"
#include "app/server.h"
#include "app/trail_commands.h"
#include "base/log.h"
#include "sigv4/check.h"

namespace rolecall::app {
namespace {

// Exit status (contract): 0 done, 1 the answer is no, 2 usage, 3 could not reach or read something.
constexpr const char* kAbout = "AWS accounts, roles and policies on one endpoint";
constexpr int kNo = 1, kUsage = 2, kUnreachable = 3;

int finish(const Status& status) {
  if (status) return 0;
  if (status.error().is_api()) {
    std::fprintf(stderr, "rolecall: %s\n", status.error().api().message.c_str());
    return kUsage;
  }
  std::fprintf(stderr, "rolecall: %s\n", status.error().fault().what.c_str());
  return kUnreachable;
}

void add_server_flags(CLI::App& command, ServerSettings& settings) {
  command.add_option("--listen", settings.listen, "address to serve on; port 0 picks a free one")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  command
      .add_option("--org", settings.org_file,
                  "YAML file: organization, accounts, users, groups, roles, policies, buckets; "
                  "applied at start")
      ->type_name("FILE");
  command.add_option("--threads", settings.threads, "event loops; default one a core");
  command
      .add_option(
          "--access-log", settings.access_log,
          "one line a request: a file, - for stderr, or off; default access.log in the data folder")
      ->type_name("FILE");
}

void add_dev(CLI::App& app, int& code) {
  auto settings = std::make_shared<ServerSettings>();
  CLI::App& command = *app.add_subcommand("dev", "a server on loopback for development and CI");
  command.footer(
      "Without --data the state is temporary and goes when the server ends.\n"
      "When it can serve it prints `ready http://HOST:PORT`. SIGTERM or Ctrl-C stops it.\n\n"
      "  rolecall dev --write-profiles ./profiles\n"
      "  AWS_CONFIG_FILE=./profiles/config AWS_SHARED_CREDENTIALS_FILE=./profiles/credentials \\\n"
      "    aws iam list-users --profile dev-root\n\n"
      "Clients that know no endpoint setting reach it as a proxy:\n"
      "  HTTPS_PROXY=http://127.0.0.1:4566 AWS_CA_BUNDLE=./profiles/ca.pem aws …\n\n"
      "POST /_rolecall/reset puts the start back; POST /_rolecall/clock {\"advance_seconds\": N} "
      "moves time; both want the header X-Rolecall: 1.");
  add_server_flags(command, *settings);
  command
      .add_option("--data", settings->data, "folder that keeps the state; default a temporary one")
      ->type_name("DIR");
  command.add_flag("--allow-reset", settings->allow_reset,
                   "let POST /_rolecall/reset put a kept folder's start back, too");
  command
      .add_option("--account", settings->accounts,
                  "an account to make if missing; default dev=111111111111 and prod=222222222222")
      ->type_name("NAME=ID");
  command.add_option("--root-key", settings->root_keys, "a known root access key of an account")
      ->type_name("ID:ACCESS_KEY_ID:SECRET");
  command
      .add_option("--admin-key", settings->admin_keys,
                  "a known key of an administrator user (user/rolecall/admin)")
      ->type_name("ID:ACCESS_KEY_ID:SECRET");
  command
      .add_option(
          "--write-profiles", settings->write_profiles,
          "write config, credentials (0600) and ca.pem: a profile NAME-root for each account")
      ->type_name("DIR");
  command.callback([settings, &code] { code = finish(run_server(*settings)); });
}

void add_serve(CLI::App& app, int& code) {
  auto settings = std::make_shared<ServerSettings>();
  settings->mode = Mode::serve;
  settings->listen = "0.0.0.0:4566";
  CLI::App& command = *app.add_subcommand("serve", "a server for operation: TLS, no known keys");
  command.footer("`rolecall init --data DIR` makes the folder with its first account.");
  add_server_flags(command, *settings);
  command.add_option("--data", settings->data, "folder that keeps the state")
      ->type_name("DIR")
      ->required();
  command
      .add_option("--master-key", settings->master_key,
                  "file of the master key; default DATA/keys/master.key")
      ->type_name("FILE");
  auto* certificate = command
                          .add_option("--tls-certificate", settings->tls_certificate,
                                      "PEM chain; default one of the local authority (DATA/ca.pem)")
                          ->type_name("FILE");
  auto* key =
      command.add_option("--tls-key", settings->tls_key, "its private key")->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
  command.callback([settings, &code] { code = finish(run_server(*settings)); });
}

void add_init(CLI::App& app, int& code) {
  struct Options {
    std::string data, master_key, account, name = "main";
  };
  auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand(
      "init", "make a data folder with its first account; prints the root key once");
  command.add_option("--data", options->data, "the folder")->type_name("DIR")->required();
  command.add_option("--account", options->account, "the account's 12 digits; default random")
      ->type_name("ID");
  command.add_option("--name", options->name, "the account's name")->capture_default_str();
  command
      .add_option("--master-key", options->master_key,
                  "file of the master key, made if missing; default DATA/keys/master.key")
      ->type_name("FILE");
  command.callback([options, &code] {
    code = finish(run_init(options->data, options->master_key, options->account, options->name));
  });
}

// The shell that `rolecall env` prepared names the server.
std::string default_endpoint() {
  const char* named = std::getenv("AWS_ENDPOINT_URL");
  return named != nullptr && *named != '\0' ? named : "http://127.0.0.1:4566";
}

void add_source(CLI::App& command, Source& source) {
  source.endpoint = default_endpoint();
  auto* data =
      command.add_option("--data", source.data, "look into this data folder")->type_name("DIR");
  command
      .add_option("--endpoint-url", source.endpoint,
                  "ask this dev server; default $AWS_ENDPOINT_URL, else port 4566 of loopback")
      ->type_name("URL")
      ->excludes(data);
}

void add_trail(CLI::App& app, int& code) {
  struct Options {
    AuditCommand audit;
    std::string account, since, until;
    bool errors = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App& audit = *app.add_subcommand("audit", "the trail: who did what, allowed or refused");
  add_source(audit, options->audit.source);
  audit.add_flag("-f,--follow", options->audit.follow, "go on and show records as they come");
  audit.add_flag("--json", options->audit.json, "whole CloudTrail records, one a line");
  audit.add_option("--limit", options->audit.request.limit, "how many of the newest")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000));
  audit.add_option("--account", options->account, "of this account only")->type_name("ID");
  audit.add_option("--event", options->audit.request.filter.event_name, "this operation only")
      ->type_name("NAME");
  audit.add_option("--user", options->audit.request.filter.user,
                   "a user, role, principal id, or part of an ARN");
  audit.add_option("--error", options->audit.request.filter.error_code, "this error code only")
      ->type_name("CODE");
  audit.add_flag("--errors", options->errors, "refusals and failures only");
  audit.add_option("--resource", options->audit.request.filter.resource,
                   "part of a resource's ARN");
  audit.add_option("--since", options->since, "from this time on")->type_name("ISO8601");
  audit.add_option("--until", options->until, "before this time")->type_name("ISO8601");
  audit.callback([options, &code] {
    audit::Filter& filter = options->audit.request.filter;
    if (options->errors) filter.error_code = "*";
    if (!options->account.empty()) {
      const auto account = AccountId::parse(options->account);
      if (!account) throw CLI::ValidationError("--account", "an account number has 12 digits");
      filter.account = *account;
    }
    for (const auto& [text, into, name] : {std::tuple(&options->since, &filter.since, "--since"),
                                           std::tuple(&options->until, &filter.until, "--until")}) {
      if (text->empty()) continue;
      *into = parse_iso8601(*text);
      if (!*into) throw CLI::ValidationError(name, "`" + *text + "` is no ISO 8601 time");
    }
    code = finish(run_audit(options->audit));
  });

  struct Explain {
    Source source;
    std::string id;
    bool json = false;
  };
  auto explain = std::make_shared<Explain>();
  CLI::App& command = *app.add_subcommand("explain", "the whole reason of a past refusal");
  command.footer(
      "The id stands in the answer's x-rolecall-decision-id header and in `rolecall audit`.");
  command.add_option("ID", explain->id, "decision id, d-…")->required();
  add_source(command, explain->source);
  command.add_flag("--json", explain->json, "the record as it is kept");
  command.callback([explain, &code] {
    auto result = run_explain(explain->source, explain->id, explain->json);
    code = result ? *result : finish(result.error());
  });

  struct Simulate {
    Source source;
    std::string master_key;
    door::Simulation simulation;
    std::vector<std::string> context;
    bool json = false;
  };
  auto simulate = std::make_shared<Simulate>();
  CLI::App& ask = *app.add_subcommand(
      "simulate", "what a principal may do on a server's state, and the whole reason");
  ask.footer(
      "Status 0: allowed, 1: denied. Nothing is recorded. The caller's address and program are not "
      "known:\nconditions on them are not met unless --context gives them.\n\n"
      "  rolecall simulate --principal arn:aws:iam::111111111111:user/bea \\\n"
      "    --action s3:GetObject --resource arn:aws:s3:::data/report --context "
      "aws:SourceIp=10.0.0.1");
  ask.add_option("--principal", simulate->simulation.principal,
                 "ARN of a user, role, role session or root user")
      ->type_name("ARN")
      ->required();
  ask.add_option("--action", simulate->simulation.action, "as in policies: service:Action")
      ->type_name("ACTION")
      ->required();
  ask.add_option("--resource", simulate->simulation.resource, "its ARN")
      ->type_name("ARN")
      ->capture_default_str();
  ask.add_option("--context", simulate->context,
                 "a condition key of the request; the same key again adds a value")
      ->type_name("KEY=VALUE");
  add_source(ask, simulate->source);
  ask.add_option("--master-key", simulate->master_key,
                 "of the data folder; default DATA/keys/master.key")
      ->type_name("FILE");
  ask.add_flag("--json", simulate->json, "the record that `explain --json` would show");
  ask.callback([simulate, &code] {
    for (const auto& text : simulate->context) {
      if (auto added = door::add_context(simulate->simulation, text); !added) {
        throw CLI::ValidationError("--context", added.error().api().message);
      }
    }
    auto result =
        run_simulate(simulate->source, simulate->master_key, simulate->simulation, simulate->json);
    code = result ? *result : finish(result.error());
  });

  auto endpoint = std::make_shared<std::string>(default_endpoint());
  CLI::App& env = *app.add_subcommand("env", "shell exports for a running dev server");
  env.footer("  eval \"$(rolecall env)\"");
  env.add_option("--endpoint-url", *endpoint, "the server")
      ->type_name("URL")
      ->capture_default_str();
  env.callback([endpoint, &code] { code = finish(run_env(*endpoint)); });
}

constexpr std::string_view kEvalUsage[] = {"rolecall eval FILE… [--check | --explain | --json]"};
constexpr client::HelpOption kEvalOptions[] = {
    {"--check", "", "compare with `expected`: prints those that differ and `N passed, N failed`"},
    {"--explain", "", "the whole reason of each decision"},
    {"--json", "", "the same as JSON, one a line"},
};
constexpr client::HelpPage kEvalPage{
    "eval",       "evaluate policy vectors",
    kEvalUsage,   "Prints NAME<TAB>DECISION for each vector.",
    kEvalOptions, "rolecall eval --check tests/vectors/policy/*.json\n",
    {},           client::CommonOptions::hidden};
constexpr std::string_view kLintUsage[] = {
    "rolecall lint FILE… [--kind KIND] [--format text|json|sarif] [--check]"};
constexpr client::HelpOption kLintOptions[] = {
    {"--kind", "KIND",
     "identity, resource, trust, scp, rcp, managed, inline, boundary, session, bucket, queue, "
     "topic "
     "or key; default: what the document looks like",
     "identity resource trust scp rcp managed inline boundary session bucket queue topic key"},
    {"--format", "FORMAT", "text (default), json or sarif", "text json sarif"},
    {"--check", "", "the files are validation vectors: compare with what they expect"},
};
constexpr client::HelpPage kLintPage{
    "lint",       "errors and warnings of policy documents, with line and column",
    kLintUsage,   "Status 1 when there are errors.",
    kLintOptions, "rolecall lint policy.json --kind trust\n",
    {},           client::CommonOptions::hidden};

void add_oracle(CLI::App& app, int& code) {
  // These read their own arguments: the contract's forms are theirs.
  CLI::App& eval = *app.add_subcommand("eval", std::string(kEvalPage.summary))->prefix_command();
  eval.callback([&eval, &code] { code = run_eval(eval.remaining(), std::cout, std::cerr); });
  CLI::App& lint = *app.add_subcommand("lint", std::string(kLintPage.summary))->prefix_command();
  lint.callback([&lint, &code] { code = run_lint(lint.remaining(), std::cout, std::cerr); });

  auto file = std::make_shared<std::string>();
  CLI::App& sigv4 = *app.add_subcommand("sigv4", "check signing vectors, stage by stage");
  sigv4.add_option("--check", *file, "file of vectors")->type_name("FILE")->required();
  sigv4.callback([file, &code] {
    code = sigv4::run_sigv4_check(*file);
    if (code == kUsage) code = kUnreachable;
  });
}

int no_such_command(const std::string& word) {
  std::fprintf(stderr, "rolecall: there is no command `%s`; rolecall --help lists them\n",
               word.c_str());
  return kUsage;
}

void build(CLI::App& app, int& code) {
  app.name("rolecall");
  app.set_version_flag("--version", "rolecall " ROLECALL_VERSION);
  app.require_subcommand(1);
  add_dev(app, code);
  add_serve(app, code);
  add_init(app, code);
  add_trail(app, code);
  add_oracle(app, code);
}

CommandPages pages_of(const CLI::App& app) {
  CommandPages pages;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    const std::string& name = command->get_name();
    if (name == "eval" || name == "lint") {
      pages.add("Policies and signatures", name == "eval" ? &kEvalPage : &kLintPage);
    } else {
      pages.add(name == "sigv4" ? "Policies and signatures" : "Server", page_of(*command));
    }
  }
  add_client_pages(pages);
  return pages;
}

CommandPages all_pages() {
  int code = 0;
  CLI::App app(kAbout);
  build(app, code);
  return pages_of(app);
}

// `--help` before `--`, or `help …`: answered from the pages, never by CLI11.
bool asks_for_help(std::span<const std::string> words) {
  return std::find_if(words.begin(), std::find(words.begin(), words.end(), "--"),
                      [](const auto& word) { return word == "--help" || word == "-h"; }) !=
         std::find(words.begin(), words.end(), "--");
}

int run(int argc, char** argv) {
  int code = 0;
  CLI::App app(kAbout);
  build(app, code);
  std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words[0] == "help") {
    words.erase(words.begin());
    return run_help(words, pages_of(app));
  }
  if (asks_for_help(words)) {
    const bool named = !words[0].starts_with('-');
    return run_help(std::span(words).first(named ? 1 : 0), pages_of(app));
  }
  if (!words.empty() && !words[0].starts_with('-') &&
      app.get_subcommands([&](const CLI::App* c) { return c->get_name() == words[0]; }).empty()) {
    return no_such_command(words[0]);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    const auto used = app.get_subcommands();
    const std::string command = "rolecall" + (used.empty() ? "" : " " + used.front()->get_name());
    std::fprintf(stderr, "%s: %s\n%s --help says more\n", command.c_str(), error.what(),
                 command.c_str());
    return kUsage;
  }
  return code;
}

}  // namespace
}  // namespace rolecall::app

int main(int argc, char** argv) {
  static_assert(rolecall::app::kNo == 1);
  // The client's commands read their own arguments (`--` among them), and other programs start them
  // all the time: they do not wait for the rest of the command line to be built.
  if (const int status = rolecall::app::run_client_command(argc, argv, rolecall::app::all_pages);
      status >= 0)
    return status;
  return rolecall::app::run(argc, argv);
}
