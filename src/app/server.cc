#include "app/server.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <thread>
#include <utility>

#include "app/access_log.h"
#include "app/archive.h"
#include "app/certificates.h"
#include "app/footprint.h"
#include "app/metrics.h"
#include "app/profiles.h"
#include "app/start_state.h"
#include "base/json.h"
#include "base/log.h"
#include "door/door.h"
#include "http/server.h"
#include "store/master_key.h"
#include "wire/hosts.h"

namespace rolecall::app {
namespace {

struct Address {
  std::string host;
  std::uint16_t port = 0;
};

Result<Address> parse_listen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  unsigned long port = 0;
  bool good = colon != text.npos && colon + 1 < text.size() && text.size() - colon <= 6 &&
              text.find_first_not_of("0123456789", colon + 1) == text.npos;
  if (good) port = std::stoul(std::string(text.substr(colon + 1)));
  if (!good || port > 65535) {
    return ApiError::validation("--listen wants HOST:PORT, not `" + std::string(text) + "`");
  }
  std::string host(text.substr(0, colon));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  return Address{host, static_cast<std::uint16_t>(port)};
}

std::string key_path(const std::string& data, const std::string& master_key) {
  return master_key.empty() ? data + "/keys/master.key" : master_key;
}

Fault not_initialized(const std::string& data) {
  return fault("`" + data + "` holds no account yet: `rolecall init --data " + data +
               "` makes the first");
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address == "::ffff:127.0.0.1";
}

// The operator's own certificate, for every name.
class OneCertificate final : public http::CertificateSource {
 public:
  explicit OneCertificate(http::CertificatePem pem)
      : pem_(std::make_shared<const http::CertificatePem>(std::move(pem))) {}
  std::shared_ptr<const http::CertificatePem> leaf_for(std::string_view) override { return pem_; }

 private:
  std::shared_ptr<const http::CertificatePem> pem_;
};

class StoreDecisions final : public guard::DecisionSink {
 public:
  explicit StoreDecisions(store::Store& store) : store_(store) {}
  void keep(std::string id, std::string record_json) override {
    store_.put_decision(std::move(id), std::move(record_json));
  }

 private:
  store::Store& store_;
};

class Dev final : public door::DevControls {
 public:
  // `kept`: the folder stays, and what is in it may be dear to somebody.
  Dev(store::Store& store, SystemClock& clock, bool kept, bool reset_allowed)
      : store_(store), clock_(clock), kept_(kept), reset_allowed_(reset_allowed) {}
  void remember() { start_ = store_.snapshot(); }
  Status reset() override {
    if (kept_ && !reset_allowed_) {
      return fault("the state is kept in a folder: start with --allow-reset to allow this");
    }
    RC_CHECK(store_.reset_to(start_, kept_ ? store::Trail::kept : store::Trail::dropped));
    clock_.reset_offset();
    return {};
  }
  Status advance_seconds(std::int64_t seconds) override {
    // Beyond this, dates stop fitting the formats that clients parse (four digits of years).
    constexpr std::int64_t kOffsetSecondsMax = 100LL * 366 * 86'400;
    const std::int64_t offset = clock_.offset_seconds() + seconds;
    if (offset > kOffsetSecondsMax || offset < -kOffsetSecondsMax) {
      return ApiError::validation("the clock moves a hundred years either way at most");
    }
    clock_.advance_seconds(seconds);
    return {};
  }

