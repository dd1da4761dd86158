// Any bytes as events: refused, or applied and written again as the same bytes.
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
    RC_ASSERT(encode_events(*events, sealer) == bytes);
  }
  return 0;
}
