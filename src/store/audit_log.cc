#include "store/audit_log.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "store/packing.h"

namespace rolecall::store {
namespace {

// A row of about this much text: large enough to pack well, small enough to unpack for one record.
constexpr std::size_t kSegmentBytes = 512 * 1024;
constexpr int kFollowMillis = 200;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

void AuditLines::add(std::string_view record) {
  const std::size_t begin = text_.size();
  text_.append(record);
  // A record is one line: JSON has no line break that is not escaped or mere layout.
  for (std::size_t at = text_.find('\n', begin); at != text_.npos; at = text_.find('\n', at)) {
    text_[at] = ' ';
  }
  text_.push_back('\n');
  ++count_;
}

void AuditLines::add_all(const AuditLines& later) {
  text_.append(later.text_);
  count_ += later.count_;
}

std::size_t AuditLines::drop_older_half() {
  const std::size_t end = text_.find('\n', text_.size() / 2);
  if (end == text_.npos) return 0;
  const auto gone = static_cast<std::size_t>(
      std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(end) + 1, '\n'));
  text_.erase(0, end + 1);
  count_ -= gone;
  return gone;
}

void AuditLines::clear() {
  text_.clear();
  count_ = 0;
}

Status append_audit(Db& db, const AuditLines& records, Instant first_at, Instant last_at) {
  std::string_view text = records.text();
  while (!text.empty()) {
    const std::size_t end = text.find('\n', std::min(kSegmentBytes, text.size()) - 1);
    const std::string_view segment = text.substr(0, end + 1);
    text.remove_prefix(segment.size());
    const Packed packed = pack(segment);
    RC_CHECK(db.query("INSERT INTO audit(first_at, last_at, records, raw_bytes, lines) "
                      "VALUES(?1, ?2, ?3, ?4, ?5)")
                 .bind(1, first_at.micros)
                 .bind(2, last_at.micros)
                 .bind(3, std::count(segment.begin(), segment.end(), '\n'))
                 .bind(4, static_cast<std::int64_t>(packed.raw_bytes))
                 .bind_blob_view(5, packed.bytes)
                 .run());
  }
  return {};
}

Status AuditLog::read(const AuditQuery& query, const AuditVisitor& visit) const {
  RC_TRY(const Connections::Lease db, connections_.lend());
  const bool forward = query.order == AuditOrder::oldest_first;
  // One row at a time, so that a slow visitor holds no view of the file open.
  std::int64_t next = forward ? query.after.segment : std::numeric_limits<std::int64_t>::max();
  for (;;) {
    std::string text;
    std::int64_t segment = 0;
    {
      Query q =
          db->query(forward ? "SELECT segment, raw_bytes, lines FROM audit WHERE segment>=?1 "
                              "AND last_at>=?2 AND first_at<=?3 ORDER BY segment LIMIT 1"
                            : "SELECT segment, raw_bytes, lines FROM audit WHERE segment<=?1 "
                              "AND last_at>=?2 AND first_at<=?3 ORDER BY segment DESC LIMIT 1");
      q.bind(1, next).bind(2, query.from.micros).bind(3, query.to.micros);
      RC_TRY(const bool row, q.step());
      if (!row) return {};
      segment = q.integer(0);
      RC_TRY(text, unpack(q.text(2), static_cast<std::size_t>(q.integer(1))));
    }
    const std::vector<std::string_view> lines = lines_of(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::size_t index = forward ? i : lines.size() - 1 - i;
      const AuditPosition at{segment, static_cast<std::int64_t>(index)};
      if (forward && at <= query.after) continue;
      if (!visit(lines[index], at)) return {};
    }
    next = forward ? segment + 1 : segment - 1;
  }
}

Result<AuditPosition> AuditLog::end() const {
  RC_TRY(const Connections::Lease db, connections_.lend());
  Query q = db->query("SELECT segment, records FROM audit ORDER BY segment DESC LIMIT 1");
  RC_TRY(const bool row, q.step());
  if (!row) return AuditPosition{};
  return AuditPosition{q.integer(0), q.integer(1) - 1};
}

Result<bool> AuditLog::wait(AuditPosition after, int timeout_millis) const {
  for (int waited = 0;; waited += kFollowMillis) {
    RC_TRY(const AuditPosition newest, end());
    if (newest > after) return true;
    if (waited >= timeout_millis) return false;
    std::this_thread::sleep_for(
        std::chrono::milliseconds(std::min(kFollowMillis, timeout_millis - waited)));
  }
}

}  // namespace rolecall::store
