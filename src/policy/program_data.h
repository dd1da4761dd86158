// What a Program holds. Only program.cc and evaluate.cc include this.
#pragma once

#include <vector>

#include "policy/action.h"
#include "policy/compiled.h"
#include "policy/program.h"

namespace rolecall::policy {

// For each known action a row; actions that behave alike share one. A row is a run of 16-bit words:
//   number of SCP denials, number of other denials, those statements in layer order;
//   then for each SCP level, identity, boundary and session: the number of allowing statements and
//   those, cheapest first; kSatisfied in the number: the one that follows allows without a look.
struct Program::Data {
  static constexpr std::uint16_t kSatisfied = 0x8000;

  struct Ref {
    std::uint16_t document;  // into `documents`
    std::uint16_t statement;
  };
  struct Source {
    const compiled::Header* header;
    Layer layer;
    std::uint16_t level, policy;
  };

  bool usable = true;  // false: some document is unreadable or there is too much; decide without
  std::uint16_t scp_levels = 0;
  std::vector<Source> documents;
  std::vector<Ref> refs;               // numbered by the words of the rows
  std::vector<std::uint16_t> starts;   // first action id of each run of equal rows, ascending
  std::vector<std::uint32_t> rows_at;  // parallel: where the row starts in `words`
  std::vector<std::uint16_t> words;
  std::vector<std::uint16_t> coarse;  // id / kCoarse -> index into `starts` to begin at
  static constexpr std::uint16_t kCoarse = 64;

  // Precondition: usable and id is a known action.
  const std::uint16_t* row(std::uint16_t id) const {
    // `coarse` brackets the run to a few neighbours.
    std::size_t low = coarse[id / kCoarse], high = coarse[id / kCoarse + 1u] + 1u;
    while (high - low > 1) {
      const std::size_t middle = (low + high) / 2;
      if (starts[middle] <= id) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return words.data() + rows_at[low];
  }
};

}  // namespace rolecall::policy
