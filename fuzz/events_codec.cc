// Any bytes as events: refused, or applied, and written as bytes that are read and written the same
// ever after (the first time a policy given twice may become a reference).
#include <cstdint>

#include "base/error.h"
#include "identity/codec.h"
#include "identity/testing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rolecall::identity;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const rolecall::identity::testing::PlainSealer sealer;
  if (const auto events = decode_events(bytes, sealer)) {
    State state;
    state.apply(*events);
    const std::string written = encode_events(*events, sealer);
    const auto again = decode_events(written, sealer);
    RC_ASSERT(again.has_value() && again->size() == events->size());
    RC_ASSERT(encode_events(*again, sealer) == written);
  }
  return 0;
}
