// Every vector of tests/vectors/policy through engine, program and oracle; and whether each rule
// that the engine decides has at least one.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "app/vector_file.h"
#include "oracle/oracle.h"
#include "policy/program.h"
#include "policy/validate.h"

namespace rolecall {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files(const char* folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(fs::path(ROLECALL_SOURCE_DIR) / folder)) {
    if (entry.path().extension() == ".json") out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

json::Value read(const fs::path& path) {
  const auto text = app::read_file(path.string());
  EXPECT_TRUE(text) << path;
  auto file = json::parse(*text);
  EXPECT_TRUE(file) << path << ": " << file.error().message;
  return *file;
}

void collect_rules(const json::Value& item, std::set<std::int64_t>& rules) {
  const json::Value* list = item.find("rule");
  if (list == nullptr) return;
  for (const auto& rule : list->items()) rules.insert(rule.as_integer().value_or(0));
}

TEST(Vectors, AllDecideAsExpected) {
  static const std::set<std::string_view> kFields = {
      "name", "request",  "identityPolicies", "boundary",     "sessionPolicies",
      "scps", "rcps",     "resourcePolicy",   "organization", "expected",
      "rule", "contested"};
  std::size_t count = 0;
  for (const auto& path : files("tests/vectors/policy")) {
    const auto file = read(path);
    for (const auto& item : file.find("vectors")->items()) {
      ++count;
      for (const auto& member : item.members()) {
        EXPECT_TRUE(kFields.contains(member.name)) << path << " " << member.name;
      }
      const std::string name =
          path.filename().string() + ": " + std::string(item.find_text("name").value_or("?"));
      auto loaded = app::VectorCase::load(item);
      ASSERT_TRUE(loaded) << name << loaded.error().text();
      const auto& it = **loaded;
      EXPECT_EQ(policy::outcome_name(policy::decide(it.request(), it.policies())), it.expected())
          << name;
      auto policies = it.policies();
      const auto program = policy::Program::build(policies);
      policies.program = program.get();
      EXPECT_EQ(policy::outcome_name(policy::decide(it.request(), policies)), it.expected())
          << name << " (combined)";
      EXPECT_EQ(oracle::decide(item), it.expected()) << name << " (oracle)";
    }
  }
  EXPECT_GE(count, 1'000u);
}

TEST(Vectors, EveryDecisionRuleHasOne) {
  std::set<std::int64_t> named;
  for (const char* folder : {"tests/vectors/policy", "tests/vectors/policy-validation"}) {
    for (const auto& path : files(folder)) {
      const auto file = read(path);
      for (const char* list : {"vectors", "documents"}) {
        if (file.find(list) == nullptr) continue;
        for (const auto& item : file.find(list)->items()) collect_rules(item, named);
      }
    }
  }
  // Rules of the engine, without those that only services can show: what Get calls return (36),
  // limits of other APIs (59 to 65), credentials (112), when policies are read (113, 195),
  // attaching (107, 183, 189, 191, 222), AssumeRoot's policies (227, 228), S3's public access block
  // (292), IAM's own refusals (249), how values get into a context (491 is not one of them).
  static const std::set<std::int64_t> kElsewhere = {
      12,  30,  36,  37,  38,  39,  43,  45,  46,  49,  55,  59,  60,  61,  63,  64,  65,
      107, 110, 111, 112, 113, 124, 128, 153, 158, 183, 189, 190, 191, 193, 194, 195, 203,
      204, 208, 212, 222, 227, 228, 244, 245, 247, 248, 249, 261, 266, 267, 268, 269, 271,
      292, 325, 328, 332, 348, 352, 371, 372, 373, 375, 376, 402, 403, 425, 490};
  const auto ranges = {std::pair{1, 66},    std::pair{101, 109}, std::pair{121, 129},
                       std::pair{151, 170}, std::pair{181, 195}, std::pair{201, 212},
                       std::pair{221, 271}, std::pair{291, 293}, std::pair{301, 332},
                       std::pair{341, 376}, std::pair{401, 491}, std::pair{501, 519}};
  std::string missing;
  const auto rules_file =
      app::read_file(std::string(ROLECALL_SOURCE_DIR) + "/tests/policy/rules.txt");
  ASSERT_TRUE(rules_file);
  std::set<std::int64_t> rules;
  for (std::size_t at = 0; at < rules_file->size();) {
    std::size_t end = rules_file->find('\n', at);
    if (end == std::string::npos) end = rules_file->size();
    rules.insert(std::atoll(rules_file->substr(at, end - at).c_str()));
    at = end + 1;
  }
  for (const auto& [first, last] : ranges) {
    for (std::int64_t rule = first; rule <= last; ++rule) {
      if (rules.contains(rule) && !named.contains(rule) && !kElsewhere.contains(rule)) {
        missing += std::to_string(rule) + " ";
      }
    }
  }
  EXPECT_EQ(missing, "") << "rules that no vector names";
}

TEST(Validation, AllDocumentsAnswerAsExpected) {
  for (const auto& path : files("tests/vectors/policy-validation")) {
    const auto file = read(path);
    for (const auto& item : file.find("documents")->items()) {
      const std::string name(item.find_text("name").value_or("?"));
      const auto kind = policy::parse_kind(item.find_text("kind").value_or(""));
      ASSERT_TRUE(kind) << name;
      policy::ValidateOptions options;
      options.bucket = "b";
      const auto error = policy::validate(*kind, *item.find_text("document"), options);
      if (item.find("valid")->as_bool()) {
        EXPECT_FALSE(error) << name << ": " << (error ? error->message : "");
        continue;
      }
      ASSERT_TRUE(error) << name;
      if (const auto message = item.find_text("message")) {
        EXPECT_EQ(error->message, *message) << name;
      }
      const json::Value* codes = item.find("error");
      if (codes == nullptr) continue;
      bool named = codes->text() == error->code;
      for (const auto& code : codes->items()) named = named || code.text() == error->code;
      EXPECT_TRUE(named) << name << ": " << error->code;
    }
  }
}

}  // namespace
}  // namespace rolecall
