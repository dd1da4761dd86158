// What a careful colleague would say about a policy: errors AWS would answer and mistakes it would
// store, with line, column and advice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy/kind.h"
#include "policy/validate.h"

namespace rolecall::policy {

enum class Severity : std::uint8_t { error, warning, note };

struct Diagnostic {
  Severity severity = Severity::warning;
  std::uint32_t line = 1, column = 1;  // 1-based, columns in bytes
  std::string code;                    // ours, stable: "json-syntax", "unknown-action", …
  std::string message;                 // lower case, no full stop
  std::string advice;                  // may be empty
};

// In the order of the text. Errors first refuse what validate() refuses; their message is AWS's
// text where AWS has one.
std::vector<Diagnostic> lint(Kind kind, std::string_view text, const ValidateOptions& options = {});

}  // namespace rolecall::policy
