// What vectors cannot say: texts, rewriting, sizes, documents as objects.
#include <gtest/gtest.h>

#include "policy/decision.h"
#include "policy/lint.h"
#include "policy/principals.h"
#include "policy/program.h"
#include "policy/validate.h"

namespace rolecall::policy {
namespace {

const AccountId kAccount = *AccountId::parse("111122223333");

struct Case {
  Action action;
  Request request;
  Policies policies;
  std::vector<std::shared_ptr<const Document>> documents;
  std::vector<PolicyRef> identity;
  std::vector<PolicyRef> level;
  std::vector<PolicySpan> levels;

  explicit Case(std::string_view name, std::string_view resource = "arn:aws:s3:::b/k")
      : action(*Action::parse(name)) {
    request.principal = {PrincipalKind::user, "arn:aws:iam::111122223333:user/alice", kAccount,
                         "AIDAEXAMPLEALICE"};
    request.action = &action;
    request.resource = resource;
  }
  PolicyRef ref(std::string_view text, Kind kind, std::string_view name) {
    documents.push_back(Document::compile(text, kind));
    return {documents.back().get(), name};
  }
  Decision decide_now() {
    policies.identity = identity;
    if (!level.empty()) {
      levels.assign(1, level);
      policies.scps = levels;
    }
    return decide(request, policies);
  }
};

constexpr std::string_view kAllow =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
constexpr std::string_view kDeny =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}})";

TEST(Denial, ImplicitNamesTheLayer) {  // Rules 801, 802
  Case c("s3:GetObject");
  const Decision decision = c.decide_now();
  EXPECT_EQ(denial_text(c.request, c.policies, decision),
            "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject "
            "on resource: arn:aws:s3:::b/k because no identity-based policy allows the "
            "s3:GetObject action");
  DenialOptions s3;
  s3.quote_resource = true;  // Rule 810
  EXPECT_NE(denial_text(c.request, c.policies, decision, s3)
                .find("on resource: \"arn:aws:s3:::b/k\" because no identity-based policy"),
            std::string::npos);
}

TEST(Denial, ExplicitNamesThePolicyOnlyWhenAsked) {  // Rules 803, 805
  Case c("s3:GetObject");
  c.identity = {c.ref(kAllow, Kind::inline_, "all")};
  c.level = {
      c.ref(kDeny, Kind::scp, "arn:aws:organizations::1:policy/o-1/service_control_policy/p-1")};
  const Decision decision = c.decide_now();
  ASSERT_EQ(decision.layer, Layer::scp);
  EXPECT_TRUE(denial_text(c.request, c.policies, decision)
                  .ends_with("with an explicit deny in a service control policy"));
  DenialOptions named;
  named.name_policy = true;
  EXPECT_TRUE(denial_text(c.request, c.policies, decision, named)
                  .ends_with("in a service control policy: "
                             "arn:aws:organizations::1:policy/o-1/service_control_policy/p-1"));
}

TEST(Denial, OneLayerIsNamedInOrder) {  // Rule 804
  Case c("s3:GetObject");
  c.identity = {c.ref(kDeny, Kind::inline_, "deny")};
  c.policies.boundary = c.ref(kDeny, Kind::boundary, "deny");
  EXPECT_EQ(c.decide_now().layer, Layer::identity);
}

TEST(Denial, TrustAndUnsignedCallers) {  // Rules 808, 809
  Case c("sts:AssumeRole", "arn:aws:iam::111122223333:role/ops");
  const Decision decision = c.decide_now();
  EXPECT_TRUE(decision.trust);
  EXPECT_TRUE(denial_text(c.request, c.policies, decision)
                  .ends_with("because no role trust policy allows the sts:AssumeRole action"));
  Case web("sts:AssumeRoleWithWebIdentity", "arn:aws:iam::111122223333:role/ops");
  web.request.principal.kind = PrincipalKind::web_identity;
  EXPECT_EQ(denial_text(web.request, web.policies, web.decide_now()),
            "Not authorized to perform sts:AssumeRoleWithWebIdentity");
  Case root("sts:AssumeRole", "arn:aws:iam::111122223333:role/ops");
  root.request.principal.kind = PrincipalKind::root;
  EXPECT_EQ(denial_text(root.request, root.policies, root.decide_now()),
            "Roles may not be assumed by root accounts.");
}

