// S3 as the centre sees it, but for the bytes of objects: those are data_plane.h's.
#pragma once

#include "services/core/module.h"

namespace rolecall::s3 {

// Bindings of kind custom are the data plane's. An unknown bucket is NoSuchBucket.
services::Module module();

// bindings.cc. Lives as long as the program.
std::span<const services::Binding> bindings();

}  // namespace rolecall::s3
