// The session decoder on any bytes: it must refuse or give a session that encodes and decodes to
// itself.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "identity/session_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto session = rolecall::identity::decode_session(bytes);
  if (!session) return 0;
  const std::string once = rolecall::identity::encode_session(*session);
  const auto again = rolecall::identity::decode_session(once);
  if (!again || rolecall::identity::encode_session(*again) != once) std::abort();
  return 0;
}
