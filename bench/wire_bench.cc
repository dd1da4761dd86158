// Decoding a request to its typed, validated input and encoding the answer. Target: 3 µs each for
// GetRole.
#include <benchmark/benchmark.h>

#include <string>

#include "models/iam.h"
#include "models/s3.h"
#include "wire/protocol.h"

using namespace rolecall;

static void BM_DecodeGetRole(benchmark::State& state) {
  const std::string body = "Action=GetRole&Version=2010-05-08&RoleName=deployment-pipeline";
  const wire::HeaderView headers[] = {{"Host", "iam.amazonaws.com"},
                                      {"Content-Type", "application/x-www-form-urlencoded"}};
  const wire::RequestView request{"POST", "/", "", headers, body};
  for (auto _ : state) {
    auto route = wire::route(iam::kService, request);
    auto in = wire::read_input(*route, request);
    benchmark::DoNotOptimize(in);
  }
}
BENCHMARK(BM_DecodeGetRole);

static void BM_EncodeGetRole(benchmark::State& state) {
  iam::GetRoleOutput out;
  out.role.path = "/";
  out.role.role_name = "deployment-pipeline";
  out.role.role_id = "AROAEXAMPLEEXAMPLE123";
  out.role.arn = "arn:aws:iam::123456789012:role/deployment-pipeline";
  out.role.create_date = Instant::from_seconds(1'767'323'045);
  out.role.assume_role_policy_document = std::string(400, 'x');
  out.role.max_session_duration = 3600;
  out.role.tags = {{"team", "red"}, {"stage", "prod"}};
  const auto& operation = *iam::kService.find("GetRole");
  for (auto _ : state) {
    auto reply = wire::write_output(operation, wire::Protocol::query, &out,
                                    {"11111111-2222-3333-4444-555555555555"});
    benchmark::DoNotOptimize(reply);
  }
}
BENCHMARK(BM_EncodeGetRole);

static void BM_RouteGetObject(benchmark::State& state) {
  const wire::HeaderView headers[] = {{"Host", "127.0.0.1"}, {"Range", "bytes=0-9"}};
  const wire::RequestView request{"GET", "/bucket/a/long/key.txt", "x-id=GetObject", headers, ""};
  for (auto _ : state) {
    auto route = wire::route(s3::kService, request);
    auto in = wire::read_input(*route, request);
    benchmark::DoNotOptimize(in);
  }
}
BENCHMARK(BM_RouteGetObject);
