#include <gtest/gtest.h>

#include <functional>

#include "audit/authorization_message.h"
#include "crypto/totp.h"
#include "identity/ids.h"
#include "identity/session_codec.h"
#include "identity/sessions.h"
#include "policy/kind.h"
#include "services/core/testing.h"
#include "services/sts/assume_role.h"
#include "services/sts/module.h"
#include "services/sts/operations.h"

namespace rolecall::sts {
namespace {

using identity::CallerKind;
using identity::SessionKind;

const AccountId kDev = *AccountId::parse("111111111111");
const AccountId kProd = *AccountId::parse("222222222222");
const Instant kNow = Instant::from_seconds(1'800'000'000);
constexpr const char* kRoleArn = "arn:aws:iam::222222222222:role/team/Ops";
constexpr const char* kSerial = "arn:aws:iam::111111111111:mfa/bea";
constexpr const char* kTrust =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},)"
    R"("Action":"sts:AssumeRole"}]})";
constexpr const char* kPolicy =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]})";

using services::testing::FakeAsk;

class Sts : public testing::Test {
 protected:
  Sts() {
    ask.refuse = [](const services::Question& question) {
      auto error = ApiError::access_denied("refused " + std::string(question.action));
      error.headers.emplace_back("x-rolecall-decision-id", "d-1");
      return error;
    };
    identity::Events events;
    for (const AccountId id : {kDev, kProd}) {
      identity::AccountInfo info;
      info.id = id;
      events.push_back(identity::PutAccount{info});
    }
    identity::User bea;
    bea.name = "bea";
    bea.id = "AIDABEABEABEABEABEABE";
    bea.arn = "arn:aws:iam::111111111111:user/bea";
    bea.mfa_devices = {kSerial};
    user = std::make_shared<const identity::User>(bea);
    events.push_back(identity::Put<identity::User>{kDev, user});
    identity::MfaDevice device;
    device.serial = kSerial;
    device.seed = Secret("12345678901234567890");
    device.user_name = "bea";
    device.enabled = kNow;
    events.push_back(identity::Put<identity::MfaDevice>{
        kDev, std::make_shared<const identity::MfaDevice>(device)});
    identity::Role ops;
    ops.name = "Ops";
    ops.path = "/team/";
    ops.id = "AROAOPSOPSOPSOPSOPSOP";
    ops.arn = kRoleArn;
    ops.max_session_seconds = 7'200;
    ops.trust = identity::make_policy(kTrust, policy::Kind::trust);
    ops.tags = {{"stage", "prod"}};
    role = std::make_shared<const identity::Role>(ops);
    events.push_back(identity::Put<identity::Role>{kProd, role});
    identity::ManagedPolicy managed;
    managed.name = "Limit";
    managed.arn = "arn:aws:iam::222222222222:policy/Limit";
    managed.versions = {{1, identity::make_policy(kPolicy, policy::Kind::managed), kNow}};
    events.push_back(identity::Put<identity::ManagedPolicy>{
        kProd, std::make_shared<const identity::ManagedPolicy>(managed)});
    state.apply(events);

    caller.kind = CallerKind::user;
    caller.account = kDev;
    caller.arn = bea.arn;
    caller.user_id = bea.id;
    caller.access_key_id = "AKIAABCDEFGHIJKLMNOP";
    caller.user = user;
  }

  Call call() const {
    return Call{.caller = caller,
                .state = state,
                .now = now,
                .random = *random,
                .ask = ask,
                .account = caller.account,
                .region = "us-east-1",
                .partition = "aws",
                .request_id = "r",
                .host = "localhost",
                .source_ip = "127.0.0.1",
                .tls = false,
                .sessions = &sealer,
                .messages = &messages};
  }

