#include <gtest/gtest.h>

#include "audit/authorization_message.h"
#include "audit/decision_record.h"
#include "audit/digest.h"
#include "audit/reader.h"
#include "audit/record.h"
#include "audit/redact.h"
#include "base/json.h"

namespace rolecall::audit {
namespace {

const Instant kNow = Instant::from_seconds(1'800'000'000);

Record sample() {
  Record record;
  record.identity.type = CallerType::assumed_role;
  record.identity.principal_id = "AROAABCDEFGHIJKLMNOPQ:bea";
  record.identity.arn = "arn:aws:sts::222222222222:assumed-role/Admin/bea";
  record.identity.account_id = "222222222222";
  record.identity.access_key_id = "ASIAABCDEFGHIJKLMNOP";
  record.identity.has_session = true;
  record.identity.issuer_type = "Role";
  record.identity.issuer_principal_id = "AROAABCDEFGHIJKLMNOPQ";
  record.identity.issuer_arn = "arn:aws:iam::222222222222:role/Admin";
  record.identity.issuer_account_id = "222222222222";
  record.identity.issuer_user_name = "Admin";
  record.identity.session_created = kNow.plus_seconds(-60);
  record.identity.mfa = true;
  record.identity.source_identity = "bea";
  record.time = kNow;
  record.event_source = "iam.amazonaws.com";
  record.event_name = "CreateUser";
  record.region = "us-east-1";
  record.source_ip = "127.0.0.1";
  record.user_agent = "aws-cli/2.9.19 \"quoted\"";
  record.error_code = "AccessDenied";
  record.error_message = "no\nnew line";
  record.request_parameters = R"({"userName":"x"})";
  record.additional = {{"decisionId", "d-1"}};
  record.request_id = "r-1";
  record.event_id = "e-1";
  record.resources = {{"arn:aws:iam::222222222222:user/x", "222222222222", "AWS::IAM::User"}};
  record.recipient_account_id = "222222222222";
  return record;
}

json::Value parsed(const Record& record) {
  std::string line;
  append_json(line, record);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  auto value = json::parse(line);
  EXPECT_TRUE(value.has_value()) << line;
  return value ? std::move(*value) : json::Value();
}

TEST(Record, has_cloudtrails_form) {
  const auto value = parsed(sample());
  EXPECT_EQ(
      value.dump(),
      R"({"eventVersion":"1.11","userIdentity":{"type":"AssumedRole",)"
      R"("principalId":"AROAABCDEFGHIJKLMNOPQ:bea",)"
      R"("arn":"arn:aws:sts::222222222222:assumed-role/Admin/bea","accountId":"222222222222",)"
      R"("accessKeyId":"ASIAABCDEFGHIJKLMNOP","sessionContext":{"sessionIssuer":{)"
      R"("type":"Role","principalId":"AROAABCDEFGHIJKLMNOPQ",)"
      R"("arn":"arn:aws:iam::222222222222:role/Admin","accountId":"222222222222",)"
      R"("userName":"Admin"},"attributes":{"creationDate":"2027-01-15T07:59:00Z",)"
      R"("mfaAuthenticated":"true"},"sourceIdentity":"bea"}},)"
      R"("eventTime":"2027-01-15T08:00:00Z","eventSource":"iam.amazonaws.com",)"
      R"("eventName":"CreateUser","awsRegion":"us-east-1","sourceIPAddress":"127.0.0.1",)"
      R"("userAgent":"aws-cli/2.9.19 \"quoted\"","errorCode":"AccessDenied",)"
      R"("errorMessage":"no\nnew line","requestParameters":{"userName":"x"},)"
      R"("responseElements":null,"additionalEventData":{"decisionId":"d-1"},)"
      R"("requestID":"r-1","eventID":"e-1","readOnly":false,"resources":[)"
      R"({"accountId":"222222222222","type":"AWS::IAM::User",)"
      R"("ARN":"arn:aws:iam::222222222222:user/x"}],"eventType":"AwsApiCall",)"
      R"("managementEvent":true,"recipientAccountId":"222222222222",)"
      R"("eventCategory":"Management"})");
}

TEST(Record, each_kind_of_caller_is_named) {
  const std::pair<CallerType, const char*> table[] = {
      {CallerType::root, "Root"},
      {CallerType::iam_user, "IAMUser"},
      {CallerType::assumed_role, "AssumedRole"},
      {CallerType::federated_user, "FederatedUser"},
      {CallerType::aws_account, "AWSAccount"},
      {CallerType::aws_service, "AWSService"},
      {CallerType::anonymous, "AWSAccount"},
      {CallerType::unknown, "Unknown"},
  };
  for (const auto& [type, name] : table) {
    Record record = sample();
    record.identity.type = type;
    EXPECT_EQ(parsed(record).find("userIdentity")->find_text("type"), name);
  }
  Record record = sample();
  record.identity = {};
  record.identity.type = CallerType::anonymous;
  EXPECT_EQ(parsed(record).find("userIdentity")->dump(),
            R"({"type":"AWSAccount","principalId":"","accountId":"ANONYMOUS_PRINCIPAL"})");
}

TEST(Record, data_events_and_tls) {
  Record record = sample();
  record.management_event = false;
  record.tls_version = "TLSv1.3";
  record.tls_host = "s3.amazonaws.com";
  const auto value = parsed(record);
  EXPECT_EQ(value.find_text("eventCategory"), "Data");
  EXPECT_FALSE(value.find("managementEvent")->as_bool());
  EXPECT_EQ(value.find("tlsDetails")->dump(),
            R"({"tlsVersion":"TLSv1.3","clientProvidedHostHeader":"s3.amazonaws.com"})");
}

TEST(Redact, secrets_by_name) {
  for (const char* name :
       {"Password", "OldPassword", "NewPassword", "SecretAccessKey", "secretAccessKey",
        "SessionToken", "TokenCode", "AuthenticationCode1", "AuthenticationCode2",
        "Base32StringSeed", "QRCodePNG", "PrivateKey", "ServicePassword", "SSECustomerKey",
        "CopySourceSSECustomerKey", "WebIdentityToken", "SAMLAssertion"}) {
    EXPECT_TRUE(is_secret_member(name)) << name;
  }
  for (const char* name : {"PolicyDocument", "Policy", "RoleArn", "UserName", "AccessKeyId",
                           "PasswordResetRequired", "SerialNumber", "", "ExternalId"}) {
    EXPECT_FALSE(is_secret_member(name)) << name;
  }
}

TEST(Digest, depends_on_every_record_and_their_order) {
  const std::vector<std::string> records = {"a", "b"};
  const std::string first = chain_digest("", records);
  EXPECT_EQ(first.size(), 64u);
  EXPECT_EQ(first, chain_digest("", records));
  for (const std::vector<std::string>& other :
       {std::vector<std::string>{"b", "a"}, {"a"}, {"ab"}, {"a", "b", ""}, {"a", "c"}}) {
    EXPECT_NE(chain_digest("", other), first);
  }
  EXPECT_NE(chain_digest(first, records), first);
  EXPECT_NE(chain_digest("x", records), chain_digest("y", records));
}

struct FilterCase {
  const char* name;
  Filter filter;
  bool shown;
};

TEST(Reader, filters) {
  const auto record = parsed(sample());
  const auto with = [](auto change) {
    Filter filter;
    change(filter);
    return filter;
  };
  const FilterCase table[] = {
      {"nothing", {}, true},
      {"account", with([](Filter& f) { f.account = *AccountId::parse("222222222222"); }), true},
      {"other account", with([](Filter& f) { f.account = *AccountId::parse("111111111111"); }),
       false},
      {"event", with([](Filter& f) { f.event_name = "createuser"; }), true},
      {"other event", with([](Filter& f) { f.event_name = "CreateUse"; }), false},
      {"session name in the arn", with([](Filter& f) { f.user = "bea"; }), true},
      {"role", with([](Filter& f) { f.user = "Admin"; }), true},
      {"role arn", with([](Filter& f) { f.user = "arn:aws:iam::222222222222:role/Admin"; }), true},
      {"nobody", with([](Filter& f) { f.user = "ann"; }), false},
      {"error", with([](Filter& f) { f.error_code = "AccessDenied"; }), true},
      {"any error", with([](Filter& f) { f.error_code = "*"; }), true},
      {"other error", with([](Filter& f) { f.error_code = "Access"; }), false},
      {"resource", with([](Filter& f) { f.resource = "user/x"; }), true},
      {"parameter", with([](Filter& f) { f.resource = "x"; }), true},
      {"no resource", with([](Filter& f) { f.resource = "user/y"; }), false},
      {"since", with([](Filter& f) { f.since = kNow; }), true},
      {"since later", with([](Filter& f) { f.since = kNow.plus_seconds(1); }), false},
      {"until", with([](Filter& f) { f.until = kNow; }), false},
      {"until later", with([](Filter& f) { f.until = kNow.plus_seconds(1); }), true},
  };
  for (const auto& row : table) EXPECT_EQ(matches(record, row.filter), row.shown) << row.name;

  Record fine = sample();
  fine.error_code = {};
  EXPECT_FALSE(matches(parsed(fine), with([](Filter& f) { f.error_code = "*"; })));
}

TEST(Reader, shows_lines_and_skips_what_is_none) {
  std::string line;
  append_json(line, sample());
  const Lines lines = [&](const auto& visit) {
    for (const std::string& text : {line, std::string("{broken"), std::string("[]"), line}) {
      if (!visit(text)) return;
    }
  };
  std::string out;
  const Sink sink = [&](std::string_view text) { out.append(text).append("\n"); };
  EXPECT_EQ(show(lines, {}, Format::text, sink), 2u);
  const std::string text =
      "2027-01-15T08:00:00Z  222222222222  assumed-role/Admin/bea            iam:CreateUser  "
      "AccessDenied  arn:aws:iam::222222222222:user/x\n";
  EXPECT_EQ(out, text + text);
  out.clear();
  EXPECT_EQ(show(lines, {}, Format::json, sink), 2u);
  EXPECT_EQ(out, line + "\n" + line + "\n");
}

TEST(Reader, a_terminal_gets_no_control_characters) {
  Record record = sample();
  record.identity.arn = "arn:aws:iam::222222222222:user/\x1B[2Jx";
  EXPECT_EQ(text_line(parsed(record)).find('\x1B'), std::string::npos);
}

TEST(Reader, follow_asks_from_where_it_stopped) {
  std::string line;
  append_json(line, sample());
  std::vector<std::uint64_t> asked;
  int waits = 0, shown = 0;
  follow(
      [&](std::uint64_t after, const auto& visit) {
        asked.push_back(after);
        visit(line);
        return after + 1;
      },
      5, {}, Format::json, [&](std::string_view) { ++shown; }, [&] { return ++waits < 3; });
  EXPECT_EQ(asked, (std::vector<std::uint64_t>{5, 6, 7}));
  EXPECT_EQ(shown, 3);
}

AuthorizationMessage denial() {
  AuthorizationMessage message;
  message.explicit_deny = true;
  message.matched = {{"DenyStop",
                      "DENY",
                      "guardrail",
                      {"AIDAABCDEFGHIJKLMNOPQ"},
                      {"ec2:*"},
                      {"*"},
                      {{"ec2:Tenancy", {"default"}}}}};
  message.failures = {"aws:MultiFactorAuthPresent"};
  message.principal_id = "AIDAABCDEFGHIJKLMNOPQ";
  message.principal_name = "bea";
  message.principal_arn = "arn:aws:iam::111111111111:user/bea";
  message.action = "ec2:StopInstances";
  message.resource = "arn:aws:ec2:us-east-1:111111111111:instance/i-1";
  message.conditions = {{"aws:SourceIp", {"127.0.0.1"}}};
  return message;
}

TEST(AuthorizationMessage, has_awss_form) {
  EXPECT_EQ(
      to_json(denial()),
      R"({"allowed":false,"explicitDeny":true,"matchedStatements":{"items":[{)"
      R"("statementId":"DenyStop","effect":"DENY","policy":"guardrail",)"
      R"("principals":{"items":[{"value":"AIDAABCDEFGHIJKLMNOPQ"}]},)"
      R"("principalGroups":{"items":[]},"actions":{"items":[{"value":"ec2:*"}]},)"
      R"("resources":{"items":[{"value":"*"}]},"conditions":{"items":[{"key":"ec2:Tenancy",)"
      R"("values":{"items":[{"value":"default"}]}}]}}]},)"
      R"("failures":{"items":[{"value":"aws:MultiFactorAuthPresent"}]},)"
      R"("context":{"principal":{"id":"AIDAABCDEFGHIJKLMNOPQ","name":"bea",)"
      R"("arn":"arn:aws:iam::111111111111:user/bea"},"action":"ec2:StopInstances",)"
      R"("resource":"arn:aws:ec2:us-east-1:111111111111:instance/i-1",)"
      R"("conditions":{"items":[{"key":"aws:SourceIp","values":{"items":[{"value":"127.0.0.1"}]}}]}}})");
}

TEST(AuthorizationMessage, opens_for_its_own_account_only) {
  const AccountId dev = *AccountId::parse("111111111111");
  const AccountId prod = *AccountId::parse("222222222222");
  const auto random = make_seeded_random(1);
  const AuthorizationMessages messages(Secret(std::string(32, 'k')));
  const std::string encoded = messages.encode(denial(), dev, *random);
  EXPECT_EQ(messages.decode(encoded, dev), to_json(denial()));
  EXPECT_FALSE(messages.decode(encoded, prod));
  std::string altered = encoded;
  altered[50] = altered[50] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(messages.decode(altered, dev));
  EXPECT_FALSE(messages.decode("", dev));
  EXPECT_FALSE(messages.decode("not a message", dev));
  const AuthorizationMessages stranger(Secret(std::string(32, 'x')));
  EXPECT_FALSE(stranger.decode(encoded, dev));
}

TEST(AuthorizationMessage, stays_within_the_limit) {
  const auto random = make_seeded_random(1);
  const AuthorizationMessages messages(Secret(std::string(32, 'k')));
  const AccountId dev = *AccountId::parse("111111111111");
  AuthorizationMessage message = denial();
  for (int i = 0; i < 3'000; ++i) {
    message.conditions.push_back({random->text(20, kUpperAlnum), {random->text(20, kUpperAlnum)}});
  }
  const std::string encoded = messages.encode(message, dev, *random);
  EXPECT_LE(encoded.size(), kEncodedMessageCharactersMax);
  const auto decoded = messages.decode(encoded, dev);
  ASSERT_TRUE(decoded);
  EXPECT_NE(decoded->find("DenyStop"), std::string::npos);
}

TEST(DecisionRecord, is_a_tree_for_people) {
  const auto text = render_decision(
      R"({"id":"d-1","time":"2027-01-15T08:00:00Z","requestId":"r-1","principal":"arn:p",)"
      R"("action":"s3:GetObject","resource":"arn:r","resourceAccount":"1",)"
      R"("context":{"aws:SourceIp":["127.0.0.1","::1"],"aws:TagKeys":[]},)"
      R"("trace":{"decision":"ImplicitlyDenied","reason":"no_allow","layer":"identity",)"
      R"("summary":"no policy allows it",)"
      R"("missingContextKeys":["aws:MultiFactorAuthPresent"],"layers":[)"
      R"({"layer":"scp","level":0,"considered":false,"note":"management account"},)"
      R"({"layer":"identity","considered":true,"allows":false,"denies":false,"policies":[)"
      R"({"name":"p\u001b","readable":true,"statements":[{"index":0,"sid":"Mfa",)"
      R"("effect":"Allow","principalMatched":true,"actionMatched":true,"resourceMatched":true,)"
      R"("conditionsMatched":false,"applies":false,"conditions":[{"operator":"Bool",)"
      R"("key":"aws:MultiFactorAuthPresent","policyValues":["true"],"requestValues":[],)"
      R"("keyPresent":false,"matched":false}]},{"index":1,"effect":"Deny",)"
      R"("principalMatched":true,"actionMatched":false,"resourceMatched":false,)"
      R"("conditionsMatched":true,"applies":false}]},{"name":"q","readable":false,)"
      R"("statements":[]}]}]}})");
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(*text,
            "d-1  ImplicitlyDenied: no policy allows it\n"
            "  who       arn:p\n"
            "  action    s3:GetObject\n"
            "  resource  arn:r\n"
            "  when      2027-01-15T08:00:00Z, request r-1\n"
            "  missing   a policy of arn:p that allows s3:GetObject on arn:r\n"
            "  not sent  aws:MultiFactorAuthPresent (asked for by a condition)\n"
            "├─ service control policies, level 1 (the root): not considered, management account\n"
            "├─ identity policies: nothing here allows it\n"
            "│  ├─ p?\n"
            "│  │  ├─ statement 1 `Mfa`, Allow: condition not met\n"
            "│  │  │  └─ not met: Bool aws:MultiFactorAuthPresent [true]; the request has no such "
            "key\n"
            "│  │  └─ statement 2, Deny: another action\n"
            "│  └─ q (cannot be read, so it denies)\n"
            "└─ context of the request\n"
            "   ├─ aws:SourceIp: 127.0.0.1, ::1\n"
            "   └─ aws:TagKeys: \n");
  EXPECT_FALSE(render_decision("{}").has_value());
  EXPECT_FALSE(render_decision("nonsense").has_value());
}

TEST(DecisionRecord, names_what_denied_and_what_is_missing) {
  const auto denied = render_decision(
      R"({"id":"d-2","principal":"arn:p","action":"s3:GetObject","resource":"arn:r","trace":{)"
      R"("decision":"ExplicitlyDenied","reason":"explicit_deny","layer":"scp","level":1,)"
      R"("policy":0,"statement":1,"layers":[{"layer":"scp","level":0,"considered":true},)"
      R"({"layer":"scp","level":1,"considered":true,"denies":true,"policies":[{"name":"Stay",)"
      R"("readable":true,"statements":[{"index":0,"effect":"Allow"},)"
      R"({"index":1,"sid":"No","effect":"Deny","applies":true}]}]}]}})");
  ASSERT_TRUE(denied.has_value());
  EXPECT_NE(denied->find("  denied by statement 2 `No` of Stay (service control policies)\n"),
            std::string::npos);

  // A trust policy is called by its name; a layer without any policy is told of.
  const std::string head =
      R"({"id":"d-3","principal":"arn:p","action":"sts:AssumeRole","resource":"arn:aws:iam::1:role/r",)";
  const auto trust = render_decision(
      head + R"("trace":{"reason":"no_allow","layer":"resource","layers":[{"layer":"resource",)"
             R"("considered":true,"policies":[]}]}})");
  ASSERT_TRUE(trust.has_value());
  EXPECT_NE(trust->find("  missing   a statement in the trust policy of arn:aws:iam::1:role/r that "
                        "allows sts:AssumeRole to arn:p\n"),
            std::string::npos);
  const auto none =
      render_decision(head + R"("trace":{"reason":"no_allow","layer":"identity","layers":[]}})");
  ASSERT_TRUE(none.has_value());
  EXPECT_NE(none->find("identity policies: there are none\n"), std::string::npos);

  // Numbers that point nowhere are left out, not followed.
  const auto broken = render_decision(
      R"({"id":"d-4","trace":{"reason":"explicit_deny","layer":"scp","policy":9,"statement":9,)"
      R"("layers":[{"layer":"scp","considered":true,"policies":[]}]}})");
  ASSERT_TRUE(broken.has_value());
  EXPECT_EQ(broken->find("denied by"), std::string::npos);
}

TEST(Cut, WholeCharacters) {
  EXPECT_EQ(cut_text("abc", 3), "abc");
  EXPECT_EQ(cut_text("abcd", 3), "abc");
  EXPECT_EQ(cut_text("ab\xC3\xA4", 3), "ab");
  EXPECT_EQ(cut_text("\xF0\x9F\x99\x82", 3), "");
  EXPECT_EQ(cut_text("\x80\x80\x80", 2), "");
  EXPECT_EQ(cut_text(std::string(5'000, 'x'), kUserAgentBytesMax).size(), kUserAgentBytesMax);
}

}  // namespace
}  // namespace rolecall::audit
