// `rolecall simulate`: what would the guard answer if this principal asked for that? The same Judge
// that decides real calls, over the same state.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guard/judge.h"

namespace rolecall::door {

inline constexpr std::size_t kSimulationTextBytesMax = 2'048;  // an ARN's length in AWS
inline constexpr std::size_t kSimulationKeysMax = 100;

struct Simulation {
  std::string principal;  // ARN of a user, role, role session or root user; or an account number
  std::string action;     // "s3:GetObject"
  std::string resource = "*";
  guard::Judge::Keys context;  // condition keys with their values
};

// As options of the command and as the query of `GET /_rolecall/simulate`: principal, action,
// resource, and `context` (KEY=VALUE, repeatable; the same key again adds a value). An ApiError
// says what is wrong.
Result<Simulation> parse_simulation_query(std::string_view query);
std::string format_simulation_query(const Simulation& simulation);
Status add_context(Simulation& simulation, std::string_view key_and_value);

// An ApiError when the principal or the action is none. The caller's address, its program and the
// time of its session are not known: conditions on them are not met unless `context` says them.
Result<guard::Judge::Reasoned> simulate(const Simulation& simulation, const identity::State& state,
                                        Instant now, const guard::JudgeTools& tools);

}  // namespace rolecall::door
