// Paging, answers, skeletons and files: what needs no server.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/clock.h"
#include "base/encoding.h"
#include "calls/bind.h"
#include "calls/help.h"
#include "calls/names.h"
#include "calls/outfile.h"
#include "calls/paging.h"
#include "calls/parameters.h"
#include "calls/run.h"
#include "calls/skeleton.h"
#include "client/failure.h"
#include "models/iam.h"
#include "models/s3.h"

namespace rolecall::calls {
namespace {

const wire::Operation& operation(std::string_view service, std::string_view name) {
  const auto* found = wire::service_named(service)->find(name);
  EXPECT_NE(found, nullptr) << name;
  return *found;
}

json::Value parse(std::string_view text) { return std::move(*json::parse(text)); }

// Pages of a service that counts: `page` items from its Marker on, `total` in all.
class Numbers {
 public:
  Numbers(int total, int page) : total_(total), page_(page) {}
  AskPage ask() {
    return [this](const json::Value& parameters) -> Result<json::Value> {
      asked.push_back(parameters.dump());
      const json::Value* marker = parameters.find("Marker");
      const json::Value* size = parameters.find("MaxItems");
      const int page = size ? static_cast<int>(*size->as_integer()) : page_;
      const int begin = marker ? std::stoi(marker->text()) : 0;
      const int end = std::min(total_, begin + page);
      json::Value out = json::Value::object(), users = json::Value::array();
      for (int i = begin; i < end; ++i) users.push(json::Value::integer(i));
      out.add("Users", std::move(users));
      out.add("Group", json::Value::string("g"));
      out.add("IsTruncated", json::Value::boolean(end < total_));
      if (end < total_) out.add("Marker", json::Value::string(std::to_string(end)));
      return out;
    };
  }
  std::vector<std::string> asked;

