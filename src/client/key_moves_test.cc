// Moving keys into a store and back: what is refused, what stays, and what a kill leaves.
#include "client/key_moves.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/clock.h"
#include "base/files.h"
#include "base/random.h"
#include "client/chain.h"
#include "client/config_edit.h"
#include "client/failure.h"

namespace rolecall::client {
namespace {

constexpr std::string_view kKeys =
    "aws_access_key_id = AKIAONE\naws_secret_access_key = secretone\n";

class KeyMoves : public testing::Test {
 protected:
  KeyMoves() {
    std::string name = "/tmp/rolecall-moves-XXXXXX";
    home_ = ::mkdtemp(name.data());
    write("passphrase", "right\n");
  }
  ~KeyMoves() override {
    [[maybe_unused]] const int ignored = std::system(("rm -rf " + home_).c_str());
  }
  void write(const std::string& name, std::string_view text) {
    ASSERT_TRUE(make_folders(home_ + "/.aws"));
    ASSERT_TRUE(replace_file(path(name), text));
  }
  std::string path(const std::string& name) const { return home_ + "/.aws/" + name; }
  std::string text(const std::string& name) {
    return read_file_if_there(path(name), 1u << 20).value().value_or("");
  }
  Environment environment() const {
    return Environment::of({{"HOME", home_},
                            {"ROLECALL_KEYS", "file"},
                            {"ROLECALL_KEYS_UNLOCKED_SECONDS", "0"},
                            {"ROLECALL_KEYS_FILE", path("keys")},
                            {"ROLECALL_KEYS_PASSPHRASE_FILE", path("passphrase")},
                            {"AWS_EC2_METADATA_DISABLED", "true"}});
  }
  Session session(const std::string& profile) const {
    Options options;
    options.profile = profile;
    return Session(options, environment(), clock_, *random_);
  }
  // Cheap: what is tested here is not Argon2.
  std::unique_ptr<keys::Store> store() {
    return std::make_unique<keys::FileStore>(keys::FileStoreOptions{path("keys"), {64, 1, 1}},
                                             passphrase_from_file(path("passphrase")), nullptr,
                                             *random_);
  }
  std::string import(const std::string& profile, const MoveOptions& options = {}) {
    Session run = session(profile);
    const auto files = Profiles::load(environment());
    if (!files) return failure_report(files.error());
    const auto found = plain_keys(*files, environment(), profile);
    if (!found) return failure_report(found.error());
    const auto moved = import_keys(run, *found, *store(), options);
    return moved ? found->note : failure_report(moved.error());
  }
  // "KEYID SECRET" as our own chain finds it.
  std::string resolved(const std::string& profile) {
    Session run = session(profile);
    const auto found = find_credentials(run);
    if (!found) return failure_report(found.error());
    return found->credentials.access_key_id + " " +
           std::string(found->credentials.secret_key.reveal());
  }
  std::string line(const std::string& name, const std::string& id) const {
    return "credential_process = " +
           format_key_line(environment(), {name, keys::Backend::file, id}) + "\n";
  }

