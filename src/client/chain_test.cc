// Who is asked, in which order, and what a broken profile says. No network here: the walks over a
// real server are in tests/clients/test_client_*.py.
#include "client/chain.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "client/endpoint.h"
#include "client/failure.h"

namespace rolecall::client {
namespace {

constexpr std::string_view kConfig = R"([default]
aws_access_key_id = CONFIG
aws_secret_access_key = s
region = eu-west-1
[profile both]
role_arn = arn:aws:iam::222222222222:role/R
source_profile = default
credential_source = Environment
[profile none]
role_arn = arn:aws:iam::222222222222:role/R
[profile loop1]
role_arn = arn:aws:iam::222222222222:role/R
source_profile = loop2
[profile loop2]
role_arn = arn:aws:iam::222222222222:role/R
source_profile = loop1
[profile self]
role_arn = arn:aws:iam::222222222222:role/R
source_profile = self
[profile selfkeys]
role_arn = arn:aws:iam::222222222222:role/R
source_profile = selfkeys
aws_access_key_id = OWN
aws_secret_access_key = s
[profile lost]
role_arn = arn:aws:iam::222222222222:role/R
source_profile = nobody
[profile empty]
output = json
[profile fromempty]
role_arn = arn:aws:iam::222222222222:role/R
source_profile = empty
[profile badsource]
role_arn = arn:aws:iam::222222222222:role/R
credential_source = environment
[profile noenv]
role_arn = arn:aws:iam::222222222222:role/R
credential_source = Environment
[profile half]
aws_access_key_id = A
[profile process]
credential_process = printf '{"Version":1,"AccessKeyId":"PROC","SecretAccessKey":"s"}'
[profile failing]
credential_process = sh -c 'echo broken >&2; exit 3'
[profile web]
role_arn = arn:aws:iam::222222222222:role/R
web_identity_token_file = /no/such/token
[profile webnorole]
web_identity_token_file = /no/such/token
[profile sso]
sso_account_id = 111111111111
[profile ssolost]
sso_account_id = 111111111111
sso_role_name = r
sso_session = nope
[profile ssobad]
sso_account_id = 111111111111
sso_role_name = r
sso_session = corp
sso_region = eu-west-1
[sso-session corp]
sso_region = us-east-1
sso_start_url = https://x
[profile services]
services = s
endpoint_url = http://general
[services s]
sts =
  endpoint_url = http://special
[profile serviceslost]
services = t
[profile leaf]
region = ap-south-1
endpoint_url = http://leaf
role_arn = arn:aws:iam::222222222222:role/R
source_profile = default
)";

class Chain : public ::testing::Test {
 protected:
  Chain() {
    std::string name = "/tmp/rolecall-chain-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    std::ofstream(folder_ + "/config") << kConfig;
    std::ofstream(folder_ + "/credentials")
        << "[onlycreds]\naws_access_key_id = SHARED\naws_secret_access_key = s\n"
           "aws_security_token = old\naws_session_token = new\n";
    variables_ = {{"HOME", folder_},
                  {"AWS_CONFIG_FILE", folder_ + "/config"},
                  {"AWS_SHARED_CREDENTIALS_FILE", folder_ + "/credentials"},
                  {"AWS_EC2_METADATA_DISABLED", "true"}};
  }
  ~Chain() override {
    [[maybe_unused]] const int ignored = std::system(("rm -rf " + folder_).c_str());
  }

  Session session(std::optional<std::string> profile = {}) {
    Options options;
    options.profile = std::move(profile);
    return Session(options, Environment::of(variables_), clock_, *random_);
  }
  // "METHOD ID", or the failure's first line.
  std::string found(std::optional<std::string> profile = {}) {
    Session asked = session(std::move(profile));
    const auto result = find_credentials(asked);
    if (!result) return failure_text(result.error());
    return std::string(result->source->method()) + " " + result->credentials.access_key_id;
  }

  std::string folder_;
  std::map<std::string, std::string, std::less<>> variables_;
  FakeClock clock_;
  std::unique_ptr<Random> random_ = make_seeded_random(1);
};

TEST_F(Chain, TakesTheFirstThatHasSome) {
  EXPECT_EQ(found(), "config-file CONFIG");
  EXPECT_EQ(found("onlycreds"), "shared-credentials-file SHARED");
  EXPECT_EQ(found("process"), "custom-process PROC");
  variables_["AWS_ACCESS_KEY_ID"] = "ENV";
  variables_["AWS_SECRET_ACCESS_KEY"] = "s";
  EXPECT_EQ(found(), "env ENV");
  // --profile takes the environment's keys out, AWS_PROFILE does not.
  EXPECT_EQ(found("default"), "config-file CONFIG");
  variables_["AWS_PROFILE"] = "onlycreds";
  EXPECT_EQ(found(), "env ENV");
  variables_.erase("AWS_SECRET_ACCESS_KEY");
  EXPECT_EQ(found(), "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY");
}

TEST_F(Chain, ReadsTheOldTokenNameFirst) {
  Session asked = session("onlycreds");
  const auto result = find_credentials(asked);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->credentials.token->reveal(), "old");
}

