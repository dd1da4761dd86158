// The AWS CLI's shorthand: whatever is typed is parsed or refused, and what is parsed can be fitted
// to any model.
#include "calls/shorthand.h"

#include <cstdint>

#include "calls/names.h"

using namespace rolecall;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const calls::LoadValue load = [](std::string value) -> Result<std::string> { return value; };
  auto parsed = calls::parse_shorthand(text, load);
  if (!parsed) return 0;
  RC_ASSERT(parsed->is_object());
  static const wire::Operation* const operation =
      calls::find_operation(*calls::find_service("ec2"), "run-instances");
  (void)calls::coerce(*parsed, *operation->input);
  return 0;
}
