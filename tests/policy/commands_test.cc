// `rolecall eval` and `rolecall lint` as functions.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "app/eval_command.h"
#include "app/lint_command.h"
#include "base/json.h"

namespace rolecall::app {
namespace {

struct Ran {
  int status;
  std::string out, err;
};

template <class F>
Ran run(F&& command, const std::vector<std::string>& args) {
  std::ostringstream out, err;
  const int status = command(args, out, err);
  return {status, out.str(), err.str()};
}

class TempFile {
 public:
  explicit TempFile(const std::string& text)
      : path_(testing::TempDir() + "policy_commands_" + std::to_string(++count_) + ".json") {
    std::ofstream(path_) << text;
  }
  ~TempFile() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  static inline int count_ = 0;
  std::string path_;
};

constexpr const char* kVectors = R"({"topic":"t","vectors":[
  {"name":"one","request":{"principal":{"arn":"arn:aws:iam::111122223333:user/a","kind":"User",
    "account":"111122223333","userId":"AIDAX"},"action":"s3:GetObject","resource":"arn:aws:s3:::b/k",
    "resourceAccount":"111122223333","context":{"aws:SourceIp":["10.0.0.1"]}},
   "identityPolicies":[{"name":"p","document":{"Version":"2012-10-17","Statement":{"Sid":"S","Effect":"Allow",
     "Action":"s3:Get*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"},
     "StringEquals":{"aws:PrincipalTag/team":"x"}}}}}],
   "boundary":null,"sessionPolicies":[],"scps":[],"rcps":[],"resourcePolicy":null,"expected":"Allowed"}]})";

TEST(Eval, PrintsDecisions) {
  const TempFile file(kVectors);
  const Ran ran = run(run_eval, {file.path()});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out, "one\tImplicitlyDenied\n");
}

TEST(Eval, ChecksAndTellsDifferences) {
  const TempFile file(kVectors);
  const Ran ran = run(run_eval, {"--check", file.path()});
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.out, "one\tImplicitlyDenied\texpected Allowed\n0 passed, 1 failed\n");
}

TEST(Eval, ExplainsWhatIsMissing) {
  const TempFile file(kVectors);
  const Ran tree = run(run_eval, {"--explain", file.path()});
  EXPECT_NE(tree.out.find("aws:principaltag/team"), std::string::npos) << tree.out;
  EXPECT_NE(tree.out.find("no identity-based policy allows the s3:GetObject action"),
            std::string::npos);
  const Ran line = run(run_eval, {"--json", file.path()});
  const auto parsed = json::parse(line.out);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->find_text("decision"), "ImplicitlyDenied");
}

TEST(Eval, UsageAndUnreadableFiles) {
  EXPECT_EQ(run(run_eval, {}).status, 2);
  EXPECT_EQ(run(run_eval, {"--nonsense", "x"}).status, 2);
  EXPECT_EQ(run(run_eval, {"/nonexistent.json"}).status, 3);
  const TempFile file("{\"vectors\": [");
  EXPECT_EQ(run(run_eval, {file.path()}).status, 3);
}

TEST(Lint, CompilerLikeLines) {
  const TempFile file(
      "{\"Version\":\"2012-10-17\",\n \"Statement\":[{\"Effect\":\"Allow\","
      "\"Action\":\"s3:GetObjekt\",\"Resource\":\"*\"}]}");
  const Ran ran = run(run_lint, {file.path(), "--kind", "identity"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_NE(ran.out.find(":2:42: warning: there is no action `s3:GetObjekt`"), std::string::npos)
      << ran.out;
  EXPECT_NE(ran.out.find("did you mean `s3:GetObject`"), std::string::npos) << ran.out;
}

TEST(Lint, ErrorsMakeStatusOne) {
  const TempFile file(
      "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
      "\"Action\":\xE2\x80\x9Cs3:*\xE2\x80\x9D,\"Resource\":\"*\"}]}");
  const Ran ran = run(run_lint, {file.path(), "--kind", "bucket"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.out.find("curly quote"), std::string::npos) << ran.out;
}

TEST(Lint, JsonAndSarifParse) {
  const TempFile file(
      "{\"Statement\":[{\"Effect\":\"Allow\",\"NotAction\":\"s3:*\",\"Resource\":\"*\"}]}");
  const Ran plain = run(run_lint, {file.path(), "--format", "json"});
  ASSERT_TRUE(json::parse(plain.out)) << plain.out;
  const Ran sarif = run(run_lint, {file.path(), "--format", "sarif"});
  const auto parsed = json::parse(sarif.out);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->find_text("version"), "2.1.0");
}

// What SARIF 2.1.0 requires of each object, and what code hosts rely on.
TEST(Lint, SarifHoldsWhatTheStandardRequires) {
  const TempFile file(
      "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"\u00fc\u00fc\",\"Effect\":\"Allow\","
      "\"Action\":\"s3:GetObjekt\",\"Resource\":\"*\"}]}");
  const Ran ran = run(run_lint, {file.path(), "--kind", "bucket", "--format", "sarif"});
  const auto log = json::parse(ran.out);
  ASSERT_TRUE(log) << ran.out;
  const json::Value& sarif = log->find("runs")->items().at(0);
  EXPECT_EQ(sarif.find_text("columnKind"), "unicodeCodePoints");
  const json::Value* driver = sarif.find("tool")->find("driver");
  EXPECT_EQ(driver->find_text("name"), "rolecall lint");
  const auto& results = sarif.find("results")->items();
  ASSERT_FALSE(results.empty());
  bool seen = false;
  for (const json::Value& result : results) {
    ASSERT_TRUE(result.find("message")->find_text("text"));
    const auto rule = static_cast<std::size_t>(*result.find("ruleIndex")->as_integer());
    EXPECT_EQ(driver->find("rules")->items().at(rule).find_text("id"), result.find_text("ruleId"));
    const json::Value* at = result.find("locations")->items().at(0).find("physicalLocation");
    EXPECT_TRUE(at->find("artifactLocation")->find_text("uri"));
    EXPECT_GE(*at->find("region")->find("startLine")->as_integer(), 1);
    if (result.find_text("ruleId") != "unknown-action") continue;
    seen = true;  // characters, not bytes: the Sid has two of two bytes each
    EXPECT_EQ(*at->find("region")->find("startColumn")->as_integer(), 76);
  }
  EXPECT_TRUE(seen) << ran.out;
}

TEST(Lint, AnEmptyFileIsAnErrorInIt) {
  const TempFile file("");
  const Ran ran = run(run_lint, {file.path()});
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.out.find(":1:1: error: "), std::string::npos) << ran.out;
}

TEST(Lint, ChecksValidationVectors) {
  const TempFile file(R"({"documents":[{"name":"n","kind":"managed","document":"{}","valid":false,
    "error":"MalformedPolicyDocument","message":"Syntax errors in policy."},
    {"name":"m","kind":"managed","document":"{}","valid":true}]})");
  const Ran ran = run(run_lint, {"--check", file.path()});
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.out, "m\tMalformedPolicyDocument: Syntax errors in policy.\n1 passed, 1 failed\n");
}

TEST(Lint, Usage) {
  EXPECT_EQ(run(run_lint, {}).status, 2);
  EXPECT_EQ(run(run_lint, {"x", "--kind", "nonsense"}).status, 2);
  EXPECT_EQ(run(run_lint, {"x", "--format", "xml"}).status, 2);
  EXPECT_EQ(run(run_lint, {"/nonexistent.json"}).status, 3);
}

}  // namespace
}  // namespace rolecall::app
