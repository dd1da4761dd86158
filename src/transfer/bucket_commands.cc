// `s3 mb`, `s3 rb` and `s3 presign`.
#include <charconv>
#include <ostream>

#include "base/encoding.h"
#include "client/failure.h"
#include "client/s3_address.h"
#include "http/url.h"
#include "sigv4/presented.h"
#include "sigv4/sign.h"
#include "transfer/commands.h"
#include "transfer/places.h"
#include "transfer/s3.h"

namespace rolecall::transfer {
namespace {

constexpr std::int64_t kExpiresSeconds = 3600;

// One bucket's command: the name after s3://.
Result<S3Path> bucket_of(const Parsed& parsed, Command command) {
  if (!is_s3(parsed.paths.front())) {
    return client::usage_failure(std::string(usage_of(command)) + "\nError: Invalid argument type");
  }
  return split_s3_path(std::string_view(parsed.paths.front()).substr(kScheme.size()));
}

int finish(client::Console& console, std::string_view what, const std::string& path,
           const std::string& bucket, const Status& status) {
  if (status) {
    console.out << what << ": " << bucket << '\n';
    return 0;
  }
  console.out.flush();
  console.err << what << " failed: " << path << ' ' << client::failure_report(status.error());
  return 1;
}

Result<std::int64_t> expiry(const Parsed& parsed) {
  const std::string* text = parsed.last("--expires-in");
  if (text == nullptr) return kExpiresSeconds;
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (problem != std::errc() || end != text->data() + text->size()) {
    return client::usage_failure(
        "argument --expires-in: invalid literal for int() with base 10: '" + *text + "'");
  }
  if (seconds < 1 || seconds > sigv4::kPresignExpiresSecondsMax) {
    return client::usage_failure("argument --expires-in: S3 takes 1 to " +
                                 std::to_string(sigv4::kPresignExpiresSecondsMax) + " seconds");
  }
  return seconds;
}

}  // namespace

Result<int> run_make_bucket(const Parsed& parsed, client::Console& console) {
  RC_TRY(const S3Path path, bucket_of(parsed, Command::mb));
  client::Session session(parsed.global, console.environment, console.clock, console.random);
  http::ConnectionPool pool;
  RC_TRY(const auto s3, S3::open(session, pool, {.sign = parsed.sign}));
  s3::CreateBucketInput in;
  in.bucket = path.bucket;
  if (s3->target().region != "us-east-1") {
    in.create_bucket_configuration.emplace().location_constraint = s3->target().region;
  }
  const auto made = s3->call(in);
  return finish(console, "make_bucket", parsed.paths.front(), path.bucket,
                made ? Status() : Status(made.error()));
}

Result<int> run_remove_bucket(const Parsed& parsed, client::Console& console) {
  RC_TRY(const S3Path path, bucket_of(parsed, Command::rb));
  if (!path.key.empty()) {
    return client::usage_failure("Please specify a valid bucket name only. E.g. s3://" +
                                 path.bucket);
  }
  if (parsed.has("--force")) {
    Parsed emptying = parsed;
    emptying.values = {{"--recursive", ""}};
    RC_TRY(const int status, run_transfer(Command::rm, emptying, console));
    if (status != 0) {
      return client::general_failure(
          "remove_bucket failed: Unable to delete all objects in the bucket, bucket will not be "
          "deleted.");
    }
  }
  client::Session session(parsed.global, console.environment, console.clock, console.random);
  http::ConnectionPool pool;
  RC_TRY(const auto s3, S3::open(session, pool, {.sign = parsed.sign}));
  s3::DeleteBucketInput in;
  in.bucket = path.bucket;
  const auto removed = s3->call(in);
  return finish(console, "remove_bucket", parsed.paths.front(), path.bucket,
                removed ? Status() : Status(removed.error()));
}

Result<int> run_presign(const Parsed& parsed, client::Console& console) {
  std::string_view text = parsed.paths.front();
  if (is_s3(text)) text.remove_prefix(kScheme.size());
  RC_CHECK(check_s3_path(text));
  const S3Path path = split_s3_path(text);
  if (path.bucket.empty() || path.key.empty()) {
    return client::usage_failure(
        std::string("Parameter validation failed:\nInvalid length for parameter ") +
        (path.key.empty() ? "Key" : "Bucket") + ", value: 0, valid min length: 1");
  }
  RC_TRY(const std::int64_t seconds, expiry(parsed));
  client::Session session(parsed.global, console.environment, console.clock, console.random);
  http::ConnectionPool pool;
  RC_TRY(const auto s3, S3::open(session, pool, {}));
  const client::S3Address there =
      client::s3_address(s3->target(), "/" + percent_encode(path.bucket) + "/" +
                                           percent_encode(path.key, Slash::keep));
  const std::string address = there.url + there.path;
  const auto url = http::Url::parse(address);
  if (!url) return client::general_failure("Invalid endpoint: " + s3->target().url);
  RC_TRY(const auto keys, s3->credentials());
  const std::string authority = url->authority();
  const sigv4::HeaderView headers[] = {{"Host", authority}};
  sigv4::SigningInput in;
  in.method = "GET";
  in.path = url->target;
  in.headers = headers;
  in.payload_hash = sigv4::kUnsignedPayload;
  in.path_style = sigv4::PathStyle::s3;
  const sigv4::Credentials signer{keys->access_key_id, keys->secret_key,
                                  keys->token ? std::string(keys->token->reveal()) : ""};
  const auto signed_request =
      sigv4::presign(in, signer, {s3->target().region, "s3"}, console.clock.now(), seconds);
  console.out << address << '?' << signed_request.query << '\n';
  return 0;
}

}  // namespace rolecall::transfer
