// What a Program holds. Only program.cc and evaluate.cc include this.
#pragma once

#include <algorithm>

#include "policy/action.h"
#include "policy/compiled.h"
#include "policy/program.h"

namespace rolecall::policy {

// For each known action a row; actions that behave alike share one. A row is a run of 32-bit words:
//   number of SCP denials, number of other denials, those statements in layer order;
//   then for each SCP level, identity, boundary and session: the number of allowing statements and
//   those, cheapest first; kSatisfied in the number: the one that follows allows without a look.
// All in one block behind this header, because a principal met for the first time in a while costs
// as many waits for memory as there are loads that depend on each other: coarse table, run, row.
// The table's place is therefore a constant, rows name document and statement themselves, and the
// sources, needed last, are fetched ahead.
struct Program::Data : Program {
  static constexpr std::uint32_t kSatisfied = 0x8000'0000;
  static constexpr std::uint16_t kCoarse = 64;

  struct Source {
    const compiled::Header* header;
    std::uint16_t level, policy;
    Layer layer;
  };
  struct Run {
    std::uint16_t start;  // the first action id of a run of equal rows; runs ascend
    std::uint16_t row;    // where the row starts in words()
  };
  // A word of a row that stands for a statement.
  static constexpr std::uint32_t word(std::uint16_t document, std::uint16_t statement) {
    return std::uint32_t{document} << 16 | statement;
  }
  static constexpr std::uint16_t statement_of(std::uint32_t word) {
    return static_cast<std::uint16_t>(word);
  }

  std::uint32_t bytes = 0;
  std::uint16_t scp_levels = 0;
  std::uint16_t document_count = 0;
  bool usable = true;  // false: some document is unreadable or there is too much; decide without
  std::uint8_t reserved[3] = {};
  // Byte offsets from this header.
  std::uint32_t documents_at = 0, runs_at = 0, words_at = 0;

  template <class T>
  const T* at(std::size_t offset) const {
    return reinterpret_cast<const T*>(reinterpret_cast<const std::byte*>(this) + offset);
  }
  const Source* documents() const { return at<Source>(documents_at); }
  const Source& source_of(std::uint32_t word) const { return documents()[word >> 16]; }
  void fetch_documents() const {
    constexpr std::size_t kLine = 64;
    const std::size_t bytes_wanted =
        std::min<std::size_t>(document_count * sizeof(Source), 8 * kLine);
    for (std::size_t i = 0; i < bytes_wanted; i += kLine) {
      __builtin_prefetch(at<std::byte>(documents_at + i));
    }
  }

  // Precondition: usable and id is a known action.
  const std::uint32_t* row(std::uint16_t id) const {
    // The coarse table (id / kCoarse -> the run to begin at) leaves a few neighbours.
    const std::uint16_t* coarse = at<std::uint16_t>(sizeof(Data));
    const Run* runs = at<Run>(runs_at);
    std::size_t low = coarse[id / kCoarse], high = coarse[id / kCoarse + 1u] + 1u;
    while (high - low > 1) {
      const std::size_t middle = (low + high) / 2;
      if (runs[middle].start <= id) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return at<std::uint32_t>(words_at) + runs[low].row;
  }
};

inline const Program::Data& Program::data() const { return static_cast<const Data&>(*this); }

}  // namespace rolecall::policy
