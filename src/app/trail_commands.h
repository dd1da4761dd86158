// `rolecall audit`, `rolecall explain`, `rolecall env`: looking into a running dev server, or into
// a data folder.
#pragma once

#include <string>

#include "app/archive.h"
#include "base/result.h"

namespace rolecall::app {

// Where to look: a data folder, or the endpoint of a `dev` server.
struct Source {
  std::string data;
  std::string endpoint = "http://127.0.0.1:4566";
};

struct AuditCommand {
  Source source;
  AuditRequest request;
  bool follow = false;
  bool json = false;
};
Status run_audit(const AuditCommand& command);

// Exit status: 0 found, 1 no such decision.
Result<int> run_explain(const Source& source, const std::string& id, bool json);

// Shell exports for a running dev server.
Status run_env(const std::string& endpoint);

}  // namespace rolecall::app
