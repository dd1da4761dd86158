// Any text as an organization file: refused with a place for every problem, or planned; then a
// second start changes nothing, and what the log keeps is read again.
#include <cstdlib>

#include "identity/codec.h"
#include "identity/testing.h"
#include "seed/seed.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rolecall;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto told = [](const std::string& problems) {
    if (!problems.starts_with("f:")) std::abort();
  };
  const auto parsed = seed::parse(text, {.name = "f"});
  if (!parsed) {
    told(parsed.error().text());
    return 0;
  }
  const auto random = make_seeded_random(1);
  const seed::Effects effects{Instant::from_seconds(1'800'000'000), *random};
  identity::State state;
  const auto events = seed::plan(*parsed, state, effects);
  if (!events) {
    told(events.error().text());
    return 0;
  }
  state.apply(*events);
  const auto again = seed::plan(*parsed, state, effects);
  if (!again || !again->empty()) std::abort();
  const identity::testing::PlainSealer sealer;
  if (!identity::decode_events(identity::encode_events(*events, sealer), sealer)) std::abort();
  return 0;
}
