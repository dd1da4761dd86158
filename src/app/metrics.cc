#include "app/metrics.h"

#include <unistd.h>

#include <cstdio>

namespace rolecall::app {
namespace {

void add(std::string& out, std::string_view name, std::string_view type, std::string_view help,
         std::int64_t value) {
  out.append("# HELP rolecall_").append(name).append(" ").append(help).append("\n# TYPE rolecall_");
  out.append(name).append(" ").append(type).append("\nrolecall_").append(name).append(" ");
  out.append(std::to_string(value)).append("\n");
}

std::int64_t resident_bytes() {
  long pages = 0, resident = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "re")) {
    if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * ::sysconf(_SC_PAGESIZE);
}

}  // namespace

std::string metrics_text(const http::Server& server, const door::Door& door,
                         const store::Store& store) {
  const http::ServerStats http = server.stats();
  const store::CommitCounters& commits = store.counters();
  const door::DoorCounters& calls = door.counters();
  const auto number = [](const auto& value) { return static_cast<std::int64_t>(value); };
  std::string out;
  add(out, "http_connections_open", "gauge", "connections open now", http.connections_open);
  add(out, "http_connections_total", "counter", "connections accepted",
      number(http.connections_total));
  add(out, "http_connections_refused_total", "counter", "connections over the limit",
      number(http.connections_refused));
  add(out, "http_requests_total", "counter", "requests read", number(http.requests));
  add(out, "http_received_bytes_total", "counter", "bytes received", number(http.bytes_received));
  add(out, "http_sent_bytes_total", "counter", "bytes sent", number(http.bytes_sent));
  add(out, "http_timeouts_total", "counter", "connections that took too long",
      number(http.timeouts));
  add(out, "tls_handshakes_total", "counter", "TLS handshakes", number(http.tls_handshakes));
  add(out, "tls_failures_total", "counter", "TLS handshakes that failed",
      number(http.tls_failures));
  out.append(
      "# HELP rolecall_http_responses_total answers by status\n# TYPE "
      "rolecall_http_responses_total counter\n");
  for (std::size_t status = 100; status < http.by_status.size(); ++status) {
    if (http.by_status[status] == 0) continue;
    out.append("rolecall_http_responses_total{code=\"")
        .append(std::to_string(status))
        .append("\"} ");
    out.append(std::to_string(http.by_status[status])).append("\n");
  }
  add(out, "api_calls_total", "counter", "calls to a service", number(calls.requests.load()));
  add(out, "api_refusals_total", "counter", "calls answered with an error of the caller's",
      number(calls.refused.load()));
  add(out, "api_unauthenticated_total", "counter", "calls whose signature proved nobody",
      number(calls.unauthenticated.load()));
  add(out, "api_faults_total", "counter", "calls that failed inside", number(calls.faults.load()));
  add(out, "commits_total", "counter", "durable transactions", number(commits.commits.load()));
  add(out, "writes_total", "counter", "writes in them", number(commits.writes.load()));
  add(out, "commit_failures_total", "counter", "transactions that failed",
      number(commits.failures.load()));
  add(out, "audit_records_total", "counter", "audit records written",
      number(commits.audit_records.load()));
  add(out, "audit_dropped_total", "counter", "audit records lost",
      number(commits.audit_dropped.load()));
  add(out, "healthy", "gauge", "1 while the disk takes writes", store.healthy() ? 1 : 0);
  add(out, "resident_memory_bytes", "gauge", "memory held", resident_bytes());
  return out;
}

}  // namespace rolecall::app
