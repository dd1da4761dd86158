// Any bytes as a credential_process's output: refused, or with both keys.
#include <cstdlib>

#include "client/answers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  [[maybe_unused]] const auto keys = rolecall::client::parse_process_output(text);
  [[maybe_unused]] const auto container = rolecall::client::parse_container_answer(text);
  return 0;
}
