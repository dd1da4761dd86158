// Reading and changing configuration files; the cache's files.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "client/answers.h"
#include "client/cache.h"
#include "client/config_file.h"
#include "client/config_writer.h"
#include "client/failure.h"
#include "client/formats.h"
#include "client/profiles.h"
#include "client/words.h"

namespace rolecall::client {
namespace {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = "/tmp/rolecall-client-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    [[maybe_unused]] const int ignored = std::system(("rm -rf " + path_).c_str());
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

ConfigFile parsed(std::string_view text) {
  auto file = parse_config(text, "f");
  EXPECT_TRUE(file) << (file ? "" : failure_report(file.error()));
  return file ? *file : ConfigFile{};
}

std::string refused(std::string_view text) {
  const auto file = parse_config(text, "f");
  EXPECT_FALSE(file) << text;
  return file ? "" : failure_text(file.error());
}

TEST(ConfigFile, ReadsWhatTheAwsCliReads) {
  const ConfigFile file = parsed(
      "# comment\r\n[default]\r\nRegion : eu-west-1 # stays\r\n; c\r\nempty =\n"
      "multi = a\n  b\n\n  c\n s3 =\n\n     A = 1\n   ; no\n     b=2 = 3\n[profile x] "
      "ignored\nk=v\n");
  ASSERT_EQ(file.sections.size(), 2u);
  const Section& section = file.sections[0];
  EXPECT_EQ(section.find("region")->text, "eu-west-1 # stays");
  EXPECT_EQ(section.find("empty")->text, "");
  // The blank line inside is kept; ` s3` is as deep as the continuation's rule asks: more than
  // `multi`, so it continues it.
  EXPECT_EQ(section.find("multi")->text, "a\nb\n\nc\ns3 =\n\nA = 1\nb=2 = 3");
  EXPECT_EQ(file.sections[1].name, "profile x");
}

TEST(ConfigFile, ReadsMapsOfOneLevel) {
  const ConfigFile file = parsed("[default]\ns3 =\n    A = 1\n\n    b=2 = 3\nregion = x\n");
  const Setting* map = file.sections[0].find("s3");
  ASSERT_TRUE(map->is_map);
  EXPECT_EQ(*map->find("A"), "1");
  EXPECT_EQ(*map->find("b"), "2 = 3");
  EXPECT_EQ(map->find("c"), nullptr);
  EXPECT_EQ(file.sections[0].find("region")->text, "x");
}

TEST(ConfigFile, DefaultsReachEverySection) {
  const ConfigFile file = parsed("[a]\nk = 1\n[DEFAULT]\nk = 2\nl = 3\n");
  ASSERT_EQ(file.sections.size(), 1u);
  EXPECT_EQ(file.sections[0].find("k")->text, "1");
  EXPECT_EQ(file.sections[0].find("l")->text, "3");
}

TEST(ConfigFile, RefusesWhatTheAwsCliRefuses) {
  for (const std::string_view text :
       {"\xEF\xBB\xBF[default]\n", "k = v\n", "[a]\n[a]\n", "[a]\nk=1\nK=2\n", "[a]\nword\n",
        "[a]\n= v\n", "[a]\ns3 =\n  word\n", "[a]\nk = \xFF\n"}) {
    EXPECT_EQ(refused(text), "Unable to parse config file: f") << text;
  }
}

TEST(ConfigFile, NamesTheLine) {
  const auto file = parse_config("[a]\nk = v\nword\n", "f");
  ASSERT_FALSE(file);
  EXPECT_NE(failure_report(file.error()).find("line 3"), std::string::npos);
}

TEST(Profiles, KnowsWhichSectionsAreProfiles) {
  const ConfigFile config = parsed(
      "[default]\na=1\n[profile x]\nk=c\nonly=c\n[profile \"a b\"]\n[profile a b]\n"
      "[profile 'open]\n[profilefoo]\n[plain]\n[profile default]\nb=2\n[sso-session s]\nu=1\n"
      "[services t]\nsts =\n  endpoint_url = http://x\n");
  const ConfigFile credentials = parsed("[x]\nk=k\n[only creds]\naws_access_key_id=A\n");
  const Profiles profiles = Profiles::of(config, credentials);
  std::string names;
  for (const auto& profile : profiles.all()) names += profile.name + ",";
  EXPECT_EQ(names, "default,x,a b,only creds,");
  // The later of [default] and [profile default] replaces the earlier wholly.
  EXPECT_EQ(profiles.get("default", "a"), std::nullopt);
  EXPECT_EQ(profiles.get("default", "b"), "2");
  EXPECT_EQ(profiles.get("x", "k"), "k");
  EXPECT_EQ(profiles.get("x", "only"), "c");
  EXPECT_NE(profiles.find_sso_session("s"), nullptr);
  EXPECT_EQ(*profiles.find_services("t")->find("sts")->find("endpoint_url"), "http://x");
  EXPECT_NE(profiles.find_other("plain"), nullptr);
}

struct WriteCase {
  std::string_view why, before, section;
  Change change;
  std::string_view after;
};

TEST(ConfigWriter, ChangesOnlyWhatIsAsked) {
  const WriteCase cases[] = {
      {"a new file", "", "default", {"region", "x"}, "[default]\nregion = x\n"},
      {"a new section",
       "[default]\na=1",
       "profile p",
       {"k", "v"},
       "[default]\na=1\n[profile p]\nk = v\n"},
      {"in place, the rest as it was",
       "# c\n[default]\nregion=old\n\n; d\n[z]\n",
       "default",
       {"region", "new"},
       "# c\n[default]\nregion = new\n\n; d\n[z]\n"},
      {"below the last setting of a middle section",
       "[a]\nk = 1\n\n[b]\n",
       "a",
       {"l", "2"},
       "[a]\nk = 1\nl = 2\n\n[b]\n"},
      {"a quoted section",
       "[profile \"a b\"]\nk = 1\n",
       "profile a b",
       {"k", "2"},
       "[profile \"a b\"]\nk = 2\n"},
      {"a commented setting stays", "[a]\n# k = 1\n", "a", {"k", "2"}, "[a]\n# k = 1\nk = 2\n"},
      {"a map's line is no setting",
       "[a]\ns3 =\n    region = deep\nx = 1\n",
       "a",
       {"region", "top"},
       "[a]\ns3 =\n    region = deep\nx = 1\nregion = top\n"},
      {"a new map", "[a]\nk = 1\n", "a", {"s3", "v", "sub"}, "[a]\nk = 1\ns3 =\n    sub = v\n"},
      {"a map's line",
       "[a]\ns3 =\n  sub = 1\n  t = 2\n",
       "a",
       {"s3", "v", "sub"},
       "[a]\ns3 =\n  sub = v\n  t = 2\n"},
      {"a further line of a map",
       "[a]\ns3 =\n    t = 2\nk = 1\n",
       "a",
       {"s3", "v", "sub"},
       "[a]\ns3 =\n    t = 2\n    sub = v\nk = 1\n"},
      {"no line feed at the end", "[a]\nk = 1", "a", {"l", "2"}, "[a]\nk = 1\nl = 2\n"},
      {"CR LF stays", "[a]\r\nk = 1\r\nl = 2\r\n", "a", {"k", "3"}, "[a]\r\nk = 3\r\nl = 2\r\n"},
      {"a text of several lines goes with its key",
       "[a]\nk = 1\n  2\nl = 3\n",
       "a",
       {"k", "4"},
       "[a]\nk = 4\nl = 3\n"},
  };
  for (const auto& it : cases) {
    EXPECT_EQ(apply_changes(it.before, it.section, {it.change}), it.after) << it.why;
  }
}

TEST(ConfigWriter, KeepsModeAndLinksAndTakesTurns) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/aws/credentials";
  ASSERT_TRUE(change_config(path, "a", {{"k0", "0"}}));
  struct stat about{};
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777, 0600u);
  ASSERT_EQ(::stat((folder.path() + "/aws").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777, 0700u);
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  const std::string link = folder.path() + "/link";
  ASSERT_EQ(::symlink(path.c_str(), link.c_str()), 0);
  std::vector<std::thread> writers;
  for (int i = 1; i <= 8; ++i) {
    writers.emplace_back([&, i] {
      const std::string key = "k" + std::to_string(i);
      EXPECT_TRUE(change_config(i % 2 == 0 ? link : path, "a", {{key, "v"}}));
    });
  }
  for (auto& writer : writers) writer.join();
  const auto file = read_config(path);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->sections[0].settings.size(), 9u);  // none was lost
  ASSERT_EQ(::lstat(link.c_str(), &about), 0);
  EXPECT_TRUE(S_ISLNK(about.st_mode));
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777, 0640u);
}