TEST(Document, UnreadableDeniesEverything) {
  for (const std::string_view text :
       {"", "[]", "{\"Statement\":[]}", "{\"Statement\":{}}", "nonsense"}) {
    Case c("s3:GetObject");
    c.identity = {c.ref(kAllow, Kind::inline_, "all"), c.ref(text, Kind::inline_, "broken")};
    const Decision decision = c.decide_now();
    EXPECT_FALSE(decision.allowed()) << text;
    EXPECT_EQ(decision.reason, Reason::unreadable_policy) << text;
    EXPECT_EQ(decision.policy, 1);
    const auto program = Program::build(c.policies);
    c.policies.program = program.get();
    EXPECT_EQ(c.decide_now().reason, Reason::unreadable_policy) << text;
  }
}

TEST(Document, UnknownOperatorNeitherGrantsNorLifts) {
  Case c("s3:GetObject");
  c.identity = {c.ref(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*",
    "Resource":"*","Condition":{"StringIs":{"aws:username":"x"}}}})",
                      Kind::inline_, "p")};
  EXPECT_FALSE(c.decide_now().allowed());
  c.identity = {c.ref(kAllow, Kind::inline_, "all"),
                c.ref(R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*",
    "Resource":"*","Condition":{"StringIs":{"aws:username":"x"}}}})",
                      Kind::inline_, "p")};
  EXPECT_EQ(c.decide_now().reason, Reason::explicit_deny);
}

TEST(Request, WithoutActionIsDenied) {
  EXPECT_FALSE(Action::parse("GetObject"));
  EXPECT_FALSE(Action::parse("s3:"));
  EXPECT_FALSE(Action::parse("a:b:c"));
  EXPECT_FALSE(Action::parse("s3:" + std::string(200, 'x')));
  EXPECT_EQ(decide({}, {}).reason, Reason::invalid_request);
}

TEST(Context, ValuesAndNames) {
  Context context;
  context.set("AWS:SourceIP", "10.0.0.1");
  context.set("aws:PrincipalTag/Team", "a");
  context.set("aws:principaltag/team", "b");
  context.declare("aws:TagKeys");
  EXPECT_EQ(context.find(Key::aws_source_ip).front(), "10.0.0.1");
  EXPECT_EQ(context.find("aws:PRINCIPALTAG/team").size(), 2u);
  EXPECT_TRUE(context.find(Key::aws_tag_keys).present());
  EXPECT_TRUE(context.find(Key::aws_tag_keys).empty());
  EXPECT_FALSE(context.find("aws:nothing").present());
  for (int i = 0; i < 100; ++i) context.own("x:key" + std::to_string(i), std::to_string(i));
  EXPECT_EQ(context.find("x:key77").front(), "77");  // beyond the inline items
  std::size_t keys = 0;
  context.for_each([&](std::string_view, Context::Values) { ++keys; });
  EXPECT_EQ(keys, 103u);
  const Context moved = std::move(context);
  EXPECT_EQ(moved.find("x:key3").front(), "3");
}

TEST(Principals, RewrittenInPlace) {  // Rules 372, 373
  const std::string text =
      "{\n \"Statement\": [{\"Principal\": {\"AWS\": [\"arn:aws:iam::1:user/a\\u0062\", \"*\"], "
      "\"Service\": \"x\"}, \"Note\": \"arn:aws:iam::1:user/ab\"}]}";
  const auto to_id = [](std::string_view arn) -> std::optional<std::string> {
    if (arn == "arn:aws:iam::1:user/ab") return "AIDA1";
    return std::nullopt;
  };
  const std::string stored = rewrite_principals(text, to_id);
  EXPECT_EQ(stored,
            "{\n \"Statement\": [{\"Principal\": {\"AWS\": [\"AIDA1\", \"*\"], "
            "\"Service\": \"x\"}, \"Note\": \"arn:aws:iam::1:user/ab\"}]}");
  EXPECT_EQ(rewrite_principals("not json", to_id), "not json");
  const auto all = list_principals(text);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[2].kind, "Service");
}

TEST(Size, WhiteSpaceInStringsCounts) {  // Rule 62
  EXPECT_EQ(counted_size("{ \"a\" :\t\"b c\" }\r\n"), 11u);
  EXPECT_EQ(counted_size("\"\\\" \""), 5u);
  EXPECT_EQ(counted_size("\"\xC3\xA9\""), 3u);
}

TEST(Validate, AsksWhetherPrincipalsExist) {  // Rule 44
  const std::string text = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow",
    "Principal":{"AWS":"arn:aws:iam::111122223333:user/gone"},"Action":"sts:AssumeRole"}})";
  ValidateOptions options;
  options.principal_exists = [](std::string_view) { return false; };
  const auto error = validate(Kind::trust, text, options);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, "MalformedPolicyDocument");
  EXPECT_EQ(error->message,
            "Invalid principal in policy: \"AWS\":\"arn:aws:iam::111122223333:user/gone\"");
  EXPECT_FALSE(validate(Kind::trust, text));
}

