// Generated cases: the engine, with and without a combined program, against the oracle.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "app/vector_file.h"
#include "oracle/generate.h"
#include "oracle/oracle.h"
#include "policy/program.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rolecall;  // NOLINT
  oracle::Choices choices({data, size});
  const json::Value vector = oracle::generate_vector(choices);
  const auto loaded = app::VectorCase::load(vector);
  if (!loaded) std::abort();
  policy::Policies policies = (*loaded)->policies();
  const std::string expected = oracle::decide(vector);
  const auto check = [&](const char* how) {
    const auto got = policy::outcome_name(policy::decide((*loaded)->request(), policies));
    if (got == expected) return;
    std::fprintf(stderr, "%s: %s, oracle says %s\n%s\n", how, std::string(got).c_str(),
                 expected.c_str(), vector.dump_pretty().c_str());
    std::abort();
  };
  check("documents");
  const auto program = policy::Program::build(policies);
  policies.program = program.get();
  check("program");
  return 0;
}