 private:
  int total_, page_;
};

std::string all(Numbers& numbers, PageLimits limits) {
  const auto& pages = operation("iam", "GetGroup").pages;
  Pager pager(pages, parse(R"({"GroupName":"g"})"), std::move(limits), numbers.ask());
  const auto answer = whole(pager);
  return answer ? answer->dump() : client::failure_text(answer.error());
}

TEST(Paging, GathersAllPages) {
  Numbers numbers(5, 2);
  EXPECT_EQ(all(numbers, {}), R"({"Users":[0,1,2,3,4],"Group":"g"})");
  EXPECT_EQ(numbers.asked,
            (std::vector<std::string>{R"({"GroupName":"g"})", R"({"GroupName":"g","Marker":"2"})",
                                      R"({"GroupName":"g","Marker":"4"})"}));
  Numbers none(0, 2);
  EXPECT_EQ(all(none, {}), R"({"Users":[],"Group":"g"})");
  Numbers sized(5, 2);
  EXPECT_EQ(all(sized, {.page_size = json::Value::integer(5)}),
            R"({"Users":[0,1,2,3,4],"Group":"g"})");
  EXPECT_EQ(sized.asked.size(), 1u);
}

std::string token_of(const std::string& answer) {
  return std::string(parse(answer).find_text("NextToken").value_or(""));
}

// Tokens are the AWS CLI's, byte for byte.
TEST(Paging, StopsAtMaxItemsAndGoesOn) {
  Numbers numbers(5, 2);
  const std::string three = all(numbers, {.max_items = 3});
  EXPECT_TRUE(three.starts_with(R"({"Users":[0,1,2],"Group":"g","NextToken":)")) << three;
  EXPECT_EQ(base64_decode(token_of(three)), R"({"Marker": "2", "boto_truncate_amount": 1})");
  const std::string rest = all(numbers, {.starting_token = token_of(three)});
  EXPECT_EQ(rest, R"({"Users":[3,4],"Group":"g"})");

  const std::string one = all(numbers, {.max_items = 1});
  EXPECT_EQ(base64_decode(token_of(one)), R"({"Marker": null, "boto_truncate_amount": 1})");
  const std::string second = all(numbers, {.starting_token = token_of(one), .max_items = 1});
  EXPECT_TRUE(second.starts_with(R"({"Users":[1],)")) << second;

  const std::string boundary = all(numbers, {.max_items = 2});
  EXPECT_EQ(base64_decode(token_of(boundary)), R"({"Marker": "2"})");
  EXPECT_EQ(all(numbers, {.starting_token = token_of(boundary)}),
            R"({"Users":[2,3,4],"Group":"g"})");
  EXPECT_EQ(token_of(all(numbers, {.max_items = 5})), "");
  EXPECT_EQ(token_of(all(numbers, {.max_items = 50})), "");
  EXPECT_EQ(token_of(all(numbers, {.max_items = 0})),
            base64_encode(R"({"Marker": null, "boto_truncate_amount": 0})"));
}

TEST(Paging, TakesAServicesOwnToken) {
  Numbers numbers(5, 2);
  EXPECT_EQ(all(numbers, {.starting_token = "3"}), R"({"Users":[3,4],"Group":"g"})");
}

TEST(Paging, SaysWhenAServiceTurnsInCircles) {
  const auto& pages = operation("iam", "ListUsers").pages;
  Pager pager(pages, json::Value::object(), {}, [](const json::Value&) -> Result<json::Value> {
    return parse(R"({"Users":[1],"IsTruncated":true,"Marker":"x"})");
  });
  const auto answer = whole(pager);
  ASSERT_FALSE(answer);
  EXPECT_TRUE(client::failure_text(answer.error()).find("received twice") != std::string::npos);
  Pager failing(pages, json::Value::object(), {}, [](const json::Value&) -> Result<json::Value> {
    return client::general_failure("no");
  });
  EXPECT_FALSE(whole(failing));
}

TEST(Paging, SeveralKindsOfItems) {
  const auto& pages = operation("s3", "ListObjectVersions").pages;
  int call = 0;
  Pager pager(pages, json::Value::object(), {}, [&](const json::Value& p) -> Result<json::Value> {
    if (++call == 1) {
      return parse(R"({"Versions":[1],"DeleteMarkers":[2],"IsTruncated":true,"NextKeyMarker":"k",
                       "NextVersionIdMarker":"v"})");
    }
    EXPECT_EQ(p.dump(), R"({"KeyMarker":"k","VersionIdMarker":"v"})");
    return parse(R"({"Versions":[3],"CommonPrefixes":[4],"IsTruncated":false})");
  });
  EXPECT_EQ(whole(pager)->dump(), R"({"Versions":[1,3],"DeleteMarkers":[2],"CommonPrefixes":[4]})");
}

TEST(Paging, LooksUpPaths) {
  const json::Value tree = parse(R"({"A":"","B":{"C":1},"L":[{"K":"x"},{"K":"y"}],"E":[]})");
  EXPECT_EQ(look_up(tree, "B.C")->dump(), "1");
  EXPECT_EQ(look_up(tree, "A || L[-1].K")->dump(), "\"y\"");
  EXPECT_EQ(look_up(tree, "E[-1].K"), nullptr);
  EXPECT_EQ(look_up(tree, "X.Y"), nullptr);
}

TEST(Answers, AreAsTheAwsCliPrintsThem) {
  iam::GetRoleOutput role;
  role.role.role_name = "r";
  role.role.path = "/";
  role.role.create_date = Instant{1'700'000'000'000'000};
  role.role.assume_role_policy_document = "%7B%22Version%22%3A%222012-10-17%22%7D";
  const json::Value tree = answer_tree(operation("iam", "GetRole"), &role);
  EXPECT_EQ(tree.dump(), R"({"Role":{"Path":"/","RoleName":"r","RoleId":"","Arn":"",)"
                         R"("CreateDate":"2023-11-14T22:13:20+00:00",)"
                         R"("AssumeRolePolicyDocument":{"Version":"2012-10-17"}}})");
  role.role.assume_role_policy_document = "no JSON";
  EXPECT_EQ(answer_tree(operation("iam", "GetRole"), &role)
                .find("Role")
                ->find_text("AssumeRolePolicyDocument"),
            "no JSON");
  const s3::GetBucketLocationOutput nowhere;
  EXPECT_EQ(answer_tree(operation("s3", "GetBucketLocation"), &nowhere).dump(),
            R"({"LocationConstraint":null})");
  const s3::HeadObjectOutput head;
  EXPECT_EQ(answer_tree(operation("s3", "HeadObject"), &head).dump(), R"({"Metadata":{}})");
}

TEST(Answers, KeysAreDecoded) {
  json::Value answer = parse(
      R"({"Contents":[{"Key":"a%20b%2Bc"},{"Key":"d+e"}],"CommonPrefixes":[{"Prefix":"x%2F"}],"Prefix":"%41"})");
  decode_keys(operation("s3", "ListObjectsV2"), answer);
  EXPECT_EQ(
      answer.dump(),
      R"({"Contents":[{"Key":"a b+c"},{"Key":"d e"}],"CommonPrefixes":[{"Prefix":"x/"}],"Prefix":"A"})");
}

TEST(Timestamps, InEveryForm) {
  const auto at = [](std::string_view text) {
    const auto found = timestamp_of(json::Value::string(std::string(text)));
    return found ? format_iso8601(*found) : "none";
  };
  EXPECT_EQ(at("2020-01-01T00:00:00Z"), "2020-01-01T00:00:00Z");
  EXPECT_EQ(at("2020-01-01T00:00:00+02:00"), "2019-12-31T22:00:00Z");
  EXPECT_EQ(at("1577836800"), "2020-01-01T00:00:00Z");
  EXPECT_EQ(at("Wed, 01 Jan 2020 00:00:00 GMT"), "2020-01-01T00:00:00Z");
  EXPECT_EQ(at("20200101T000000Z"), "2020-01-01T00:00:00Z");
  EXPECT_EQ(at("yesterday"), "none");
  EXPECT_EQ(at(""), "none");
  EXPECT_FALSE(timestamp_of(json::Value::boolean(true)));
  EXPECT_TRUE(timestamp_of(json::Value::integer(0)));
}

TEST(Skeletons, HaveEveryMember) {
  EXPECT_EQ(input_skeleton(operation("iam", "TagUser")).dump(),
            R"({"UserName":"","Tags":[{"Key":"","Value":""}]})");
  EXPECT_EQ(output_skeleton(operation("sts", "GetCallerIdentity")).dump(),
            R"({"UserId":"UserId","Account":"Account","Arn":"Arn"})");
  const auto put = input_skeleton(operation("s3", "PutObject"));
  ASSERT_GT(put.members().size(), 2u);
  EXPECT_EQ(put.members()[1].name, "Body");
  EXPECT_TRUE(put.members()[1].value.is_null());
  EXPECT_EQ(put.members()[0].value.text(), "private");
  // A shape that contains itself ends.
  for (const wire::Service* service : wire::all_services()) {
    for (const wire::Operation& op : service->operations) {
      if (op.input == nullptr) continue;
      EXPECT_TRUE(input_skeleton(op).is_object()) << op.name;
      EXPECT_TRUE(output_skeleton(op).is_object()) << op.name;
      EXPECT_GT(operation_help(op).size(), 100u) << op.name;
    }
    EXPECT_NE(service_help(*service).find("Usage: rolecall"), std::string::npos);
  }
}

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/rolecall-calls-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string file(std::string_view name) const { return path + "/" + std::string(name); }
  std::size_t count() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path),
                                                  std::filesystem::directory_iterator()));
  }
  std::string path;
};