TEST(Validate, CodesOfTheServices) {  // Rule 37
  EXPECT_EQ(validate(Kind::bucket, "{}")->code, "MalformedPolicy");
  EXPECT_EQ(validate(Kind::queue, "{}")->code, "InvalidAttributeValue");
  EXPECT_EQ(validate(Kind::topic, "{}")->code, "InvalidParameter");
  EXPECT_EQ(validate(Kind::key, "{}")->code, "MalformedPolicyDocumentException");
  EXPECT_EQ(validate(Kind::scp, "{}")->code, "MalformedPolicyDocumentException");
  EXPECT_EQ(validate(Kind::session, "{}")->code, "MalformedPolicyDocument");
}

bool has(const std::vector<Diagnostic>& all, std::string_view code) {
  return std::any_of(all.begin(), all.end(), [&](const auto& it) { return it.code == code; });
}

TEST(Lint, SaysWhatAColleagueWould) {
  const auto identity = [](const std::string& statement) {
    return lint(Kind::inline_, "{\"Version\":\"2012-10-17\",\"Statement\":{" + statement + "}}");
  };
  const std::string get =
      R"("Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*")";
  EXPECT_TRUE(identity(get).empty());
  EXPECT_TRUE(
      has(identity(R"("Effect":"Allow","Action":"s3:GetObjct","Resource":"*")"), "unknown-action"));
  EXPECT_TRUE(has(identity(R"("Effect":"Allow","Action":"s4:GetObject","Resource":"*")"),
                  "unknown-service"));
  EXPECT_TRUE(
      has(identity(R"("Effect":"Allow","NotAction":"s3:*","Resource":"*")"), "allow-not-action"));
  EXPECT_TRUE(
      has(identity(R"("Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::b")"),
          "deny-never-matches"));
  EXPECT_TRUE(
      has(identity(R"("Effect":"Deny","Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::*")"),
          "deny-never-matches"));
  EXPECT_TRUE(has(identity(get + R"(,"Condition":{"StringEquals":{"sts:ExternalId":"x"}})"),
                  "key-never-present"));
  EXPECT_TRUE(has(identity(get + R"(,"Condition":{"StringEquals":{"aws:SourceIp":"10.0.0.0/8"}})"),
                  "operator-type"));
  EXPECT_TRUE(has(identity(get + R"(,"Condition":{"StringEquals":{"aws:TagKeys":"x"}})"),
                  "multivalued-key"));
  EXPECT_TRUE(
      has(identity(get + R"(,"Condition":{"StringEquals":{"aws:usernme":"x"}})"), "unknown-key"));
  EXPECT_TRUE(has(lint(Kind::trust, R"({"Version":"2012-10-17","Statement":{"Effect":"Allow",
    "Principal":"*","Action":"sts:AssumeRole"}})"),
                  "wildcard-principal"));
  EXPECT_TRUE(has(lint(Kind::inline_, R"({"Statement":{"Effect":"Allow","Action":"s3:*",
    "Resource":"arn:aws:s3:::${aws:username}"}})"),
                  "variable-without-version"));
  const auto spared =
      [](const std::string& listed) {
        return has(lint(Kind::bucket, R"({"Version":"2012-10-17","Statement":{"Effect":"Deny",
      "NotPrincipal":{"AWS":[)" + listed + R"(]},"Action":"s3:GetObject",
      "Resource":"arn:aws:s3:::b/*"}})"),
                   "deny-not-principal");
      };
  const std::string user = R"("arn:aws:iam::111122223333:user/bob")",
                    role = R"("arn:aws:iam::111122223333:role/team/audit")",
                    session = R"("arn:aws:sts::111122223333:assumed-role/audit/app")",
                    root = R"("arn:aws:iam::111122223333:root")";
  EXPECT_TRUE(spared(user));
  EXPECT_FALSE(spared(user + "," + root));
  EXPECT_FALSE(spared(user + R"(,"111122223333")"));
  EXPECT_TRUE(spared(user + R"(,"444455556666")"));
  EXPECT_TRUE(spared(role + "," + root));
  EXPECT_TRUE(spared(session + "," + root));
  EXPECT_TRUE(spared(session + "," + role));
  EXPECT_FALSE(spared(session + "," + role + "," + root));
  EXPECT_FALSE(spared(root));
  const auto dash = lint(Kind::inline_,
                         "{\"Version\":\"2012\xE2\x80\x93"
                         "10-17\",\"Statement\":{" +
                             get + "}}");
  EXPECT_EQ(dash.at(0).severity, Severity::error);
}

