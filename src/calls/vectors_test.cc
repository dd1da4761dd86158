// Shorthand and whole command lines beside the installed AWS CLI (tools/make_cli_vectors.py).
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "base/json.h"
#include "calls/arguments.h"
#include "calls/names.h"
#include "calls/parameters.h"
#include "calls/shorthand.h"
#include "calls/validate.h"
#include "client/failure.h"
#include "client/words.h"
#include "jmespath/expression.h"

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

// With members by name: the two programs put them in different orders.
std::string sorted(const json::Value& value) {
  if (value.is_array()) {
    std::string out = "[";
    for (const auto& item : value.items()) out += sorted(item) + ",";
    return out + "]";
  }
  if (!value.is_object()) return value.dump();
  std::map<std::string, std::string> members;
  for (const auto& member : value.members()) members[member.name] = sorted(member.value);
  std::string out = "{";
  for (const auto& [name, text] : members) out += name + ":" + text + ",";
  return out + "}";
}

const LoadValue kNoFiles = [](std::string text) -> Result<std::string> { return text; };

TEST(Shorthand, IsTheAwsClis) {
  const json::Value cases = vectors("shorthand.json");
  EXPECT_GT(cases.items().size(), 100u);
  for (const auto& one : cases.items()) {
    const std::string text(*one.find_text("text"));
    const auto parsed = parse_shorthand(text, kNoFiles);
    // The AWS CLI stops at characters beyond U+FFFF; nobody needs that.
    if (text.find("\xF0") != text.npos) {
      EXPECT_TRUE(parsed) << text;
      continue;
    }
    if (const auto error = one.find_text("error")) {
      ASSERT_FALSE(parsed) << text << "\n" << parsed->dump();
      EXPECT_EQ(client::failure_text(parsed.error()), *error) << text;
    } else {
      ASSERT_TRUE(parsed) << text << "\n" << client::failure_text(parsed.error());
      EXPECT_EQ(sorted(*parsed), sorted(*one.find("value"))) << text;
    }
  }
}

TEST(Shorthand, TakesValuesFromFiles) {
  const LoadValue load = [](std::string text) -> Result<std::string> {
    if (text == "file://no") return client::usage_failure("no such file");
    return text.starts_with("file://") ? "<" + text.substr(7) + ">" : text;
  };
  const auto dump = [&](std::string_view text) {
    const auto parsed = parse_shorthand(text, load);
    return parsed ? parsed->dump() : client::failure_text(parsed.error());
  };
  EXPECT_EQ(dump("a@=file://x,b=file://y"), R"({"a":"<x>","b":"file://y"})");
  EXPECT_EQ(dump("a@=[file://x,'file://y',z]"), R"({"a":["<x>","<y>","z"]})");
  EXPECT_EQ(dump("a={b@=file://x,c=file://y}"), R"({"a":{"b":"<x>","c":"file://y"}})");
  EXPECT_EQ(dump("a@=file://x,file://y"), R"({"a":["<x>","<y>"]})");
  EXPECT_EQ(dump("a@=file://no"), "no such file");
  EXPECT_TRUE(dump("a@b").starts_with("Expected: '=', received: 'b' for input:"));
}

TEST(Shorthand, HasALimitedDepth) {
  const std::string deep(200, '[');
  EXPECT_FALSE(parse_shorthand("a=" + deep, kNoFiles));
  std::string braces;
  for (int i = 0; i < 200; ++i) braces += "{a=";
  EXPECT_FALSE(parse_shorthand("a=" + braces, kNoFiles));
}

// What run.cc does, up to the call.
Result<Input> read_line(const std::string& line) {
  auto words = client::split_words(line).value();
  RC_TRY(const Globals globals, take_globals(words));
  const wire::Service* service = find_service(words.at(0));
  if (words.size() < 2) return usage_error("the following arguments are required: operation");
  const wire::Operation* operation = find_operation(*service, words[1]);
  if (operation == nullptr) return invalid_choice("operation", words[1], operation_words(*service));
  words.erase(words.begin(), words.begin() + 2);
  const auto environment = client::Environment::of({{"HOME", "/nowhere"}});
  const auto table = arguments_of(*operation);
  RC_TRY(const auto given, read_words(table, words));
  RC_TRY(Input input, read_input(*operation, given,
                                 {.environment = environment,
                                  .blobs_are_raw = globals.binary_format == "raw-in-base64-out",
                                  .paginate = globals.paginate}));
  if (globals.query) {
    const auto query = jmespath::Expression::compile(*globals.query);
    if (!query) {
      return client::usage_failure("Bad value for --query " + *globals.query + ": " +
                                   query.error().api().message);
    }
  }
  const auto random = make_seeded_random(1);
  json::Value prepared = input.parameters;
  bool encoded = false;
  RC_CHECK(prepare(*operation, prepared, *random, encoded));
  RC_CHECK(validate(*operation, prepared));
  if (input.body_path) input.parameters.add("Body", json::Value::string(*input.body_path));
  if (input.page_size) {
    input.parameters.add(std::string(operation->pages.page_size), *input.page_size);
  }
  return input;
}

// The sentence without the usage before it.
std::string said(std::string text) {
  if (text.find("usage: ") != text.npos) {
    const std::size_t error = text.find("error: ");
    text = error == text.npos ? text.substr(text.find("Unknown options")) : text.substr(error + 7);
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

// Where our text is another one on purpose, or the AWS CLI fails itself; the status is 252 then.
bool differs(std::string_view line) {
  return line.find("--count ") != line.npos ||      // a Python error
         line.find("'[i-1'") != line.npos ||        // JSON's errors are our parser's
         line.find("--output jsn") != line.npos ||  // we know `off`
         line == "iam get-rle" ||                   // theirs has wizards and waiters
         line.find("--bucket 'b k'") != line.npos || line.find("--bucket ''") != line.npos;
}

TEST(Parameters, AreTheAwsClis) {
  const json::Value cases = vectors("parameters.json");
  EXPECT_GT(cases.items().size(), 150u);
  for (const auto& one : cases.items()) {
    const std::string line(*one.find_text("line"));
    const auto ours = read_line(line);
    const json::Value* expected = one.find("parameters");
    if (expected != nullptr) {
      ASSERT_TRUE(ours) << line << "\n" << client::failure_text(ours.error());
      EXPECT_EQ(sorted(ours->parameters), sorted(*expected)) << line;
      continue;
    }
    ASSERT_FALSE(ours) << line << "\n" << ours->parameters.dump();
    if (differs(line)) {
      EXPECT_EQ(client::exit_status(ours.error()), client::kExitUsage) << line;
      continue;
    }
    EXPECT_EQ(client::exit_status(ours.error()), *one.find("status")->as_integer()) << line;
    EXPECT_EQ(said(client::failure_text(ours.error())), said(std::string(*one.find_text("error"))))
        << line;
  }
}

}  // namespace
}  // namespace rolecall::calls
