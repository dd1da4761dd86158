#include "app/trail_commands.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "audit/decision_record.h"
#include "base/encoding.h"
#include "base/json.h"
#include "http/client.h"
#include "store/connections.h"
#include "store/decisions.h"
#include "store/journal.h"
#include "store/master_key.h"

namespace rolecall::app {
namespace {

Result<http::ClientResponse> get(const Source& source, const std::string& path) {
  http::ClientOptions options;
  options.connect_timeout_millis = 3'000;
  http::ClientRequest request;
  std::string_view endpoint = source.endpoint;
  while (endpoint.ends_with('/')) endpoint.remove_suffix(1);
  request.url = std::string(endpoint) + path;
  return http::fetch(request, options);
}

// The database of a data folder, whether a server runs on it or not.
Result<std::string> database_of(const Source& source) {
  std::string path = source.data + "/rolecall.db";
  if (!std::filesystem::exists(path)) return fault("there is no data folder at " + source.data);
  return path;
}

// What an internal endpoint says went wrong.
std::string message_of(const http::ClientResponse& answer) {
  const auto document = json::parse(answer.body);
  const auto message = document ? document->find_text("message") : std::nullopt;
  return message ? std::string(*message) : "the server answered " + std::to_string(answer.status);
}

Result<std::string> fetch_lines(const Source& source, const AuditRequest& request) {
  if (!source.data.empty()) {
    RC_TRY(const std::string path, database_of(source));
    store::Connections connections(path);
    const store::AuditLog log(connections);
    return newest_records(log, request);
  }
  RC_TRY(auto answer, get(source, "/_rolecall/audit?" + format_audit_query(request)));
  if (answer.status != 200) return fault(message_of(answer));
  return std::move(answer.body);
}

void print(const std::string& lines, bool as_json, std::string& after) {
  std::size_t begin = 0;
  while (begin < lines.size()) {
    const std::size_t end = lines.find('\n', begin);
    const std::string_view line = std::string_view(lines).substr(begin, end - begin);
    begin = end + 1;
    const auto document = json::parse(line);
    if (!document) continue;
    const json::Value* record = document->find("record");
    if (const auto position = document->find_text("position")) after = *position;
    if (record == nullptr) continue;
    std::string shown = as_json ? record->dump() : audit::text_line(*record);
    if (!as_json) {
      // The id that `explain` takes.
      const json::Value* extra = record->find("additionalEventData");
      if (const auto id = extra != nullptr ? extra->find_text("decisionId") : std::nullopt) {
        shown.append("  ").append(*id);
      }
    }
    std::printf("%s\n", shown.c_str());
  }
  std::fflush(stdout);
}

}  // namespace

Status run_audit(const AuditCommand& command) {
  AuditRequest request = command.request;
  RC_TRY(const std::string first, fetch_lines(command.source, request));
  print(first, command.json, request.after);
  if (!command.follow) return {};
  if (request.after.empty()) request.after = "0.-1";
  request.limit = 1'000;
  while (true) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    RC_TRY(const std::string more, fetch_lines(command.source, request));
    print(more, command.json, request.after);
  }
}

Result<int> run_explain(const Source& source, const std::string& id, bool json_output) {
  std::string record;
  if (!source.data.empty()) {
    RC_TRY(const std::string path, database_of(source));
    store::Connections connections(path);
    RC_TRY(auto connection, connections.lend());
    RC_TRY(auto found, store::find_decision(*connection, id));
    if (!found) {
      std::fprintf(stderr, "rolecall: no decision `%s` is kept\n", id.c_str());
      return 1;
    }
    record = std::move(*found);
  } else {
    RC_TRY(auto answer, get(source, "/_rolecall/decisions/" + percent_encode(id)));
    if (answer.status == 404) {
      std::fprintf(stderr, "rolecall: no decision `%s` is kept\n", id.c_str());
      return 1;
    }
    if (answer.status != 200) return fault(message_of(answer));
    record = std::move(answer.body);
  }
  if (json_output) {
    std::printf("%.*s\n", static_cast<int>(trim(record).size()), trim(record).data());
    return 0;
  }
  RC_TRY(const std::string text, audit::render_decision(record));
  std::fputs(text.c_str(), stdout);
  return 0;
}

namespace {

// Simulating keeps nothing.
class NoDecisions final : public guard::DecisionSink {
 public:
  void keep(std::string, std::string) override {}
};

Result<guard::Judge::Reasoned> simulate_folder(const Source& source, const std::string& master_key,
                                               const door::Simulation& simulation) {
  RC_TRY(const std::string path, database_of(source));
  const auto random = make_system_random();
  const std::string key = master_key.empty() ? source.data + "/keys/master.key" : master_key;
  RC_TRY(const auto master, store::MasterKey::open(key, *random));
  store::Connections connections(path);
  RC_TRY(auto connection, connections.lend());
  RC_TRY(const auto loaded, store::journal::load(*connection, *master));
  NoDecisions decisions;
  const audit::AuthorizationMessages messages(master->derive("authorization messages"));
  const SystemClock clock;
  return door::simulate(simulation, loaded.state, clock.now(), {decisions, messages, *random});
}

Result<guard::Judge::Reasoned> simulate_at(const Source& source,
                                           const door::Simulation& simulation) {
  RC_TRY(auto answer,
         get(source, "/_rolecall/simulate?" + door::format_simulation_query(simulation)));
  if (answer.status == 400) return ApiError::validation(message_of(answer));
  if (answer.status != 200) return fault(message_of(answer));
  const auto document = json::parse(answer.body, {.depth_max = 64});
  const json::Value* allowed = document ? document->find("allowed") : nullptr;
  const json::Value* record = document ? document->find("record") : nullptr;
  if (allowed == nullptr || record == nullptr) {
    return fault(source.endpoint + " is no Rolecall server");
  }
  return guard::Judge::Reasoned{allowed->as_bool(), record->dump()};
}

}  // namespace

Result<int> run_simulate(const Source& source, const std::string& master_key,
                         const door::Simulation& simulation, bool json_output) {
  RC_TRY(const auto reasoned, source.data.empty()
                                  ? simulate_at(source, simulation)
                                  : simulate_folder(source, master_key, simulation));
  if (json_output) {
    std::printf("%s\n", reasoned.record.c_str());
  } else {
    RC_TRY(const std::string text, audit::render_decision(reasoned.record));
    std::fputs(text.c_str(), stdout);
  }
  return reasoned.allowed ? 0 : 1;
}

Status run_env(const std::string& endpoint) {
  RC_TRY(const auto answer, get(Source{"", endpoint}, "/_rolecall/health"));
  const auto document = json::parse(answer.body);
  if (answer.status != 200 || !document) return fault(endpoint + " is no Rolecall server");
  const auto export_line = [](std::string_view name, std::string_view value) {
    std::string quoted = "'";
    for (const char c : value) {
      if (c == '\'') {
        quoted += "'\\''";
      } else {
        quoted.push_back(c);
      }
    }
    std::printf("export %.*s=%s'\n", static_cast<int>(name.size()), name.data(), quoted.c_str());
  };
  export_line("AWS_ENDPOINT_URL", endpoint);
  if (const auto ca = document->find_text("ca_bundle")) {
    export_line("HTTPS_PROXY", endpoint);
    export_line("AWS_CA_BUNDLE", *ca);
  }
  if (const auto profiles = document->find_text("profiles")) {
    export_line("AWS_CONFIG_FILE", std::string(*profiles) + "/config");
    export_line("AWS_SHARED_CREDENTIALS_FILE", std::string(*profiles) + "/credentials");
  }
  return {};
}

}  // namespace rolecall::app
