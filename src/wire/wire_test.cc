// The room's tests: vectors (tests/vectors/wire) through both directions, then what needs code.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "base/encoding.h"
#include "models/ec2.h"
#include "models/iam.h"
#include "models/parcel.h"
#include "models/s3.h"
#include "wire/bodies.h"
#include "wire/parameters.h"
#include "wire/pattern.h"
#include "wire/protocol.h"
#include "wire/texts.h"
#include "wire/vector.h"

namespace rolecall::wire {
namespace {

json::Value load(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  auto parsed = json::parse(text.str(), {.depth_max = 64});
  EXPECT_TRUE(parsed) << path << ": " << (parsed ? "" : parsed.error().message);
  return parsed ? std::move(*parsed) : json::Value();
}

std::vector<std::filesystem::path> vector_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(ROLECALL_SOURCE_DIR "/tests/vectors/wire")) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

// Everything `expected` says must be so in `actual`; objects may say more.
void expect_says(const json::Value& actual, const json::Value& expected, const std::string& where) {
  if (expected.is_object() && (where.ends_with(".headers") || where.ends_with(".error"))) {
    for (const auto& member : expected.members()) {
      const auto* found = actual.find(member.name);
      ASSERT_TRUE(found) << where << " lacks " << member.name;
      EXPECT_EQ(found->dump(), member.value.dump()) << where << "." << member.name;
    }
    return;
  }
  if (expected.is_object() && where.find(".input") == std::string::npos &&
      where.find(".output") == std::string::npos) {
    for (const auto& member : expected.members()) {
      const auto* found = actual.find(member.name);
      ASSERT_TRUE(found) << where << " lacks " << member.name << " in " << actual.dump();
      expect_says(*found, member.value, where + "." + member.name);
    }
    return;
  }
  EXPECT_EQ(actual.dump(), expected.dump()) << where;
}

bool is_known_field(std::string_view name) {
  for (const std::string_view known :
       {"name", "service", "protocol", "request", "operation", "output", "error", "client_input",
        "client_reply", "expect", "why"}) {
    if (name == known) return true;
  }
  return false;
}

// The client's direction must lead back: expected input → request → the same input; our reply → the
// same output.
void expect_round_trip(const json::Value& vector, const std::string& where) {
  const auto* expect = vector.find("expect");
  if (const auto* input = expect->find("input")) {
    json::Value question;
    question.add("service", *vector.find("service"));
    question.add("operation", *expect->find("operation"));
    question.add("client_input", *input);
    const auto asked = play_vector(question);
    const auto* request = asked.find("request");
    ASSERT_TRUE(request) << where << asked.dump();
    json::Value back;
    auto again = *request;
    again.add("unserved", json::Value::boolean(true));
    back.add("service", *vector.find("service"));
    back.add("request", std::move(again));
    const auto answer = play_vector(back);
    ASSERT_TRUE(answer.find("input")) << where << answer.dump();
    EXPECT_EQ(answer.find("input")->dump(), input->dump()) << where;
  }
  if (const auto* reply = expect->find("reply"); reply && vector.find("output")) {
    json::Value question;
    question.add("service", *vector.find("service"));
    question.add("operation", *vector.find("operation"));
    question.add("client_reply", *reply);
    const auto answer = play_vector(question);
    ASSERT_TRUE(answer.find("output")) << where << answer.dump();
    EXPECT_EQ(answer.find("output")->dump(), vector.find("output")->dump()) << where;
  }
}

TEST(Vectors, EachSaysWhatWeSay) {
  std::size_t played = 0;
  for (const auto& path : vector_files()) {
    const auto file = load(path);
    ASSERT_TRUE(file.find("vectors")) << path;
    for (const auto& vector : file.find("vectors")->items()) {
      const auto where = path.filename().string() + ": " +
                         std::string(vector.find_text("name").value_or("a case without name"));
      for (const auto& field : vector.members()) {
        EXPECT_TRUE(is_known_field(field.name)) << where << ": unknown field " << field.name;
      }
      ASSERT_TRUE(vector.find("expect")) << where;
      expect_says(play_vector(vector), *vector.find("expect"), where);
      if (path.filename().string().starts_with("botocore-")) expect_round_trip(vector, where);
      ++played;
    }
  }
  EXPECT_GT(played, 600u);
}

// ---- patterns ----

const Member& member(const Shape& shape, std::string_view name) {
  return *std::ranges::find(shape.members, name, &Member::name);
}
const Shape& input_of(const Service& service, std::string_view operation) {
  return *service.find(operation)->input;
}

TEST(Pattern, MatchesWholeValuesOnly) {
  const auto& name = *member(input_of(iam::kService, "GetRole"), "RoleName").shape;
  ASSERT_TRUE(name.constraints && name.constraints->pattern);
  const auto& pattern = *name.constraints->pattern;
  EXPECT_EQ(pattern.text, "[\\w+=,.@-]+");
  EXPECT_TRUE(matches(pattern, "a+=,.@-_Z9"));
  EXPECT_FALSE(matches(pattern, ""));
  EXPECT_FALSE(matches(pattern, "a b"));
  EXPECT_FALSE(matches(pattern, "a\n"));
  EXPECT_FALSE(matches(pattern, "é"));
}

TEST(Pattern, AccountAliasWithoutDoubleHyphen) {
  const auto& alias = *member(input_of(iam::kService, "CreateAccountAlias"), "AccountAlias").shape;
  const auto& pattern = *alias.constraints->pattern;
  EXPECT_TRUE(matches(pattern, "a-b-c1"));
  EXPECT_FALSE(matches(pattern, "a--b"));
  EXPECT_FALSE(matches(pattern, "-a"));
  EXPECT_FALSE(matches(pattern, "a-"));
}

TEST(Pattern, UnicodeCategories) {
  const auto& tags = *member(input_of(iam::kService, "TagRole"), "Tags").shape;
  const auto& pattern = *member(*tags.element, "Key").shape->constraints->pattern;
  EXPECT_TRUE(matches(pattern, "Größe 日本/x=1"));
  EXPECT_FALSE(matches(pattern, "#"));
  EXPECT_FALSE(matches(pattern, "a\xff"));
}

TEST(Pattern, LengthCountsCodePoints) {
  EXPECT_EQ(length_of("aé日😀"), 4u);
  EXPECT_EQ(length_of(""), 0u);
}

// ---- forms ----

Result<Value> read_query(std::string_view operation, std::string_view body) {
  const auto text = "Action=" + std::string(operation) + "&Version=2010-05-08" + std::string(body);
  const RequestView request{
      .method = "POST", .path = "/", .query = "", .headers = {}, .body = text};
  RC_TRY(auto where, route(iam::kService, request));
  return read_input(where, request);
}

TEST(Form, IndexesMayBeSparseAndUnordered) {
  auto in = read_query(
      "TagRole",
      "&RoleName=r&Tags.member.10.Key=c&Tags.member.10.Value=3&Tags.member.2.Key=b"
      "&Tags.member.2.Value=2&Tags.member.1-x=z&Tags.member.1.Key=a&Tags.member.1.Value=");
  ASSERT_TRUE(in) << in.error().text();
  const auto& tags = in->as<iam::TagRoleInput>().tags;
  ASSERT_EQ(tags.size(), 3u);
  EXPECT_EQ(tags[0].key, "a");
  EXPECT_EQ(tags[0].value, "");
  EXPECT_EQ(tags[1].key, "b");
  EXPECT_EQ(tags[2].key, "c");
}

TEST(Form, NamesWithHighBytesStandAfterTheDot) {
  // Found by the fuzzer: they were taken to stand before it, and the search lost its way.
  auto in = read_query("TagRole",
                       "&RoleName=r&Tags.member.1.Key=a&Tags.member.1.Value=b"
                       "&Tags.member.1\x82\x82.e=x&Tags.member.3.Key=c&Tags.member.3.Value=d");
  ASSERT_TRUE(in) << in.error().text();
  EXPECT_EQ(in->as<iam::TagRoleInput>().tags.size(), 2u);
}

TEST(Form, OfEqualNamesTheFirstCounts) {
  auto in = read_query("GetRole", "&RoleName=first&RoleName=second&RoleName.x=third");
  ASSERT_TRUE(in);
  EXPECT_EQ(in->as<iam::GetRoleInput>().role_name, "first");
}

TEST(Form, EncodedNamesAndPlus) {
  auto in = read_query(
      "CreateRole", "&%52oleName=r&AssumeRolePolicyDocument=%7B%22a%22+%3A1%7D&Description=%C3%A9");
  ASSERT_TRUE(in) << in.error().text();
  const auto& role = in->as<iam::CreateRoleInput>();
  EXPECT_EQ(role.role_name, "r");
  EXPECT_EQ(role.assume_role_policy_document, "{\"a\" :1}");
  EXPECT_EQ(role.description, "é");
  EXPECT_FALSE(role.max_session_duration);
}

TEST(Form, TooManyParametersAreRefused) {
  std::string body;
  for (std::size_t i = 0; i < kFormParametersMax; ++i) body += "&a=b";
  auto in = read_query("GetRole", body);
  ASSERT_FALSE(in);
  EXPECT_EQ(in.error().api().code, "MalformedInput");
}

TEST(Form, ParametersInTheQueryStringCountToo) {
  const RequestView request{.method = "GET",
                            .path = "/",
                            .query = "Action=GetRole&Version=2010-05-08&RoleName=ops",
                            .headers = {},
                            .body = ""};
  auto where = route(iam::kService, request);
  ASSERT_TRUE(where) << where.error().text();
  auto in = read_input(*where, request);
  ASSERT_TRUE(in);
  EXPECT_EQ(in->as<iam::GetRoleInput>().role_name, "ops");
}

// ---- XML and JSON from strangers ----

TEST(Xml, DocumentTypesAreRefused) {
  iam::GetRoleOutput out;
  Checks checks;
  const auto& shape = *iam::kService.find("GetRole")->output;
  for (const std::string_view text : {"<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>",
                                      "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
                                      "<a><b></a>", "", "<a/><b/>", "text", "<a>\xff</a>"}) {
    auto status = read_xml(shape, text, {}, &out, checks);
    ASSERT_FALSE(status) << text;
    EXPECT_EQ(status.error().api().code, "MalformedXML");
  }
  EXPECT_FALSE(read_xml(shape, std::string_view("<a>\0</a>", 8), {}, &out, checks));
  for (const char* bad :
       {"&#0;",     "&#x0;",    "&#00;",      "&#x000;",        "&#;",   "&#x;",  "&#xD800;",
        "&#57343;", "&#xFFFE;", "&#x110000;", "&#99999999999;", "&#-1;", "&#+1;", "&# 1;",
        "&nosuch;", "&Amp;",    "&",          "& amp;",         "&;",    "&amp",  "&#1"}) {
    for (const std::string& text :
         {"<a>victim" + std::string(bad) + "not-this</a>", "<a b=\"" + std::string(bad) + "\"/>"}) {
      EXPECT_FALSE(read_xml(shape, text, {}, &out, checks)) << text;
    }
  }
  // What looks like the beginning of a comment is none within a value.
  for (const char* hidden : {"<a x=\"<!--\"><b>victim&#0;</b><c y=\"-->\"/></a>",
                             "<a x='<![CDATA['><b>&nosuch;</b><c y=']]>'/></a>",
                             "<a x=\"<?\"><b>&#0;</b><c y=\"?>\"/></a>", "<a b=\"<\"/>",
                             "<a b='&#0;'/>", "<a &amp;/>", "<a b=\"'>&#0;</a>"}) {
    EXPECT_FALSE(read_xml(shape, hidden, {}, &out, checks)) << hidden;
  }
  for (const char* quoted :
       {"<a b=\"it's > '&amp;'\"/>", "<a b='\"'>&amp;</a>", "<a><!-- ' --><b/></a>"}) {
    EXPECT_TRUE(read_xml(shape, quoted, {}, &out, checks)) << quoted;
  }
  for (const char* good : {"&amp;&lt;&gt;&quot;&apos;", "&#1;", "&#x1F642;", "&#65;",
                           "<![CDATA[&nosuch;&#0;]]>", "<!-- & &#0; -->", "<?p & ?>"}) {
    EXPECT_TRUE(read_xml(shape, "<a>" + std::string(good) + "</a>", {}, &out, checks)) << good;
  }
}

TEST(Xml, DeepAndWideInputEnds) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  s3::PutBucketTaggingInput in;
  Checks checks;
  EXPECT_FALSE(read_xml(*s3::kService.find("PutBucketTagging")->input, deep, {}, &in, checks));
}

