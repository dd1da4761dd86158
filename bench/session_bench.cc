// Issuing, opening and recognising temporary credentials, and writing one audit record. Targets:
// issue 3 µs, open 2 µs, a hot session below 1 µs, a record 2 µs.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "audit/record.h"
#include "base/random.h"
#include "identity/sessions.h"

using namespace rolecall;

namespace {

identity::Session plain_session() {
  identity::Session session;
  session.account = *AccountId::parse("222222222222");
  session.principal_id = "AROAABCDEFGHIJKLMNOPQ";
  session.name = "botocore-session-1800000000";
  session.issued = Instant::from_seconds(1'800'000'000);
  session.expires = session.issued.plus_seconds(3'600);
  return session;
}

identity::Session limited_session() {
  identity::Session session = plain_session();
  session.policies = {
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject",)"
      R"("s3:PutObject"],"Resource":"arn:aws:s3:::bucket/*"}]})"};
  session.tags = {{"Project", "x"}, {"Stage", "test"}};
  return session;
}

const identity::SessionSealer& sealer() {
  static const identity::SessionSealer it(Secret(std::string(32, 'k')));
  return it;
}

void issue(benchmark::State& state, const identity::Session& session) {
  const auto random = make_system_random();
  for (auto _ : state) {
    auto issued = sealer().issue(session, *random);
    benchmark::DoNotOptimize(issued);
  }
}
BENCHMARK_CAPTURE(issue, plain, plain_session());
BENCHMARK_CAPTURE(issue, with_policy_and_tags, limited_session());

// More sessions than a thread remembers: each is opened anew.
void open(benchmark::State& state, const identity::Session& session) {
  const auto random = make_system_random();
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < 16 * identity::kOpenedSessionsPerThread; ++i) {
    tokens.push_back(sealer().issue(session, *random).session_token);
  }
  std::size_t next = 0;
  for (auto _ : state) {
    auto opened = sealer().open(tokens[next]);
    benchmark::DoNotOptimize(opened);
    next = (next + 1) % tokens.size();
  }
}
BENCHMARK_CAPTURE(open, plain, plain_session());
BENCHMARK_CAPTURE(open, with_policy_and_tags, limited_session());

void open_hot_and_secret(benchmark::State& state) {
  const auto random = make_system_random();
  const std::string token = sealer().issue(plain_session(), *random).session_token;
  state.counters["token_characters"] = static_cast<double>(token.size());
  for (auto _ : state) {
    auto opened = sealer().open(token);
    auto secret = sealer().secret_of(*opened);
    benchmark::DoNotOptimize(secret);
  }
}
BENCHMARK(open_hot_and_secret);

void open_hot(benchmark::State& state) {
  const auto random = make_system_random();
  const std::string token = sealer().issue(plain_session(), *random).session_token;
  for (auto _ : state) {
    auto opened = sealer().open(token);
    benchmark::DoNotOptimize(opened);
  }
}
BENCHMARK(open_hot);

void audit_record(benchmark::State& state) {
  audit::Record record;
  record.identity.type = audit::CallerType::assumed_role;
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
  record.identity.session_created = Instant::from_seconds(1'800'000'000);
  record.time = record.identity.session_created;
  record.event_source = "sts.amazonaws.com";
  record.event_name = "GetCallerIdentity";
  record.region = "us-east-1";
  record.source_ip = "127.0.0.1";
  record.user_agent = "Boto3/1.26.27 Python/3.11.2 Linux/6.1.0 Botocore/1.29.27";
  record.request_id = "9f0f1a3c-0000-4000-8000-000000000000";
  record.event_id = "9f0f1a3c-0000-4000-8000-000000000001";
  record.read_only = true;
  record.recipient_account_id = "222222222222";
  for (auto _ : state) {
    std::string line;
    audit::append_json(line, record);
    benchmark::DoNotOptimize(line);
  }
}
BENCHMARK(audit_record);

}  // namespace
