// A policy document compiled for deciding. Knows nothing of who owns it or where it is attached.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "policy/kind.h"

namespace rolecall::policy {

namespace compiled {
struct Header;
}

// Immutable and safe to share between threads; one block of memory, about half the size of the
// minified text. Compile when a policy is written (or first used) and keep it.
//   auto document = policy::Document::compile(text, policy::Kind::inline_);
class Document {
 public:
  // Never fails. A text that cannot be understood (it should have met validate() before) compiles
  // to an unreadable document, which denies every request it takes part in: what it would have
  // denied cannot be known (Reason::unreadable_policy).
  static std::shared_ptr<const Document> compile(std::string_view text, Kind kind);

  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;
  ~Document();

  bool readable() const;
  Kind kind() const;
  std::size_t statement_count() const;
  // "" when the statement has none. Precondition: index < statement_count().
  std::string_view sid(std::size_t index) const;
  bool is_deny(std::size_t index) const;
  // Bytes of memory held, this object included.
  std::size_t memory_bytes() const;

  // For the engine's own files (policy/compiled.h says what is in it).
  const compiled::Header& compiled() const { return *header_; }

 private:
  struct Token {};

 public:
  Document(Token, std::unique_ptr<std::byte[]> block);

 private:
  std::unique_ptr<std::byte[]> block_;
  const compiled::Header* header_;
};

}  // namespace rolecall::policy
