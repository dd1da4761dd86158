#include "transfer/engine.h"

#include <unistd.h>

#include <cstring>

#include "client/failure.h"

namespace rolecall::transfer {
namespace {

std::string s3_label(const std::string& path) { return std::string(kScheme) + path; }

std::string source_label(Direction direction, const File& file) {
  const bool local = direction == Direction::upload || !file.on_s3;
  return local ? relative_path(file.path) : s3_label(file.path);
}

std::optional<std::string> target_label(Direction direction, const File& file) {
  if (direction == Direction::remove) return std::nullopt;
  return direction == Direction::download ? relative_path(file.target) : s3_label(file.target);
}

std::string_view type_of(const Engine& engine, Direction direction) {
  return engine.is_move ? "move" : direction_name(direction);
}

}  // namespace

TransferPtr begin_transfer(Engine& engine, Direction direction, const File& file) {
  // What a deletion removes moves no bytes.
  const auto size = direction == Direction::remove ? std::nullopt : file.size;
  return engine.report.begin(type_of(engine, direction), source_label(direction, file),
                             target_label(direction, file), size);
}

void report_dry_run(Engine& engine, Direction direction, const File& file) {
  engine.report.dry_run(type_of(engine, direction), source_label(direction, file),
                        target_label(direction, file));
}

void end_transfer(Engine& engine, Transfer& transfer, const Status& status) {
  if (status) {
    engine.report.succeeded(transfer);
  } else {
    engine.report.failed(transfer, status.error());
  }
}

void remove_object(Engine& engine, const File& file, const TransferPtr& transfer) {
  const S3Path path = split_s3_path(file.path);
  s3::DeleteObjectInput in;
  in.bucket = path.bucket;
  in.key = path.key;
  in.request_payer = engine.options.request_payer;
  auto done = engine.target.call(in);
  end_transfer(engine, *transfer, done ? Status() : Status(done.error()));
}

void remove_file(Engine& engine, const File& file, const TransferPtr& transfer) {
  Status status;
  if (::unlink(file.path.c_str()) != 0) status = errno_error(errno, file.path);
  end_transfer(engine, *transfer, status);
}

Status remove_source(Engine& engine, Direction direction, const File& file) {
  if (direction == Direction::upload) {
    if (::unlink(file.path.c_str()) != 0) return errno_error(errno, file.path);
    return {};
  }
  const S3Path path = split_s3_path(file.path);
  s3::DeleteObjectInput in;
  in.bucket = path.bucket;
  in.key = path.key;
  in.request_payer = engine.options.request_payer;
  auto done = engine.source.call(in);
  if (!done) return std::move(done).error();
  return {};
}

Error errno_error(int number, const std::string& path) {
  return client::general_failure("[Errno " + std::to_string(number) + "] " + std::strerror(number) +
                                 ": '" + path + "'");
}

}  // namespace rolecall::transfer
