// A typed value as CloudTrail prints it in requestParameters and responseElements: lower-camel
// names, no secrets.
#pragma once

#include <string>

#include "wire/shape.h"

namespace rolecall::door {

// Appends a JSON object, or nothing when it would be empty. Blobs and values of sensitive shapes
// are hidden.
void append_parameters(std::string& out, const wire::Shape& shape, const void* value);

}  // namespace rolecall::door
