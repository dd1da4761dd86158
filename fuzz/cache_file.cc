// Any bytes as a cache file: nothing, or a session that survives being written and read again.
#include <cstdlib>

#include "client/cache.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rolecall::client;
  const auto session = parse_cached_session({reinterpret_cast<const char*>(data), size});
  if (!session) return 0;
  const auto again = parse_cached_session(format_cached_session(*session));
  if (!again || again->credentials.access_key_id != session->credentials.access_key_id)
    std::abort();
  return 0;
}