// Scripts say --profile "$P"; the AWS CLI takes an empty one for none. An empty AWS_PROFILE is a
// name, and nobody's.
TEST_F(Chain, AnEmptyProfileOptionNamesNone) {
  EXPECT_EQ(session("").profile(), "default");
  variables_["AWS_PROFILE"] = "onlycreds";
  EXPECT_EQ(session("").profile(), "onlycreds");
  variables_["AWS_PROFILE"] = "";
  Session asked = session("");
  const auto status = asked.check_profile();
  ASSERT_FALSE(status);
  EXPECT_EQ(failure_text(status.error()), "The config profile () could not be found");
}

TEST_F(Chain, SaysWhatIsBroken) {
  const std::pair<const char*, const char*> cases[] = {
      {"missing", "The config profile (missing) could not be found"},
      {"both", "The profile \"both\" contains both source_profile and credential_source."},
      {"none",
       "Partial credentials found in assume-role, missing: source_profile or credential_source"},
      {"loop1",
       "Infinite loop in credential configuration detected. Attempting to load from profile loop1 "
       "which has already been visited. Visited profiles: ['loop1', 'loop2']"},
      {"self",
       "Infinite loop in credential configuration detected. Attempting to load from profile self "
       "which has already been visited. Visited profiles: ['self']"},
      {"lost", "The source_profile \"nobody\" referenced in the profile \"lost\" does not exist."},
      {"fromempty", "The source profile \"empty\" must have credentials."},
      {"badsource",
       "The credential source \"environment\" referenced in profile \"badsource\" is not valid."},
      {"noenv",
       "Error when retrieving credentials from Environment: No credentials found in "
       "credential_source referenced in profile noenv"},
      {"half", "Partial credentials found in config-file, missing: aws_secret_access_key"},
      {"failing", "Error when retrieving credentials from custom-process: broken\n"},
      {"web", "[Errno 2] No such file or directory: '/no/such/token'"},
      {"webnorole",
       "The provided profile or the current environment is configured to assume role with web "
       "identity but has no role ARN configured. Ensure that the profile has the "
       "role_arnconfiguration set or the AWS_ROLE_ARN env var is set."},
      {"sso",
       "The profile \"sso\" is configured to use SSO but is missing required configuration: "
       "sso_role_name, sso_start_url, sso_region"},
      {"ssolost", "The specified sso-session does not exist: \"nope\""},
      {"ssobad",
       "The value for sso_region is inconsistent between profile (eu-west-1) and sso-session "
       "(us-east-1)."},
      {"empty",
       "Unable to locate credentials. You can configure credentials by running \"aws "
       "configure\"."},
  };
  for (const auto& [profile, text] : cases) EXPECT_EQ(found(profile), text) << profile;
}

TEST_F(Chain, AProfileMayBeItsOwnSource) {
  Session asked = session("selfkeys");
  const auto source = find_source(asked);
  ASSERT_TRUE(source) << failure_report(source.error());
  EXPECT_EQ((*source)->method(), "assume-role");
}

TEST_F(Chain, NotesEveryProviderAsked) {
  Session asked = session("empty");
  ASSERT_FALSE(find_credentials(asked));
  ASSERT_EQ(asked.looked().size(), 9u);
  EXPECT_EQ(asked.looked()[0].why, "not looked at: --profile was given");
  EXPECT_EQ(asked.looked()[1].why, "no role_arn");
  EXPECT_EQ(asked.looked()[8].why, "AWS_EC2_METADATA_DISABLED is true");
}

TEST_F(Chain, FindsEndpointAndRegion) {
  const auto target = [&](const char* profile, std::string_view hop) {
    Session asked = session(profile);
    const auto out = sts_target(asked, hop);
    return out ? out->url + " " + out->region : failure_text(out.error());
  };
  EXPECT_EQ(target("default", "default"), "https://sts.eu-west-1.amazonaws.com eu-west-1");
  EXPECT_EQ(target("empty", "empty"), "https://sts.us-east-1.amazonaws.com us-east-1");
  EXPECT_EQ(target("services", "services"), "http://special us-east-1");
  // A hop that says nothing uses the chosen profile's.
  EXPECT_EQ(target("leaf", "empty"), "http://leaf ap-south-1");
  EXPECT_EQ(target("leaf", "services"), "http://special ap-south-1");
  EXPECT_EQ(target("serviceslost", "serviceslost"),
            "The profile is configured to use the services section but the \"t\" services "
            "configuration does not exist.");
  variables_["AWS_ENDPOINT_URL"] = "http://env/";
  EXPECT_EQ(target("leaf", "leaf"), "http://env ap-south-1");
  variables_["AWS_ENDPOINT_URL_STS"] = "http://envsts";
  variables_["AWS_REGION"] = "us-west-2";
  EXPECT_EQ(target("empty", "empty"), "http://envsts us-west-2");
}

TEST_F(Chain, OnlyHarmlessContainerAddressesAreAsked) {
  for (const char* url : {"http://example.com/", "http://127.evil.example/", "http://10.0.0.1/",
                          "ftp://localhost/"}) {
    variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url;
    EXPECT_TRUE(found("empty").starts_with("Unsupported host '")) << url;
  }
  variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://127.0.0.1:1/";
  variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "a\r\nb: c";
  EXPECT_EQ(found("empty"), "Auth token value is not a legal header value");
}

}  // namespace
}  // namespace rolecall::client
