// Any bytes as answers of the metadata service and the SSO portal: none, or credentials with an
// end.
#include <cstdlib>

#include "client/answers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto keys = rolecall::client::parse_instance_answer(text);
  if (keys && (!keys->expires || !keys->token)) std::abort();
  const auto sso = rolecall::client::parse_sso_answer(text);
  if (sso && !sso->expires) std::abort();
  [[maybe_unused]] const auto token = rolecall::client::parse_sso_token(text);
  return 0;
}
