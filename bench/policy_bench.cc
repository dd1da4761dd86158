// The engine's figures: scenario (a) a user with one policy, (b) a role with ten AWS managed
// policies, an inline policy with a variable, three SCP levels, a boundary and a bucket policy.
// docs/performance.md holds the targets and what was measured, and how: with
// --benchmark_repetitions each case tells its least time beside mean and median, for machines that
// others use as well.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <new>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "base/json.h"
#include "policy/action_names.h"
#include "policy/explain.h"
#include "policy/match.h"
#include "policy/program.h"
#include "policy/validate.h"

namespace {
std::atomic<std::size_t> allocations{0};
}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace rolecall::policy {
namespace {

constexpr const char* kAccount = "111122223333";

struct Ask {
  std::string action, resource, expected;
};

// A principal with everything that applies to it; pointers into itself, so it stays where it is.
struct Scenario {
  std::vector<std::string> texts;
  std::vector<std::shared_ptr<const Document>> documents;
  std::vector<PolicyRef> identity;
  std::vector<std::vector<PolicyRef>> levels;
  std::vector<PolicySpan> spans;
  Policies policies;
  std::shared_ptr<const Program> program;
  Principal principal;
  std::vector<Ask> asks;

  PolicyRef add(std::string text, Kind kind) {
    documents.push_back(Document::compile(text, kind));
    if (!documents.back()->readable()) std::abort();
    texts.push_back(std::move(text));
    return {documents.back().get(), "policy"};
  }
  void finish() {
    policies.identity = identity;
    for (const auto& level : levels) spans.emplace_back(level);
    policies.scps = spans;
    program = Program::build(policies);
    policies.program = program.get();
  }
};

double least(const std::vector<double>& times) {
  return *std::min_element(times.begin(), times.end());
}

struct Values {
  std::string ip = "10.1.2.3", team = "red", region = "us-east-1", time = "2026-11-22T04:53:37Z",
              user_id = "AROAEXAMPLEDEV00:alice", arn = "arn:aws:iam::111122223333:role/dev";
};

void fill(Context& context, const Values& v, bool tag) {
  context.set(Key::aws_source_ip, v.ip);
  context.set(Key::aws_requested_region, v.region);
  context.set(Key::aws_current_time, v.time);
  context.set(Key::aws_userid, v.user_id);
  context.set(Key::aws_principal_arn, v.arn);
  context.set(Key::aws_secure_transport, "true");
  if (tag) context.set("aws:PrincipalTag/team", v.team);
}

json::Value read_data(const std::string& name) {
  std::ifstream in(std::string(ROLECALL_SOURCE_DIR) + "/bench/data/" + name);
  std::stringstream text;
  text << in.rdbuf();
  auto file = json::parse(text.str());
  if (!file) std::abort();
  return *std::move(file);
}

const std::vector<std::string>& managed_policies() {
  static const std::vector<std::string> kTexts = [] {
    std::vector<std::string> out;
    const json::Value file = read_data("policy_scenario_b.json");
    for (const auto& member : file.members()) out.push_back(member.value.dump());
    return out;
  }();
  return kTexts;
}

// The scenario of that name in policy_scenarios.json, which bench/iam-simulate reads as well.
std::unique_ptr<Scenario> scenario(const char* name) {
  auto out = std::make_unique<Scenario>();
  const json::Value file = read_data("policy_scenarios.json");
  const json::Value& in = *file.find(name);
  for (const auto& it : in.find("identityPolicies")->items()) {
    out->identity.push_back(out->add(it.find("document")->dump(), Kind::inline_));
  }
  for (const auto& level : in.find("scps")->items()) {
    out->levels.emplace_back();
    for (const auto& it : level.items()) {
      out->levels.back().push_back(out->add(it.dump(), Kind::scp));
    }
  }
  if (const auto& it = *in.find("boundary"); it.is_object()) {
    out->policies.boundary = out->add(it.dump(), Kind::boundary);
  }
  if (const auto& it = *in.find("resourcePolicy"); it.is_object()) {
    out->policies.resource = out->add(it.dump(), Kind::bucket);
  }
  for (const auto& it : in.find("asks")->items()) {
    const auto& ask = it.items();
    out->asks.push_back({ask[0].text(), ask[1].text(), ask[2].text()});
  }
  return out;
}

// A wrong engine's figures are worth nothing.
void check(const Scenario& it, bool tag) {
  const Values values;
  Context context;
  fill(context, values, tag);
  for (const Ask& ask : it.asks) {
    const auto action = Action::parse(ask.action);
    Request request{it.principal, &*action, ask.resource, it.principal.account, &context};
    if (outcome_name(decide(request, it.policies)) != ask.expected) std::abort();
  }
}

std::unique_ptr<Scenario> scenario_a() {
  auto out = scenario("a");
  out->principal = {PrincipalKind::user, "arn:aws:iam::111122223333:user/alice",
                    *AccountId::parse(kAccount), "AIDAEXAMPLEALICE"};
  out->finish();
  check(*out, false);
  return out;
}

std::unique_ptr<Scenario> scenario_b() {
  auto out = scenario("b");
  std::vector<PolicyRef> managed;
  for (const auto& text : managed_policies()) managed.push_back(out->add(text, Kind::managed));
  out->identity.insert(out->identity.begin(), managed.begin(), managed.end());
  out->principal = {PrincipalKind::role_session, "arn:aws:sts::111122223333:assumed-role/dev/alice",
                    *AccountId::parse(kAccount), "AROAEXAMPLEDEV00:alice",
                    "arn:aws:iam::111122223333:role/dev"};
  out->finish();
  check(*out, true);
  return out;
}

struct Interned {
  Action action;
  std::string resource;
};

std::vector<Interned> intern(const std::vector<Ask>& asks) {
  std::vector<Interned> out;
  for (const auto& ask : asks) out.push_back({*Action::parse(ask.action), ask.resource});
  return out;
}

// 1,500 requests over the actions that the documents name and resources near to their patterns.
std::vector<Ask> random_asks() {
  std::mt19937 random(5);
  const std::vector<std::string> actions = {"s3:GetObject",
                                            "s3:PutObject",
                                            "s3:ListBucket",
                                            "ec2:DescribeInstances",
                                            "ec2:RunInstances",
                                            "ecs:RunTask",
                                            "ecs:CreateService",
                                            "logs:PutLogEvents",
                                            "cloudwatch:PutMetricData",
                                            "wafv2:GetWebACL",
                                            "iam:GetRole",
                                            "iam:PassRole",
                                            "iam:DeleteRolePolicy",
                                            "sns:Publish",
                                            "ssm:GetParameter",
                                            "kms:ListAliases",
                                            "autoscaling:DescribePolicies",
                                            "cloudtrail:LookupEvents",
                                            "elasticloadbalancing:DescribeRules",
                                            "account:CloseAccount"};
  const std::vector<std::string> resources = {
      "*",
      "arn:aws:s3:::team-data/red/a",
      "arn:aws:s3:::team-data/blue/b",
      "arn:aws:s3:::elsewhere",
      "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0",
      "arn:aws:iam::111122223333:role/ecsInstanceRole",
      "arn:aws:logs:us-east-1:111122223333:log-group:/aws/ecs/web:log-stream:x",
      "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/x/1",
      "arn:aws:ssm:us-east-1:111122223333:parameter/app/key"};
  std::vector<Ask> out;
  for (int i = 0; i < 1'500; ++i) {
    const std::string& action = actions[random() % actions.size()];
    out.push_back({action, resources[random() % resources.size()], ""});
  }
  return out;
}

void decide_interned(benchmark::State& state, const Scenario& scenario,
                     const std::vector<Ask>& asks, bool tag, bool with_program = true) {
  const Values values;
  Context context;
  fill(context, values, tag);
  const auto interned = intern(asks);
  Policies policies = scenario.policies;
  if (!with_program) policies.program = nullptr;
  std::size_t at = 0, allowed = 0;
  const std::size_t before = allocations.load();
  for (auto _ : state) {
    const Interned& it = interned[at];
    at = at + 1 == interned.size() ? 0 : at + 1;
    Request request{scenario.principal, &it.action, it.resource, scenario.principal.account,
                    &context};
    allowed += decide(request, policies).allowed();
  }
  benchmark::DoNotOptimize(allowed);
  state.counters["allocations"] = benchmark::Counter(
      static_cast<double>(allocations.load() - before), benchmark::Counter::kAvgIterations);
}

void decide_strings(benchmark::State& state, const Scenario& scenario, const std::vector<Ask>& asks,
                    bool tag) {
  const Values values;
  std::size_t at = 0, allowed = 0;
  for (auto _ : state) {
    const Ask& ask = asks[at];
    at = at + 1 == asks.size() ? 0 : at + 1;
    Context context;
    fill(context, values, tag);
    const auto action = Action::parse(ask.action);
    Request request{scenario.principal, &*action, ask.resource, scenario.principal.account,
                    &context};
    allowed += decide(request, scenario.policies).allowed();
  }
  benchmark::DoNotOptimize(allowed);
}

void BM_Decide_A_interned(benchmark::State& state) {
  const auto s = scenario_a();
  decide_interned(state, *s, s->asks, false);
}
BENCHMARK(BM_Decide_A_interned)->ComputeStatistics("min", least);
void BM_Decide_A_strings(benchmark::State& state) {
  const auto s = scenario_a();
  decide_strings(state, *s, s->asks, false);
}
BENCHMARK(BM_Decide_A_strings)->ComputeStatistics("min", least);
void BM_Decide_B_interned(benchmark::State& state) {
  const auto s = scenario_b();
  decide_interned(state, *s, s->asks, true);
}
BENCHMARK(BM_Decide_B_interned)->ComputeStatistics("min", least);
void BM_Decide_B_interned_random(benchmark::State& state) {
  const auto s = scenario_b();
  decide_interned(state, *s, random_asks(), true);
}
BENCHMARK(BM_Decide_B_interned_random)->ComputeStatistics("min", least);
void BM_Decide_B_strings(benchmark::State& state) {
  const auto s = scenario_b();
  decide_strings(state, *s, s->asks, true);
}
BENCHMARK(BM_Decide_B_strings)->ComputeStatistics("min", least);
void BM_Decide_B_strings_random(benchmark::State& state) {
  const auto s = scenario_b();
  decide_strings(state, *s, random_asks(), true);
}
BENCHMARK(BM_Decide_B_strings_random)->ComputeStatistics("min", least);
void BM_Decide_B_documents_only(benchmark::State& state) {
  const auto s = scenario_b();
  decide_interned(state, *s, s->asks, true, false);
}
BENCHMARK(BM_Decide_B_documents_only)->ComputeStatistics("min", least);

// Many principals met at random: shared managed documents, a program each. With an arena they lie
// in huge pages; `ahead` requests before its turn a program is asked for, as whoever works on a
// batch can.
void BM_Decide_B_cold(benchmark::State& state, bool in_arena, std::size_t ahead) {
  const auto s = scenario_b();
  ProgramArena arena;
  std::vector<std::shared_ptr<const Program>> programs;
  for (int i = 0; i < state.range(0); ++i) {
    programs.push_back(Program::build(s->policies, in_arena ? &arena : nullptr));
  }
  const Values values;
  Context context;
  fill(context, values, true);
  const auto interned = intern(random_asks());
  std::mt19937 random(3);
  std::vector<std::uint32_t> order(1 << 16);
  for (auto& it : order) it = static_cast<std::uint32_t>(random() % programs.size());
  Policies policies = s->policies;
  std::size_t at = 0, allowed = 0;
  for (auto _ : state) {
    if (ahead > 0) {
      programs[order[(at + ahead) & 0xFFFF]]->prefetch(
          interned[(at + ahead) % interned.size()].action);
    }
    const Interned& it = interned[at % interned.size()];
    policies.program = programs[order[at++ & 0xFFFF]].get();
    Request request{s->principal, &it.action, it.resource, s->principal.account, &context};
    allowed += decide(request, policies).allowed();
  }
  benchmark::DoNotOptimize(allowed);
  state.counters["program_bytes"] = static_cast<double>(s->program->memory_bytes());
}
BENCHMARK_CAPTURE(BM_Decide_B_cold, malloc, false, 0)->Arg(10'000)->ComputeStatistics("min", least);
BENCHMARK_CAPTURE(BM_Decide_B_cold, arena, true, 0)->Arg(10'000)->ComputeStatistics("min", least);
BENCHMARK_CAPTURE(BM_Decide_B_cold, arena_prefetch, true, 4)
    ->Arg(10'000)
    ->ComputeStatistics("min", least);

void BM_Explain_B(benchmark::State& state) {
  const auto s = scenario_b();
  const Values values;
  Context context;
  fill(context, values, true);
  const auto interned = intern(s->asks);
  std::size_t at = 0;
  for (auto _ : state) {
    const Interned& it = interned[at++ % interned.size()];
    Request request{s->principal, &it.action, it.resource, s->principal.account, &context};
    benchmark::DoNotOptimize(explain(request, s->policies));
  }
}
BENCHMARK(BM_Explain_B)->ComputeStatistics("min", least);

void BM_Compile_6KB(benchmark::State& state) {
  const auto& texts = managed_policies();
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(Document::compile(texts[at++ % texts.size()], Kind::managed));
  }
}
BENCHMARK(BM_Compile_6KB)->ComputeStatistics("min", least);

void BM_Program_B(benchmark::State& state) {
  const auto s = scenario_b();
  for (auto _ : state) benchmark::DoNotOptimize(Program::build(s->policies));
  std::size_t bytes = 0;
  for (const auto& document : s->documents) bytes += document->memory_bytes();
  state.counters["documents_bytes"] = static_cast<double>(bytes);
  state.counters["program_bytes"] = static_cast<double>(s->program->memory_bytes());
}
BENCHMARK(BM_Program_B)->ComputeStatistics("min", least);

void BM_Validate_6KB(benchmark::State& state) {
  const auto& texts = managed_policies();
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(validate(Kind::managed, texts[at++ % texts.size()]));
  }
}
BENCHMARK(BM_Validate_6KB)->ComputeStatistics("min", least);

// Hostile patterns: time over length must stay flat.
void BM_Hostile_stars(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  std::string pattern;
  for (int i = 0; i < 64; ++i) pattern += "*a";
  pattern = code_wildcards(pattern + "*b");
  const std::string text(n, 'a');
  for (auto _ : state) benchmark::DoNotOptimize(match_coded(pattern, text));
  state.SetComplexityN(state.range(0));
}
BENCHMARK(BM_Hostile_stars)->RangeMultiplier(4)->Range(256, 65'536)->Complexity();
void BM_Hostile_questions(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const std::string pattern = code_wildcards("*a?a?a?a?a*a??a*b");
  const std::string text(n, 'a');
  for (auto _ : state) benchmark::DoNotOptimize(match_coded(pattern, text));
  state.SetComplexityN(state.range(0));
}
BENCHMARK(BM_Hostile_questions)->RangeMultiplier(4)->Range(256, 65'536)->Complexity();
// As many statements as fit into the largest document, all matching until the last condition.
void BM_Hostile_statements(benchmark::State& state) {
  std::string text = R"({"Version":"2012-10-17","Statement":[)";
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    if (i > 0) text += ',';
    text += R"({"Effect":"Deny","Action":"*","Resource":"*a*a*a*b"})";
  }
  const auto document = Document::compile(text + "]}", Kind::inline_);
  const PolicyRef ref{document.get(), "hostile"};
  Policies policies;
  policies.identity = {&ref, 1};
  const auto action = *Action::parse("s3:GetObject");
  const std::string resource = "arn:aws:s3:::" + std::string(1'000, 'a');
  Request request;
  request.principal = {PrincipalKind::user, "arn:aws:iam::111122223333:user/alice",
                       *AccountId::parse(kAccount), "AIDAEXAMPLEALICE"};
  request.action = &action;
  request.resource = resource;
  for (auto _ : state) benchmark::DoNotOptimize(decide(request, policies));
  state.SetComplexityN(state.range(0));
}
BENCHMARK(BM_Hostile_statements)->RangeMultiplier(4)->Range(32, 32'768)->Complexity();

// From text: as many statements as somebody sends. Above 65,534 they are refused as unreadable.
void BM_Hostile_compile(benchmark::State& state) {
  std::string text = R"({"Version":"2012-10-17","Statement":[)";
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    if (i > 0) text += ',';
    text += R"({"Effect":"Deny","Action":"s3:*a*a*","Resource":"r)" + std::to_string(i) + "\"}";
  }
  text += "]}";
  for (auto _ : state) benchmark::DoNotOptimize(Document::compile(text, Kind::inline_));
  state.SetComplexityN(state.range(0));
}
BENCHMARK(BM_Hostile_compile)
    ->RangeMultiplier(10)
    ->Range(100, 100'000)
    ->Complexity()
    ->Unit(benchmark::kMicrosecond);
// Lists in lists, closed again: read no deeper than json::kDepthMax.
void BM_Hostile_depth(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const std::string text = R"({"Statement":)" + std::string(n, '[') + std::string(n, ']') + "}";
  for (auto _ : state) {
    benchmark::DoNotOptimize(Document::compile(text, Kind::inline_));
    benchmark::DoNotOptimize(validate(Kind::inline_, text));
  }
  state.SetComplexityN(state.range(0));
}
BENCHMARK(BM_Hostile_depth)->RangeMultiplier(16)->Range(256, 1 << 20)->Complexity();
// Single actions between statements for all of them: each action has a row of its own, with all of
// these in it. Within what an account may attach (some 70 KB) there are a thousand.
void BM_Hostile_program(benchmark::State& state) {
  std::string text = R"({"Version":"2012-10-17","Statement":[)";
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    const std::string_view name =
        action_id_name(static_cast<std::uint16_t>(i * 2 % static_cast<int>(action_id_count())));
    if (i > 0) text += ',';
    text += R"({"Effect":"Deny","Action":"*","Resource":"x"},)";
    text += R"({"Effect":"Allow","Action":")" + std::string(name) + R"(","Resource":"x"})";
  }
  const auto document = Document::compile(text + "]}", Kind::inline_);
  const PolicyRef ref{document.get(), "hostile"};
  Policies policies;
  policies.identity = {&ref, 1};
  for (auto _ : state) benchmark::DoNotOptimize(Program::build(policies));
  state.SetComplexityN(state.range(0));
}
BENCHMARK(BM_Hostile_program)
    ->RangeMultiplier(4)
    ->Range(16, 16'384)
    ->Complexity()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace rolecall::policy
