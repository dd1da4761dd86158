// What a request says of its body's integrity, and whether it holds ("Checking object integrity in
// Amazon S3"): Content-MD5, x-amz-checksum-ALGORITHM, the same as trailers.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "wire/protocol.h"

namespace rolecall::s3 {

// A misspelt checksum must not switch the check off: an x-amz-checksum-… that S3 does not have, and
// a trailer that is none, are InvalidRequest.
Status check_integrity_names(std::span<const wire::HeaderView> headers);

// For bodies that are gathered; objects are hashed as they stream. InvalidDigest, BadDigest, and
// InvalidRequest for more than one checksum, or for none where the operation wants one
// (`requestChecksumRequired` of the model).
Status check_body(const wire::Operation& operation, std::span<const wire::HeaderView> headers,
                  std::span<const std::pair<std::string, std::string>> trailers,
                  std::string_view body);

}  // namespace rolecall::s3
