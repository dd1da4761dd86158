// What is printed, and what sync decides.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <map>
#include <sstream>

#include "base/clock.h"
#include "base/random.h"
#include "client/failure.h"
#include "transfer/commands.h"
#include "transfer/report.h"
#include "transfer/sync.h"
#include "transfer/workers.h"

namespace rolecall::transfer {
namespace {

struct Printed {
  std::ostringstream out, err;
  FakeClock clock;
  Report report;
  explicit Printed(ReportOptions options = {}) : report(options, out, err, clock) {}
};

TEST(Report, LinesAreTheAwsClis) {
  Printed p;
  p.report.dry_run("copy", "s3://a/k", "s3://b/k");
  const auto up = p.report.begin("upload", "./a", "s3://b/a", 3);
  const auto gone = p.report.begin("delete", "s3://b/x", std::nullopt, std::nullopt);
  p.report.succeeded(*up);
  p.report.failed(*gone, client::service_failure(
                             ApiError::make(403, "AccessDenied", "Access Denied"), "DeleteObject"));
  p.report.complete();
  EXPECT_EQ(p.out.str(), "(dryrun) copy: s3://a/k to s3://b/k\nupload: ./a to s3://b/a\n");
  EXPECT_EQ(p.err.str(),
            "delete failed: s3://b/x An error occurred (AccessDenied) when calling the "
            "DeleteObject operation: Access Denied\n");
  EXPECT_EQ(p.report.status(), 1);
}

TEST(Report, WhyIsSaidOnce) {
  Printed p;
  const Error error = client::with_note(client::general_failure("no"), "why: explain 1");
  for (int i = 0; i < 2; ++i) p.report.failed(*p.report.begin("upload", "a", "b", 1), error);
  EXPECT_EQ(p.err.str(), "upload failed: a to b no\n  why: explain 1\nupload failed: a to b no\n");
}

TEST(Report, StatusOfWarningsAndFatalErrors) {
  Printed warned;
  warned.report.warn(skip_warning("/a", "File does not exist."));
  EXPECT_EQ(warned.err.str(), "warning: Skipping file /a. File does not exist.\n");
  EXPECT_EQ(warned.report.status(), 2);
  Printed fatal;
  fatal.report.fatal(client::general_failure("it broke"));
  fatal.report.succeeded(*fatal.report.begin("upload", "a", "b", 1));
  EXPECT_EQ(fatal.err.str(), "fatal error: it broke\n");
  EXPECT_EQ(fatal.out.str(), "");
  EXPECT_EQ(fatal.report.status(), 1);
  EXPECT_EQ(Printed().report.status(), 0);
}

TEST(Report, QuietAndOnlyErrors) {
  Printed quiet({.saying = Saying::nothing, .columns = 80});
  quiet.report.succeeded(*quiet.report.begin("upload", "a", "b", 1));
  quiet.report.failed(*quiet.report.begin("upload", "a", "b", 1), client::general_failure("x"));
  EXPECT_EQ(quiet.out.str() + quiet.err.str(), "");
  EXPECT_EQ(quiet.report.status(), 1);
  Printed errors({.saying = Saying::errors_only, .columns = 80});
  errors.report.succeeded(*errors.report.begin("upload", "a", "b", 1));
  errors.report.failed(*errors.report.begin("upload", "a", "b", 1), client::general_failure("x"));
  EXPECT_EQ(errors.out.str(), "");
  EXPECT_EQ(errors.err.str(), "upload failed: a to b x\n");
}

TEST(Report, ProgressOnATerminal) {
  Printed p({.columns = 110});
  const auto up = p.report.begin("upload", "./a", "s3://b/a", 8 << 20);
  p.clock.advance_seconds(1);
  p.report.progress(*up, 2 << 20);
  EXPECT_EQ(p.out.str(),
            "\rCompleted 2.0 MiB/~8.0 MiB (2.0 MiB/s) with ~1 file(s) remaining (calculating...) "
            "[======>                  ]");
  // Ten times a second at most.
  p.report.progress(*up, 1);
  EXPECT_EQ(p.out.str().find('\r', 1), std::string::npos);
  p.report.complete();
  p.clock.advance_seconds(1);
  p.report.progress(*up, (2 << 20) - 1);
  EXPECT_NE(p.out.str().find("\rCompleted 4.0 MiB/8.0 MiB (2.0 MiB/s) with 1 file(s) remaining "
                             "[===============>              ]"),
            std::string::npos);
  p.report.succeeded(*up);
  // The line of progress is wiped before a line that stays.
  EXPECT_TRUE(p.out.str().ends_with(" \rupload: ./a to s3://b/a\n")) << p.out.str();
}

TEST(Report, ProgressFitsANarrowTerminal) {
  Printed p({.columns = 20});
  const auto up = p.report.begin("upload", "a", "b", 100);
  p.clock.advance_seconds(1);
  p.report.progress(*up, 50);
  EXPECT_EQ(p.out.str(), "\rCompleted 50 Bytes/");
}

TEST(LocalTime, OfTheMachinesZone) {
  setenv("TZ", "Europe/Berlin", 1);
  tzset();
  EXPECT_EQ(local_time_text(*parse_iso8601("2026-01-02T23:04:05Z")), "2026-01-03 00:04:05");
  EXPECT_EQ(local_time_text(*parse_iso8601("2026-07-02T23:04:05Z")), "2026-07-03 01:04:05");
  setenv("TZ", "UTC", 1);
  tzset();
}

// The same as botocore 1.29's S3SigV4QueryAuth for this moment and these keys.
TEST(Presign, AsBotocore) {
  std::istringstream in;
  std::ostringstream out, err;
  const FakeClock clock(*parse_iso8601("2026-11-22T04:53:37Z"));
  const auto random = make_seeded_random(1);
  std::map<std::string, std::string, std::less<>> variables{
      {"AWS_CONFIG_FILE", "/nonexistent/config"},
      {"AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials"},
      {"AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"},
      {"AWS_SECRET_ACCESS_KEY", "secret"},
      {"AWS_SESSION_TOKEN", "TOKEN/+="},
      {"AWS_REGION", "eu-west-1"}};
  client::Console console{in, out, err, client::Environment::of(variables), clock, *random};
  const std::vector<std::string> words{"presign", "s3://bucket/a b/ü+.txt", "--expires-in", "600"};
  EXPECT_EQ(run_s3(words, console), 0) << err.str();
  EXPECT_EQ(out.str(),
            "https://bucket.s3.eu-west-1.amazonaws.com/a%20b/%C3%BC%2B.txt?"
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAEXAMPLE%2F20261122%2F"
            "eu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20261122T045337Z&X-Amz-Expires=600&"
            "X-Amz-SignedHeaders=host&X-Amz-Security-Token=TOKEN%2F%2B%3D&X-Amz-Signature="
            "605d5e079f1a678d31d1d1a7e4c7768d03156d728385f9ce988f49e80df97a3c\n");
}

TEST(Command, RefusesWithTheAwsClisStatuses) {
  const FakeClock clock;
  const auto random = make_seeded_random(1);
  const auto status_of = [&](std::vector<std::string> words) {
    std::istringstream in;
    std::ostringstream out, err;
    std::map<std::string, std::string, std::less<>> variables{
        {"AWS_CONFIG_FILE", "/nonexistent/config"},
        {"AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials"},
        {"AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"},
        {"AWS_SECRET_ACCESS_KEY", "secret"}};
    client::Console console{in, out, err, client::Environment::of(variables), clock, *random};
    return run_s3(words, console);
  };
  EXPECT_EQ(status_of({}), 252);
  EXPECT_EQ(status_of({"website"}), 252);
  EXPECT_EQ(status_of({"cp", "/a", "/b"}), 252);
  EXPECT_EQ(status_of({"cp", "/nonexistent/file", "s3://bucket"}), 255);
  EXPECT_EQ(status_of({"rm", "/a"}), 252);
  EXPECT_EQ(status_of({"mb", "bucket"}), 252);
  EXPECT_EQ(status_of({"rb", "s3://bucket/key"}), 252);
  EXPECT_EQ(status_of({"mv", "s3://b/k", "s3://b/k"}), 252);
  EXPECT_EQ(status_of({"cp", "-", "s3://b/k", "--recursive"}), 252);
  EXPECT_EQ(status_of({"presign", "s3://bucket"}), 252);
  EXPECT_EQ(status_of({"ls", "arn:aws:s3-object-lambda:us-west-2:1:accesspoint/x"}), 252);
}

class Listed final : public FileSource {
 public:
  explicit Listed(std::vector<std::string> keys) : keys_(std::move(keys)) {}
  Result<std::optional<File>> next() override {
    if (at_ == keys_.size()) return std::optional<File>();
    File file;
    file.key = keys_[at_++];
    file.size = 1;
    file.modified = Instant{};
    return std::optional(std::move(file));
  }

