// IAM as the centre sees it.
#pragma once

#include "services/core/module.h"

namespace rolecall::iam {

// Its resource types never fail: what does not exist gets the ARN it would have, so that a caller
// without permission learns nothing about it.
services::Module module();

// bindings.cc. Lives as long as the program.
std::span<const services::Binding> bindings();

}  // namespace rolecall::iam
