// Completion: lines being typed → what could stand there.
#include "shell/complete.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "shell/line.h"
#include "shell/scripts.h"
#include "shell/settings.h"
#include "shell/usage.h"

namespace rolecall::shell {
namespace {

using client::CommonOptions;
using client::HelpOption;
using client::HelpPage;

constexpr std::string_view kExecUsage[] = {"rolecall exec [--server] -- COMMAND [ARGUMENT…]"};
constexpr HelpOption kExecOptions[] = {{"--server", "", "serve"},
                                       {"-f, --format", "FORMAT", "how", "env fish"},
                                       {"--out", "FILE", "where"}};
constexpr std::string_view kConfigureUsage[] = {
    "rolecall configure [--profile NAME]", "rolecall configure set SETTING VALUE [--profile NAME]",
    "rolecall configure get SETTING", "rolecall configure import --csv file://FILE"};
constexpr HelpOption kConfigureOptions[] = {{"--csv", "file://FILE", "keys"}};
constexpr std::string_view kCacheUsage[] = {"rolecall cache [list|clear]"};
constexpr std::string_view kLintUsage[] = {"rolecall lint FILE… [--kind KIND]"};
constexpr HelpOption kLintOptions[] = {{"--kind", "KIND", "which", "trust identity"}};
constexpr std::string_view kCpUsage[] = {"rolecall s3 cp SOURCE TARGET", "rolecall s3 cp - TARGET"};
constexpr HelpOption kCpOptions[] = {{"--payer", "[requester]", "who pays"}};
constexpr std::string_view kLsUsage[] = {"rolecall s3 ls [s3://BUCKET[/PREFIX]] [--recursive]"};
const HelpPage kPages[] = {
    {"exec", "run a program", kExecUsage, "", kExecOptions, "", {}},
    {"configure", "profiles", kConfigureUsage, "", kConfigureOptions, "", {}},
    {"cache", "sessions", kCacheUsage, "", {}, "", {}, CommonOptions::hidden},
    {"lint", "policies", kLintUsage, "", kLintOptions, "", {}, CommonOptions::hidden},
    {"s3", "objects", {}, "", {}, "", {}},
    {"s3 cp", "copy", kCpUsage, "", kCpOptions, "", {}},
    {"s3 ls", "list", kLsUsage, "", {}, "", {}},
};

class CompleteTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/rolecall-shell-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    std::ofstream(folder_ + "/config")
        << "[default]\n[profile prod]\nrole_arn = arn:aws:iam::222222222222:role/Admin\n"
           "[profile \"with blank\"]\n";
    std::ofstream(folder_ + "/answer.json") << "{}";
    std::ofstream(folder_ + "/.hidden") << "";
  }
  void TearDown() override {
    [[maybe_unused]] const int ignored = std::system(("rm -rf " + folder_).c_str());
  }

  client::Environment environment() const {
    return client::Environment::of({{"AWS_CONFIG_FILE", folder_ + "/config"},
                                    {"AWS_SHARED_CREDENTIALS_FILE", folder_ + "/none"},
                                    {"HOME", folder_}});
  }

  // The candidates for a line, joined by blanks; "+files" and so on at the end.
  std::string at(const std::string& line) const {
    std::vector<const HelpPage*> pages;
    for (const HelpPage& page : kPages) pages.push_back(&page);
    const auto found = complete(split_line(line), pages, environment());
    std::string out;
    for (const auto& candidate : found.candidates) {
      out.append(out.empty() ? "" : " ").append(candidate.text);
    }
    constexpr const char* kAlso[] = {"", "+files", "+folders", "+programs"};
    return out + kAlso[static_cast<int>(found.also)];
  }

  std::string folder_;
};

TEST_F(CompleteTest, Lines) {
  const struct {
    const char* line;
    const char* expected;
  } kCases[] = {
      // Commands and services stand beside each other.
      {"c", "cache cloudtrail configure"},
      {"s3", "s3 s3api"},
      {"he", "help"},
      {"--v", "--version"},
      {"nosuch ", ""},
      // Sub-commands come from the pages of parts, or from usage lines.
      {"s3 ", "cp ls"},
      {"s3 c", "cp"},
      {"cache ", "clear list"},
      {"cache list ", ""},
      {"configure ", "get import set"},
      {"configure set role_", "role_arn role_session_name"},
      {"configure get mfa_p", "mfa_process"},
      {"configure import ", ""},
      {"lint ", "+files"},
      {"lint a.json b.json ", "+files"},
      {"s3 cp ", "s3://+files"},
      {"s3 cp a.txt s", "s3://+files"},
      {"s3 cp a b ", ""},
      {"s3 cp --payer r", "requester"},
      {"s3 ls ", "s3://"},
      // Options: the page's own, then those that all have.
      {"exec --",
       "--ca-bundle --endpoint-url --format --help --no-cache --no-verify-ssl --out "
       "--profile --region --server"},
      {"exec --s", "--server"},
      {"cache --", "--help"},
      {"exec --format ", "env fish"},
      {"exec -f f", "fish"},
      {"exec --format=e", "--format=env"},
      {"exec --out ", "+files"},
      {"lint --kind t", "trust"},
      // Profiles from the files, regions from the program.
      {"exec --profile ", "default prod with blank"},
      {"exec --profile=p", "--profile=prod"},
      {"exec --profile 'with", "with blank"},
      {"cache --profile ", "clear list"},
      {"exec --region eu-w", "eu-west-1 eu-west-2 eu-west-3"},
      {"exec --server --region us-gov-e", "us-gov-east-1"},
      // After `--` it is somebody else's command.
      {"exec --profile prod -- ", "+programs"},
      {"exec -- ls ", "+files"},
      {"exec -- ls --s", "+files"},
      // Help knows the same commands.
      {"help ca", "cache"},
      {"help s3 ", "cp ls"},
      {"help --man s3 l", "ls"},
      {"help --man-dir ", "+folders"},
      // Any operation.
      {"sts get-",
       "get-access-key-info get-caller-identity get-federation-token get-session-token"},
      {"sts assume-role --role", "--role-arn --role-session-name"},
      {"sts nosuch --role", ""},
      {"iam update-access-key --status ", "Active Inactive"},
      {"iam update-access-key --status=In", "--status=Inactive"},
      {"iam list-users --output t", "table text"},
      {"iam list-users --profile p", "prod"},
      {"iam create-role --role-name x --tags", "--tags"},
      {"s3api create-bucket --bucket b --grant-r", "--grant-read --grant-read-acp"},
      {"iam list-users --no-p", "--no-paginate"},
      // Only the last command of a line counts.
      {"exec -- ls | rolecall cache l", ""},
  };
  for (const auto& test : kCases) EXPECT_EQ(at(test.line), test.expected) << test.line;
}

