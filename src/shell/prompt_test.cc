// The prompt's text: templates, and which session's end it tells.
#include "shell/prompt.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "client/cache.h"
#include "client/chain.h"
#include "shell/commands.h"

namespace rolecall::shell {
namespace {

TEST(Prompt, Templates) {
  const PromptFacts all{"prod", "222222222222", "Admin", "eu-west-1", 3120};
  const PromptFacts keys{"dev", "", "", "", std::nullopt};
  const struct {
    std::string_view text;
    const PromptFacts& facts;
    const char* expected;
  } kCases[] = {
      {kPromptTemplate, all, "prod 222222222222 Admin 52m"},
      {kPromptTemplate, keys, "dev"},
      {"{profile}@{region}", all, "prod@eu-west-1"},
      {"[{role}:]{profile}", keys, "dev"},
      {"({profile}[ {left}]{mark}) ", all, "(prod 52m) "},
      {"\\[{profile}\\]", all, "[prod]"},
      {"{nosuch} {profile", all, "{nosuch} {profile"},
      {"[open {profile}", all, "[open prod"},
      {"a]b[[{account}]]", keys, "a]b]"},
      {"%F{red}{profile}%f", all, "%F{red}prod%f"},
      {"", all, ""},
      {"\\", all, "\\"},
  };
  for (const auto& test : kCases) EXPECT_EQ(format_prompt(test.text, test.facts), test.expected);
}

TEST(Prompt, TimeLeft) {
  const struct {
    std::optional<std::int64_t> left;
    const char *text, *mark;
  } kCases[] = {{std::nullopt, "", ""}, {0, "expired", "✗"}, {-5, "expired", "✗"},
                {40, "40s", "!"},       {60, "1m", "!"},     {300, "5m", "!"},
                {301, "5m", ""},        {7199, "119m", ""},  {7200, "2h", ""},
                {43'200, "12h", ""}};
  for (const auto& test : kCases) {
    EXPECT_EQ(left_text(test.left), test.text);
    EXPECT_EQ(mark_text(test.left), test.mark);
  }
}

class PromptTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/rolecall-shell-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    write(
        "config",
        "[default]\nregion = eu-west-1\n[profile prod]\nrole_arn = "
        "arn:aws:iam::222222222222:role/team/Admin\nsource_profile = default\n"
        "[profile sso]\nsso_account_id = 333333333333\nsso_role_name = Viewer\nregion = us-east-1\n"
        "[profile machine]\nrole_arn = arn:aws:iam::222222222222:role/M\n"
        "credential_source = Ec2InstanceMetadata\n");
    write("credentials", "[default]\naws_access_key_id = AKIA\naws_secret_access_key = s\n");
  }
  void TearDown() override {
    [[maybe_unused]] const int ignored = std::system(("rm -rf " + folder_).c_str());
  }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(folder_ + "/" + name) << text;
  }

  client::Environment environment(std::map<std::string, std::string, std::less<>> more) const {
    more["AWS_CONFIG_FILE"] = folder_ + "/config";
    more["AWS_SHARED_CREDENTIALS_FILE"] = folder_ + "/credentials";
    more["HOME"] = folder_;
    return client::Environment::of(std::move(more));
  }

  std::string prompt(std::map<std::string, std::string, std::less<>> variables,
                     std::vector<std::string> words = {}) {
    std::istringstream in;
    std::ostringstream out, err;
    client::Console console{in, out, err, environment(std::move(variables)), clock_, *random_};
    const int status = run_prompt(words, console);
    return status == 0 ? out.str() : std::to_string(status) + err.str();
  }

  std::string folder_;
  FakeClock clock_{Instant::from_seconds(1'700'000'000)};
  std::unique_ptr<Random> random_ = make_system_random();
};

TEST_F(PromptTest, NobodyChoseAProfile) { EXPECT_EQ(prompt({}), ""); }

TEST_F(PromptTest, FromTheFiles) {
  EXPECT_EQ(prompt({{"AWS_PROFILE", "prod"}}), "prod 222222222222 Admin");
  EXPECT_EQ(prompt({{"AWS_PROFILE", "sso"}}), "sso 333333333333 Viewer");
  EXPECT_EQ(prompt({}, {"--profile", "sso", "--format", "{region}"}), "us-east-1");
  EXPECT_EQ(prompt({{"AWS_PROFILE", "nosuch"}}), "nosuch");
  // Credentials of the machine are not asked for.
  EXPECT_EQ(prompt({{"AWS_PROFILE", "machine"}}), "machine 222222222222 M");
  EXPECT_EQ(prompt({}, {"extra"}).substr(0, 3), "252");
}

TEST_F(PromptTest, AStoreIsNotOpened) {
  write("config",
        "[profile stored]\ncredential_process = rolecall keys get stored\n[profile prod]\nrole_arn "
        "= arn:aws:iam::222222222222:role/Admin\nsource_profile = stored\n");
  EXPECT_EQ(prompt({{"AWS_PROFILE", "prod"}}), "prod 222222222222 Admin");
  EXPECT_EQ(prompt({{"AWS_PROFILE", "stored"}}), "stored");
}

TEST_F(PromptTest, WithinExec) {
  EXPECT_EQ(prompt({{"ROLECALL_PROFILE", "prod"},
                    {"AWS_ACCESS_KEY_ID", "ASIA"},
                    {"AWS_CREDENTIAL_EXPIRATION", "2023-11-14T23:13:20Z"}}),
            "prod 222222222222 Admin 60m");
  EXPECT_EQ(prompt({{"AWS_ACCESS_KEY_ID", "AKIA"}}), "env");
}

TEST_F(PromptTest, AKeptSession) {
  const auto variables = std::map<std::string, std::string, std::less<>>{{"AWS_PROFILE", "prod"}};
  client::Session session({}, environment(variables), clock_, *random_);
  const auto source = client::find_source(session);
  ASSERT_TRUE(source && *source);
  // "session:" and the name of its file.
  const std::string key = (*source)->identity().substr(8);
  client::CachedSession entry;
  entry.credentials.access_key_id = "ASIA";
  entry.credentials.secret_key = Secret("s");
  entry.credentials.token = Secret("t");
  entry.credentials.expires = clock_.now().plus_seconds(200);
  ASSERT_TRUE(client::SessionCache(session.environment()).write(key, entry));
  EXPECT_EQ(prompt(variables, {"--format", "{profile} {left}{mark}"}), "prod 3m!");
  clock_.advance_seconds(300);
  EXPECT_EQ(prompt(variables), "prod 222222222222 Admin expired");
  // A file that cannot be read is none.
  std::ofstream(client::SessionCache(session.environment()).path_of(key)) << "";
  EXPECT_EQ(prompt(variables), "prod 222222222222 Admin");
}

TEST_F(PromptTest, FilesThatCannotBeReadAreNoReasonToComplain) {
  write("config", "no section\n");
  EXPECT_EQ(prompt({{"AWS_PROFILE", "prod"}}), "prod");
}

}  // namespace
}  // namespace rolecall::shell
