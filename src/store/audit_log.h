// Audit records in the store: appended in batches by the writer, read in either direction.
#pragma once

#include <compare>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/connections.h"

namespace rolecall::store {

// One record's place; grows with every record, also over restarts.
struct AuditPosition {
  std::int64_t segment = 0;
  std::int64_t index = -1;
  auto operator<=>(const AuditPosition&) const = default;
};

enum class AuditOrder { oldest_first, newest_first };

struct AuditQuery {
  AuditOrder order = AuditOrder::newest_first;
  AuditPosition after = {};  // oldest_first: only what comes after it
  // Only segments written within; a record's own time may be a second earlier than its segment's.
  Instant from = {std::numeric_limits<std::int64_t>::min()};
  Instant to = {std::numeric_limits<std::int64_t>::max()};
};

// Given each record (CloudTrail JSON, one line) and its place; false ends the walk.
using AuditVisitor = std::function<bool(std::string_view record, AuditPosition at)>;

// Any thread. Sees what is durable.
class AuditLog {
 public:
  explicit AuditLog(Connections& connections) : connections_(connections) {}
  //   log.read({.order = AuditOrder::newest_first}, [&](auto record, auto) { … return true; });
  Status read(const AuditQuery& query, const AuditVisitor& visit) const;
  // The last record's place: where to begin following.
  Result<AuditPosition> end() const;
  // True: something newer than `after` is there. False: nothing came within the time (looks a few
  // times a second, so that another process may follow too).
  Result<bool> wait(AuditPosition after, int timeout_millis) const;

 private:
  Connections& connections_;
};

// Records on their way, each a line of one text: a record costs no memory of its own.
class AuditLines {
 public:
  void add(std::string_view record);
  void add_all(const AuditLines& later);
  bool empty() const { return text_.empty(); }
  std::size_t bytes() const { return text_.size(); }
  std::size_t count() const { return count_; }
  std::string_view text() const { return text_; }
  // Lets the older half go; how many records that was.
  std::size_t drop_older_half();
  // Keeps the memory for the records to come.
  void clear();

 private:
  std::string text_;
  std::size_t count_ = 0;
};

// For the writer, inside its transaction: all of `records`, in order.
Status append_audit(Db& db, const AuditLines& records, Instant first_at, Instant last_at);

}  // namespace rolecall::store
