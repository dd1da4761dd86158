// What a Program holds. Only program.cc and evaluate.cc include this.
#pragma once

#include "policy/action.h"
#include "policy/compiled.h"
#include "policy/program.h"

namespace rolecall::policy {

// For each known action a row; actions that behave alike share one. A row is a run of 16-bit words:
//   number of SCP denials, number of other denials, those statements in layer order;
//   then for each SCP level, identity, boundary and session: the number of allowing statements and
//   those, cheapest first; kSatisfied in the number: the one that follows allows without a look.
// All in one block behind this header, so that a principal met for the first time in a while costs
// few cache lines.
struct Program::Data {
  static constexpr std::uint16_t kSatisfied = 0x8000;
  static constexpr std::uint16_t kCoarse = 64;

  struct Ref {
    std::uint16_t document;  // into documents()
    std::uint16_t statement;
  };
  struct Source {
    const compiled::Header* header;
    std::uint16_t level, policy;
    Layer layer;
  };
  struct Run {
    std::uint16_t start;  // the first action id of a run of equal rows; runs ascend
    std::uint16_t row;    // where the row starts in words()
  };

  std::uint32_t bytes = 0;
  bool usable = true;  // false: some document is unreadable or there is too much; decide without
  std::uint8_t reserved = 0;
  std::uint16_t scp_levels = 0;
  // Byte offsets from this header.
  std::uint32_t documents_at = 0, refs_at = 0, coarse_at = 0, runs_at = 0, words_at = 0;

  template <class T>
  const T* at(std::uint32_t offset) const {
    return reinterpret_cast<const T*>(reinterpret_cast<const std::byte*>(this) + offset);
  }
  const Source* documents() const { return at<Source>(documents_at); }
  const Ref* refs() const { return at<Ref>(refs_at); }  // numbered by the words of the rows

  // Precondition: usable and id is a known action.
  const std::uint16_t* row(std::uint16_t id) const {
    // The coarse table (id / kCoarse -> the run to begin at) leaves a few neighbours.
    const std::uint16_t* coarse = at<std::uint16_t>(coarse_at);
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
    return at<std::uint16_t>(words_at) + runs[low].row;
  }
};

}  // namespace rolecall::policy
