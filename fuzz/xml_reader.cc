// XML bodies and error documents of strangers: S3's inputs (the first byte picks one), and what a
// client reads. What was read is written and read again: it must say the same.
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
  (void)wire::read_xml_error(text, 400);
  const wire::Service& service = *wire::service_named(data[0] % 2 == 0 ? "s3" : "iam");
  std::size_t pick = data[0] / 2;
  for (const auto& operation : service.operations) {
    if (!operation.input || pick-- != 0) continue;
    for (const wire::Shape* shape : {operation.input, operation.output}) {
      auto value = wire::Value::make(*shape);
      wire::Checks checks;
      if (!wire::read_xml(*shape, text, {}, value.data(), checks)) continue;
      std::string out;
      wire::write_xml_element(out, "a", "", *shape, value.data(), {});
      auto again = wire::Value::make(*shape);
      // Control characters can be read (as references) but not be written so that all readers
      // agree.
      if (!wire::read_xml(*shape, out, {}, again.data(), checks)) std::abort();
    }
  }
  return 0;
}
