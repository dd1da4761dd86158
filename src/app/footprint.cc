#include "app/footprint.h"

#include <malloc.h>
#include <sys/mman.h>

#include <charconv>
#include <fstream>
#include <sstream>

namespace rolecall::app {
namespace {

// "7f12a000-7f13b000 r-xp 00001000 fe:01 1234   /usr/lib/libx.so"; nullopt: another kind of line.
struct Mapping {
  AddressRange range;
  bool writable = true, shared = true, of_file = false;
};

bool read_mapping(std::string_view line, Mapping& out) {
  const char* const end = line.data() + line.size();
  const auto begin = std::from_chars(line.data(), end, out.range.begin, 16);
  if (begin.ec != std::errc{} || begin.ptr == end || *begin.ptr != '-') return false;
  const auto stop = std::from_chars(begin.ptr + 1, end, out.range.end, 16);
  if (stop.ec != std::errc{} || end - stop.ptr < 6 || *stop.ptr != ' ') return false;
  out.writable = stop.ptr[2] == 'w';
  out.shared = stop.ptr[4] == 's';
  out.of_file = line.find(" /") != line.npos;
  return true;
}

// "Private_Dirty:        12 kB"
bool is_nothing(std::string_view value) {
  const std::size_t digit = value.find_first_not_of(' ');
  return digit != value.npos && value.substr(digit).starts_with("0 ");
}

}  // namespace

std::vector<AddressRange> droppable_mappings(std::string_view smaps) {
  std::vector<AddressRange> out;
  Mapping now;
  bool clean = false, whole = false;
  const auto finish = [&] {
    if (now.of_file && !now.writable && !now.shared && clean && whole) out.push_back(now.range);
  };
  while (!smaps.empty()) {
    const std::string_view line = smaps.substr(0, smaps.find('\n'));
    smaps.remove_prefix(std::min(smaps.size(), line.size() + 1));
    Mapping next;
    if (read_mapping(line, next)) {
      finish();
      now = next;
      clean = true;
      whole = false;
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == line.npos) continue;
    const std::string_view name = line.substr(0, colon), value = line.substr(colon + 1);
    if (name == "Private_Dirty" || name == "Shared_Dirty" || name == "Swap" || name == "Locked") {
      clean = clean && is_nothing(value);
    }
    if (name == "Anonymous") {
      clean = clean && is_nothing(value);
      whole = true;
    }
  }
  finish();
  return out;
}

void drop_start_pages() {
  ::malloc_trim(0);
  std::ifstream in("/proc/self/smaps");
  std::ostringstream text;
  text << in.rdbuf();
  for (const AddressRange& range : droppable_mappings(text.view())) {
    // SAFETY: nothing in these pages differs from the file, so reading them again changes nothing.
    (void)::madvise(reinterpret_cast<void*>(range.begin), range.end - range.begin, MADV_DONTNEED);
  }
}

}  // namespace rolecall::app
