// Many documents as one: the layers that belong to a principal combined beforehand, so that a
// decision looks the action up once instead of once per document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

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

  // One block of memory; program_data.h says what is in it.
  struct Data;
  const Data& data() const { return *reinterpret_cast<const Data*>(block_.get()); }
  explicit Program(std::unique_ptr<std::byte[]> block) : block_(std::move(block)) {}

 private:
  std::unique_ptr<std::byte[]> block_;
};

}  // namespace rolecall::policy