TEST(Json, RecursionIsBounded) {
  std::string text = R"({"weight":1,"Contents":)";
  for (int i = 0; i < 40; ++i) text += R"({"Label":"a","Boxes":[)";
  for (int i = 0; i < 40; ++i) text += "]}";
  text += "}";
  auto in = Value::make(input_of(parcel::kService, "SendParcel"));
  Checks checks(Dialect::json);
  auto status = read_json(input_of(parcel::kService, "SendParcel"), text, in.data(), checks);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().api().code, "SerializationException");
}

TEST(Fuzzed, MutatedRequestsNeverDoHarm) {
  // A cheap stand-in for the fuzzers, which need clang: mutations of every request vector.
  std::mt19937 rng(7);
  for (const auto& path : vector_files()) {
    const auto file = load(path);
    for (auto vector : file.find("vectors")->items()) {
      auto* request = const_cast<json::Value*>(vector.find("request"));
      if (!request) continue;
      for (auto& field : request->members()) {
        if (!field.value.is_string() || field.value.text().empty()) continue;
        auto text = field.value.text();
        for (int i = 0; i < 3; ++i) {
          text[rng() % text.size()] = "&=.%+<>/\"{}[]\0a1"[rng() % 16];
        }
        if (is_valid_utf8(text)) field.value = json::Value::string(text);
      }
      const auto answer = play_vector(vector);
      if (const auto* error = answer.find("error")) {
        EXPECT_FALSE(error->find("fault")) << answer.dump() << vector.dump();
      }
    }
  }
}

