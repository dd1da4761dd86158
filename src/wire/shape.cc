#include "wire/shape.h"

#include <algorithm>

namespace rolecall::wire {

const Operation* Service::find(std::string_view operation) const {
  auto at = std::ranges::lower_bound(operations, operation, {}, &Operation::name);
  return at != operations.end() && at->name == operation ? &*at : nullptr;
}

bool Service::speaks(Protocol protocol) const {
  return std::ranges::find(protocols, protocol) != protocols.end();
}

const ErrorShape* Service::find_error(std::string_view called) const {
  const ErrorShape* by_shape = nullptr;
  for (const ErrorShape& error : errors) {
    if (error.code == called) return &error;
    if (error.shape->name == called) by_shape = &error;
  }
  return by_shape;
}

const Service* service_named(std::string_view name) {
  for (const Service* service : all_services()) {
    if (service->name == name) return service;
  }
  return nullptr;
}

}  // namespace rolecall::wire
