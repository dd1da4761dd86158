// The words after `rolecall s3 cp|mv|rm|sync|…`: argparse's manners with the AWS CLI's options.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "client/session.h"
#include "transfer/filters.h"

namespace rolecall::transfer {

// One bit each: an option names the commands that know it.
enum class Command : std::uint16_t {
  ls = 1,
  cp = 2,
  mv = 4,
  rm = 8,
  sync = 16,
  presign = 32,
  mb = 64,
  rb = 128,
};
std::optional<Command> command_named(std::string_view name);
// "<S3Uri>" and the like.
std::string_view usage_of(Command command);

// A command line taken apart; what the words mean is not known yet.
struct Parsed {
  client::Options global;
  bool sign = true;
  std::vector<std::string> paths;
  // In the order of the command line; an option that repeats stands there again.
  std::vector<std::pair<std::string, std::string>> values;

  bool has(std::string_view name) const { return last(name) != nullptr; }
  const std::string* last(std::string_view name) const;
};
// Usage failures (252) for unknown options, missing values, wrong choices and a wrong number of
// paths.
Result<Parsed> parse_words(std::span<const std::string> words, Command command);

enum class CopyProps { all, metadata_directive, none };

// A customer's own key for server-side encryption.
struct CustomerKey {
  std::string algorithm;
  Secret key;
};

// What cp, mv, rm and sync were asked for.
struct TransferOptions {
  bool recursive = false, dry_run = false, quiet = false, only_show_errors = false;
  bool progress = true, follow_symlinks = true, guess_type = true;
  bool ignore_glacier_warnings = false, force_glacier = false;
  bool remove_extra = false, size_only = false, exact_timestamps = false;  // sync
  std::vector<FilterRule> filters;
  std::optional<std::int32_t> page_size;
  std::optional<std::uint64_t> expected_size;
  std::optional<std::string> acl, storage_class, website_redirect, content_type, cache_control,
      content_disposition, content_encoding, content_language, metadata_directive, sse, sse_kms_key,
      request_payer, source_region;
  std::optional<Instant> expires;
  std::optional<std::map<std::string, std::string>> metadata;
  std::map<std::string, std::string> grants;  // "read" → grantees
  std::optional<CustomerKey> customer_key, source_customer_key;
  CopyProps copy_props = CopyProps::all;
};

Result<TransferOptions> read_options(const Parsed& parsed);

// "a=b,c=d", values quoted where they hold commas, or a JSON object of texts.
Result<std::map<std::string, std::string>> parse_map(std::string_view option,
                                                     std::string_view text);

// The profile's `s3 =` settings that size a transfer.
struct Sizing {
  std::uint64_t threshold = 8ull << 20;  // multipart from here
  std::uint64_t part = 8ull << 20;
  std::size_t workers = 10;
  std::size_t queue = 1000;
};
Result<Sizing> read_sizing(client::Session& session);

}  // namespace rolecall::transfer