// ---- which service, which bucket ----

TEST(Find, ServiceByScopeTargetActionHost) {
  EXPECT_EQ(find_service({.scope_service = "iam"})->name, "iam");
  EXPECT_EQ(find_service({.scope_service = "nope", .host = "iam.amazonaws.com"}), nullptr);
  EXPECT_EQ(find_service({.target = "AmazonSQS.SendMessage"})->name, "sqs");
  EXPECT_EQ(find_service({.target = "AWSOrganizationsV20161128.ListRoots"})->name, "organizations");
  EXPECT_EQ(find_service({.target = "Nope.ListRoots"}), nullptr);
  EXPECT_EQ(find_service({.action = "AssumeRole", .version = "2011-06-15"})->name, "sts");
  EXPECT_EQ(find_service({.action = "GetRole"})->name, "iam");
  EXPECT_EQ(find_service({.action = "GetRole", .version = "1999-01-01"}), nullptr);
  EXPECT_EQ(find_service({.host = "sts.eu-west-1.amazonaws.com"})->name, "sts");
  EXPECT_EQ(find_service({.host = "b.s3.amazonaws.com"})->name, "s3");
  EXPECT_EQ(find_service({.host = "s3-eu-west-1.amazonaws.com"})->name, "s3");
  EXPECT_EQ(find_service({.host = "IAM.example.com:8443"})->name, "iam");
  EXPECT_EQ(find_service({.host = "dynamodb.eu-west-1.amazonaws.com"}), nullptr);
  EXPECT_EQ(find_service({.host = "iam.other.amazonaws.com"})->name, "iam");
  EXPECT_EQ(find_service({.host = "127.0.0.1:4566"}), nullptr);
}