 private:
  store::Store& store_;
  SystemClock& clock_;
  bool kept_, reset_allowed_;
  identity::Snapshot start_;
};

// Waits for SIGTERM or SIGINT, which every thread has blocked.
int wait_for_signal(const sigset_t& signals) {
  int number = 0;
  // Once whoever waited for the start has been served, its pages go.
  constexpr timespec kAfterStart{1, 0};
  if (number = ::sigtimedwait(&signals, nullptr, &kAfterStart); number > 0) return number;
  drop_start_pages();
  while (sigwait(&signals, &number) != 0) {
  }
  return number;
}

// The usual soft limit of 1,024 is for programs that still use select(); the hard one is ours to
// take. Connections leave a reserve for object files, the database and its readers, so that a flood
// of them fails as connections do and not as calls.
std::size_t connection_limit(std::size_t wanted) {
  constexpr rlim_t kReserve = 256;
  struct rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  if (limit.rlim_cur < limit.rlim_max) {
    const rlim_t before = std::exchange(limit.rlim_cur, limit.rlim_max);
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = before;
  }
  if (limit.rlim_cur == RLIM_INFINITY) return wanted;
  const rlim_t left =
      limit.rlim_cur > 2 * kReserve ? limit.rlim_cur - kReserve : limit.rlim_cur / 2;
  return std::min<std::size_t>(wanted, left);
}

std::string health_details(const std::string& ca_path, const std::string& profiles, Mode mode) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("mode", mode == Mode::dev ? "dev" : "serve");
  if (mode == Mode::dev) {
    w.member("ca_bundle", ca_path);
    if (!profiles.empty()) {
      w.member("profiles", std::filesystem::absolute(profiles).string());
    }
  }
  w.end_object();
  return out.substr(1, out.size() - 2);
}

}  // namespace