TEST(ConfigWriter, RefusesWhatWouldBreakTheFile) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/config";
  EXPECT_FALSE(change_config(path, "a", {{"k", "v\n[b]"}}));
  EXPECT_FALSE(change_config(path, "a", {{"k=", "v"}}));
  EXPECT_FALSE(change_config(path, "a\n", {{"k", "v"}}));
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
}

TEST(Words, SplitAsAShellDoes) {
  EXPECT_EQ(*split_words("a  'b c' \"d\\\"e\" f\\ g ''"),
            (std::vector<std::string>{"a", "b c", "d\"e", "f g", ""}));
  EXPECT_FALSE(split_words("a 'b"));
  EXPECT_FALSE(split_words("a \"b"));
  EXPECT_FALSE(split_words("a\\"));
  EXPECT_EQ(split_words(shell_quote("it's $HOME"))->front(), "it's $HOME");
}

TEST(Cache, KeysAreTheAwsClis) {
  // Probed with the AWS CLI, both versions.
  EXPECT_EQ(aws_cache_key({"arn:aws:iam::222222222222:role/CrossAccountPowerUser", {}, {}, {}, {}}),
            "0fdc71c112ac7132943a4ae17969fef1d1b2596c");
  EXPECT_EQ(aws_cache_key({"arn:aws:iam::222222222222:role/Short", {}, {}, {}, 900}),
            "6376ba5d5b5672057da67133c72608e62ddb0e01");
  EXPECT_EQ(aws_cache_key({"arn:aws:iam::222222222222:role/Mfa", "bj", "x1",
                           "arn:aws:iam::111111111111:mfa/bj", 3600}),
            "d0b55574ac28c043b865d1c540b59fb42dfeeb02");
}

