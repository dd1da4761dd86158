// awsJson bodies of strangers: read as the input of an operation (the first byte picks one),
// written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "wire/bodies.h"
#include "wire/protocol.h"

using namespace rolecall;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  (void)wire::read_json_error(text, 400);
  for (const std::string_view name : {"organizations", "cloudtrail", "sqs"}) {
    std::size_t pick = data[0];
    for (const auto& operation : wire::service_named(name)->operations) {
      if (!operation.input || pick-- != 0) continue;
      auto value = wire::Value::make(*operation.input);
      wire::Checks checks(wire::Dialect::json);
      if (!wire::read_json(*operation.input, text, value.data(), checks)) continue;
      (void)checks.error();
      std::string out;
      wire::write_json(out, *operation.input, value.data());
      auto again = wire::Value::make(*operation.input);
      if (!wire::read_json(*operation.input, out, again.data(), checks)) std::abort();
      std::string third;
      wire::write_json(third, *operation.input, again.data());
      if (third != out) std::abort();
    }
  }
  return 0;
}
