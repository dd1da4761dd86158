// What a Program holds. Only program.cc and evaluate.cc include this.
#pragma once

#include <algorithm>

#include "policy/action.h"
#include "policy/compiled.h"
#include "policy/program.h"

namespace rolecall::policy {

// All in one block behind this header, because a principal met for the first time in a while costs
// as many waits for memory as there are loads that depend on each other (coarse table, entry, row),
// and as many address translations as it lies on pages. So: every number has 16 bits, rows that are
// alike are one, a row does not straddle cache lines, places are constants where they can be, and
// what is needed last is fetched ahead.
//
// Rows. For each known action one, of words:
//   flags and number of SCP denials; number of other denials; those statements in layer order;
//   identity: the one statement that allows unconditionally, or the number of allowing statements
//   and
//     those, cheapest first;
//   unless all SCP levels allow unconditionally: how many do not, and for each its number and a
//   list; unless boundary (session policy) allows unconditionally: a list, if the program has that
//   layer.
// A word that stands for a statement names its source and its number within that.
//
// Entries tell where an action's row is. A wide entry is in force from its action on; an `only`
// entry is for one action, after which the wide one before is in force again: policies mostly list
// single actions. The coarse table leads to the wide entry at the start of each block of actions.
struct Program::Data : Program {
  using Word = std::uint16_t;
  static constexpr std::uint16_t kBlock = 64;
  static constexpr unsigned kStatementBits = 6;
  static constexpr std::size_t kSourcesMax = 0xFFFF >> kStatementBits;
  // Of a row's first word.
  static constexpr Word kIdentityAllows = 0x8000, kLevelsAllow = 0x4000, kBoundaryAllows = 0x2000,
                        kSessionAllows = 0x1000, kScpDenials = 0x0FFF;

  // Up to 64 statements of a document.
  struct Source {
    const compiled::Header* header;
    std::uint16_t policy, level;
    std::uint16_t first;  // statement
    Layer layer;
    std::uint8_t reserved;
  };
  static_assert(sizeof(Source) == 16);
  struct Entry {
    static constexpr std::uint16_t kOnly = 0x8000;
    std::uint16_t action;  // with kOnly
    std::uint16_t row;     // in words
    bool only() const { return (action & kOnly) != 0; }
    std::uint16_t id() const { return action & (kOnly - 1); }
  };

  std::uint32_t bytes = 0;
  std::uint32_t entries_at = 0, words_at = 0;  // bytes from here
  std::uint16_t sources_at = 0;                // the same; the coarse table follows this header
  std::uint16_t scp_levels = 0;
  std::uint16_t source_count = 0;
  bool usable = true;  // false: some document is unreadable or there is too much; decide without
  bool has_boundary = false, has_session = false;
  std::uint8_t reserved[3] = {};

  template <class T>
  const T* at(std::size_t offset) const {
    return reinterpret_cast<const T*>(reinterpret_cast<const std::byte*>(this) + offset);
  }
  const std::uint16_t* coarse() const { return at<std::uint16_t>(sizeof(Data)); }
  const Entry* entries() const { return at<Entry>(entries_at); }
  const Source& source_of(Word word) const {
    return at<Source>(sources_at)[word >> kStatementBits];
  }
  static std::uint16_t statement_of(const Source& source, Word word) {
    return static_cast<std::uint16_t>(source.first + (word & ((1u << kStatementBits) - 1)));
  }
  void fetch_sources() const {
    constexpr std::size_t kLine = 64;
    const std::size_t wanted = std::min<std::size_t>(source_count * sizeof(Source), 8 * kLine);
    for (std::size_t i = 0; i < wanted; i += kLine) {
      __builtin_prefetch(at<std::byte>(sources_at + i));
    }
  }

  // Precondition: usable and id is a known action.
  const Word* row(std::uint16_t id) const {
    const Entry* entry = entries() + coarse()[id / kBlock];
    std::size_t count = coarse()[id / kBlock + 1u] + 1u - coarse()[id / kBlock];
    while (count > 1) {  // the last entry that starts at or before id
      const std::size_t half = count / 2;
      entry += entry[half].id() <= id ? half : 0;
      count -= half;
    }
    if (entry->only() && entry->id() != id) {
      do --entry;
      while (entry->only());
    }
    return at<Word>(words_at) + entry->row;
  }
};

inline const Program::Data& Program::data() const { return static_cast<const Data&>(*this); }

}  // namespace rolecall::policy
