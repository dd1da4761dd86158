// From words to an operation's input: JSON, shorthand, files, --cli-input-json.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/json.h"
#include "base/random.h"
#include "base/result.h"
#include "calls/arguments.h"
#include "client/environment.h"

namespace rolecall::calls {

// A parameter from a file:// or fileb://. The largest anybody sends so are policies and user data;
// objects are streamed from --body.
inline constexpr std::size_t kParameterFileBytesMax = std::size_t{16} << 20;

// What the words ask for besides the parameters themselves.
struct Input {
  json::Value parameters = json::Value::object();
  std::optional<std::string> body_path, outfile, skeleton;
  std::optional<std::string> mfa_outfile, mfa_method;

  bool paginate = false;
  std::optional<std::string> starting_token;
  std::optional<std::int64_t> max_items;
  std::optional<json::Value> page_size;
};

struct ReadHow {
  const client::Environment& environment;
  bool blobs_are_raw = false;  // cli_binary_format = raw-in-base64-out
  bool paginate = true;        // unless --no-paginate
};

// "Error parsing parameter '--tags': …" (252) for what cannot be read.
Result<Input> read_input(const wire::Operation& operation, std::span<const Given> given,
                         const ReadHow& how);

// What the AWS CLI and botocore do to the parameters of some operations before they validate them:
// defaults, idempotency tokens, encodings. `encoded_keys` becomes true when S3 was asked for
// percent-encoded keys without the user's knowing.
Status prepare(const wire::Operation& operation, json::Value& parameters, Random& random,
               bool& encoded_keys);

// And what they do to the answers: decode_keys() undoes what prepare() asked for.
void decode_keys(const wire::Operation& operation, json::Value& answer);

}  // namespace rolecall::calls
