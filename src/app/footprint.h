// What starting needed and serving does not, given back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rolecall::app {

struct AddressRange {
  unsigned long begin = 0, end = 0;
};

// The mappings of files in `smaps` (the text of /proc/self/smaps) that hold nothing of ours: not
// writable, and no page of them was ever changed (relocated data is). Their pages come back from
// the file when they are touched.
std::vector<AddressRange> droppable_mappings(std::string_view smaps);

// Unmaps the pages of code and constants touched so far, most of them by starting, and gives freed
// memory back. What serving needs is mapped again, from the page cache, as it is used.
void drop_start_pages();

}  // namespace rolecall::app
