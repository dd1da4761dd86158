// `s3 ls`: buckets, or what a bucket holds below a prefix.
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <ostream>

#include "base/shown.h"
#include "client/failure.h"
#include "transfer/commands.h"
#include "transfer/files.h"
#include "transfer/size_text.h"

namespace rolecall::transfer {
namespace {

struct Listing {
  bool recursive, human_readable;
  std::uint64_t objects = 0, bytes = 0;
  bool nothing_first = false;
};

std::string size_text(const Listing& listing, std::uint64_t bytes) {
  return listing.human_readable ? human_size(static_cast<double>(bytes)) : std::to_string(bytes);
}

void print_page(const ListPage& page, Listing& listing, std::ostream& out) {
  for (const std::string& prefix : page.prefixes) {
    const std::string_view whole = prefix.ends_with('/')
                                       ? std::string_view(prefix).substr(0, prefix.size() - 1)
                                       : std::string_view(prefix);
    out << fmt::format("{:>30} {}/\n", "PRE",
                       shown_on(STDOUT_FILENO, whole.substr(whole.rfind('/') + 1)));
  }
  for (const s3::Object& object : page.objects) {
    const auto bytes = static_cast<std::uint64_t>(object.size.value_or(0));
    listing.bytes += bytes;
    ++listing.objects;
    const std::string& key = *object.key;
    out << fmt::format(
        "{} {:>10} {}\n", local_time_text(object.last_modified.value_or(Instant{})),
        size_text(listing, bytes),
        shown_on(STDOUT_FILENO, listing.recursive ? key : key.substr(key.rfind('/') + 1)));
  }
}

Status list_objects(S3& s3, s3::ListObjectsV2Input in, Listing& listing, std::ostream& out) {
  for (bool first = true;; first = false) {
    RC_TRY(const ListPage page, list_page(s3, in));
    if (first) listing.nothing_first = page.objects.empty() && page.prefixes.empty();
    print_page(page, listing, out);
    if (page.next.empty()) return {};
    in.continuation_token = page.next;
  }
}

Status list_buckets(S3& s3, std::ostream& out) {
  s3::ListBucketsInput in;
  for (;;) {
    RC_TRY(const auto answer, s3.call(in));
    for (const s3::Bucket& bucket : answer.buckets.value_or(std::vector<s3::Bucket>())) {
      out << local_time_text(bucket.creation_date.value_or(Instant{})) << ' '
          << shown_on(STDOUT_FILENO, bucket.name.value_or("")) << '\n';
    }
    if (!answer.continuation_token || answer.continuation_token->empty()) return {};
    in.continuation_token = answer.continuation_token;
  }
}

}  // namespace

Result<int> run_list(const Parsed& parsed, client::Console& console) {
  RC_TRY(const TransferOptions options, read_options(parsed));
  client::Session session(parsed.global, console.environment, console.clock, console.random);
  http::ConnectionPool pool;
  RC_TRY(const auto s3, S3::open(session, pool, {.sign = parsed.sign}));
  std::string path = parsed.paths.empty() ? std::string(kScheme) : parsed.paths.front();
  if (is_s3(path)) path.erase(0, kScheme.size());
  RC_CHECK(check_s3_path(path));
  const S3Path where = split_s3_path(path);
  Listing listing{options.recursive, parsed.has("--human-readable")};
  if (where.bucket.empty()) {
    RC_CHECK(list_buckets(*s3, console.out));
  } else {
    s3::ListObjectsV2Input in;
    in.bucket = where.bucket;
    in.prefix = where.key;
    if (!options.recursive) in.delimiter = "/";
    in.max_keys = options.page_size;
    in.request_payer = options.request_payer;
    RC_CHECK(list_objects(*s3, std::move(in), listing, console.out));
  }
  if (parsed.has("--summarize")) {
    console.out << "\nTotal Objects: " << listing.objects << '\n'
                << "   Total Size: " << size_text(listing, listing.bytes) << '\n';
  }
  // Only who named a key wants to know whether there is one.
  return !where.key.empty() && listing.nothing_first ? 1 : 0;
}

}  // namespace rolecall::transfer
