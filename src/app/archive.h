// The store's decisions and trail, as the door's internal endpoints and the commands read them.
#pragma once

#include "audit/reader.h"
#include "door/door.h"
#include "store/store.h"

namespace rolecall::app {

// Filters of `rolecall audit`, as options and as query parameters: account, event, user, error,
// resource, since, until, limit. An ApiError names what is wrong.
struct AuditRequest {
  audit::Filter filter;
  std::size_t limit = 50;
  std::string after;  // a position from an earlier answer; empty: the newest `limit`
};
Result<AuditRequest> parse_audit_query(std::string_view query);
std::string format_audit_query(const AuditRequest& request);

class StoreArchive final : public door::Archive {
 public:
  explicit StoreArchive(store::Store& store) : store_(store) {}
  std::optional<std::string> decision(std::string_view id) override;
  Result<std::string> audit_lines(std::string_view query) override;

 private:
  store::Store& store_;
};

// The newest `limit` matching records, oldest first, each a line.
Result<std::string> newest_records(const store::AuditLog& log, const AuditRequest& request);

}  // namespace rolecall::app
