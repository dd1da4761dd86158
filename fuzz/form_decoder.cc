// awsQuery and ec2Query: a stranger's form through routing, reading and validation of the operation
// it names, then back out through the client's writer: what was read must be read again alike.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "wire/parameters.h"
#include "wire/protocol.h"

using namespace rolecall;

namespace {

std::string told(const wire::Operation& operation, const wire::Value& value) {
  std::string text;
  wire::write_parameters(text, *operation.input, value.data(), wire::Names::as_modelled,
                         wire::Sensitive::shown);
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const wire::RequestView request{"POST", "/", "", {}, body};
  for (const wire::Service* service : wire::all_services()) {
    const auto protocol = service->protocol();
    if (protocol != wire::Protocol::query && protocol != wire::Protocol::ec2) continue;
    auto route = wire::route_any(*service, request);
    if (!route || !route->operation->input) continue;
    auto value = wire::read_input(*route, request);
    if (!value) continue;
    auto again = wire::write_input(*route->operation, protocol, value->data());
    if (!again) std::abort();
    const wire::RequestView second{again->method, again->path, again->query, {}, again->body};
    auto route2 = wire::route_any(*service, second);
    if (!route2 || route2->operation != route->operation) std::abort();
    auto value2 = wire::read_input(*route2, second);
    // An empty structure or map leaves no trace in a form; a required one is then found missing.
    if (!value2) {
      const auto& code = value2.error().api().code;
      if (code != "ValidationError" && code != "MissingParameter") std::abort();
      continue;
    }
    auto third = wire::write_input(*route->operation, protocol, value2->data());
    if (!third) std::abort();
    const wire::RequestView last{third->method, third->path, third->query, {}, third->body};
    auto route3 = wire::route_any(*service, last);
    if (!route3) std::abort();
    auto value3 = wire::read_input(*route3, last);
    if (!value3 || told(*route->operation, *value3) != told(*route->operation, *value2)) {
      std::abort();
    }
  }
  return 0;
}