Status run_server(const ServerSettings& settings) {
  RC_TRY(const Address address, parse_listen(settings.listen));
  if (settings.mode == Mode::dev && !is_loopback(address.host)) {
    return ApiError::validation(
        "`rolecall dev` listens on loopback only; `rolecall serve` is for networks");
  }
  const StartSettings start{settings.mode == Mode::dev, settings.accounts,
                            settings.org_file,          settings.root_keys,
                            settings.admin_keys,        !settings.write_profiles.empty()};
  RC_CHECK(check_flags(start));
  if (settings.mode == Mode::serve && !std::filesystem::exists(settings.data + "/rolecall.db")) {
    return not_initialized(settings.data);
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);

  SystemClock clock;
  const auto random = make_system_random();

  // State. A temporary folder's key is known to this process only.
  std::unique_ptr<store::MasterKey> master;
  std::unique_ptr<store::Store> store;
  if (settings.data.empty()) {
    master = store::MasterKey::ephemeral(*random);
    RC_TRY(store, store::Store::open_temporary(*master, clock));
  } else {
    const std::string key = key_path(settings.data, settings.master_key);
    RC_TRY(master, settings.mode == Mode::serve ? store::MasterKey::open(key, *random)
                                                : store::MasterKey::open_or_create(key, *random));
    RC_TRY(store, store::Store::open(settings.data, *master, clock));
  }
  const std::string& folder = store->folder();

  RC_TRY(const auto root_profiles, prepare_state(*store, start, clock, *random));
  if (settings.mode == Mode::serve && store->snapshot()->account_ids().empty()) {
    return not_initialized(settings.data);
  }

  const identity::SessionSealer sessions(master->derive("session tokens"));
  const audit::AuthorizationMessages messages(master->derive("authorization messages"));
  RC_TRY(const auto authority,
         LocalAuthority::open(folder, clock, *random,
                              settings.data.empty() ? Synced::no : Synced::yes));

  s3::WorkerPool pool;
  RC_TRY(const auto objects,
         s3::DataPlane::open({store->database_path(), folder + "/objects"}, *store, *random, pool));
  // Jobs refer to `objects` and the store: none may run once those go, however this function ends.
  const std::unique_ptr<s3::WorkerPool, void (*)(s3::WorkerPool*)> stop_pool(
      &pool, [](s3::WorkerPool* running) { running->stop(); });
  StoreDecisions decisions(*store);
  StoreArchive archive(*store);
  Dev dev(*store, clock, !settings.data.empty(), settings.allow_reset);
  dev.remember();

  std::unique_ptr<AccessLog> access_log;
  if (settings.access_log != "off") {
    RC_TRY(access_log, AccessLog::open(settings.access_log.empty() ? folder + "/access.log"
                                                                   : settings.access_log));
  }

  const http::Server* running = nullptr;
  const door::Door* front = nullptr;
  door::Door door(door::DoorParts{.writer = *store,
                                  .decisions = decisions,
                                  .sessions = sessions,
                                  .messages = messages,
                                  .objects = *objects,
                                  .clock = clock,
                                  .random = *random,
                                  .archive = archive,
                                  .last_used = store->last_used(),
                                  .healthy = [&store] { return store->healthy(); },
                                  .dev = settings.mode == Mode::dev ? &dev : nullptr,
                                  .metrics = [&] { return metrics_text(*running, *front, *store); },
                                  .health_details = health_details(
                                      folder + "/ca.pem", settings.write_profiles, settings.mode)});
  front = &door;

  http::ServerOptions options;
  options.address = address.host;
  options.port = address.port;
  options.threads =
      settings.threads != 0 ? settings.threads : std::max(1u, std::thread::hardware_concurrency());
  options.limits.connections = connection_limit(options.limits.connections);
  options.server_name = "Rolecall";
  options.certificates = authority;
  if (!settings.tls_certificate.empty()) {
    RC_TRY(std::string chain, read_whole_file(settings.tls_certificate));
    RC_TRY(std::string key, read_whole_file(settings.tls_key));
    options.certificates = std::make_shared<OneCertificate>(
        http::CertificatePem{std::move(chain), Secret(std::move(key))});
  }
  // A head that cannot be read has no service yet, but an id that the access log knows.
  options.shape_error = [](int status, std::string_view reason, std::string_view request_id) {
    http::Response response{.status = status,
                            .headers = {{"Content-Type", "text/plain"}},
                            .body = std::string(reason) + "\n"};
    if (!request_id.empty()) {
      response.headers.emplace_back("x-amzn-RequestId", request_id);
      response.headers.emplace_back("x-amz-request-id", request_id);
    }
    return response;
  };
  options.tunnel_allowed = [](std::string_view host, std::uint16_t) {
    return wire::is_served_host(host);
  };
  if (access_log) {
    options.on_complete = [&access_log](const http::RequestHead& head,
                                        const http::ServerOptions::Completed& completed) {
      access_log->line(head, completed);
    };
  }
  const bool tls_only = settings.mode == Mode::serve;
  http::Server server(options, clock, *random,
                      [&door, tls_only](const http::RequestHead& head)
                          -> std::variant<std::unique_ptr<http::Exchange>, http::Response> {
                        if (tls_only && !head.tls && !is_loopback(head.peer_address)) {
                          return http::Response{
                              .status = 403, .body = "this server speaks TLS\n", .close = true};
                        }
                        return door.accept(head);
                      });
  running = &server;
  RC_CHECK(server.start());
  const std::string url =
      "http://" +
      (address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]") +
      ":" + std::to_string(server.port());
  if (!settings.write_profiles.empty()) {
    RC_CHECK(
        write_profiles(settings.write_profiles, root_profiles, url, authority->certificate_pem()));
  }
  std::printf("ready %s\n", tls_only ? ("https" + url.substr(4)).c_str() : url.c_str());
  std::fflush(stdout);
  std::move_only_function<void()> sweep = [&objects] {
    if (auto swept = objects->sweep(); !swept)
      log::warning("sweep", {{"why", swept.error().text()}});
  };
  if (!settings.data.empty()) pool.submit(sweep);

  wait_for_signal(signals);
  log::info("stopping", {});
  server.stop();
  server.join();
  pool.stop();
  store->close();
  return {};
}

Status run_init(const std::string& data, const std::string& master_key, const std::string& account,
                const std::string& name) {
  const auto random = make_system_random();
  const SystemClock clock;
  const auto id = AccountId::parse(account);
  if (!account.empty() && !id)
    return ApiError::validation("`" + account + "` is no account number: it has 12 digits");
  RC_TRY(const auto master, store::MasterKey::open_or_create(key_path(data, master_key), *random));
  RC_TRY(const auto store, store::Store::open(data, *master, clock));
  if (!store->snapshot()->account_ids().empty()) {
    return ApiError::validation("`" + data + "` has accounts already; `rolecall serve --data " +
                                data + "` runs it");
  }
  RC_TRY(const auto made, make_first_account(*store, id, name, clock, *random));
  store->close();
  std::printf(
      "account        %s\naccess key     %s\nsecret key     %s\n\nThe secret is not shown again. "
      "Next: rolecall serve --data %s%s\n",
      made.account.text().c_str(), made.access_key_id.c_str(),
      std::string(made.secret_key.reveal()).c_str(), data.c_str(),
      master_key.empty() ? "" : (" --master-key " + master_key).c_str());
  return {};
}

}  // namespace rolecall::app
