// Many documents as one: the layers that belong to a principal combined beforehand, so that a
// decision looks the action up once instead of once per document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "policy/decision.h"

namespace rolecall::policy {

// Immutable, safe to share. Refers to the documents it was built from without owning them: whoever
// keeps a Program keeps those alive (a snapshot does). Rebuild when any of them is replaced; that
// takes microseconds.
//   policies.program = program.get();  // built from the same spans
class Program {
 public:
  // Uses policies.identity, boundary, session and scps only.
  static std::shared_ptr<const Program> build(const Policies& policies);

  std::size_t memory_bytes() const;

  // The object is the head of one block of memory; program_data.h says what follows it.
  struct Data;
  const Data& data() const;

  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

 private:
  Program() = default;
};

}  // namespace rolecall::policy