// Words go by the protocol; a service whose words nobody knows does not build (codegen_test.py).
TEST(Dialects, OfTheServices) {
  const auto of = [](std::string_view name) { return service_named(name)->dialect; };
  EXPECT_EQ(of("iam"), Dialect::query);
  EXPECT_EQ(of("sts"), Dialect::query);
  EXPECT_EQ(of("sns"), Dialect::query);
  EXPECT_EQ(of("ec2"), Dialect::ec2);
  EXPECT_EQ(of("s3"), Dialect::s3);
  EXPECT_EQ(of("organizations"), Dialect::json);
  EXPECT_EQ(of("cloudtrail"), Dialect::json);
  EXPECT_EQ(of("sqs"), Dialect::query_json);
  EXPECT_EQ(parcel::kService.dialect, Dialect::rest_json);
  const Service& sqs = *service_named("sqs");
  EXPECT_EQ(sqs.dialect_in(Protocol::query), Dialect::query);
  EXPECT_EQ(sqs.dialect_in(Protocol::json_1_0), Dialect::query_json);
  EXPECT_EQ(service_named("iam")->dialect_in(Protocol::query), Dialect::query);
}

TEST(Dialects, TellOurOwnFailures) {
  for (const auto& [dialect, code] :
       {std::pair{Dialect::query, "InternalFailure"},
        std::pair{Dialect::query_json, "InternalFailure"},
        std::pair{Dialect::json, "InternalFailure"},
        std::pair{Dialect::rest_json, "InternalFailure"}, std::pair{Dialect::ec2, "InternalError"},
        std::pair{Dialect::s3, "InternalError"}}) {
    const ApiError error = internal_failure(dialect);
    EXPECT_EQ(error.code, code);
    EXPECT_EQ(error.http_status, 500);
    EXPECT_FALSE(error.message.empty());
  }
  // The cause is not told.
  const Reply reply = write_error(*service_named("s3"), Protocol::rest_xml,
                                  fault("the disk is full"), {"id", "host"});
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.body.find("disk"), std::string::npos);
  EXPECT_NE(reply.body.find("<Code>InternalError</Code>"), std::string::npos);
}