std::string contents(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Outfile, AppearsWholeOrNotAtAll) {
  const Folder folder;
  const auto random = make_seeded_random(1);
  const std::string path = folder.file("out");
  {
    auto file = Outfile::open(path, *random);
    ASSERT_TRUE(file);
    EXPECT_TRUE((*file)->write("half"));
  }
  EXPECT_EQ(folder.count(), 0u);
  {
    auto file = Outfile::open(path, *random);
    ASSERT_TRUE((*file)->write("first attempt"));
    ASSERT_TRUE((*file)->restart());
    ASSERT_TRUE((*file)->write("second"));
    EXPECT_FALSE(std::filesystem::exists(path));
    ASSERT_TRUE((*file)->finish());
  }
  EXPECT_EQ(contents(path), "second");
  ::chmod(path.c_str(), 0640);
  {
    auto file = Outfile::open(path, *random);
    ASSERT_TRUE((*file)->write("third"));
    ASSERT_TRUE((*file)->finish());
  }
  EXPECT_EQ(contents(path), "third");
  EXPECT_EQ(folder.count(), 1u);
  struct stat about{};
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0640u);
}

TEST(Outfile, RefusesWithPythonsWords) {
  const auto random = make_seeded_random(1);
  const auto missing = Outfile::open("/nowhere/at/all", *random);
  ASSERT_FALSE(missing);
  EXPECT_EQ(client::failure_text(missing.error()),
            "[Errno 2] No such file or directory: '/nowhere/at/all'");
  EXPECT_FALSE(Outfile::open("/tmp", *random));
  EXPECT_TRUE(Outfile::open("/dev/null", *random));
}

