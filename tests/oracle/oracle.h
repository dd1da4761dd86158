// The reference evaluator: a policy vector in, "Allowed", "ImplicitlyDenied" or "ExplicitlyDenied"
// out. No indexes, no compilation, no cleverness: each rule is a few lines that can be read beside
// the rule.
#pragma once

#include <string>

#include "base/json.h"

namespace rolecall::oracle {

std::string decide(const json::Value& vector);

// For property tests of the matchers alone.
bool glob(const std::string& pattern, const std::string& text);
bool resource_matches(const std::string& pattern, const std::string& text);

}  // namespace rolecall::oracle