CachedSession session_of(std::int64_t issued, std::int64_t expires) {
  CachedSession out;
  out.credentials = {"ASIAX", Secret("s"), Secret("t"), Instant::from_seconds(expires)};
  out.issued = Instant::from_seconds(issued);
  return out;
}

TEST(Cache, ShortSessionsAreUsed) {
  // The AWS CLI renews 900 seconds before the end: a session of 900 seconds at every call.
  const auto is_fresh_at = [](const CachedSession& session, std::int64_t at) {
    return is_fresh(session, Instant::from_seconds(at));
  };
  const CachedSession quarter = session_of(1'000, 1'900);
  EXPECT_TRUE(is_fresh_at(quarter, 1'000));
  EXPECT_TRUE(is_fresh_at(quarter, 1'675));
  EXPECT_FALSE(is_fresh_at(quarter, 1'676));
  const CachedSession hour = session_of(1'000, 4'600);
  EXPECT_TRUE(is_fresh_at(hour, 3'700));
  EXPECT_FALSE(is_fresh_at(hour, 3'701));
  const CachedSession foreign = session_of(0, 4'600);
  EXPECT_FALSE(is_fresh_at(foreign, 3'701));
}

TEST(Cache, ReadsEveryFormOfTimeAndNoBrokenFile) {
  for (const std::string_view end : {"2026-11-22T03:30:25Z", "2026-11-22T03:30:25.379794Z",
                                     "2026-11-22T03:30:25+00:00", "2026-11-22T03:30:25UTC"}) {
    const auto session = parse_cached_session(
        R"({"Credentials":{"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T","Expiration":")" +
        std::string(end) +
        R"("},"AssumedRoleUser":{"Arn":"arn:aws:sts::222222222222:assumed-role/r/s"}})");
    ASSERT_TRUE(session) << end;
    EXPECT_EQ(session->credentials.expires->seconds(), 1'795'318'225);
    EXPECT_EQ(session->credentials.account_id, "222222222222");
  }
  for (
      const std::string_view broken :
      {"", "{", "null", "[]", R"({"Credentials":{}})",
       R"({"Credentials":{"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T","Expiration":"soon"}})"}) {
    EXPECT_FALSE(parse_cached_session(broken)) << broken;
  }
  CachedSession made = session_of(1'700'000'000, 1'700'003'600);
  made.about = {{"Kind", "role"}, {"Profile", "p\"q"}};
  const auto again = parse_cached_session(format_cached_session(made));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->issued, made.issued);
  EXPECT_EQ(again->about, made.about);
}

TEST(Cache, DifferentParametersNeverShareAKey) {
  EXPECT_NE(CacheKey().add("a", "b").add("c", "d").hex(), CacheKey().add("a", "b;1=c:d").hex());
  EXPECT_EQ(CacheKey().add("a", "b").hex(), CacheKey().add("a", "b").hex());
}

TEST(Answers, ProcessOutputIsReadStrictly) {
  const auto good = parse_process_output(
      R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T","Expiration":"2026-11-22T03:30:25Z"})");
  ASSERT_TRUE(good);
  EXPECT_EQ(good->token->reveal(), "T");
  const std::string prefix = "Error when retrieving credentials from custom-process: ";
  const auto text = [](std::string_view out) {
    const auto answer = parse_process_output(out);
    return answer ? std::string("taken") : failure_text(answer.error());
  };
  EXPECT_EQ(
      text(R"({"Version":2})"),
      prefix + "Unsupported version '2' for credential process provider, supported versions: 1");
  EXPECT_EQ(text(R"({})"), prefix +
                               "Unsupported version '<Version key not provided>' for "
                               "credential process provider, supported versions: 1");
  EXPECT_EQ(text(R"({"Version":1,"AccessKeyId":"A"})"),
            prefix + "Missing required key in response: 'SecretAccessKey'");
  EXPECT_TRUE(text("nonsense").starts_with(prefix + "the output is not JSON"));
}

TEST(Answers, InstancesWithoutRolesHaveNone) {
  EXPECT_TRUE(parse_instance_answer(
      R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"S","Token":"T","Expiration":"2026-11-22T03:30:25Z"})"));
  EXPECT_FALSE(parse_instance_answer(R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"no"})"));
  EXPECT_FALSE(parse_instance_answer("<html>"));
}

TEST(Formats, QuoteOnlyWhereAShellWouldStumble) {
  const Credentials keys{"AKIA", Secret("a/b+c="), Secret("it's"), Instant::from_seconds(0)};
  EXPECT_EQ(format_credentials(keys, Format::env),
            "export AWS_ACCESS_KEY_ID=AKIA\nexport AWS_SECRET_ACCESS_KEY=a/b+c=\n"
            "export AWS_SESSION_TOKEN='it'\"'\"'s'\n"
            "export AWS_CREDENTIAL_EXPIRATION=1970-01-01T00:00:00+00:00\n");
  EXPECT_EQ(format_credentials({"A", Secret("b"), {}, {}}, Format::process),
            "{\n  \"Version\": 1,\n  \"AccessKeyId\": \"A\",\n  \"SecretAccessKey\": \"b\"\n}\n");
  EXPECT_EQ(format_credentials({"A", Secret("b"), {}, {}}, Format::fish),
            "set -gx AWS_ACCESS_KEY_ID A\nset -gx AWS_SECRET_ACCESS_KEY b\n");
}

}  // namespace
}  // namespace rolecall::client
