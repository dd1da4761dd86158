// Any text: reading it ends, and a change to what can be read is found again when it is read back,
// with everything else as it was.
#include "client/config_file.h"

#include <cstdlib>

#include "client/config_writer.h"
#include "client/profiles.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rolecall::client;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto before = parse_config(text, "f");
  const std::string changed = apply_changes(text, "profile fuzzed", {{"fuzzed_key", "v"}});
  if (!before) return 0;
  const Profiles profiles = Profiles::of(*before, *before);
  for (const Section& profile : profiles.all()) {
    if (profiles.find(profile.name) == nullptr) std::abort();
  }
  // A text that ends in a continuation, or names the section already in odd ways, may read
  // otherwise; only the ordinary case is held to.
  for (const Section& section : before->sections) {
    if (section.name.find("fuzzed") != std::string::npos) return 0;
  }
  if (text.find('\r') != text.npos || text.find("fuzzed") != text.npos) return 0;
  const auto after = parse_config(changed, "f");
  if (!after || after->sections.size() != before->sections.size() + 1) std::abort();
  const Setting* found = after->sections.back().find("fuzzed_key");
  if (found == nullptr || found->text != "v") std::abort();
  return 0;
}
