#include "transfer/report.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ostream>

#include "base/shown.h"
#include "client/failure.h"
#include "transfer/size_text.h"

namespace rolecall::transfer {
namespace {

// Ten times a second is as often as an eye follows.
constexpr std::int64_t kShowMicros = 100'000;
constexpr std::size_t kBarCells = 30;

std::string location(int descriptor, std::string_view source,
                     const std::optional<std::string>& target) {
  const std::string from = shown_on(descriptor, source);
  return target ? fmt::format("{} to {}", from, shown_on(descriptor, *target)) : from;
}

std::string bar(double part, std::size_t cells) {
  const auto full =
      static_cast<std::size_t>(std::clamp(part, 0.0, 1.0) * static_cast<double>(cells));
  std::string out = " [" + std::string(full, '=');
  if (full < cells) out += '>';
  out.resize(2 + cells, ' ');
  return out + "]";
}

}  // namespace

Report::Report(ReportOptions options, std::ostream& out, std::ostream& err, const Clock& clock)
    : options_(options), out_(out), err_(err), clock_(clock) {}

void Report::dry_run(std::string_view type, std::string_view source,
                     const std::optional<std::string>& target) {
  const std::lock_guard lock(mutex_);
  if (options_.saying == Saying::nothing) return;
  line(out_, fmt::format("(dryrun) {}: {}", type, location(STDOUT_FILENO, source, target)));
}

TransferPtr Report::begin(std::string_view type, std::string source,
                          std::optional<std::string> target, std::optional<std::uint64_t> size) {
  auto out = std::make_shared<Transfer>();
  out->type = type;
  out->source = std::move(source);
  out->target = std::move(target);
  out->size = size;
  const std::lock_guard lock(mutex_);
  if (!started_) started_ = clock_.now();
  ++begun_;
  expected_bytes_ += static_cast<std::int64_t>(size.value_or(0));
  return out;
}

void Report::progress(Transfer& transfer, std::int64_t bytes) {
  transfer.done += bytes;
  const std::lock_guard lock(mutex_);
  moved_bytes_ += bytes;
  if (!transfer.size) expected_bytes_ += bytes;
  show_progress(false);
}

void Report::succeeded(Transfer& transfer) {
  const std::lock_guard lock(mutex_);
  ++ended_;
  if (options_.saying == Saying::everything || options_.saying == Saying::no_progress) {
    line(out_, fmt::format("{}: {}", transfer.type,
                           location(STDOUT_FILENO, transfer.source, transfer.target)));
  }
  show_progress(true);
}

void Report::failed(Transfer& transfer, const Error& error) {
  const std::lock_guard lock(mutex_);
  if (silent_) return;
  ++ended_;
  ++failed_;
  if (transfer.size) lost_bytes_ += static_cast<std::int64_t>(*transfer.size) - transfer.done;
  const bool cancelled = options_.cancel != nullptr && options_.cancel->requested();
  if (options_.saying != Saying::nothing && !cancelled) {
    line(err_, fmt::format("{} failed: {} {}", transfer.type,
                           location(STDERR_FILENO, transfer.source, transfer.target),
                           shown(client::failure_text(error), Lines::kept)));
    // Why is said once: a thousand files fail for one reason.
    const std::string report = client::failure_report(error);
    const std::size_t notes = shown(client::failure_text(error), Lines::kept).size() + 1;
    if (!explained_ && report.size() > notes) {
      explained_ = true;
      line(err_, report.substr(notes, report.size() - notes - 1));
    }
  }
  show_progress(true);
}

void Report::warn(std::string_view message) {
  const std::lock_guard lock(mutex_);
  ++warned_;
  if (options_.saying != Saying::nothing) line(err_, shown(message, Lines::marked));
  show_progress(true);
}

void Report::fatal(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (silent_) return;
  ++errors_;
  if (options_.saying != Saying::nothing) {
    std::string text = "fatal error: " + client::failure_report(error);
    text.pop_back();
    line(err_, std::move(text));
  }
  silent_ = true;
}

void Report::cancelled() {
  const std::lock_guard lock(mutex_);
  if (silent_) return;
  ++errors_;
  if (options_.saying != Saying::nothing) line(err_, "cancelled: ctrl-c received");
  silent_ = true;
}

void Report::complete() {
  const std::lock_guard lock(mutex_);
  all_begun_ = true;
  if (is_final_and_done()) clear_progress();
}

int Report::status() const {
  const std::lock_guard lock(mutex_);
  if (failed_ + errors_ > 0) return 1;
  return warned_ > 0 ? 2 : 0;
}

void Report::line(std::ostream& to, std::string text) {
  if (silent_) return;
  clear_progress();
  to << text << '\n';
  to.flush();
}

void Report::clear_progress() {
  if (shown_length_ == 0) return;
  out_ << '\r' << std::string(shown_length_, ' ') << '\r';
  out_.flush();
  shown_length_ = 0;
}

std::string Report::progress_line() const {
  const auto estimated = [this](std::string text) { return all_begun_ ? text : "~" + text; };
  const std::string left = estimated(std::to_string(begun_ - ended_)) + " file(s) remaining";
  std::string out;
  double part = 0;
  if (expected_bytes_ > 0) {
    const auto completed = static_cast<double>(moved_bytes_ + lost_bytes_);
    const auto expected = static_cast<double>(expected_bytes_);
    const double seconds =
        static_cast<double>(clock_.now().micros - started_.value_or(clock_.now()).micros) / 1e6;
    const double speed = seconds > 0 ? static_cast<double>(moved_bytes_) / seconds : 0;
    out = fmt::format("Completed {}/{} ({}/s) with {}", human_size(completed),
                      estimated(human_size(expected)), human_size(speed), left);
    part = completed / expected;
  } else {
    out = fmt::format("Completed {} file(s) with {}", ended_, left);
    part = begun_ == 0 ? 0 : static_cast<double>(ended_) / static_cast<double>(begun_);
  }
  if (!all_begun_) out += " (calculating...)";
  // The bar takes what room there is; the last column stays free, or the terminal breaks the line.
  const std::size_t frame = 3, room = options_.columns > 0 ? options_.columns - 1 : 0;
  if (out.size() + frame + 5 <= room) {
    out += bar(part, std::min(kBarCells, room - out.size() - frame));
  }
  return out.substr(0, room);
}

void Report::show_progress(bool now) {
  if (options_.saying != Saying::everything || options_.columns == 0 || silent_) return;
  if (is_final_and_done()) {
    clear_progress();
    return;
  }
  const Instant at = clock_.now();
  if (!now && shown_ && at.micros - shown_->micros < kShowMicros) return;
  shown_ = at;
  std::string text = progress_line();
  const std::size_t length = text.size();
  if (length < shown_length_) text.append(shown_length_ - length, ' ');
  out_ << '\r' << text;
  out_.flush();
  shown_length_ = length;
}

std::string skip_warning(std::string_view path, std::string_view why) {
  return fmt::format("warning: Skipping file {}. {}", path, why);
}

}  // namespace rolecall::transfer
