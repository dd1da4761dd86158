// The doctor: each finding by the smallest set-up that has it, and a good one that has none.
#include "shell/doctor.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <map>

#include "base/json.h"
#include "client/cache.h"

namespace rolecall::shell {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

class DoctorTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/rolecall-doctor-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    ::mkdir((folder_ + "/.aws").c_str(), 0700);
  }
  void TearDown() override {
    [[maybe_unused]] const int ignored = std::system(("rm -rf " + folder_).c_str());
  }

  std::string write(const std::string& name, std::string_view text, mode_t mode = 0600) const {
    const std::string path = folder_ + "/" + name;
    [[maybe_unused]] const int ignored =
        std::system(("mkdir -p -m 700 \"$(dirname " + path + ")\"").c_str());
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }

  std::vector<Finding> findings(Variables variables = {}, client::Options options = {}) {
    variables.try_emplace("HOME", folder_);
    variables.try_emplace("PATH", "/usr/bin:/bin");
    client::Session session(options, client::Environment::of(std::move(variables)), clock_,
                            *random_);
    return examine(session, Network::offline);
  }

  // "id file:line, …" with the file's last name.
  static std::string brief(const std::vector<Finding>& findings) {
    std::string out;
    for (const Finding& finding : findings) {
      out.append(out.empty() ? "" : ", ").append(finding.id);
      if (finding.file.empty()) continue;
      out += " " + finding.file.substr(finding.file.rfind('/') + 1);
      if (finding.line > 0) out += ":" + std::to_string(finding.line);
    }
    return out;
  }

  std::string folder_;
  FakeClock clock_{Instant::from_seconds(1'700'000'000)};
  std::unique_ptr<Random> random_ = make_system_random();
};

constexpr std::string_view kGood =
    "[default]\nregion = eu-west-1\ncredential_process = cat /dev/null\n"
    "[profile \"with blank\"]\nregion = us-east-1\n"
    "[profile prod]\nrole_arn = arn:aws:iam::222222222222:role/Admin\nsource_profile = default\n"
    "duration_seconds = 3600\nmfa_serial = arn:aws:iam::111111111111:mfa/bea\n"
    "# the same session, from another region\n"
    "[profile prod-us]\nregion = us-east-1\nrole_arn = arn:aws:iam::222222222222:role/Admin\n"
    "source_profile = default\nduration_seconds = 3600\n"
    "mfa_serial = arn:aws:iam::111111111111:mfa/bea\ns3 =\n  max_queue_size = 7\n"
    "[profile chained]\nrole_arn = arn:aws:iam::333333333333:role/Next\nsource_profile = prod\n"
    "duration_seconds = 3600\nservices = plane\n"
    "[profile sso]\nsso_session = corp\nsso_account_id = 111111111111\nsso_role_name = Viewer\n"
    "[profile machine]\nrole_arn = arn:aws:iam::222222222222:role/M\n"
    "credential_source = Ec2InstanceMetadata\nmy_own_setting = 1\n"
    "[sso-session corp]\nsso_start_url = https://corp.example\nsso_region = eu-west-1\n"
    "sso_registration_scopes = sso:account:access\n"
    "[services plane]\nsts =\n  endpoint_url = http://127.0.0.1:4566\n[plugins]\nx = y\n"
    "[rolecall]\nkeys = file\n";

TEST_F(DoctorTest, AGoodSetUpIsSilent) {
  write(".aws/config", kGood);
  write(".aws/credentials",
        "[temporary]\naws_access_key_id = ASIA\naws_secret_access_key = s\n"
        "aws_session_token = t\n");
  client::CachedSession entry;
  entry.credentials.access_key_id = "ASIA";
  entry.credentials.secret_key = Secret("s");
  entry.credentials.token = Secret("t");
  entry.credentials.expires = clock_.now();
  write(".cache/rolecall/sessions/a.json", client::format_cached_session(entry));
  write(".aws/cli/cache/b.json", client::format_cached_session(entry));
  write(".cache/rolecall/sessions/sealed.json", "rolecall-session 1 AAAA\n");
  write(".aws/cli/cache/session.db", "not ours", 0644);
  write(".aws/sso/cache/c.json", "{\"accessToken\": \"x\"}");
  EXPECT_EQ(brief(findings()), "");
  EXPECT_EQ(brief(findings({{"AWS_PROFILE", "prod"}, {"AWS_REGION", "eu-west-1"}})), "");
  EXPECT_EQ(findings_text({}), "");
}

TEST_F(DoctorTest, NothingThereIsNothingWrong) { EXPECT_EQ(brief(findings()), ""); }

TEST_F(DoctorTest, Profiles) {
  const struct {
    const char* what;
    const char *config, *credentials;
    const char* expected;
  } kCases[] = {
      {"a line that is none", "[default]\nregion\n", "", "unreadable config:2"},
      {"a byte order mark", "\xEF\xBB\xBF[default]\nregion = x\n", "", "unreadable config:1"},
      {"before the first section", "region = x\n", "", "unreadable config:1"},
      {"a section twice", "[default]\na=b\n[default]\n", "", "twice config:3"},
      {"a setting twice", "[default]\nregion = a\nregion = b\n", "", "twice config:3"},
      {"the other file", "", "[a]\nx\n", "unreadable credentials:2"},
      {"a loop",
       "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/A\nsource_profile = b\n"
       "[profile b]\nrole_arn = arn:aws:iam::222222222222:role/B\nsource_profile = a\n",
       "", "source-loop config:3"},
      {"its own source",
       "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/A\n"
       "source_profile = a\n",
       "", "source-loop config:3"},
      {"leading into a loop is told once",
       "[profile x]\nrole_arn = arn:aws:iam::222222222222:role/X\nsource_profile = a\n"
       "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/A\nsource_profile = a\n",
       "", "source-loop config:6"},
      {"no such source",
       "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/A\n"
       "source_profile = b\n",
       "", "source-missing config:3"},
      {"an empty source",
       "[default]\nregion = x\n[profile a]\n"
       "role_arn = arn:aws:iam::222222222222:role/A\nsource_profile = default\n",
       "", "source-empty config:5"},
      {"two sources",
       "[default]\ncredential_process = cat\n[profile a]\n"
       "role_arn = arn:aws:iam::222222222222:role/A\nsource_profile = default\n"
       "credential_source = Environment\n",
       "", "source-twice config:6"},
      {"no source", "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/A\n", "",
       "source-none config:2"},
      {"a source in small letters",
       "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/A\n"
       "credential_source = environment\n",
       "", "credential-source config:3"},
      {"no role's ARN",
       "[profile a]\nrole_arn = arn:aws:iam::222222222222:user/A\n"
       "credential_source = Environment\n",
       "", "role-arn config:2"},
      {"no ARN", "[profile a]\nrole_arn = Admin\ncredential_source = Environment\n", "",
       "role-arn config:2"},
      {"half a key", "", "[a]\naws_access_key_id = AKIA\n", "half-a-key credentials:2"},
      {"the other half", "", "[a]\naws_secret_access_key = s\naws_session_token = t\n",
       "half-a-key credentials:2"},
      {"keys and a role",
       "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/A\n"
       "credential_source = Environment\n",
       "[a]\naws_access_key_id = ASIA\naws_secret_access_key = s\naws_session_token = t\n",
       "keys-and-role config:2"},
      {"plain keys", "", "[a]\naws_access_key_id = AKIA\naws_secret_access_key = s\n",
       "plain-keys credentials:3"},
      {"plain keys in the config file",
       "[profile a]\naws_access_key_id = AKIA\naws_secret_access_key = s\n", "",
       "plain-keys config:3"},
      {"900 seconds",
       "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/A\n"
       "credential_source = Environment\nduration_seconds = 900\n",
       "", "duration-900 config:4"},
      {"too short",
       "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/A\n"
       "credential_source = Environment\nduration_seconds = 899\n",
       "", "duration-range config:4"},
      {"over twelve hours",
       "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/A\n"
       "credential_source = Environment\nduration_seconds = 43201\n",
       "", "duration-range config:4"},
      {"no number",
       "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/A\n"
       "credential_source = Environment\nduration_seconds = 1h\n",
       "", "duration-ignored config:4"},
      {"over an hour in a chain",
       "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/A\n"
       "credential_source = Environment\n[profile b]\n"
       "role_arn = arn:aws:iam::222222222222:role/B\n"
       "source_profile = a\nduration_seconds = 3601\n",
       "", "duration-chained config:7"},
      {"no such program", "[profile a]\ncredential_process = /no/such/program x\n", "",
       "process-missing config:2"},
      {"not in PATH", "[profile a]\nmfa_process = no-such-program-here\n", "",
       "process-missing config:2"},
      {"no shell", "[profile a]\ncredential_process = ~/bin/x\n", "", "process-missing config:2"},
      {"an open quotation", "[profile a]\ncredential_process = \"cat\n", "",
       "process-missing config:2"},
      {"no such SSO session",
       "[profile a]\nsso_session = corp\nsso_account_id = 111111111111\n"
       "sso_role_name = V\n",
       "", "sso-session-missing config:2"},
      {"half of SSO", "[profile a]\nsso_account_id = 111111111111\n", "",
       "sso-incomplete config:2"},
      {"SSO from nowhere", "[profile a]\nsso_account_id = 111111111111\nsso_role_name = V\n", "",
       "sso-incomplete config:2"},
      {"no such services", "[profile a]\nservices = plane\n", "", "services-missing config:2"},
      {"no such token",
       "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/A\n"
       "web_identity_token_file = /no/such\n",
       "", "file-missing config:3"},
      {"no such bundle", "[profile a]\nca_bundle = ~/no.pem\n", "", "file-missing config:2"},
      // Sections that nobody reads.
      {"no prefix", "[foo]\nregion = x\n", "", "section-dropped config:1"},
      {"no blank", "[profilefoo]\n", "", "section-dropped config:1"},
      {"blanks", "[profile a b]\n", "", "section-dropped config:1"},
      {"an open name", "[profile \"a]\n", "", "section-dropped config:1"},
      {"a prefix too many", "", "[profile a]\nregion = x\n", "section-dropped credentials:1"},
      {"default twice", "[default]\nregion = x\n[profile default]\noutput = json\n", "",
       "default-twice config:3"},
      {"misspelt", "[default]\nregoin = x\n", "", "setting-misspelt config:2"},
      {"misspelt in credentials", "", "[a]\naws_acess_key_id = x\n",
       "setting-misspelt credentials:2"},
      {"misspelt in a session", "[sso-session a]\nsso_start_ulr = x\n", "",
       "setting-misspelt config:2"},
      // One name in the AWS CLI's cache for two sessions.
      {"two identities",
       "[profile x]\ncredential_process = cat\n[profile y]\n"
       "credential_process = cat\n[profile a]\n"
       "role_arn = arn:aws:iam::222222222222:role/A\nsource_profile = x\n"
       "[profile b]\nrole_arn = arn:aws:iam::222222222222:role/A\n"
       "source_profile = y\n",
       "", "collision config:9"},
      {"two planes",
       "[profile x]\ncredential_process = cat\n[profile a]\n"
       "role_arn = arn:aws:iam::222222222222:role/A\nsource_profile = x\n"
       "[profile b]\nrole_arn = arn:aws:iam::222222222222:role/A\n"
       "source_profile = x\nendpoint_url = http://localhost:4566\n",
       "", "collision config:7"},
      {"a name of its own",
       "[profile x]\ncredential_process = cat\n[profile a]\n"
       "role_arn = arn:aws:iam::222222222222:role/A\nsource_profile = x\n"
       "[profile b]\nrole_arn = arn:aws:iam::222222222222:role/A\n"
       "role_session_name = b\nsource_profile = x\n"
       "endpoint_url = http://localhost:4566\n",
       "", ""},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.what);
    write(".aws/config", test.config);
    write(".aws/credentials", test.credentials);
    const auto found = findings();
    EXPECT_EQ(brief(found), test.expected) << findings_text(found);
    for (const Finding& finding : found) EXPECT_FALSE(finding.advice.empty()) << finding.id;
  }
}

