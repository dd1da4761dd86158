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

// For the writer, inside its transaction: all of `records`, in order.
struct AuditBatch {
  std::vector<std::string> records;
  Instant first_at, last_at;
};
Status append_audit(Db& db, const AuditBatch& batch);

}  // namespace rolecall::store