TEST_F(CompleteTest, FilesAsValues) {
  const std::string line = "iam create-role --assume-role-policy-document ";
  EXPECT_EQ(at(line), "file://");
  EXPECT_EQ(at(line + "file://" + folder_ + "/a"), "file://" + folder_ + "/answer.json");
  EXPECT_EQ(at(line + "file://~/"), "file://~/answer.json file://~/config");
  EXPECT_EQ(at("configure import --csv=file://~/.h"), "--csv=file://~/.hidden");
  EXPECT_EQ(at(line + "file:///nowhere/"), "");
}

TEST_F(CompleteTest, UnreadableFilesOfferNoProfiles) {
  std::ofstream(folder_ + "/config") << "no section\n";
  EXPECT_EQ(at("exec --profile "), "");
}

TEST_F(CompleteTest, TheProtocolSpeaksEachShellsLanguage) {
  std::vector<const HelpPage*> pages;
  for (const HelpPage& page : kPages) pages.push_back(&page);
  const SystemClock clock;
  const auto random = make_system_random();
  const auto ask = [&](std::vector<std::string> words) {
    std::istringstream in;
    std::ostringstream out, err;
    client::Console console{in, out, err, environment(), clock, *random};
    const int status = run_complete(words, console, pages);
    return std::to_string(status) + "\n" + out.str();
  };
  EXPECT_EQ(ask({"bash", "rolecall exec --profile "}), "0\ndefault\nprod\n'with blank'\n");
  // bash takes what stands behind `=` for a word of its own.
  EXPECT_EQ(ask({"bash", "rolecall exec --profile=p"}), "0\nprod\n");
  EXPECT_EQ(ask({"bash", "rolecall exec -- "}), "0\n:programs\n");
  EXPECT_EQ(ask({"zsh", "exec", "--profile=p"}),
            "0\n--profile=prod:arn:aws:iam::222222222222:role/Admin\n");
  EXPECT_EQ(ask({"zsh", "iam", "get-role", "--role-name", "file:/"}),
            "0\nfile\\://:the value is in a file\n");
  EXPECT_EQ(ask({"fish", "exec", "--profile", "p"}),
            "0\nprod\tarn:aws:iam::222222222222:role/Admin\n");
  EXPECT_EQ(ask({"bash", ""}), "0\n");
  EXPECT_EQ(ask({"csh", "x"}), "252\n");
  EXPECT_EQ(ask({}), "252\n");
}

TEST(Completion, AScriptForEachShell) {
  for (const Shell shell : {Shell::bash, Shell::zsh, Shell::fish}) {
    EXPECT_NE(completion_script(shell).find(" complete "), std::string_view::npos);
  }
}

TEST(Settings, SlipsOfThePen) {
  EXPECT_EQ(edit_distance("role_arn", "role_anr"), 1u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  const auto meant = [](std::string_view name) {
    return std::string(meant_setting(name, profile_settings()).value_or("-"));
  };
  EXPECT_EQ(meant("role_anr"), "role_arn");
  EXPECT_EQ(meant("source-profile"), "source_profile");
  EXPECT_EQ(meant("mfa_seral"), "mfa_serial");
  EXPECT_EQ(meant("regoin"), "region");
  EXPECT_EQ(meant("region"), "-");
  EXPECT_EQ(meant("my_own_setting"), "-");
  EXPECT_EQ(meant(std::string(10'000, 'x')), "-");
}

TEST(Line, TheWordBeingTypedMayBeOpen) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(split_line("a b"), (Words{"a", "b"}));
  EXPECT_EQ(split_line("a b "), (Words{"a", "b", ""}));
  EXPECT_EQ(split_line(""), (Words{""}));
  EXPECT_EQ(split_line("a 'b c"), (Words{"a", "b c"}));
  EXPECT_EQ(split_line("a \"b\\\"c\" d\\ e"), (Words{"a", "b\"c", "d e"}));
  EXPECT_EQ(split_line("x; a \\"), (Words{"a", ""}));
  EXPECT_EQ(split_line("x && a ''"), (Words{"a", ""}));
}

}  // namespace
}  // namespace rolecall::shell