 private:
  std::vector<std::string> keys_;
  std::size_t at_ = 0;
};

std::string steps(std::vector<std::string> source, std::vector<std::string> target, bool remove) {
  Listed from(std::move(source)), to(std::move(target));
  Sync sync(from, to, {.remove_extra = remove});
  std::string out;
  for (;;) {
    auto step = sync.next();
    if (!step || !*step) return out;
    out += ((*step)->remove ? "-" : "+") + (*step)->file.key;
  }
}

TEST(Sync, MergesInOrder) {
  EXPECT_EQ(steps({"a", "b", "c"}, {}, false), "+a+b+c");
  EXPECT_EQ(steps({}, {"a", "b"}, false), "");
  EXPECT_EQ(steps({}, {"a", "b"}, true), "-a-b");
  EXPECT_EQ(steps({"a", "c", "d"}, {"b", "c", "e"}, true), "+a-b+d-e");
  EXPECT_EQ(steps({"a", "c", "d"}, {"b", "c", "e"}, false), "+a+d");
  // A folder's slash sorts below letters: S3's order of keys.
  EXPECT_EQ(steps({"a-b", "a/x", "ab"}, {"a/x"}, false), "+a-b+ab");
}

TEST(Sync, WhatCountsAsChanged) {
  const auto file = [](std::uint64_t size, std::int64_t seconds) {
    File out;
    out.size = size;
    out.modified = Instant::from_seconds(seconds);
    return out;
  };
  const SyncRules up{.direction = Direction::upload}, down{.direction = Direction::download},
      copy{.direction = Direction::copy};
  EXPECT_FALSE(is_changed(file(1, 5), file(1, 5), up));
  EXPECT_TRUE(is_changed(file(1, 5), file(2, 5), up));
  EXPECT_TRUE(is_changed(file(1, 6), file(1, 5), up));
  EXPECT_FALSE(is_changed(file(1, 4), file(1, 5), up));
  EXPECT_TRUE(is_changed(file(1, 6), file(1, 5), copy));
  // From S3 the local file being newer is what counts.
  EXPECT_FALSE(is_changed(file(1, 6), file(1, 5), down));
  EXPECT_TRUE(is_changed(file(1, 4), file(1, 5), down));
  const SyncRules exact{.direction = Direction::download, .exact_timestamps = true};
  EXPECT_TRUE(is_changed(file(1, 6), file(1, 5), exact));
  EXPECT_FALSE(is_changed(file(1, 5), file(1, 5), exact));
  const SyncRules size{.direction = Direction::upload, .size_only = true};
  EXPECT_FALSE(is_changed(file(1, 6), file(1, 5), size));
  EXPECT_TRUE(is_changed(file(2, 5), file(1, 5), size));
}

TEST(Workers, PartsGoBeforeFilesAndAllIsDone) {
  std::atomic<int> done = 0;
  {
    Workers workers(3, 2);
    for (int i = 0; i < 20; ++i) {
      workers.submit([&] { workers.submit_part([&] { ++done; }); });
    }
    workers.wait();
    EXPECT_EQ(done, 20);
    workers.submit([&] { ++done; });
  }
  EXPECT_EQ(done, 21);
}

}  // namespace
}  // namespace rolecall::transfer