TEST(Errors, AreFoundByEitherName) {
  const Service& sqs = *service_named("sqs");
  const ErrorShape* error = sqs.find_error("QueueDoesNotExist");
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->code, "AWS.SimpleQueueService.NonExistentQueue");
  EXPECT_EQ(sqs.find_error(error->code), error);
  EXPECT_EQ(sqs.find_error("Nope"), nullptr);
  EXPECT_EQ(sqs.find_error(""), nullptr);
}

TEST(Route, VirtualHostedBucketsAreNotInThePath) {
  const RequestView request{
      .method = "GET", .path = "/b/k", .query = "", .headers = {}, .body = ""};
  auto where = route(s3::kService, request, "bucket");
  ASSERT_TRUE(where);
  auto in = read_input(*where, request);
  ASSERT_TRUE(in);
  EXPECT_EQ(in->as<s3::GetObjectInput>().bucket, "bucket");
  EXPECT_EQ(in->as<s3::GetObjectInput>().key, "b/k");
}

// ---- facts ----

TEST(Facts, EveryServedOperationStatesItsAuthorization) {
  for (const Service* service : all_services()) {
    for (const auto& operation : service->operations) {
      EXPECT_EQ(service->find(operation.name), &operation);
      if (!operation.served) continue;
      const auto& facts = operation.authorization;
      EXPECT_TRUE(facts.unauthorized || facts.by_handler || facts.anonymous ||
                  !facts.actions.empty())
          << service->name << ":" << operation.name;
    }
  }
}

