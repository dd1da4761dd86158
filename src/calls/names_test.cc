// Every name of our models beside what the installed AWS CLI makes of it
// (tools/make_cli_vectors.py).
#include "calls/names.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "base/json.h"
#include "calls/arguments.h"
#include "client/failure.h"

namespace rolecall::calls {
namespace {

json::Value vectors(const std::string& name) {
  std::ifstream file(ROLECALL_SOURCE_DIR "/tests/vectors/calls/" + name);
  std::stringstream text;
  text << file.rdbuf();
  auto parsed = json::parse(text.str());
  EXPECT_TRUE(parsed) << name;
  return parsed ? std::move(*parsed) : json::Value();
}

TEST(Names, AreTheAwsClis) {
  const json::Value known = vectors("names.json");
  EXPECT_GT(known.members().size(), 2'000u);
  for (const auto& [name, word, at] : known.members()) EXPECT_EQ(dashed(name), word.text());
  for (const wire::Service* service : wire::all_services()) {
    for (const wire::Operation& operation : service->operations) {
      EXPECT_NE(known.find(operation.name), nullptr) << operation.name;
      EXPECT_EQ(find_operation(*service, dashed(operation.name)), &operation) << operation.name;
    }
  }
}

// Takes, required and positional in the vectors' marks.
std::string marked(const Argument& argument) {
  std::string out = argument.name;
  if (argument.required) out += "!";
  if (argument.positional()) out += "^";
  if (argument.takes == Takes::nothing || argument.role == Role::structure_on) out += ".";
  if (argument.takes == Takes::many) out += "*";
  return out;
}

TEST(Names, ArgumentTablesAreTheAwsClis) {
  // What our models have beyond the AWS CLI's: newer than its botocore.
  const std::set<std::string> newer = {"s3"};
  int operations = 0;
  const json::Value known = vectors("arguments.json");
  for (const auto& [service_name, table, at] : known.members()) {
    const wire::Service* service = wire::service_named(service_name);
    ASSERT_NE(service, nullptr);
    for (const auto& [word, listed, position] : table.members()) {
      const wire::Operation* operation = find_operation(*service, word);
      ASSERT_NE(operation, nullptr) << word;
      std::set<std::string> theirs, ours;
      std::istringstream words(listed.text());
      for (std::string one; words >> one;) {
        if (one != "cli-input-yaml") theirs.insert(one);
      }
      for (const Argument& argument : arguments_of(*operation)) ours.insert(marked(argument));
      // Its botocore turns this one's pages; the one that our models are of does not yet.
      if (word == "describe-images") continue;
      for (const auto& one : theirs) {
        EXPECT_TRUE(ours.contains(one)) << service_name << " " << word << ": --" << one;
      }
      for (const auto& one : ours) {
        EXPECT_TRUE(theirs.contains(one) || newer.contains(service_name))
            << service_name << " " << word << ": ours alone: --" << one;
      }
      ++operations;
    }
  }
  EXPECT_GT(operations, 400);
}

TEST(Names, ServicesAreCalledAsTheAwsCliDoes) {
  EXPECT_EQ(find_service("s3api")->name, "s3");
  EXPECT_EQ(find_service("s3"), nullptr);
  EXPECT_EQ(find_service("dynamodb"), nullptr);
  EXPECT_EQ(command_of(*find_service("s3api")), "s3api");
  EXPECT_EQ(command_of(*find_service("iam")), "iam");
  EXPECT_EQ(find_operation(*find_service("iam"), "GetRole"), nullptr);
  EXPECT_EQ(find_operation(*find_service("iam"), ""), nullptr);
}

TEST(Names, CloseMatches) {
  const std::vector<std::string> choices = {"get-role", "get-role-policy", "list-roles",
                                            "get-user"};
  EXPECT_EQ(close_matches("get-roel", choices), std::vector<std::string>{"get-role"});
  EXPECT_EQ(close_matches("get-roles", choices), (std::vector<std::string>{"get-role"}));
  EXPECT_TRUE(close_matches("zzz", choices).empty());
  EXPECT_TRUE(close_matches(std::string(10'000, 'a'), choices).empty());
}

}  // namespace
}  // namespace rolecall::calls
