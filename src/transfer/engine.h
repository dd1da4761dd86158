// What the transfers of one command share, and the kinds of them. Each function runs on a worker,
// reports its own outcome, and leaves nothing half done behind.
#pragma once

#include <cerrno>
#include <memory>
#include <string>

#include "base/random.h"
#include "transfer/cancel.h"
#include "transfer/files.h"
#include "transfer/mime.h"
#include "transfer/options.h"
#include "transfer/report.h"
#include "transfer/s3.h"
#include "transfer/sync.h"
#include "transfer/workers.h"

namespace rolecall::transfer {

struct Engine {
  S3& source;  // where objects are read and listed (--source-region)
  S3& target;  // where they are written
  const TransferOptions& options;
  Sizing sizing;
  Report& report;
  Workers& workers;
  Cancel& cancel;
  const MimeTypes& types;
  Random& random;
  bool is_move = false;
};

// Announces a transfer, with both ends as they are printed.
TransferPtr begin_transfer(Engine& engine, Direction direction, const File& file);
void report_dry_run(Engine& engine, Direction direction, const File& file);
// Reports what became of it.
void end_transfer(Engine& engine, Transfer& transfer, const Status& status);

void upload(Engine& engine, const File& file, const TransferPtr& transfer);
void download(Engine& engine, const File& file, const TransferPtr& transfer);
void copy(Engine& engine, const File& file, const TransferPtr& transfer);
void remove_object(Engine& engine, const File& file, const TransferPtr& transfer);
void remove_file(Engine& engine, const File& file, const TransferPtr& transfer);

// "-": the calling thread reads standard input or writes standard output.
void upload_stream(Engine& engine, int from, const std::string& target);
void download_stream(Engine& engine, const std::string& source, int to);

// Deletes the source of a move.
Status remove_source(Engine& engine, Direction direction, const File& file);

// "[Errno 2] No such file or directory: '/a/b'", as Python says it.
Error errno_error(int number, const std::string& path);

}  // namespace rolecall::transfer