  std::string home_;
  FakeClock clock_;
  std::unique_ptr<Random> random_ = make_seeded_random(3);
};

TEST_F(KeyMoves, MovesThePairAndLeavesEveryOtherByte) {
  write("credentials",
        "; mine\n[other]\r\naws_access_key_id = AKIAOTHER\r\naws_secret_access_key = o\r\n\n"
        "[a]\n# the key\naws_access_key_id = AKIAONE\nregion = eu-west-1\n"
        "aws_secret_access_key: secretone\n\n# end\n[last]\nx = y");
  write("config", "[profile b]\nregion = x\n\n[profile a]\noutput = json\n# c\n\n[services s]\n");
  EXPECT_EQ(import("a"), "");
  EXPECT_EQ(text("credentials"),
            "; mine\n[other]\r\naws_access_key_id = AKIAOTHER\r\naws_secret_access_key = o\r\n\n"
            "[a]\n# the key\nregion = eu-west-1\n\n# end\n[last]\nx = y");
  EXPECT_EQ(text("config"), "[profile b]\nregion = x\n\n[profile a]\noutput = json\n" +
                                line("a", "AKIAONE") + "# c\n\n[services s]\n");
  EXPECT_EQ(resolved("a"), "AKIAONE secretone");
  EXPECT_NE(import("a").find("is already imported"), std::string::npos);
  Session run = session("a");
  const auto kept = store()->get("a");
  ASSERT_TRUE(kept && *kept);
  ASSERT_TRUE(export_keys(run, "a", **kept));
  EXPECT_EQ(text("config"),
            "[profile b]\nregion = x\n\n[profile a]\noutput = json\n# c\n\n[services s]\n");
  EXPECT_NE(text("credentials")
                .find("region = eu-west-1\naws_access_key_id = AKIAONE\n"
                      "aws_secret_access_key = secretone\n"),
            std::string::npos);
  EXPECT_EQ(resolved("a"), "AKIAONE secretone");
}

TEST_F(KeyMoves, KeysOfTheConfigFileMoveToo) {
  write("config", "[default]\n" + std::string(kKeys) + "aws_session_token =\nregion = a\n");
  EXPECT_EQ(import("default"), "");
  EXPECT_EQ(text("config"), "[default]\nregion = a\n" + line("default", "AKIAONE"));
  EXPECT_EQ(resolved("default"), "AKIAONE secretone");
}

TEST_F(KeyMoves, AShadowedPairIsLeftAndNamed) {
  write("credentials", "[default]\n" + std::string(kKeys));
  write("config", "[default]\naws_access_key_id = AKIATWO\naws_secret_access_key = two\n");
  EXPECT_NE(import("default").find("AKIATWO"), std::string::npos);
  EXPECT_NE(text("config").find("AKIATWO"), std::string::npos);
  EXPECT_EQ(resolved("default"), "AKIAONE secretone");
}

TEST_F(KeyMoves, RefusesWhatWouldMeanSomethingElse) {
  const std::string keys(kKeys);
  const struct {
    std::string credentials, config, why;
  } cases[] = {
      {"", "", "could not be found"},
      {"", "[profile a]\nregion = x\n", "has no keys in its files"},
      {"[a]\naws_access_key_id = AKIAONE\n", "", "Partial credentials found in "},
      {"[a]\naws_secret_access_key = s\n", "", "missing: aws_access_key_id"},
      {"[a]\n" + keys, "[profile a]\nrole_arn = r\nsource_profile = a\n", "has role_arn beside"},
      {"[a]\n" + keys, "[profile a]\nsso_account_id = 1\n", "has sso_account_id beside"},
      {"[a]\n" + keys, "[profile a]\ncredential_process = other keys get a\n",
       "has credential_process beside"},
      {"[a]\n" + keys, "[profile a]\ncredential_process = /tmp/rolecall keys get a\n",
       "has credential_process beside"},
      {"[a]\naws_access_key_id = AKIA\naws_secret_access_key = two\n  lines\n", "",
       "that is no secret access key"},
      {"[a]\naws_access_key_id = AKIA\naws_secret_access_key =\n", "", "that is no secret"},
  };
  for (const auto& each : cases) {
    write("credentials", each.credentials);
    write("config", each.config);
    EXPECT_NE(import("a").find(each.why), std::string::npos) << import("a");
    EXPECT_EQ(text("credentials"), each.credentials);
    EXPECT_EQ(text("config"), each.config);
  }
  EXPECT_TRUE(store()->list()->empty());
}

TEST_F(KeyMoves, KeysOfDEFAULTStay) {
  write("credentials", "[DEFAULT]\n" + std::string(kKeys) + "[a]\nregion = x\n");
  EXPECT_NE(import("a").find("could not be changed safely"), std::string::npos);
  EXPECT_NE(text("credentials").find("secretone"), std::string::npos);
  EXPECT_EQ(resolved("a"), "AKIAONE secretone");
}

TEST_F(KeyMoves, AHeaderThatTheWriterDoesNotKnowIsLeftAlone) {
  write("credentials", "[a b]\n" + std::string(kKeys));
  write("config", "[profile  \"a b\" ]\nregion = x\n");
  const std::string why = import("a b");
  EXPECT_NE(why.find("could not be changed safely"), std::string::npos) << why;
  EXPECT_NE(why.find("add to the profile by hand: credential_process = "), std::string::npos);
  EXPECT_EQ(text("config"), "[profile  \"a b\" ]\nregion = x\n");
  EXPECT_EQ(resolved("a b"), "AKIAONE secretone");
}

TEST_F(KeyMoves, AnotherKeyIsNotOverwritten) {
  ASSERT_TRUE(store()->put("a", {"AKIAOLD", Secret("old")}));
  write("credentials", "[a]\n" + std::string(kKeys));
  EXPECT_NE(import("a").find("Another key (AKIAOLD) is kept"), std::string::npos);
  EXPECT_NE(text("credentials").find("secretone"), std::string::npos);
  MoveOptions options;
  options.replace = true;
  EXPECT_EQ(import("a", options), "");
  EXPECT_EQ(resolved("a"), "AKIAONE secretone");
}

TEST_F(KeyMoves, ALineForAnotherKeyIsNotFollowed) {
  ASSERT_TRUE(store()->put("a", {"AKIAOLD", Secret("old")}));
  write("config", "[profile a]\n" + line("a", "AKIANEW"));
  EXPECT_NE(resolved("a").find("is AKIAOLD, not AKIANEW"), std::string::npos);
  write("config", "[profile a]\n" + line("b", "AKIAOLD"));
  EXPECT_NE(resolved("a").find("No key is kept as `b`"), std::string::npos);
  // By hand, without id and backend.
  write("config",
        "[profile a]\ncredential_process = " + format_key_line(environment(), {"a"}) + "\n");
  EXPECT_EQ(resolved("a"), "AKIAOLD old");
}

TEST_F(KeyMoves, NothingIsLostWhereverItIsKilled) {
  const std::string credentials = "[a]\n" + std::string(kKeys) + "region = x\n";
  for (const Step step : {Step::stored, Step::line_written, Step::removed_from_credentials,
                          Step::removed_from_config}) {
    write("credentials", credentials);
    write("config", "[profile a]\n" + std::string(kKeys) + "output = json\n");
    ::unlink(path("keys").c_str());
    const pid_t child = ::fork();
    if (child == 0) {
      MoveOptions options;
      options.after = [&](Step at) {
        if (at == step) ::kill(::getpid(), SIGKILL);
      };
      import("a", options);
      ::_exit(0);
    }
    int state = 0;
    ASSERT_EQ(::waitpid(child, &state, 0), child);
    ASSERT_TRUE(WIFSIGNALED(state)) << "step " << static_cast<int>(step) << " was not reached";
    EXPECT_EQ(resolved("a"), "AKIAONE secretone");
    if (step != Step::removed_from_config) {
      EXPECT_EQ(import("a"), "") << "the next import finishes it";
    }
    EXPECT_EQ(text("credentials"), "[a]\nregion = x\n");
    EXPECT_EQ(text("config"), "[profile a]\noutput = json\n" + line("a", "AKIAONE"));
    EXPECT_EQ(resolved("a"), "AKIAONE secretone");
  }
}

TEST_F(KeyMoves, KeysThatChangedMeanwhileStay) {
  write("credentials", "[a]\n" + std::string(kKeys));
  MoveOptions options;
  options.after = [&](Step at) {
    if (at == Step::line_written) {
      write("credentials", "[a]\naws_access_key_id = AKIATWO\naws_secret_access_key = two\n");
    }
  };
  EXPECT_NE(import("a", options).find("changed meanwhile"), std::string::npos);
  EXPECT_EQ(resolved("a"), "AKIATWO two");
}

TEST(KeyLine, IsOursOnlyIfItIs) {
  const Environment environment = Environment::of({{"PATH", "/usr/bin:/bin"}});
  const std::string own = format_key_line(environment, {"a b", keys::Backend::keyring, "AKIA"});
  const auto line = parse_key_line(environment, own);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->name, "a b");
  EXPECT_EQ(line->backend, keys::Backend::keyring);
  EXPECT_EQ(line->key_id, "AKIA");
  for (const std::string_view other :
       {"", "rolecall", "rolecall keys get", "/no/such/rolecall keys get a", "rolecall keys get a",
        "rolecall keys get --backend file", "cat keys get a", "rolecall keys get a --backend vault",
        "rolecall keys get a; rm x"}) {
    EXPECT_FALSE(parse_key_line(environment, other)) << other;
  }
}

TEST(ConfigEdit, TakesOutSettingsAsTheReaderSeesThem) {
  constexpr std::string_view kDrop[] = {"k"};
  const auto without = [&](std::string_view text) {
    const auto out = without_settings(text, FileKind::credentials, "a", kDrop, "f");
    return out ? *out : failure_text(out.error());
  };
  EXPECT_EQ(without("[a]\nk = 1\n"), "[a]\n");
  EXPECT_EQ(without("[a]\nK: 1\n  more\n\n  k = 2\n# c\nl = 3\n"), "[a]\n\n# c\nl = 3\n");
  EXPECT_EQ(without("[a]\nl = 1\n  k = no setting\n"), "[a]\nl = 1\n  k = no setting\n");
  EXPECT_EQ(without("[b]\nk = 1\n[a]\r\nk = 2\r\n"), "[b]\nk = 1\n[a]\r\n");
  EXPECT_EQ(without("[a]\rk = 1\rl = 2"), "[a]\rl = 2");
  EXPECT_EQ(without("  [a] x\n  k=1\n  l=2\n"), "  [a] x\n  l=2\n");
  EXPECT_EQ(without("[a]\nk = 1"), "[a]\n");
  EXPECT_EQ(without("[b]\nk = 1\n"), "[b]\nk = 1\n");
  EXPECT_EQ(without("[a]\nk\n"), "Unable to parse config file: f");
  EXPECT_NE(without("[DEFAULT]\nk = 1\n[a]\nl = 2\n").find("could not be changed safely"),
            std::string::npos);
}

}  // namespace
}  // namespace rolecall::client
