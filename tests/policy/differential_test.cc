// The engine against the oracle, and properties that hold for any policies.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "app/vector_file.h"
#include "oracle/generate.h"
#include "oracle/oracle.h"
#include "policy/decision.h"
#include "policy/explain.h"
#include "policy/program.h"

namespace rolecall {
namespace {

using json::Value;

std::vector<std::uint8_t> random_bytes(std::mt19937& random) {
  std::vector<std::uint8_t> out(700);
  for (auto& byte : out) byte = static_cast<std::uint8_t>(random());
  return out;
}

Value random_vector(std::mt19937& random) {
  const auto bytes = random_bytes(random);
  oracle::Choices choices(bytes);
  return oracle::generate_vector(choices);
}

std::string decide(const Value& vector, bool with_program = false) {
  auto loaded = app::VectorCase::load(vector);
  EXPECT_TRUE(loaded) << vector.dump();
  policy::Policies policies = (*loaded)->policies();
  std::shared_ptr<const policy::Program> program;
  if (with_program) {
    program = policy::Program::build(policies);
    policies.program = program.get();
  }
  return std::string(policy::outcome_name(policy::decide((*loaded)->request(), policies)));
}

std::size_t rounds() {
  const char* text = std::getenv("ROLECALL_DIFFERENTIAL_ROUNDS");
  return text == nullptr ? 3'000 : static_cast<std::size_t>(std::atoll(text));
}

TEST(Differential, EngineAndProgramAgreeWithTheOracle) {
  std::mt19937 random(20260101);
  std::map<std::string, int> outcomes;
  for (std::size_t i = 0; i < rounds(); ++i) {
    const Value vector = random_vector(random);
    const std::string expected = oracle::decide(vector);
    ++outcomes[expected];
    ASSERT_EQ(decide(vector), expected) << vector.dump_pretty();
    ASSERT_EQ(decide(vector, true), expected) << "with program: " << vector.dump_pretty();
  }
  // The generator is only worth something while every outcome is common.
  for (const char* outcome : {"Allowed", "ImplicitlyDenied", "ExplicitlyDenied"}) {
    EXPECT_GT(outcomes[outcome], static_cast<int>(rounds() / 10)) << outcome;
  }
}

// Applies f to each list of statements of the vector.
template <class F>
void each_document(Value& vector, F&& f) {
  for (auto& [name, value, at] : vector.members()) {
    if (name == "identityPolicies") {
      for (Value& entry : value.items()) {
        for (auto& member : entry.members()) {
          if (member.name == "document") f(name, member.value);
        }
      }
    } else if (name == "scps" || name == "rcps") {
      for (Value& level : value.items()) {
        for (Value& document : level.items()) f(name, document);
      }
    } else if (name == "sessionPolicies") {
      for (Value& document : value.items()) f(name, document);
    } else if ((name == "boundary" || name == "resourcePolicy") && value.is_object()) {
      f(name, value);
    }
  }
}

void add_statement(Value& document, const char* text) {
  for (auto& member : document.members()) {
    if (member.name == "Statement" && member.value.is_array()) {
      member.value.push(*json::parse(text));
    }
  }
}

TEST(Property, OrderOfStatementsNeverMatters) {  // Rule 109
  std::mt19937 random(7);
  for (int i = 0; i < 3'000; ++i) {
    Value vector = random_vector(random);
    const std::string before = decide(vector);
    each_document(vector, [](const std::string&, Value& document) {
      for (auto& member : document.members()) {
        std::reverse(member.value.items().begin(), member.value.items().end());
      }
      std::reverse(document.members().begin(), document.members().end());
    });
    ASSERT_EQ(decide(vector), before) << vector.dump_pretty();
  }
}

TEST(Property, AddingADenyNeverAllowsMore) {  // Rule 102
  std::mt19937 random(8);
  for (int i = 0; i < 3'000; ++i) {
    Value vector = random_vector(random);
    const bool before = decide(vector) == "Allowed";
    each_document(vector, [&](const std::string& place, Value& document) {
      if (random() % 3 != 0) return;
      const bool principal = place == "resourcePolicy" || place == "rcps";
      add_statement(document,
                    principal
                        ? R"({"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"})"
                        : R"({"Effect":"Deny","Action":"s3:*","Resource":"*"})");
    });
    if (!before) {
      ASSERT_NE(decide(vector), "Allowed") << vector.dump_pretty();
    }
  }
}

TEST(Property, AnAllowInALimitingLayerNeverGrantsByItself) {  // Rule 104
  std::mt19937 random(9);
  for (int i = 0; i < 3'000; ++i) {
    Value vector = random_vector(random);
    for (auto& member : vector.members()) {
      if (member.name == "identityPolicies") member.value = Value::array();
      if (member.name == "resourcePolicy") member.value = Value::null();
    }
    const std::string before = decide(vector);
    each_document(vector, [](const std::string& place, Value& document) {
      if (place == "rcps") return;  // those may not allow at all
      add_statement(document, R"({"Effect":"Allow","Action":"*","Resource":"*"})");
    });
    const std::string after = decide(vector);
    const auto kind = vector.find("request")->find("principal")->find_text("kind");
    // Only the root user is allowed anything without a grant; limits apply to it, too.
    if (before != "Allowed" && kind != "Root") {
      ASSERT_NE(after, "Allowed") << vector.dump_pretty();
    }
  }
}

TEST(Property, ExplainAgreesWithDecide) {
  std::mt19937 random(10);
  for (int i = 0; i < 2'000; ++i) {
    const Value vector = random_vector(random);
    auto loaded = app::VectorCase::load(vector);
    ASSERT_TRUE(loaded);
    const auto trace = policy::explain((*loaded)->request(), (*loaded)->policies());
    if (trace.decision.reason == policy::Reason::explicit_deny) {
      const bool named = std::any_of(
          trace.layers.begin(), trace.layers.end(), [&](const policy::LayerTrace& layer) {
            if (layer.layer != trace.decision.layer || layer.level != trace.decision.level) {
              return false;
            }
            return layer.policies.at(trace.decision.policy)
                .statements.at(trace.decision.statement)
                .applies();
          });
      ASSERT_TRUE(named) << policy::to_tree(trace);
    }
    ASSERT_TRUE(json::parse(policy::to_json(trace)));
  }
}

}  // namespace
}  // namespace rolecall
