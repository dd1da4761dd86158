#include "transfer/options.h"

#include <fmt/format.h>

#include <charconv>

#include "base/encoding.h"
#include "base/files.h"
#include "base/json.h"
#include "client/failure.h"
#include "client/s3_address.h"
#include "transfer/size_text.h"

namespace rolecall::transfer {
namespace {

using client::usage_failure;

// One worker a connection; more than this only queues at the other side.
constexpr std::uint64_t kWorkersMax = 256;
constexpr std::uint64_t kQueueMax = 1'000'000;
constexpr std::size_t kKeyFileBytesMax = 4096;

constexpr std::string_view kAcls =
    "private | public-read | public-read-write | authenticated-read | aws-exec-read | "
    "bucket-owner-read | bucket-owner-full-control | log-delivery-write";
constexpr std::string_view kStorageClasses =
    "STANDARD | REDUCED_REDUNDANCY | STANDARD_IA | ONEZONE_IA | INTELLIGENT_TIERING | GLACIER | "
    "DEEP_ARCHIVE | GLACIER_IR";

enum class Takes : std::uint8_t {
  nothing,
  value,
  optional_value,  // `--sse` alone stands for the rule's `alone`
  values,          // one or more
};

constexpr unsigned kLs = 1, kCp = 2, kMv = 4, kRm = 8, kSync = 16, kPresign = 32, kRb = 128;
constexpr unsigned kMoving = kCp | kMv | kSync, kFiltered = kMoving | kRm, kAll = ~0u;

struct OptionRule {
  std::string_view name;
  unsigned commands;
  Takes takes = Takes::value;
  std::string_view alone = {};
  std::string_view choices = {};  // "a | b | c"; empty: anything
};

constexpr OptionRule kRules[] = {
    {"--profile", kAll},
    {"--region", kAll},
    {"--endpoint-url", kAll},
    {"--ca-bundle", kAll},
    {"--output", kAll},
    {"--query", kAll},
    {"--color", kAll},
    {"--no-verify-ssl", kAll, Takes::nothing},
    {"--no-cache", kAll, Takes::nothing},
    {"--no-cli-pager", kAll, Takes::nothing},
    {"--no-paginate", kAll, Takes::nothing},
    {"--no-sign-request", kAll, Takes::nothing},
    {"--human-readable", kLs, Takes::nothing},
    {"--summarize", kLs, Takes::nothing},
    {"--expires-in", kPresign},
    {"--force", kRb, Takes::nothing},
    {"--recursive", kLs | kCp | kMv | kRm, Takes::nothing},
    {"--page-size", kLs | kFiltered},
    {"--request-payer", kLs | kFiltered, Takes::optional_value, "requester", "requester"},
    {"--dryrun", kFiltered, Takes::nothing},
    {"--quiet", kFiltered, Takes::nothing},
    {"--only-show-errors", kFiltered, Takes::nothing},
    {"--include", kFiltered},
    {"--exclude", kFiltered},
    {"--no-progress", kMoving, Takes::nothing},
    {"--acl", kMoving, Takes::value, "", kAcls},
    {"--follow-symlinks", kMoving, Takes::nothing},
    {"--no-follow-symlinks", kMoving, Takes::nothing},
    {"--no-guess-mime-type", kMoving, Takes::nothing},
    {"--sse", kMoving, Takes::optional_value, "AES256", "AES256 | aws:kms"},
    {"--sse-c", kMoving, Takes::optional_value, "AES256", "AES256"},
    {"--sse-c-key", kMoving},
    {"--sse-kms-key-id", kMoving},
    {"--sse-c-copy-source", kMoving, Takes::optional_value, "AES256", "AES256"},
    {"--sse-c-copy-source-key", kMoving},
    {"--storage-class", kMoving, Takes::value, "", kStorageClasses},
    {"--grants", kMoving, Takes::values},
    {"--website-redirect", kMoving},
    {"--content-type", kMoving},
    {"--cache-control", kMoving},
    {"--content-disposition", kMoving},
    {"--content-encoding", kMoving},
    {"--content-language", kMoving},
    {"--expires", kMoving},
    {"--source-region", kMoving},
    {"--ignore-glacier-warnings", kMoving, Takes::nothing},
    {"--force-glacier-transfer", kMoving, Takes::nothing},
    {"--metadata", kMoving},
    {"--metadata-directive", kMoving, Takes::value, "", "COPY | REPLACE"},
    {"--copy-props", kMoving, Takes::value, "", "none | metadata-directive | default"},
    {"--expected-size", kCp},
    {"--delete", kSync, Takes::nothing},
    {"--size-only", kSync, Takes::nothing},
    {"--exact-timestamps", kSync, Takes::nothing},
};

constexpr std::string_view kTwoPaths =
    "<LocalPath> <S3Uri> or <S3Uri> <LocalPath> or <S3Uri> <S3Uri>";
struct CommandRule {
  Command command;
  std::string_view name, usage;
  std::size_t paths_min, paths_max;
};
constexpr CommandRule kCommands[] = {
    {Command::ls, "ls", "<S3Uri> or NONE", 0, 1}, {Command::cp, "cp", kTwoPaths, 2, 2},
    {Command::mv, "mv", kTwoPaths, 2, 2},         {Command::rm, "rm", "<S3Uri>", 1, 1},
    {Command::sync, "sync", kTwoPaths, 2, 2},     {Command::presign, "presign", "<S3Uri>", 1, 1},
    {Command::mb, "mb", "<S3Uri>", 1, 1},         {Command::rb, "rb", "<S3Uri>", 1, 1},
};

const CommandRule& rule_of(Command command) {
  for (const CommandRule& rule : kCommands) {
    if (rule.command == command) return rule;
  }
  return kCommands[0];
}

const OptionRule* find_rule(Command command, std::string_view name) {
  for (const OptionRule& rule : kRules) {
    if (rule.name == name && (rule.commands & static_cast<unsigned>(command)) != 0) return &rule;
  }
  return nullptr;
}

bool is_choice(std::string_view choices, std::string_view value) {
  while (!choices.empty()) {
    const std::size_t bar = choices.find(" | ");
    if (choices.substr(0, bar) == value) return true;
    choices = bar == choices.npos ? std::string_view() : choices.substr(bar + 3);
  }
  return false;
}

// argparse: what begins with a hyphen is an option, but for "-" and negative numbers.
bool is_value(std::string_view word) {
  return !word.starts_with('-') || word.size() == 1 || (word[1] >= '0' && word[1] <= '9');
}

std::optional<std::string> text_option(const Parsed& parsed, std::string_view name) {
  const std::string* value = parsed.last(name);
  // An empty value counts as none, as in the AWS CLI.
  if (value == nullptr || value->empty()) return std::nullopt;
  return *value;
}

template <class Number>
Status number_option(const Parsed& parsed, std::string_view name, std::optional<Number>& out) {
  const std::string* value = parsed.last(name);
  if (value == nullptr) return {};
  Number number{};
  const auto [end, problem] = std::from_chars(value->data(), value->data() + value->size(), number);
  if (problem != std::errc() || end != value->data() + value->size() || number < 0) {
    return usage_failure(
        fmt::format("argument {}: invalid literal for int() with base 10: '{}'", name, *value));
  }
  out = number;
  return {};
}

Result<std::optional<CustomerKey>> customer_key(const Parsed& parsed, std::string_view name) {
  const std::string* algorithm = parsed.last(name);
  const std::string key_name = std::string(name) + "-key";
  const std::string* key = parsed.last(key_name);
  if ((algorithm == nullptr) != (key == nullptr)) {
    return usage_failure(fmt::format("If {} is specified, {} must be specified as well.",
                                     algorithm ? std::string(name) : key_name,
                                     algorithm ? key_name : std::string(name)));
  }
  if (algorithm == nullptr) return std::optional<CustomerKey>();
  constexpr std::string_view kFile = "fileb://";
  if (!key->starts_with(kFile)) return std::optional(CustomerKey{*algorithm, Secret(*key)});
  RC_TRY(auto bytes, read_file_if_there(key->substr(kFile.size()), kKeyFileBytesMax));
  if (!bytes) return usage_failure("Unable to load paramfile " + *key);
  return std::optional(CustomerKey{*algorithm, Secret(std::move(*bytes))});
}

Result<std::optional<Instant>> time_option(const Parsed& parsed, std::string_view name) {
  const auto text = text_option(parsed, name);
  if (!text) return std::optional<Instant>();
  auto at = parse_iso8601(*text);
  if (!at) at = parse_http_date(*text);
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (problem == std::errc() && end == text->data() + text->size() && text->size() > 4) {
    at = Instant::from_seconds(seconds);
  }
  if (!at) return usage_failure("Invalid value for argument " + std::string(name) + ": " + *text);
  return at;
}

Status read_grants(const Parsed& parsed, std::map<std::string, std::string>& grants) {
  for (const auto& [name, value] : parsed.values) {
    if (name != "--grants") continue;
    const std::size_t equals = value.find('=');
    if (equals == value.npos) {
      return usage_failure("grants should be of the form permission=principal");
    }
    const std::string permission = value.substr(0, equals);
    if (!is_choice("read | readacl | writeacl | full", permission)) {
      return usage_failure("permission must be one of: read|readacl|writeacl|full");
    }
    grants[permission] = value.substr(equals + 1);
  }
  return {};
}

// A value of "a=b,c=d" from `at` to the next comma outside of quotes, without its quotes.
Result<std::string> shorthand_value(std::string_view text, std::size_t& at) {
  std::string out;
  const char quote = at < text.size() && (text[at] == '"' || text[at] == '\'') ? text[at] : '\0';
  if (quote == '\0') {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    out = text.substr(at, comma - at);
    at = comma;
    return out;
  }
  for (++at; at < text.size() && text[at] != quote; ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    out += text[at];
  }
  if (at == text.size()) return usage_failure("a quotation is not closed");
  ++at;
  return out;
}

}  // namespace

const std::string* Parsed::last(std::string_view name) const {
  const std::string* out = nullptr;
  for (const auto& [key, value] : values) {
    if (key == name) out = &value;
  }
  return out;
}

std::optional<Command> command_named(std::string_view name) {
  for (const CommandRule& rule : kCommands) {
    if (rule.name == name) return rule.command;
  }
  return std::nullopt;
}

std::string_view usage_of(Command command) { return rule_of(command).usage; }

Result<Parsed> parse_words(std::span<const std::string> words, Command command) {
  const CommandRule& shape = rule_of(command);
  Parsed out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (is_value(word)) {
      out.paths.push_back(word);
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const OptionRule* rule = find_rule(command, name);
    if (rule == nullptr) return usage_failure("Unknown options: " + word);
    std::vector<std::string> values;
    if (equals != word.npos) {
      if (rule->takes == Takes::nothing) {
        return usage_failure("argument " + name + ": ignored explicit argument '" +
                             word.substr(equals + 1) + "'");
      }
      values.push_back(word.substr(equals + 1));
    } else if (rule->takes != Takes::nothing) {
      const std::size_t most = rule->takes == Takes::values ? words.size() : 1;
      while (values.size() < most && i + 1 < words.size() && is_value(words[i + 1])) {
        values.push_back(words[++i]);
      }
      if (values.empty() && rule->takes == Takes::optional_value) {
        values.emplace_back(rule->alone);
      }
      if (values.empty()) {
        return usage_failure(
            "argument " + name + ": expected " +
            (rule->takes == Takes::values ? "at least one argument" : "one argument"));
      }
    } else {
      values.emplace_back();
    }
    for (auto& value : values) {
      if (!rule->choices.empty() && !is_choice(rule->choices, value)) {
        return usage_failure(fmt::format("argument {}: Invalid choice, valid choices are:\n\n{}",
                                         name, rule->choices));
      }
      out.values.emplace_back(name, std::move(value));
    }
  }
  const auto option = [&out](std::string_view name) {
    const std::string* value = out.last(name);
    return value == nullptr ? std::optional<std::string>() : std::optional(*value);
  };
  out.global.profile = option("--profile");
  out.global.region = option("--region");
  out.global.endpoint_url = option("--endpoint-url");
  out.global.ca_bundle = option("--ca-bundle");
  out.global.verify_tls = !out.has("--no-verify-ssl");
  out.global.use_cache = !out.has("--no-cache");
  out.sign = !out.has("--no-sign-request");
  if (out.paths.size() < shape.paths_min) {
    return usage_failure(
        fmt::format("usage: rolecall s3 {} {}\n\nthe following arguments are required: {}",
                    shape.name, shape.usage, shape.paths_max > 1 ? "paths" : "path"));
  }
  if (out.paths.size() > shape.paths_max) {
    std::string extra;
    for (std::size_t i = shape.paths_max; i < out.paths.size(); ++i) {
      extra += (extra.empty() ? "" : ", ") + out.paths[i];
    }
    return usage_failure("Unknown options: " + extra);
  }
  return out;
}

Result<TransferOptions> read_options(const Parsed& parsed) {
  TransferOptions out;
  out.recursive = parsed.has("--recursive");
  out.dry_run = parsed.has("--dryrun");
  out.quiet = parsed.has("--quiet");
  out.only_show_errors = parsed.has("--only-show-errors");
  out.progress = !parsed.has("--no-progress");
  out.guess_type = !parsed.has("--no-guess-mime-type");
  out.ignore_glacier_warnings = parsed.has("--ignore-glacier-warnings");
  out.force_glacier = parsed.has("--force-glacier-transfer");
  out.remove_extra = parsed.has("--delete");
  out.size_only = parsed.has("--size-only");
  out.exact_timestamps = parsed.has("--exact-timestamps");
  for (const auto& [name, value] : parsed.values) {
    if (name == "--follow-symlinks") out.follow_symlinks = true;
    if (name == "--no-follow-symlinks") out.follow_symlinks = false;
    if (name == "--include" || name == "--exclude") {
      out.filters.push_back({name == "--include", value});
    }
  }
  RC_CHECK(number_option(parsed, "--page-size", out.page_size));
  RC_CHECK(number_option(parsed, "--expected-size", out.expected_size));
  const std::pair<std::string_view, std::optional<std::string>*> texts[] = {
      {"--acl", &out.acl},
      {"--storage-class", &out.storage_class},
      {"--website-redirect", &out.website_redirect},
      {"--content-type", &out.content_type},
      {"--cache-control", &out.cache_control},
      {"--content-disposition", &out.content_disposition},
      {"--content-encoding", &out.content_encoding},
      {"--content-language", &out.content_language},
      {"--metadata-directive", &out.metadata_directive},
      {"--sse", &out.sse},
      {"--sse-kms-key-id", &out.sse_kms_key},
      {"--request-payer", &out.request_payer},
      {"--source-region", &out.source_region},
  };
  for (const auto& [name, field] : texts) *field = text_option(parsed, name);
  RC_TRY(out.expires, time_option(parsed, "--expires"));
  if (const std::string* text = parsed.last("--metadata"); text != nullptr && !text->empty()) {
    RC_TRY(out.metadata, parse_map("--metadata", *text));
  }
  RC_CHECK(read_grants(parsed, out.grants));
  RC_TRY(out.customer_key, customer_key(parsed, "--sse-c"));
  RC_TRY(out.source_customer_key, customer_key(parsed, "--sse-c-copy-source"));
  if (const std::string* props = parsed.last("--copy-props")) {
    if (*props == "none") out.copy_props = CopyProps::none;
    if (*props == "metadata-directive") out.copy_props = CopyProps::metadata_directive;
  }
  return out;
}

Result<std::map<std::string, std::string>> parse_map(std::string_view option,
                                                     std::string_view text) {
  std::map<std::string, std::string> out;
  const auto wrong = [&](std::string_view why) {
    return usage_failure(
        fmt::format("Error parsing parameter '{}': {}, received:\n{}", option, why, text));
  };
  if (trim(text).starts_with('{')) {
    const auto tree = json::parse(text);
    if (!tree) return wrong("Invalid JSON");
    for (const json::Member& member : tree->members()) {
      if (!member.value.is_string()) return wrong("a value is no text");
      out[member.name] = member.value.text();
    }
    return out;
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t equals = text.find('=', at);
    const std::size_t comma = text.find(',', at);
    if (equals == text.npos || comma < equals || equals == at) return wrong("Expected: '='");
    const std::string key(text.substr(at, equals - at));
    at = equals + 1;
    auto value = shorthand_value(text, at);
    if (!value) return wrong(client::failure_text(value.error()));
    out[key] = std::move(*value);
    if (at < text.size() && text[at] != ',') return wrong("Expected: ','");
  }
  return out;
}

Result<Sizing> read_sizing(client::Session& session) {
  Sizing out;
  const auto size = [&session](std::string_view name, std::uint64_t most,
                               std::uint64_t otherwise) -> Result<std::uint64_t> {
    const std::string text = client::s3_setting(session, name);
    if (text.empty()) return otherwise;
    RC_TRY(const std::uint64_t value, parse_size(text));
    if (value == 0) {
      return client::general_failure(
          fmt::format("Value for {} must be a positive integer: {}", name, text));
    }
    return std::min(value, most);
  };
  constexpr std::uint64_t kAny = 1ull << 62;
  RC_TRY(out.threshold, size("multipart_threshold", kAny, out.threshold));
  RC_TRY(out.part, size("multipart_chunksize", kAny, out.part));
  RC_TRY(out.workers, size("max_concurrent_requests", kWorkersMax, out.workers));
  RC_TRY(out.queue, size("max_queue_size", kQueueMax, out.queue));
  if (!client::s3_setting(session, "max_bandwidth").empty()) {
    return client::general_failure("the profile's s3 setting `max_bandwidth` is not supported");
  }
  return out;
}

}  // namespace rolecall::transfer
