// What a command says while it runs: a line for each file, failures and warnings, and on a terminal
// one line of progress with a bar. Lines are the AWS CLI's.
#pragma once

#include <atomic>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "transfer/cancel.h"

namespace rolecall::transfer {

// One file on its way. Made by Report::begin; shared by the workers that move its parts.
struct Transfer {
  std::string type;                   // "upload"
  std::string source;                 // as printed
  std::optional<std::string> target;  // as printed; none for deletions
  std::optional<std::uint64_t> size;
  std::atomic<std::int64_t> done = 0;
};
using TransferPtr = std::shared_ptr<Transfer>;

enum class Saying { everything, no_progress, errors_only, nothing };

struct ReportOptions {
  Saying saying = Saying::everything;
  // Columns of the terminal that `out` is; 0: no terminal, and so no progress.
  std::size_t columns = 0;
  // Once it was requested, failures are its consequences and not told. May be null.
  const Cancel* cancel = nullptr;
};

// Any thread may call anything.
class Report {
 public:
  Report(ReportOptions options, std::ostream& out, std::ostream& err, const Clock& clock);

  void dry_run(std::string_view type, std::string_view source,
               const std::optional<std::string>& target);
  TransferPtr begin(std::string_view type, std::string source, std::optional<std::string> target,
                    std::optional<std::uint64_t> size);
  // Bytes moved; negative when an attempt starts over.
  void progress(Transfer& transfer, std::int64_t bytes);
  void succeeded(Transfer& transfer);
  void failed(Transfer& transfer, const Error& error);
  void warn(std::string_view message);
  // The command as a whole cannot go on; nothing more is printed after it.
  void fatal(const Error& error);
  void cancelled();
  // Nothing more will begin.
  void complete();

  // 1 when something failed, else 2 when something was skipped, else 0.
  int status() const;

 private:
  void line(std::ostream& to, std::string text);
  void show_progress(bool now);
  std::string progress_line() const;
  bool is_final_and_done() const { return all_begun_ && ended_ == begun_; }
  void clear_progress();

  const ReportOptions options_;
  std::ostream& out_;
  std::ostream& err_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::size_t begun_ = 0, ended_ = 0, failed_ = 0, warned_ = 0, errors_ = 0;
  std::int64_t expected_bytes_ = 0, moved_bytes_ = 0, lost_bytes_ = 0;
  std::optional<Instant> started_, shown_;
  std::size_t shown_length_ = 0;
  bool all_begun_ = false, silent_ = false, explained_ = false;
};

// "warning: Skipping file PATH. WHY" or "warning: WHY".
std::string skip_warning(std::string_view path, std::string_view why);

}  // namespace rolecall::transfer
