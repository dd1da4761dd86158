// Many documents as one: the layers that belong to a principal combined beforehand, so that a
// decision looks the action up once instead of once per document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "policy/decision.h"

namespace rolecall::policy {

// Where programs lie when there are thousands: 2 MiB at a time, which the kernel is asked to back
// with huge pages, because a principal met at random otherwise costs an address translation beside
// each wait for memory. For a few hundred programs leave it out: the first one takes the 2 MiB.
// A block is given back when the last of its programs is gone. Safe from any thread.
class ProgramArena {
 public:
  std::shared_ptr<std::byte> allocate(std::size_t bytes);

 private:
  std::mutex mutex_;
  std::shared_ptr<std::byte> block_;
  std::size_t used_ = 0;
};

// Immutable, safe to share. Refers to the documents it was built from without owning them: whoever
// keeps a Program keeps those alive (a snapshot does). Rebuild when any of them is replaced; that
// takes a fifth of a millisecond.
//   policies.program = program.get();  // built from the same spans
class Program {
 public:
  // Uses policies.identity, boundary, session and scps only.
  static std::shared_ptr<const Program> build(const Policies& policies,
                                              ProgramArena* arena = nullptr);

  // Starts to fetch what a decision about the action looks at first. Worth its few nanoseconds when
  // the principal was last met long ago and something else remains to be done: call it as soon as
  // principal and action are known, before the context is filled, or some requests ahead in a
  // batch.
  void prefetch(const Action& action) const;

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