// The command up to where it would need a server.
struct Ran {
  int status;
  std::string out, err;
};
Ran command(std::vector<std::string> words) {
  std::istringstream in;
  std::ostringstream out, err;
  const SystemClock clock;
  const auto random = make_seeded_random(1);
  client::Console console{
      in,    out,
      err,   client::Environment::of({{"HOME", "/nowhere"}, {"AWS_EC2_METADATA_DISABLED", "true"}}),
      clock, *random};
  const int status = run(words, console);
  return {status, out.str(), err.str()};
}

TEST(Run, Refusals) {
  EXPECT_EQ(command({"iam", "get-role"}).status, 252);
  EXPECT_EQ(command({"nothing", "get-role"}).status, 252);
  EXPECT_EQ(command({"ec2", "describe-instances"}).status, 253);
  EXPECT_NE(command({"ec2", "describe-instances"}).err.find("You must specify a region."),
            std::string::npos);
  EXPECT_EQ(command({"iam", "list-users"}).status, 253);
  EXPECT_NE(command({"iam", "list-users"}).err.find("Unable to locate credentials"),
            std::string::npos);
  EXPECT_EQ(command({"iam", "list-users", "--profile", "none"}).status, 255);
  const auto unmodelled = command({"ec2", "accept-address-transfer"});
  EXPECT_EQ(unmodelled.status, 252);
  EXPECT_NE(unmodelled.err.find("is not modelled"), std::string::npos);
  EXPECT_EQ(command({"iam", "list-users", "--output", "jsn"}).status, 252);
  EXPECT_EQ(command({"iam", "list-users", "--query", "a["}).status, 252);
  EXPECT_EQ(command({"iam", "create-user", "--generate-cli-skeleton", "yaml-input"}).status, 252);
}

TEST(Run, HelpAndSkeletons) {
  const auto skeleton = command({"iam", "tag-user", "--generate-cli-skeleton"});
  EXPECT_EQ(skeleton.status, 0);
  EXPECT_TRUE(json::parse(skeleton.out));
  const auto sample = command({"sts", "get-caller-identity", "--generate-cli-skeleton", "output"});
  EXPECT_EQ(sample.status, 0);
  EXPECT_NE(sample.out.find("\"Account\": \"Account\""), std::string::npos);
  EXPECT_EQ(command({"iam", "tag-user", "--generate-cli-skeleton", "output"}).status, 252);
  EXPECT_NE(command({"iam", "--help"}).out.find("create-virtual-mfa-device"), std::string::npos);
  EXPECT_NE(command({"iam", "help"}).out.find("create-virtual-mfa-device"), std::string::npos);
  EXPECT_NE(command({"iam", "get-role", "--help"}).out.find("--role-name (string) [required]"),
            std::string::npos);
  EXPECT_NE(help_text(std::vector<std::string>{"s3api"}).find("put-object"), std::string::npos);
  EXPECT_EQ(help_text(std::vector<std::string>{"nothing"}), "");
  EXPECT_TRUE(is_call(std::vector<std::string>{"--profile", "x", "iam", "list-users"}));
  EXPECT_FALSE(is_call(std::vector<std::string>{"--help"}));
  EXPECT_FALSE(is_call(std::vector<std::string>{"whoami"}));
}

}  // namespace
}  // namespace rolecall::calls