TEST_F(DoctorTest, TheEnvironment) {
  write(".aws/config", "[default]\nregion = x\n[profile p]\nendpoint_url = http://a.example\n");
  const struct {
    Variables variables;
    const char* expected;
  } kCases[] = {
      {{{"AWS_ACCESS_KEY_ID", "AKIA"}}, "environment-half-key"},
      {{{"AWS_SECRET_ACCESS_KEY", "s"}}, "environment-half-key"},
      {{{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "s"}}, "environment-keys"},
      {{{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_PROFILE", "p"}},
       "environment-keys"},
      {{{"AWS_ACCESS_KEY_ID", "A"},
        {"AWS_SECRET_ACCESS_KEY", "s"},
        {"AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z"}},
       "environment-expired, environment-keys"},
      {{{"AWS_PROFILE", "p"}, {"AWS_DEFAULT_PROFILE", "default"}}, "environment-differs"},
      {{{"AWS_REGION", "a"}, {"AWS_DEFAULT_REGION", "b"}}, "environment-differs"},
      {{{"AWS_PROFILE", "nosuch"}}, "environment-profile"},
      {{{"AWS_PROFILE", ""}}, "environment-profile"},
      {{{"AWS_ROLE_ARN", "a"}, {"AWS_WEB_IDENTITY_TOKEN_FILE", "b"}}, "environment-role"},
      {{{"AWS_ENDPOINT_URL", "http://b.example"}}, "environment-endpoint config:4"},
      {{{"AWS_ENDPOINT_URL", "http://a.example"}}, ""},
  };
  for (const auto& test : kCases) {
    const auto found = findings(test.variables);
    EXPECT_EQ(brief(found), test.expected) << findings_text(found);
  }
  // --profile makes keys of the environment harmless.
  client::Options options;
  options.profile = "p";
  EXPECT_EQ(findings({{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "s"}}, options)
                .front()
                .severity,
            Severity::note);
}

TEST_F(DoctorTest, WhoMayRead) {
  write(".aws/config", "[default]\nregion = x\n", 0644);
  write(".aws/credentials", "", 0600);
  EXPECT_EQ(brief(findings()), "");
  ::chmod((folder_ + "/.aws/credentials").c_str(), 0644);
  EXPECT_EQ(brief(findings()), "permissions credentials");
  EXPECT_NE(findings()[0].advice.find("chmod 600"), std::string::npos);
  ::chmod((folder_ + "/.aws/credentials").c_str(), 0600);
  ::chmod((folder_ + "/.aws/config").c_str(), 0664);
  EXPECT_EQ(brief(findings()), "permissions config");
  // A config file with keys is as secret as the other.
  write(".aws/config",
        "[default]\naws_access_key_id = ASIA\naws_secret_access_key = s\naws_session_token = t\n",
        0644);
  EXPECT_EQ(brief(findings()), "permissions config");
  write(".aws/config", "", 0600);
  ::chmod((folder_ + "/.aws").c_str(), 0777);
  EXPECT_EQ(brief(findings()), "permissions .aws");
}

TEST_F(DoctorTest, Caches) {
  write(".aws/cli/cache/empty.json", "");
  EXPECT_EQ(brief(findings()), "cache-broken empty.json");
  EXPECT_EQ(findings()[0].severity, Severity::error);
  ::unlink((folder_ + "/.aws/cli/cache/empty.json").c_str());
  write(".cache/rolecall/sessions/half.json", "{\"Credentials\": {");
  EXPECT_EQ(brief(findings()), "cache-broken half.json");
  EXPECT_EQ(findings()[0].severity, Severity::warning);
  ::unlink((folder_ + "/.cache/rolecall/sessions/half.json").c_str());
  write(".aws/sso/cache/token.json", "{", 0640);
  EXPECT_EQ(brief(findings()), "permissions token.json, cache-broken token.json");
  write(".aws/sso/cache/token.json", "{}");
  ::chmod((folder_ + "/.aws/sso/cache").c_str(), 0777);
  EXPECT_EQ(brief(findings()), "permissions cache");
}

TEST_F(DoctorTest, TellsItInWordsAndAsJson) {
  write(".aws/config", "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/A\n");
  EXPECT_EQ(findings_text(findings()),
            folder_ +
                "/.aws/config:2: error: profile `a`: it has role_arn, but neither "
                "source_profile nor credential_source [source-none]\n"
                "  name the profile whose credentials assume the role: source_profile = "
                "default\n");
  const auto tree = json::parse(findings_json(findings()));
  ASSERT_TRUE(tree);
  const json::Value& first = tree->find("Findings")->items()[0];
  EXPECT_EQ(first.find("Id")->text(), "source-none");
  EXPECT_EQ(first.find("Severity")->text(), "error");
  EXPECT_EQ(first.find("Line")->dump(), "2");
  EXPECT_EQ(findings_json({}), "{\n    \"Findings\": []\n}\n");
}

TEST(ConfigLines, AreFound) {
  const auto lines = ConfigLines::of("# c\n[a]\r\nX : 1\n  y = 2\n; [b]\n[b] rest\nx=3\n");
  EXPECT_EQ(lines.of_section("a"), 2u);
  EXPECT_EQ(lines.of_setting("a", "x"), 3u);
  EXPECT_EQ(lines.of_setting("a", "y"), 4u);
  EXPECT_EQ(lines.of_section("b"), 6u);
  EXPECT_EQ(lines.of_setting("b", "x"), 7u);
  EXPECT_EQ(lines.of_setting("b", "nosuch"), 0u);
}

}  // namespace
}  // namespace rolecall::shell
