#include "identity/sessions.h"

#include <gtest/gtest.h>

#include <set>

#include "base/encoding.h"
#include "identity/ids.h"
#include "identity/session_codec.h"
#include "identity/session_rules.h"

namespace rolecall::identity {
namespace {

const AccountId kProd = *AccountId::parse("222222222222");
const Instant kNow = Instant::from_seconds(1'800'000'000);

Session plain_session() {
  Session session;
  session.account = kProd;
  session.principal_id = "AROAABCDEFGHIJKLMNOPQ";
  session.name = "botocore-session-1800000000";
  session.issued = kNow;
  session.expires = kNow.plus_seconds(3'600);
  return session;
}

Session full_session() {
  Session session = plain_session();
  session.policies = {R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)"
                      R"("Action":"s3:GetObject","Resource":"*"}]})"};
  session.policy_arns = {"arn:aws:iam::aws:policy/ReadOnlyAccess"};
  session.tags = {{"Project", "x"}, {"Stage", ""}};
  session.transitive_keys = {"Project"};
  session.source_identity = "bea";
  session.mfa_at = kNow.plus_seconds(-30);
  session.chained = true;
  session.federated_provider = "idp";
  return session;
}

TEST(SessionCodec, round_trip) {
  for (Session session : {plain_session(), full_session()}) {
    for (const char* id : {"ASIAABCDEFGHIJKLMNOP", "short", "ASIAabcdefghijklmnop"}) {
      session.access_key_id = id;
      const std::string bytes = encode_session(session);
      const auto back = decode_session(bytes);
      ASSERT_TRUE(back) << id;
      EXPECT_EQ(encode_session(*back), bytes);
      EXPECT_EQ(back->access_key_id, id);
      EXPECT_EQ(back->account, session.account);
      EXPECT_EQ(back->principal_id, session.principal_id);
      EXPECT_EQ(back->name, session.name);
      EXPECT_EQ(back->issued, session.issued);
      EXPECT_EQ(back->expires, session.expires);
      EXPECT_EQ(back->policies, session.policies);
      EXPECT_EQ(back->policy_arns, session.policy_arns);
      EXPECT_EQ(back->tags, session.tags);
      EXPECT_EQ(back->transitive_keys, session.transitive_keys);
      EXPECT_EQ(back->source_identity, session.source_identity);
      EXPECT_EQ(back->mfa_at, session.mfa_at);
      EXPECT_EQ(back->chained, session.chained);
      EXPECT_EQ(back->federated_provider, session.federated_provider);
    }
  }
}

TEST(SessionCodec, every_cut_and_every_addition_is_refused) {
  const std::string bytes = encode_session(full_session());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_session(std::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_session(bytes + '\0'));
}

TEST(SessionCodec, packed_bytes_count_policies_and_tags_only) {
  EXPECT_EQ(packed_bytes(plain_session()), 0u);
  Session tagged = plain_session();
  tagged.tags = {{"a", "b"}};
  EXPECT_GT(packed_bytes(tagged), 0u);
  EXPECT_LT(packed_bytes(full_session()), 300u);
}

class Sealer : public testing::Test {
 protected:
  SessionSealer sealer{Secret(std::string(32, 'k'))};
  std::unique_ptr<Random> random = make_seeded_random(7);
};

TEST_F(Sealer, issued_credentials_open_with_the_same_secret) {
  const auto issued = sealer.issue(full_session(), *random);
  EXPECT_TRUE(issued.access_key_id.starts_with("ASIA"));
  EXPECT_EQ(issued.access_key_id.size(), 20u);
  EXPECT_EQ(account_of_access_key(issued.access_key_id), kProd);
  EXPECT_EQ(issued.secret_access_key.reveal().size(), 40u);
  EXPECT_EQ(issued.expires, kNow.plus_seconds(3'600));
  const auto session = sealer.open(issued.session_token);
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(session->access_key_id, issued.access_key_id);
  EXPECT_EQ(session->tags, full_session().tags);
  ASSERT_EQ(session->inline_documents.size(), 1u);
  EXPECT_EQ(session->inline_documents[0]->text(), full_session().policies[0]);
  EXPECT_EQ(sealer.secret_of(*session).reveal(), issued.secret_access_key.reveal());
  EXPECT_EQ(sealer.open(issued.session_token), session) << "remembered by this thread";
}

TEST_F(Sealer, a_plain_token_is_short) {
  const auto issued = sealer.issue(plain_session(), *random);
  EXPECT_LE(issued.session_token.size(), 300u) << issued.session_token;
}

TEST_F(Sealer, another_server_of_the_same_master_key_opens_it) {
  const auto issued = sealer.issue(plain_session(), *random);
  const SessionSealer other(Secret(std::string(32, 'k')));
  const auto session = other.open(issued.session_token);
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(other.secret_of(*session).reveal(), issued.secret_access_key.reveal());
  const SessionSealer stranger(Secret(std::string(32, 'x')));
  EXPECT_EQ(stranger.open(issued.session_token), nullptr);
  EXPECT_NE(stranger.secret_of(*session).reveal(), issued.secret_access_key.reveal());
}

TEST_F(Sealer, every_altered_character_is_refused) {
  const auto issued = sealer.issue(plain_session(), *random);
  ASSERT_NE(sealer.open(issued.session_token), nullptr);
  for (std::size_t i = 0; i < issued.session_token.size(); ++i) {
    std::string altered = issued.session_token;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(sealer.open(altered), nullptr) << i;
  }
  EXPECT_EQ(sealer.open(issued.session_token.substr(1)), nullptr);
  EXPECT_EQ(sealer.open(issued.session_token + "A"), nullptr);
  EXPECT_EQ(sealer.open(""), nullptr);
  EXPECT_EQ(sealer.open("not a token"), nullptr);
  EXPECT_EQ(sealer.open(std::string(kSessionTokenBytesMax + 1, 'A')), nullptr);
}

TEST_F(Sealer, tokens_of_earlier_days_still_open) {
  std::vector<IssuedCredentials> issued;
  for (int day = 0; day < 10; ++day) {
    Session session = plain_session();
    session.issued = kNow.plus_seconds(day * kSessionKeySeconds);
    session.expires = session.issued.plus_seconds(900);
    issued.push_back(sealer.issue(session, *random));
  }
  for (const auto& item : issued) {
    const auto session = sealer.open(item.session_token);
    ASSERT_NE(session, nullptr);
    EXPECT_EQ(sealer.secret_of(*session).reveal(), item.secret_access_key.reveal());
  }
}

TEST_F(Sealer, many_sessions_stay_apart) {
  std::set<std::string> ids, secrets;
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < 4 * kOpenedSessionsPerThread; ++i) {
    Session session = plain_session();
    session.name = "s" + std::to_string(i);
    auto issued = sealer.issue(session, *random);
    ids.insert(issued.access_key_id);
    secrets.emplace(issued.secret_access_key.reveal());
    tokens.push_back(std::move(issued.session_token));
  }
  EXPECT_EQ(ids.size(), tokens.size());
  EXPECT_EQ(secrets.size(), tokens.size());
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const auto session = sealer.open(tokens[i]);
      ASSERT_NE(session, nullptr);
      EXPECT_EQ(session->name, "s" + std::to_string(i));
    }
  }
}

struct Restriction {
  SessionKind kind;
  bool mfa;
  const char* service;
  const char* operation;
  const char* code;  // "" = policies decide
};

TEST(SessionRules, what_each_kind_of_session_may_not_call) {
  const Restriction table[] = {
      {SessionKind::assumed_role, false, "sts", "GetSessionToken", "AccessDenied"},
      {SessionKind::assumed_role, false, "sts", "GetFederationToken", "AccessDenied"},
      {SessionKind::assumed_role, false, "sts", "AssumeRole", ""},
      {SessionKind::assumed_role, false, "sts", "DecodeAuthorizationMessage", ""},
      {SessionKind::assumed_role, false, "iam", "CreateUser", ""},
      {SessionKind::assumed_role, false, "s3", "ListBuckets", ""},
      {SessionKind::session_token, false, "sts", "AssumeRole", ""},
      {SessionKind::session_token, false, "sts", "GetCallerIdentity", ""},
      {SessionKind::session_token, true, "sts", "GetSessionToken", "AccessDenied"},
      {SessionKind::session_token, true, "sts", "GetFederationToken", "AccessDenied"},
      {SessionKind::session_token, true, "sts", "GetAccessKeyInfo", "AccessDenied"},
      {SessionKind::session_token, false, "iam", "GetUser", "InvalidClientTokenId"},
      {SessionKind::session_token, true, "iam", "GetUser", ""},
      {SessionKind::session_token, false, "s3", "GetObject", ""},
      {SessionKind::federated_user, false, "sts", "GetCallerIdentity", ""},
      {SessionKind::federated_user, false, "sts", "AssumeRole", "AccessDenied"},
      {SessionKind::federated_user, false, "sts", "GetFederationToken", "AccessDenied"},
      {SessionKind::federated_user, true, "iam", "ListUsers", "InvalidClientTokenId"},
      {SessionKind::federated_user, false, "s3", "GetObject", ""},
  };
  for (const auto& row : table) {
    Caller caller;
    caller.kind = CallerKind::user;
    auto session = std::make_shared<Session>(plain_session());
    session->kind = row.kind;
    if (row.mfa) session->mfa_at = kNow;
    caller.session = session;
    const auto refused = session_restriction(caller, row.service, row.operation);
    EXPECT_EQ(refused ? refused->code : "", row.code)
        << static_cast<int>(row.kind) << " " << row.service << ":" << row.operation;
    if (refused && refused->code == "AccessDenied") {
      EXPECT_EQ(refused->message,
                "Cannot call " + std::string(row.operation) + " with session credentials");
      EXPECT_EQ(refused->http_status, 403);
    }
  }
}

TEST(SessionRules, long_term_credentials_are_not_restricted) {
  Caller caller;
  caller.kind = CallerKind::user;
  EXPECT_FALSE(session_restriction(caller, "sts", "GetSessionToken"));
  EXPECT_FALSE(session_restriction(caller, "iam", "CreateUser"));
}

}  // namespace
}  // namespace rolecall::identity
