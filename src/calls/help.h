// Help made from the tables: a service's operations, an operation's parameters.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "calls/arguments.h"
#include "wire/shape.h"

namespace rolecall::calls {

std::string services_help();
std::string service_help(const wire::Service& service);
std::string operation_help(const wire::Operation& operation);

// "required, string": an argument in a word or two.
std::string about(const Argument& argument);
// An enum's values, of a list's elements too.
std::span<const std::string_view> values_of(const wire::Shape& shape);

}  // namespace rolecall::calls
