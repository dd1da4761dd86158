// EC2 as the centre sees it.
#pragma once

#include "services/core/module.h"

namespace rolecall::ec2 {

services::Module module();

// bindings.cc. Lives as long as the program.
std::span<const services::Binding> bindings();

}  // namespace rolecall::ec2
