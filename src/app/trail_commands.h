// `rolecall audit`, `rolecall explain`, `rolecall simulate`, `rolecall env`: looking into a running
// dev server, or into a data folder.
#pragma once

#include <string>

#include "app/archive.h"
#include "base/result.h"
#include "door/simulate.h"

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

// What the guard would answer, and why. Exit status: 0 allowed, 1 denied. `master_key`: of a data
// folder; empty: the one in it.
Result<int> run_simulate(const Source& source, const std::string& master_key,
                         const door::Simulation& simulation, bool json);

// Shell exports for a running dev server.
Status run_env(const std::string& endpoint);

}  // namespace rolecall::app
