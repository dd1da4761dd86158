// `s3 cp`, `mv`, `rm` and `sync`: both ends are named, what is at the source is listed, and each
// file that is wanted goes to the workers.
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ostream>

#include "base/files.h"
#include "client/failure.h"
#include "transfer/commands.h"
#include "transfer/engine.h"
#include "transfer/parts.h"
#include "transfer/size_text.h"

namespace rolecall::transfer {
namespace {

constexpr unsigned kColumnsOtherwise = 80;

struct Job {
  Command command;
  TransferOptions options;
  std::string source, target;  // as given; rm: twice the same
  Direction direction = Direction::upload;
  bool is_stream = false;
};

bool is_there(const std::string& path) {
  struct stat about{};
  return ::stat(path.c_str(), &about) == 0;
}

// A bucket alone is written with its slash.
std::string with_slash(std::string path) {
  if (is_s3(path) && path.find('/', kScheme.size()) == path.npos) path += '/';
  return path;
}

Error wrong_types(Command command, std::string_view name) {
  return client::usage_failure("usage: rolecall s3 " + std::string(name) + " " +
                               std::string(usage_of(command)) + "\nError: Invalid argument type");
}

Status set_direction(Job& job) {
  const bool from = is_s3(job.source), to = is_s3(job.target);
  if (job.command == Command::rm) {
    if (!from) return wrong_types(job.command, "rm");
    job.direction = Direction::remove;
    return {};
  }
  if (!from && !to) {
    return wrong_types(job.command, job.command == Command::cp   ? "cp"
                                    : job.command == Command::mv ? "mv"
                                                                 : "sync");
  }
  job.direction = from && to ? Direction::copy : from ? Direction::download : Direction::upload;
  return {};
}

Status check_stream(Job& job) {
  if (job.source != "-" && job.target != "-") return {};
  if (job.command != Command::cp || job.options.recursive) {
    return client::usage_failure(
        "Streaming currently is only compatible with non-recursive cp commands");
  }
  job.is_stream = true;
  return {};
}

bool is_same_object(const std::string& source, const std::string& target) {
  if (source == target) return true;
  return target.ends_with('/') && source == target + source.substr(source.rfind('/') + 1);
}

Status check_paths(const Job& job) {
  if (job.command == Command::mv && job.direction == Direction::copy &&
      is_same_object(job.source, job.target)) {
    return client::usage_failure("Cannot mv a file onto itself: '" + job.source + "' - '" +
                                 job.target + "'");
  }
  if (job.direction == Direction::upload && !job.is_stream && !is_there(job.source)) {
    return client::general_failure("The user-provided path " + job.source + " does not exist.");
  }
  if (job.options.source_customer_key && job.direction != Direction::copy) {
    return client::usage_failure("--sse-c-copy-source is only supported for copy operations.");
  }
  if (job.direction == Direction::download && job.options.recursive && !is_there(job.target)) {
    std::string folder = absolute_path(job.target);
    for (std::size_t slash = folder.find('/', 1);; slash = folder.find('/', slash + 1)) {
      const std::string part = folder.substr(0, slash);
      if (::mkdir(part.c_str(), 0777) != 0 && errno != EEXIST) return errno_error(errno, part);
      if (slash == folder.npos) break;
    }
  }
  return {};
}

Result<Job> make_job(Command command, const Parsed& parsed) {
  Job job{command, {}, with_slash(parsed.paths.front()), with_slash(parsed.paths.back())};
  RC_TRY(job.options, read_options(parsed));
  if (command == Command::sync) job.options.recursive = true;
  RC_CHECK(set_direction(job));
  RC_CHECK(check_stream(job));
  RC_CHECK(check_paths(job));
  return job;
}

std::size_t terminal_columns() {
  if (::isatty(STDOUT_FILENO) == 0) return 0;
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : kColumnsOtherwise;
}

Saying saying_of(const Job& job) {
  if (job.options.quiet) return Saying::nothing;
  if (job.options.only_show_errors || job.is_stream) return Saying::errors_only;
  return job.options.progress && job.command != Command::rm ? Saying::everything
                                                            : Saying::no_progress;
}

class FilteredSource final : public FileSource {
 public:
  FilteredSource(std::unique_ptr<FileSource> from, const Filter& filter)
      : from_(std::move(from)), filter_(filter) {}
  Result<std::optional<File>> next() override {
    for (;;) {
      RC_TRY(auto file, from_->next());
      if (!file || filter_.includes(file->path)) return file;
    }
  }