struct Advised {
  Kind kind;
  const char* statement;  // without its braces
  const char* code;
  const char* words;  // in message or advice
};

TEST(Lint, AdvisesWhatToWrite) {
  constexpr Advised kCases[] = {
      {Kind::inline_, R"("Effect":"Allow","Action":“s3:GetObject”,"Resource":"*")", "curly-quote",
       "a curly quote (U+201C)"},
      {Kind::inline_, "\"Effect\":\"Allow\",\"Action\":\"iam:Pass\u2013Role\",\"Resource\":\"*\"",
       "dash", "an en dash (U+2013) where a hyphen"},
      {Kind::scp, "\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::a\u2014b\"",
       "", "an em dash (U+2014)"},
      {Kind::inline_, R"("Effect":"Allow","Action":["s3:GetObject",],"Resource":"*")",
       "json-syntax", "a trailing comma"},
      {Kind::inline_, R"(/* all */"Effect":"Allow","Action":"s3:GetObject","Resource":"*")",
       "json-syntax", "a comment"},
      {Kind::inline_, R"("Effect":"Allow","Action":"s3:GetObjct","Resource":"*")", "unknown-action",
       "did you mean `s3:GetObject`"},
      {Kind::inline_, R"("Effect":"Allow","Action":"s3:ListObjectsV2","Resource":"*")",
       "unknown-action", "the permission for it is s3:ListBucket"},
      {Kind::inline_,
       R"("Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringLike":{"s3:prefix":"x"}})",
       "key-never-present", "`s3:ListBucket` has it"},
      {Kind::inline_,
       R"("Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringLike":{"aws:PrincipalTags/team":"x"}})",
       "unknown-key", "did you mean `aws:PrincipalTag/team`"},
      {Kind::inline_,
       R"("Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":"1h"}})",
       "", "`1h`"},
      {Kind::inline_, R"("Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::b")",
       "deny-never-matches", "acts on arn:${Partition}:s3:::${BucketName}/${ObjectName}"},
      {Kind::inline_, R"("Effect":"Deny","NotAction":"*","Resource":"*")", "deny-never-matches",
       "everything but `*` is nothing"},
      {Kind::inline_, R"("Effect":"Deny","Action":"s3:*","NotResource":"*")", "deny-never-matches",
       "everything but `*` is nothing"},
      {Kind::trust,
       R"("Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:users/al"},"Action":"sts:AssumeRole")",
       "principal", "did you mean `arn:aws:iam::111122223333:user/al`"},
      {Kind::trust,
       R"("Effect":"Allow","Principal":{"AWS":"arn:aws:iam:111122223333:user/al"},"Action":"sts:AssumeRole")",
       "principal", "did you mean `arn:aws:iam::111122223333:user/al`"},
      {Kind::trust,
       R"("Effect":"Allow","Principal":{"AWS":"arn:aws:iam::11112222333:user/al"},"Action":"sts:AssumeRole")",
       "principal", "has 11 digits instead of 12"},
      {Kind::trust,
       R"("Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:assumed-role/r/s"},"Action":"sts:AssumeRole")",
       "principal", "did you mean `arn:aws:sts::111122223333:assumed-role/r/s`"},
      {Kind::trust,
       R"("Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/*"},"Action":"sts:AssumeRole")",
       "principal", "takes no wildcards"},
      {Kind::trust,
       R"("Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:group/g"},"Action":"sts:AssumeRole")",
       "principal", "a group is no principal"},
      {Kind::bucket,
       R"("Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*")",
       "", "name those who may in Principal"},
  };
  for (const Advised& it : kCases) {
    const auto found = lint(
        it.kind, std::string(R"({"Version":"2012-10-17","Statement":{)") + it.statement + "}}");
    const bool said = std::any_of(found.begin(), found.end(), [&](const Diagnostic& d) {
      return (*it.code == 0 || d.code == it.code) &&
             (d.message + "; " + d.advice).find(it.words) != std::string::npos;
    });
    std::string all;
    for (const auto& d : found)
      all.append(d.code).append(": ").append(d.message).append("; ").append(d.advice).append("\n");
    EXPECT_TRUE(said) << it.statement << "\n" << all;
  }
}

TEST(Lint, SaysEachThingOnce) {
  const auto found =
      lint(Kind::inline_,
           R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject",
      "Resource":"*","Condition":{"StringEqualz":{"aws:username":"x"}}}})");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].severity, Severity::error);
  EXPECT_EQ(found[0].advice, "did you mean `StringEquals`");
}

}  // namespace
}  // namespace rolecall::policy