TEST(Texts, FollowPaths) {
  iam::CreateRoleInput in;
  in.role_name = "ops";
  in.tags = {{"team", "red"}, {"cost", "7"}};
  const auto& shape = input_of(iam::kService, "CreateRole");
  using List = std::vector<std::string>;
  EXPECT_EQ(texts_at(shape, &in, "RoleName"), List{"ops"});
  EXPECT_EQ(texts_at(shape, &in, "Path"), List{});
  EXPECT_EQ(texts_at(shape, &in, "Tags[].Key"), (List{"team", "cost"}));
  EXPECT_EQ(texts_at(shape, &in, "Nope"), List{});
  EXPECT_TRUE(present_at(shape, &in, "Tags"));
  EXPECT_FALSE(present_at(shape, &in, "PermissionsBoundary"));
  EXPECT_EQ(tags_at(shape, &in, "Tags")[1], (std::pair<std::string, std::string>("cost", "7")));
  in.tags->clear();
  EXPECT_FALSE(present_at(shape, &in, "Tags"));
  EXPECT_TRUE(tags_at(shape, &in, "Tags").empty());
  // A map is tags too: a Deny on aws:RequestTag/team would pass SQS's CreateQueue by.
  parcel::SendParcelInput parcel;
  EXPECT_TRUE(tags_at(input_of(parcel::kService, "SendParcel"), &parcel, "Marks").empty());
  parcel.marks = {{"team", "red"}, {"cost", ""}};
  EXPECT_EQ(tags_at(input_of(parcel::kService, "SendParcel"), &parcel, "Marks"),
            (std::vector<std::pair<std::string, std::string>>{{"cost", ""}, {"team", "red"}}));
  s3::DeleteObjectsInput remove;
  remove.delete_.objects.resize(2);
  remove.delete_.objects[1].key = "b";
  EXPECT_EQ(texts_at(input_of(s3::kService, "DeleteObjects"), &remove, "Delete.Objects[].Key"),
            (List{"", "b"}));
  ec2::TerminateInstancesInput end;
  end.instance_ids = {"i-1", "i-2"};
  const auto& ids = input_of(ec2::kService, "TerminateInstances");
  EXPECT_EQ(texts_at(ids, &end, "InstanceIds[]"), (List{"i-1", "i-2"}));
  EXPECT_EQ(texts_at(ids, &end, "InstanceIds"), (List{"i-1", "i-2"}));
}

TEST(Parameters, HideSecretsAndSpellSmall) {
  iam::ChangePasswordInput in;
  in.old_password = "hunter22";
  in.new_password = "hunter23";
  std::string text;
  write_parameters(text, input_of(iam::kService, "ChangePassword"), &in, Names::small_first,
                   Sensitive::hidden);
  EXPECT_EQ(text,
            "{\"oldPassword\":\"HIDDEN_DUE_TO_SECURITY_REASONS\","
            "\"newPassword\":\"HIDDEN_DUE_TO_SECURITY_REASONS\"}");
}

TEST(Errors, FaultsTellNothing) {
  const AnswerIds ids{"id-1", "host"};
  for (const Service* service : all_services()) {
    const auto reply = write_error(*service, service->protocol(), Fault{"disk /secret/path"}, ids);
    EXPECT_EQ(reply.status, 500);
    EXPECT_EQ(reply.body.find("secret"), std::string::npos);
  }
}

TEST(Errors, HeadAndNotModifiedHaveNoBody) {
  const AnswerIds ids{"id-1", "host"};
  const auto missing = ApiError::make(404, "NoSuchKey", "x");
  EXPECT_TRUE(write_error(s3::kService, Protocol::rest_xml, missing, ids, true).body.empty());
  const auto same = ApiError::make(304, "NotModified", "x");
  EXPECT_TRUE(write_error(s3::kService, Protocol::rest_xml, same, ids).body.empty());
}

TEST(Client, EmptyLabelsAreRefused) {
  s3::DeleteObjectInput in;
  in.bucket = "b";
  auto request = write_input(*s3::kService.find("DeleteObject"), Protocol::rest_xml, &in);
  ASSERT_FALSE(request);
}

}  // namespace
}  // namespace rolecall::wire
