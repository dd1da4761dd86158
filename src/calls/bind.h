// Between the tree that people's words make and the typed values that go over the wire.
#pragma once

#include <optional>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "wire/shape.h"

namespace rolecall::calls {

// Fills a fresh value of `shape` from parameters that validate() accepted. Blobs are bytes already
// (decode_blobs()). Members that are not the shape's (a streamed body) are passed over.
Status bind(const wire::Shape& shape, const json::Value& parameters, void* out);

// Blobs arrive as base64 (cli_binary_format's rule); after this they are bytes. "Invalid base64:
// …" (255).
Status decode_blobs(const wire::Shape& shape, json::Value& parameters);

// A time as a text (ISO 8601, RFC 7231) or seconds since 1970; without a zone it is local time.
std::optional<Instant> timestamp_of(const json::Value& value);

// An answer as the AWS CLI prints it: members in the model's order (those of headers first), times
// ISO 8601 with an offset, blobs base64, IAM's policy documents as JSON.
json::Value answer_tree(const wire::Operation& operation, const void* output);

}  // namespace rolecall::calls
