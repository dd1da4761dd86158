// S3's refusals, in its words ("Error responses", and each operation's page of the API reference).
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace rolecall::s3 {

ApiError no_such_bucket(std::string_view bucket);
ApiError no_such_key(std::string_view key);
ApiError no_such_upload(std::string_view upload_id);
ApiError invalid_argument(std::string message, std::string_view name, std::string_view value);
ApiError invalid_request(std::string message);
ApiError malformed_xml();
// A header that asks for what is not done here; `header` is its name.
ApiError header_not_implemented(std::string_view header);
// `condition` is the header that did not hold: "If-Match".
ApiError precondition_failed(std::string_view condition);
ApiError invalid_digest(std::string_view given);
ApiError bad_digest(std::string message);
ApiError entity_too_large(std::uint64_t proposed, std::uint64_t max);
ApiError slow_down();
ApiError plain_access_denied();

}  // namespace rolecall::s3
