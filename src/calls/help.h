// Help made from the tables: a service's operations, an operation's parameters.
#pragma once

#include <string>

#include "wire/shape.h"

namespace rolecall::calls {

std::string services_help();
std::string service_help(const wire::Service& service);
std::string operation_help(const wire::Operation& operation);

}  // namespace rolecall::calls