 private:
  std::unique_ptr<FileSource> from_;
  const Filter& filter_;
};

bool is_in_glacier(const File& file) {
  return (file.storage_class == "GLACIER" || file.storage_class == "DEEP_ARCHIVE") &&
         file.restore.find("ongoing-request=\"false\"") == std::string::npos;
}

// What must not or cannot be moved is warned about and left out.
bool is_skipped(Engine& engine, Direction direction, const File& file) {
  if (direction == Direction::upload && file.size.value_or(0) > kObjectBytesMax) {
    const std::string path = relative_path(file.path);
    engine.report.warn("warning: File " + path + " exceeds s3 upload limit of " +
                       human_size(static_cast<double>(kObjectBytesMax)) + ".");
  }
  const bool reads = direction == Direction::download || direction == Direction::copy;
  if (reads && !engine.options.force_glacier && is_in_glacier(file)) {
    if (!engine.options.ignore_glacier_warnings) {
      const std::string name(direction_name(direction));
      engine.report.warn(skip_warning(
          std::string(kScheme) + file.path,
          "Object is of storage class GLACIER. Unable to perform " + name +
              " operations on GLACIER objects. You must restore the object to be able to perform "
              "the operation. See aws s3 " +
              name + " help for additional parameter options to ignore or force these transfers."));
    }
    return true;
  }
  // SAFETY: names in a bucket are anybody's.
  if (direction == Direction::download && leads_outside(file.key)) {
    engine.report.warn(skip_warning(file.key, "File references a parent directory."));
    return true;
  }
  return false;
}

void submit(Engine& engine, Direction direction, File file) {
  if (is_skipped(engine, direction, file)) return;
  if (engine.options.dry_run) return report_dry_run(engine, direction, file);
  TransferPtr transfer = begin_transfer(engine, direction, file);
  // Local deletions are quicker than handing them over.
  if (direction == Direction::remove && !file.on_s3) return remove_file(engine, file, transfer);
  engine.workers.submit([&engine, direction, file = std::move(file), transfer] {
    if (engine.cancel.requested()) {
      return end_transfer(engine, *transfer, client::general_failure("cancelled"));
    }
    switch (direction) {
      case Direction::upload:
        return upload(engine, file, transfer);
      case Direction::download:
        return download(engine, file, transfer);
      case Direction::copy:
        return copy(engine, file, transfer);
      case Direction::remove:
        return remove_object(engine, file, transfer);
    }
  });
}

std::unique_ptr<FileSource> source_for(Engine& engine, const Job& job, const Ends& ends, S3& s3,
                                       const Filter& filter) {
  std::unique_ptr<FileSource> out;
  if (ends.source.s3) {
    ObjectSourceOptions options;
    options.for_deletion = job.direction == Direction::remove;
    options.page_size = job.options.page_size;
    options.request_payer = job.options.request_payer;
    options.key = job.direction == Direction::copy ? job.options.source_customer_key
                                                   : job.options.customer_key;
    out = make_object_source(ends, s3, std::move(options));
  } else {
    out = make_local_source(ends, job.options.follow_symlinks,
                            [&engine](const std::string& message) { engine.report.warn(message); });
  }
  if (filter.empty()) return out;
  return std::make_unique<FilteredSource>(std::move(out), filter);
}

Status submit_all(Engine& engine, const Job& job) {
  const Filter filter(job.options.filters, filter_root(job.source, job.options.recursive),
                      filter_root(job.target, job.options.recursive));
  const Ends ends = make_ends(job.source, job.target, job.options.recursive);
  const auto source = source_for(engine, job, ends, engine.source, filter);
  if (job.command != Command::sync) {
    while (!engine.cancel.requested()) {
      RC_TRY(auto file, source->next());
      if (!file) return {};
      submit(engine, job.direction, std::move(*file));
    }
    return {};
  }
  const Ends back = make_ends(job.target, job.source, true);
  const auto target = source_for(engine, job, back, engine.target, filter);
  Sync sync(*source, *target,
            {job.direction, job.options.size_only, job.options.exact_timestamps,
             job.options.remove_extra});
  while (!engine.cancel.requested()) {
    RC_TRY(auto step, sync.next());
    if (!step) return {};
    submit(engine, step->remove ? Direction::remove : job.direction, std::move(step->file));
  }
  return {};
}

Status stream(Engine& engine, const Job& job) {
  const Ends ends = make_ends(job.source, job.target, false);
  if (job.direction == Direction::upload) {
    const std::string target = name_at_target(ends, ends.source.path).target;
    if (engine.options.dry_run) {
      engine.report.dry_run("upload", "-", std::string(kScheme) + target);
    } else {
      upload_stream(engine, STDIN_FILENO, target);
    }
  } else if (job.direction == Direction::download && job.target == "-") {
    if (engine.options.dry_run) {
      engine.report.dry_run("download", std::string(kScheme) + ends.source.path, "-");
    } else {
      download_stream(engine, ends.source.path, STDOUT_FILENO);
    }
  }
  return {};
}

}  // namespace

Result<int> run_transfer(Command command, const Parsed& parsed, client::Console& console) {
  RC_TRY(const Job job, make_job(command, parsed));
  client::Session session(parsed.global, console.environment, console.clock, console.random);
  RC_TRY(const Sizing sizing, read_sizing(session));
  http::ConnectionPool pool;
  // Reading the machine's table takes a millisecond: only for who needs it.
  const MimeTypes types =
      job.direction == Direction::upload ? MimeTypes::of_machine() : MimeTypes::of({});
  Cancel cancel;
  RC_TRY(const auto target,
         S3::open(session, pool, {.sign = parsed.sign, .cancel_fd = cancel.fd()}));
  std::unique_ptr<S3> other;
  if (job.options.source_region && job.direction == Direction::copy) {
    RC_TRY(other, S3::open(session, pool,
                           {.region = job.options.source_region,
                            .sign = parsed.sign,
                            .cancel_fd = cancel.fd()}));
  }
  Report report({saying_of(job), terminal_columns(), &cancel}, console.out, console.err,
                console.clock);
  {
    Workers workers(sizing.workers, sizing.queue);
    Engine engine{other ? *other : *target,
                  *target,
                  job.options,
                  sizing,
                  report,
                  workers,
                  cancel,
                  types,
                  console.random,
                  command == Command::mv};
    const Status status = job.is_stream ? stream(engine, job) : submit_all(engine, job);
    report.complete();
    workers.wait();
    if (cancel.requested()) {
      report.cancelled();
    } else if (!status) {
      report.fatal(status.error());
    }
  }
  if (const int status = cancel.take_status(); status != 0) return status;
  return report.status();
}

}  // namespace rolecall::transfer