  void become_root() {
    caller.kind = CallerKind::root;
    caller.user = nullptr;
    caller.arn = "arn:aws:iam::111111111111:root";
    caller.user_id = "111111111111";
  }
  // The caller becomes a session of Ops with what `change` gives it.
  void become_role(const std::function<void(identity::Session&)>& change = {}) {
    auto session = std::make_shared<identity::Session>();
    session->kind = SessionKind::assumed_role;
    session->account = kProd;
    session->name = "first";
    session->issued = now;
    session->expires = now.plus_seconds(3'600);
    if (change) change(*session);
    caller.kind = CallerKind::assumed_role;
    caller.account = kProd;
    caller.user = nullptr;
    caller.role = role;
    caller.session = session;
    caller.arn = "arn:aws:sts::222222222222:assumed-role/Ops/first";
    caller.user_id = role->id + ":first";
  }
  void become_session_token(bool mfa) {
    auto session = std::make_shared<identity::Session>();
    session->kind = SessionKind::session_token;
    session->account = kDev;
    session->issued = now.plus_seconds(-60);
    session->expires = now.plus_seconds(3'600);
    if (mfa) session->mfa_at = session->issued;
    caller.session = session;
  }
  std::string code(int steps = 0) const {
    return crypto::totp("12345678901234567890", now.plus_seconds(30 * steps));
  }

  static AssumeRoleInput input() {
    AssumeRoleInput in;
    in.role_arn = kRoleArn;
    in.role_session_name = "work";
    return in;
  }
  // Runs it as the front door would.
  Result<AssumeRoleOutput> assume(const AssumeRoleInput& in) {
    if (!in.token_code) return assume_role(in, call());
    auto change = assume_role_with_code(in, call());
    if (!change) return std::move(change).error();
    state.apply(change->events);
    return std::move(change->output);
  }
  std::shared_ptr<const identity::Session> opened(const std::optional<Credentials>& credentials) {
    return credentials ? sealer.open(credentials->session_token) : nullptr;
  }

  Instant now = kNow;
  identity::State state;
  identity::Caller caller;
  std::shared_ptr<const identity::User> user;
  std::shared_ptr<const identity::Role> role;
  FakeAsk ask;
  std::unique_ptr<Random> random = make_seeded_random(3);
  identity::SessionSealer sealer{Secret(std::string(32, 'm'))};
  audit::AuthorizationMessages messages{Secret(std::string(32, 'm'))};
};

template <class T>
std::string text(const Result<T>& result) {
  return result ? "ok" : result.error().text();
}

TEST_F(Sts, assume_role_answers_as_aws_does) {
  const auto out = assume(input());
  ASSERT_TRUE(out.has_value()) << text(out);
  EXPECT_EQ(out->assumed_role_user->assumed_role_id, "AROAOPSOPSOPSOPSOPSOP:work");
  EXPECT_EQ(out->assumed_role_user->arn, "arn:aws:sts::222222222222:assumed-role/Ops/work");
  EXPECT_FALSE(out->packed_policy_size);
  EXPECT_FALSE(out->source_identity);
  EXPECT_EQ(out->credentials->expiration, kNow.plus_seconds(3'600));
  EXPECT_EQ(identity::account_of_access_key(out->credentials->access_key_id), kProd);
  const auto session = opened(out->credentials);
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(session->kind, SessionKind::assumed_role);
  EXPECT_EQ(session->account, kProd);
  EXPECT_EQ(session->principal_id, role->id);
  EXPECT_EQ(session->name, "work");
  EXPECT_FALSE(session->chained);
  EXPECT_FALSE(session->mfa_at);
  EXPECT_EQ(sealer.secret_of(*session).reveal(), out->credentials->secret_access_key);
}

TEST_F(Sts, one_question_with_the_roles_own_facts) {
  auto in = input();
  in.external_id = "42";
  in.duration_seconds = 900;
  ASSERT_TRUE(assume(in).has_value());
  ASSERT_EQ(ask.actions(), std::vector<std::string>{"sts:AssumeRole"});
  const auto& question = ask.asked[0];
  EXPECT_EQ(question.resource, kRoleArn);
  EXPECT_EQ(question.resource_account, kProd);
  EXPECT_EQ(question.resource_policy, role->trust.get());
  EXPECT_EQ(question.resource_tags, &state.account(kProd)->roles.find("Ops")->tags);
  EXPECT_EQ(ask.key("sts:ExternalId"), std::vector<std::string>{"42"});
  EXPECT_EQ(ask.key("sts:RoleSessionName"), std::vector<std::string>{"work"});
  EXPECT_EQ(ask.key("sts:DurationSeconds"), std::vector<std::string>{"900"});
  for (const char* key : {"sts:SourceIdentity", "sts:TransitiveTagKeys", "aws:TagKeys",
                          "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"}) {
    EXPECT_EQ(ask.key(key), std::vector<std::string>{"(absent)"}) << key;
  }
}

TEST_F(Sts, external_id_is_absent_unless_passed) {
  ASSERT_TRUE(assume(input()).has_value());
  EXPECT_EQ(ask.key("sts:ExternalId"), std::vector<std::string>{"(absent)"});
}

TEST_F(Sts, malformed_role_arns) {
  // The first six are answers recorded from AWS.
  for (const char* arn : {"nothing-valid-in-here", "arn::b:::something/test-role",
                          "arn:a:a::aaaaaaaaaa:", "arn:a::::something/test-role",
                          "arn:a:::something/test-role", "xarn:aws:iam::1:role/x"}) {
    auto in = input();
    in.role_arn = arn;
    EXPECT_EQ(text(assume(in)), "ValidationError: " + std::string(arn) + " is invalid");
    become_root();
    EXPECT_EQ(text(assume(in)), "ValidationError: " + std::string(arn) + " is invalid");
    caller.kind = CallerKind::user;
    caller.user = user;
  }
}

TEST_F(Sts, a_role_that_is_not_there_is_refused_like_one_that_is) {
  for (const char* arn :
       {"arn:aws:iam::222222222222:role/Nobody", "arn:aws:iam::222222222222:role/Ops",
        "arn:aws:iam::222222222222:role/team/ops", "arn:aws:iam::999999999999:role/team/Ops",
        "arn:aws-cn:iam::222222222222:role/team/Ops", "arn:aws:iam::222222222222:user/bea",
        "arn:aws:s3:::bucket/role/team/Ops", "arn:aws:iam::nobody:role/team/Ops"}) {
    auto in = input();
    in.role_arn = arn;
    const std::string expected =
        "AccessDenied: User: arn:aws:iam::111111111111:user/bea is not authorized to perform: "
        "sts:AssumeRole on resource: " +
        std::string(arn);
    ask.denied = {};
    EXPECT_EQ(text(assume(in)), expected) << "although nothing refused it";
    ask.denied = {"sts:AssumeRole"};
    const auto refused = assume(in);
    EXPECT_EQ(text(refused), expected);
    EXPECT_EQ(refused.error().api().headers.size(), 1u) << "the decision stays explainable";
    EXPECT_EQ(ask.asked.back().resource_policy, nullptr);
  }
}

TEST_F(Sts, a_closed_account_shuts_everybody_out) {
  auto info = state.account(kProd)->info;
  info.closed = true;
  state.apply({identity::PutAccount{info}});
  EXPECT_TRUE(text(assume(input())).starts_with("AccessDenied: User: "));
}

TEST_F(Sts, root_cannot_assume_roles) {
  become_root();
  EXPECT_EQ(text(assume(input())), "AccessDenied: Roles may not be assumed by root accounts.");
  EXPECT_TRUE(ask.asked.empty());
}

TEST_F(Sts, each_question_can_refuse) {
  auto in = input();
  in.tags = std::vector<Tag>{{"a", "b"}};
  in.source_identity = "bea";
  for (const char* action : {"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"}) {
    ask.denied = {action};
    EXPECT_EQ(text(assume(in)), "AccessDenied: refused " + std::string(action));
  }
}

TEST_F(Sts, durations) {
  struct Row {
    std::optional<std::int32_t> seconds;
    bool chained;
    const char* expected;
    int granted;
  };
  const Row table[] = {
      {{}, false, "ok", 3'600},
      {900, false, "ok", 900},
      {7'200, false, "ok", 7'200},
      {7'201, false,
       "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this "
       "role.",
       0},
      {3'600, true, "ok", 3'600},
      {3'601, true,
       "ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles "
       "assumed by role chaining.",
       0},
      {{}, true, "ok", 3'600},
  };
  for (const auto& row : table) {
    if (row.chained) become_role();
    auto in = input();
    in.duration_seconds = row.seconds;
    const auto out = assume(in);
    EXPECT_EQ(text(out), row.expected);
    if (out) {
      EXPECT_EQ(out->credentials->expiration, kNow.plus_seconds(row.granted));
      EXPECT_EQ(opened(out->credentials)->chained, row.chained);
    }
    caller.kind = CallerKind::user;
    caller.user = user;
    caller.session = nullptr;
  }
}

// GetSessionToken's credentials make a chain as well.
TEST_F(Sts, an_hour_at_most_with_session_credentials) {
  auto session = std::make_shared<identity::Session>();
  session->kind = SessionKind::session_token;
  caller.session = session;
  auto in = input();
  in.duration_seconds = 3'601;
  EXPECT_EQ(text(assume(in)),
            "ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for "
            "roles assumed by role chaining.");
  in.duration_seconds = 3'600;
  EXPECT_EQ(text(assume(in)), "ok");
  in.duration_seconds.reset();
  EXPECT_EQ(text(assume(in)), "ok");
  caller.session = nullptr;
}

TEST_F(Sts, who_may_not_learns_nothing_of_durations_or_policies) {
  ask.denied = {"sts:AssumeRole"};
  auto in = input();
  in.duration_seconds = 43'200;
  in.policy_arns = std::vector<PolicyDescriptorType>{{"arn:aws:iam::222222222222:policy/None"}};
  EXPECT_EQ(text(assume(in)), "AccessDenied: refused sts:AssumeRole");
}

// ---- tags ----

TEST_F(Sts, tags_and_transitive_keys) {
  auto in = input();
  in.tags = std::vector<Tag>{{"Project", "x"}, {"Stage", "test"}};
  in.transitive_tag_keys = std::vector<std::string>{"project"};
  const auto out = assume(in);
  ASSERT_TRUE(out.has_value()) << text(out);
  EXPECT_GT(out->packed_policy_size.value_or(0), 0);
  EXPECT_EQ(ask.actions(), (std::vector<std::string>{"sts:AssumeRole", "sts:TagSession"}));
  EXPECT_EQ(ask.key("aws:RequestTag/Project"), std::vector<std::string>{"x"});
  EXPECT_EQ(ask.key("aws:TagKeys"), (std::vector<std::string>{"Project", "Stage"}));
  EXPECT_EQ(ask.key("sts:TransitiveTagKeys"), std::vector<std::string>{"Project"});
  const auto session = opened(out->credentials);
  EXPECT_EQ(session->tags, (identity::Tags{{"Project", "x"}, {"Stage", "test"}}));
  EXPECT_EQ(session->transitive_keys, std::vector<std::string>{"Project"});
}

TEST_F(Sts, tags_that_are_refused) {
  auto in = input();
  in.tags = std::vector<Tag>{{"a", "1"}, {"A", "2"}};
  EXPECT_EQ(text(assume(in)),
            "InvalidParameterValue: Duplicate tag keys found. Please note that Tag keys are case "
            "insensitive.");
  in.tags = std::vector<Tag>{{"a", "1"}};
  in.transitive_tag_keys = std::vector<std::string>{"b"};
  EXPECT_EQ(text(assume(in)),
            "InvalidParameterValue: The specified transitive tag key must be included in the "
            "requested tags.");
  in.tags = std::nullopt;
  EXPECT_EQ(text(assume(in)),
            "InvalidParameterValue: The specified transitive tag key must be included in the "
            "requested tags.");
  in.transitive_tag_keys = std::nullopt;
  in.tags = std::vector<Tag>{{"Aws:x", "1"}};
  EXPECT_TRUE(text(assume(in)).starts_with("InvalidParameterValue: "));
  EXPECT_TRUE(ask.asked.empty());
}

TEST_F(Sts, transitive_tags_are_inherited_and_cannot_be_changed) {
  become_role([](auto& session) {
    session.tags = {{"Project", "x"}, {"Stage", "test"}};
    session.transitive_keys = {"Project"};
  });
  const auto out = assume(input());
  ASSERT_TRUE(out.has_value()) << text(out);
  // Inherited tags alone ask for sts:TagSession (Rule 261).
  EXPECT_EQ(ask.actions(), (std::vector<std::string>{"sts:AssumeRole", "sts:TagSession"}));
  EXPECT_EQ(ask.key("aws:RequestTag/Project"), std::vector<std::string>{"(absent)"});
  EXPECT_EQ(ask.key("sts:TransitiveTagKeys"), std::vector<std::string>{"Project"});
  const auto session = opened(out->credentials);
  EXPECT_EQ(session->tags, (identity::Tags{{"Project", "x"}}));
  EXPECT_EQ(session->transitive_keys, std::vector<std::string>{"Project"});

  auto in = input();
  in.tags = std::vector<Tag>{{"project", "y"}};
  EXPECT_EQ(text(assume(in)),
            "InvalidParameterValue: One of the specified transitive tag keys can't be set because "
            "it conflicts with a transitive tag key from the calling session.");
  in.tags = std::vector<Tag>{{"Stage", "other"}};
  const auto more = assume(in);
  ASSERT_TRUE(more.has_value());
  EXPECT_EQ(opened(more->credentials)->tags,
            (identity::Tags{{"Project", "x"}, {"Stage", "other"}}));
}

// ---- source identity ----

TEST_F(Sts, source_identity_is_set_and_inherited) {
  auto in = input();
  in.source_identity = "bea";
  const auto first = assume(in);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->source_identity, "bea");
  EXPECT_EQ(ask.actions(), (std::vector<std::string>{"sts:AssumeRole", "sts:SetSourceIdentity"}));
  EXPECT_EQ(ask.key("sts:SourceIdentity"), std::vector<std::string>{"bea"});
  EXPECT_EQ(opened(first->credentials)->source_identity, "bea");

  become_role([](auto& session) { session.source_identity = "bea"; });
  ask.asked.clear();
  const auto second = assume(input());
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->source_identity, "bea");
  EXPECT_EQ(ask.actions(), (std::vector<std::string>{"sts:AssumeRole", "sts:SetSourceIdentity"}));
  EXPECT_TRUE(assume(in).has_value()) << "the same again is no change";
  in.source_identity = "ann";
  EXPECT_EQ(text(assume(in)),
            "AccessDenied: The source identity is already set for this assume role session");
}

// ---- session policies ----

TEST_F(Sts, session_policies) {
  auto in = input();
  in.policy = kPolicy;
  in.policy_arns = std::vector<PolicyDescriptorType>{{"arn:aws:iam::222222222222:policy/Limit"},
                                                     {"arn:aws:iam::aws:policy/ReadOnlyAccess"}};
  const auto out = assume(in);
  ASSERT_TRUE(out.has_value()) << text(out);
  EXPECT_GT(out->packed_policy_size.value_or(0), 0);
  EXPECT_LT(out->packed_policy_size.value_or(0), 40);
  const auto session = opened(out->credentials);
  EXPECT_EQ(session->policies, std::vector<std::string>{kPolicy});
  EXPECT_EQ(session->policy_arns.size(), 2u);
}

TEST_F(Sts, session_policies_that_are_refused) {
  auto in = input();
  in.policy = "{not json";
  EXPECT_TRUE(text(assume(in)).starts_with("MalformedPolicyDocument: ")) << text(assume(in));
  in.policy = std::nullopt;
  struct Row {
    const char* arn;
    const char* expected;
  };
  const Row table[] = {
      {"arn:aws:iam::222222222222:policy/None",
       "InvalidParameterValue: Policy arn:aws:iam::222222222222:policy/None does not exist or is "
       "not attachable."},
      {"arn:aws:iam::aws:policy/None",
       "InvalidParameterValue: Policy arn:aws:iam::aws:policy/None does not exist or is not "
       "attachable."},
      // The caller's own account is not the role's.
      {"arn:aws:iam::111111111111:policy/Limit",
       "InvalidParameterValue: Policy arn:aws:iam::111111111111:policy/Limit does not exist or is "
       "not attachable."},
      {"no-arn-at-all-but-long-enough",
       "ValidationError: ARN no-arn-at-all-but-long-enough is not valid."},
      {"arn:aws:iam::222222222222:role/team/Ops",
       "ValidationError: ARN arn:aws:iam::222222222222:role/team/Ops is not valid."},
  };
  for (const auto& row : table) {
    in.policy_arns = std::vector<PolicyDescriptorType>{{row.arn}};
    EXPECT_EQ(text(assume(in)), row.expected);
  }
  in.policy_arns = std::vector<PolicyDescriptorType>(
      11, PolicyDescriptorType{"arn:aws:iam::aws:policy/ReadOnlyAccess"});
  EXPECT_TRUE(text(assume(in)).starts_with("ValidationError: 1 validation error detected"));
}

TEST_F(Sts, what_does_not_fit_the_token_is_refused) {
  auto in = input();
  in.tags = std::vector<Tag>();
  for (int i = 0; i < 50; ++i) {
    in.tags->push_back({random->text(60, kUpperAlnum), random->text(200, kUpperAlnum)});
  }
  const std::string refused = text(assume(in));
  EXPECT_TRUE(refused.starts_with("PackedPolicyTooLarge: Packed size of session tags consumes "))
      << refused;
  in.policy = kPolicy;
  EXPECT_TRUE(text(assume(in)).starts_with("PackedPolicyTooLarge: Packed policy consumes "));
}

// ---- MFA ----

TEST_F(Sts, a_code_in_the_call_counts_and_works_once) {
  auto in = input();
  in.serial_number = kSerial;
  in.token_code = code();
  const auto out = assume(in);
  ASSERT_TRUE(out.has_value()) << text(out);
  EXPECT_EQ(opened(out->credentials)->mfa_at, kNow);
  EXPECT_EQ(ask.key("aws:MultiFactorAuthPresent"), std::vector<std::string>{"true"});
  EXPECT_EQ(ask.key("aws:MultiFactorAuthAge"), std::vector<std::string>{"0"});
  EXPECT_EQ(text(assume(in)),
            "AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code.");
  now = now.plus_seconds(30);
  in.token_code = code();
  EXPECT_TRUE(assume(in).has_value()) << "the next code";
  in.token_code = code(-1);
  EXPECT_FALSE(assume(in).has_value()) << "an older one";
}

TEST_F(Sts, a_refused_call_does_not_use_the_code_up) {
  auto in = input();
  in.serial_number = kSerial;
  in.token_code = code();
  ask.denied = {"sts:AssumeRole"};
  EXPECT_FALSE(assume(in).has_value());
  ask.denied = {};
  EXPECT_TRUE(assume(in).has_value());
}

TEST_F(Sts, codes_that_are_refused) {
  constexpr const char* kUnknownDevice =
      "AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code.  Please verify "
      "your MFA serial number is valid and associated with this user.";
  auto in = input();
  in.serial_number = kSerial;
  EXPECT_EQ(text(assume(in)),
            "AccessDenied: MultiFactorAuthentication failed, must provide both MFA serial number "
            "and one time pass code.");
  in.token_code = code(100);
  EXPECT_EQ(text(assume(in)),
            "AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code.");
  in.token_code = code();
  in.serial_number = std::nullopt;
  EXPECT_EQ(text(assume(in)),
            "AccessDenied: MultiFactorAuthentication failed, must provide both MFA serial number "
            "and one time pass code.");
  in.serial_number = "arn:aws:iam::111111111111:mfa/other";
  EXPECT_EQ(text(assume(in)), kUnknownDevice);
  in.serial_number = kSerial;
  become_role();
  EXPECT_EQ(text(assume(in)), kUnknownDevice) << "a role has no device";
  EXPECT_TRUE(ask.asked.empty());
}

TEST_F(Sts, a_device_that_is_not_enabled_is_no_device) {
  identity::MfaDevice device = *state.account(kDev)->mfa_devices.find(kSerial);
  device.enabled = std::nullopt;
  state.apply({identity::Put<identity::MfaDevice>{
      kDev, std::make_shared<const identity::MfaDevice>(device)}});
  auto in = input();
  in.serial_number = kSerial;
  in.token_code = code();
  EXPECT_FALSE(assume(in).has_value());
}

TEST_F(Sts, a_code_is_never_checked_on_a_reading_thread) {
  auto in = input();
  in.serial_number = kSerial;
  in.token_code = code();
  const auto out = assume_role(in, call());
  ASSERT_FALSE(out.has_value());
  EXPECT_FALSE(out.error().is_api());
  for (const auto& binding : module().operations) {
    if (binding.name != "AssumeRole") continue;
    ASSERT_NE(binding.needs_writer, nullptr);
    EXPECT_TRUE(binding.needs_writer(&in));
    const auto plain = input();
    EXPECT_FALSE(binding.needs_writer(&plain));
    const auto change = binding.run_write(binding.write_function, &in, call());
    ASSERT_TRUE(change.has_value());
    EXPECT_EQ(change->events.size(), 1u);
  }
}

TEST_F(Sts, mfa_of_the_session_goes_to_the_first_role_only) {
  become_session_token(true);
  const auto first = assume(input());
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(opened(first->credentials)->mfa_at, kNow.plus_seconds(-60));
  become_session_token(false);
  EXPECT_FALSE(opened(assume(input())->credentials)->mfa_at);
  become_role([](auto& session) { session.mfa_at = kNow; });
  EXPECT_FALSE(opened(assume(input())->credentials)->mfa_at);
}

// ---- GetSessionToken, GetFederationToken ----

TEST_F(Sts, session_tokens) {
  GetSessionTokenInput in;
  auto out = get_session_token(in, call());
  ASSERT_TRUE(out.has_value()) << text(out);
  EXPECT_EQ(out->credentials->expiration, kNow.plus_seconds(43'200));
  const auto session = opened(out->credentials);
  EXPECT_EQ(session->kind, SessionKind::session_token);
  EXPECT_EQ(session->principal_id, user->id);
  EXPECT_FALSE(session->mfa_at);
  EXPECT_TRUE(ask.asked.empty()) << "needs no permission (Rule 242)";

  in.serial_number = kSerial;
  in.token_code = code();
  EXPECT_FALSE(get_session_token(in, call()).has_value());
  auto change = get_session_token_with_code(in, call());
  ASSERT_TRUE(change.has_value()) << text(change);
  EXPECT_EQ(opened(change->output.credentials)->mfa_at, kNow);
  state.apply(change->events);
  EXPECT_FALSE(get_session_token_with_code(in, call()).has_value()) << "replayed";

  become_root();
  in = {};
  out = get_session_token(in, call());
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->credentials->expiration, kNow.plus_seconds(3'600));
  EXPECT_EQ(opened(out->credentials)->principal_id, "");
}

TEST_F(Sts, session_credentials_get_no_tokens) {
  GetFederationTokenInput federation;
  federation.name = "carl";
  become_role();
  EXPECT_EQ(text(get_session_token({}, call())),
            "AccessDenied: Cannot call GetSessionToken with session credentials");
  EXPECT_EQ(text(get_federation_token(federation, call())),
            "AccessDenied: Cannot call GetFederationToken with session credentials");
}

TEST_F(Sts, federation_tokens) {
  GetFederationTokenInput in;
  in.name = "carl";
  auto out = get_federation_token(in, call());
  ASSERT_TRUE(out.has_value()) << text(out);
  EXPECT_EQ(out->packed_policy_size, 0);
  EXPECT_EQ(out->federated_user->federated_user_id, "111111111111:carl");
  EXPECT_EQ(out->federated_user->arn, "arn:aws:sts::111111111111:federated-user/carl");
  EXPECT_EQ(out->credentials->expiration, kNow.plus_seconds(43'200));
  EXPECT_EQ(ask.actions(), std::vector<std::string>{"sts:GetFederationToken"});
  EXPECT_EQ(ask.asked[0].resource, out->federated_user->arn);
  auto session = opened(out->credentials);
  EXPECT_EQ(session->kind, SessionKind::federated_user);
  EXPECT_EQ(session->name, "carl");
  EXPECT_EQ(session->principal_id, user->id);

  in.policy = kPolicy;
  in.tags = std::vector<Tag>{{"a", "b"}};
  ask.asked.clear();
  out = get_federation_token(in, call());
  ASSERT_TRUE(out.has_value());
  EXPECT_GT(out->packed_policy_size.value_or(0), 0);
  EXPECT_EQ(ask.actions(), (std::vector<std::string>{"sts:GetFederationToken", "sts:TagSession"}));
  session = opened(out->credentials);
  EXPECT_EQ(session->policies.size(), 1u);
  EXPECT_TRUE(session->transitive_keys.empty());
  for (const char* action : {"sts:GetFederationToken", "sts:TagSession"}) {
    ask.denied = {action};
    EXPECT_EQ(text(get_federation_token(in, call())),
              "AccessDenied: refused " + std::string(action));
  }
  ask.denied = {};
  in.policy = "[]";
  EXPECT_TRUE(text(get_federation_token(in, call())).starts_with("MalformedPolicyDocument"));
}

// ---- who ----

TEST_F(Sts, caller_identity) {
  auto out = get_caller_identity({}, call());
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->user_id, user->id);
  EXPECT_EQ(out->account, "111111111111");
  EXPECT_EQ(out->arn, user->arn);
  become_role();
  out = get_caller_identity({}, call());
  EXPECT_EQ(out->user_id, "AROAOPSOPSOPSOPSOPSOP:first");
  EXPECT_EQ(out->arn, "arn:aws:sts::222222222222:assumed-role/Ops/first");
}

TEST_F(Sts, access_key_info) {
  GetAccessKeyInfoInput in;
  in.access_key_id = identity::make_access_key_id(identity::kAccessKeyPrefix, kProd, *random);
  EXPECT_EQ(get_access_key_info(in, call())->account, "222222222222");
  in.access_key_id = "not_an_access_key";
  EXPECT_EQ(text(get_access_key_info(in, call())),
            "ValidationError: Invalid Access Key ID: not_an_access_key");
  identity::AccessKey key;
  key.id = "test-key-of-a-flag";
  key.account = kProd;
  state.apply({identity::Put<identity::AccessKey>{
      kProd, std::make_shared<const identity::AccessKey>(key)}});
  in.access_key_id = "test-key-of-a-flag";
  EXPECT_EQ(get_access_key_info(in, call())->account, "222222222222");
}

TEST_F(Sts, decoding_messages) {
  audit::AuthorizationMessage message;
  message.action = "ec2:RunInstances";
  DecodeAuthorizationMessageInput in;
  in.encoded_message = messages.encode(message, kDev, *random);
  EXPECT_EQ(decode_authorization_message(in, call())->decoded_message, audit::to_json(message));
  for (const std::string& wrong : {std::string("nonsense"), in.encoded_message + "A",
                                   messages.encode(message, kProd, *random)}) {
    in.encoded_message = wrong;
    EXPECT_EQ(text(decode_authorization_message(in, call())),
              "InvalidAuthorizationMessageException: Message is not valid");
  }
}

TEST(Module, HasNoGaps) { EXPECT_EQ(services::gaps(module()), std::vector<std::string>{}); }

}  // namespace
}  // namespace rolecall::sts
