// What durability and state cost. Prints one line a figure:
//   store_bench            everything but the largest
//   store_bench --large    with 100,000 roles
// Not Google Benchmark: these are runs of seconds against the disk and of memory, not loops.
#include <malloc.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "identity/ids.h"
#include "identity/managed_policies.h"
#include "identity/testing.h"
#include "store/journal.h"
#include "store/master_key.h"
#include "store/store.h"

namespace {

using namespace rolecall;
using identity::Put;
using identity::Role;
using Clock_ = std::chrono::steady_clock;

const AccountId kAccount = AccountId::from_number(111122223333);

double seconds_since(Clock_::time_point start) {
  return std::chrono::duration<double>(Clock_::now() - start).count();
}
double cpu_seconds() {
  struct rusage usage;
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}
std::size_t heap_bytes() { return ::mallinfo2().uordblks + ::mallinfo2().hblkhd; }

// A role as CreateRole and one PutRolePolicy leave it: a trust policy that many share, an inline
// policy of its own.
std::shared_ptr<Role> role(std::size_t n, Random& random, bool own_policy) {
  auto out = std::make_shared<Role>();
  out->name = "service-role-" + std::to_string(1'000'000 + n);
  out->id = identity::make_unique_id(identity::kRoleIdPrefix, random);
  out->arn = "arn:aws:iam::111122223333:role/" + out->name;
  out->trust = identity::make_policy(
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"sts:AssumeRole"}]})",
      policy::Kind::trust);
  if (own_policy) {
    out->grants.inline_policies.push_back(
        {"access",
         identity::make_policy(
             R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::data-)" +
                 std::to_string(n) + R"(/*"}]})",
             policy::Kind::inline_)});
  }
  return out;
}

void writes(const std::string& dir, const identity::SecretSealer& key, const Clock& clock,
            int threads, double duration) {
  auto store = *store::Store::open(dir, key, clock);
  auto random = make_system_random();
  std::atomic<std::uint64_t> done{0}, failed{0};
  std::atomic<bool> stop{false};
  const auto commits = store->counters().commits.load();
  const double cpu = cpu_seconds();
  const auto start = Clock_::now();
  std::vector<std::thread> pool;
  for (int t = 0; t < threads; ++t) {
    pool.emplace_back([&, t] {
      for (std::size_t i = 0; !stop; ++i) {
        const Status status = store->write([&](store::WriteTxn& txn) -> Status {
          auto made = role(static_cast<std::size_t>(t) * 1'000'000 + i, *random, false);
          if (const auto* account = txn.state().account(kAccount);
              account && account->roles.find(made->name)) {
            return ApiError::entity_already_exists(made->name);
          }
          txn.apply({Put<Role>{kAccount, std::move(made)}});
          txn.audit(std::string(900, 'a'));
          return {};
        });
        ++(status ? done : failed);
      }
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(duration));
  stop = true;
  for (auto& thread : pool) thread.join();
  const double took = seconds_since(start);
  const auto n = static_cast<double>(done);
  std::printf(
      "durable writes, %2d threads: %8.0f /s, %5.1f rows per sync, %5.1f us CPU each, %llu "
      "failed\n",
      threads, n / took, n / static_cast<double>(store->counters().commits - commits),
      (cpu_seconds() - cpu) / n * 1e6, static_cast<unsigned long long>(failed));
}

void start_up(const std::string& dir, const identity::SecretSealer& key, const Clock& clock,
              std::size_t roles) {
  auto random = make_system_random();
  {
    auto store = *store::Store::open(dir, key, clock, {.durability = store::Durability::unsynced});
    for (std::size_t at = 0; at < roles;) {
      (void)store->write([&](store::WriteTxn& txn) -> Status {
        identity::Events events;
        for (int i = 0; i < 500 && at < roles; ++i, ++at) {
          events.push_back(Put<Role>{kAccount, role(at, *random, true)});
        }
        txn.apply(events);
        return {};
      });
    }
    (void)store->checkpoint();
  }
  ::malloc_trim(0);
  const std::size_t before = heap_bytes();
  const auto start = Clock_::now();
  auto store = *store::Store::open(dir, key, clock);
  const double took = seconds_since(start);
  const std::size_t after = heap_bytes();
  std::printf("open with %6zu roles: %7.1f ms", roles, took * 1e3);
  if (roles) {
    std::printf(", %5.0f bytes of heap a role, %4.0f bytes of file",
                static_cast<double>(after - before) / static_cast<double>(roles),
                static_cast<double>(std::filesystem::file_size(store->database_path())) /
                    static_cast<double>(roles));
  }
  std::printf("\n");
  if (roles == 0) return;
  const identity::Snapshot now = store->snapshot();
  const identity::Account& account = *now->account(kAccount);
  std::size_t found = 0;
  constexpr std::size_t kLooks = 200'000;
  const auto look = Clock_::now();
  for (std::size_t i = 0; i < kLooks; ++i) {
    char name[32];
    std::snprintf(name, sizeof name, "service-role-%zu", 1'000'000 + i * 7919 % roles);
    found += account.roles.find(name) != nullptr;
  }
  std::printf("  find among %6zu: %5.0f ns (%zu found)\n", roles,
              seconds_since(look) / kLooks * 1e9, found);
  constexpr int kWrites = 2000;
  const auto write = Clock_::now();
  identity::State state = *now;
  for (int i = 0; i < kWrites; ++i) {
    const identity::State published = state;  // as the writer does between commits
    state.apply(
        {Put<Role>{kAccount, role(static_cast<std::size_t>(i) * 31 % roles, *random, false)}});
  }
  std::printf("  apply one put to a published state: %5.2f us\n",
              seconds_since(write) / kWrites * 1e6);
}

void snapshots(const std::string& dir, const identity::SecretSealer& key, const Clock& clock) {
  auto store = *store::Store::open(dir, key, clock, {.durability = store::Durability::unsynced});
  for (const int threads : {1, 2}) {
    std::vector<std::thread> pool;
    constexpr std::size_t kReads = 5'000'000;
    const auto start = Clock_::now();
    for (int t = 0; t < threads; ++t) {
      pool.emplace_back([&] {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < kReads; ++i) sum += store->snapshot()->revision();
        if (sum == 1) std::printf("!");
      });
    }
    for (auto& thread : pool) thread.join();
    std::printf("snapshot(), %d threads: %5.1f ns each\n", threads,
                seconds_since(start) / kReads * 1e9);
  }
  constexpr int kRecords = 100'000;
  const std::string record(900, 'r');
  const auto start = Clock_::now();
  for (int i = 0; i < kRecords; ++i) store->audit_later(record);
  const double later = seconds_since(start);
  (void)store->flush();
  std::printf("audit_later: %5.0f ns each, on disk after %5.0f ns each\n", later / kRecords * 1e9,
              seconds_since(start) / kRecords * 1e9);
  const auto reset = Clock_::now();
  (void)store->reset_to(store->snapshot());
  std::printf("reset: %5.1f ms\n", seconds_since(reset) * 1e3);
}

}  // namespace

int main(int argc, char** argv) {
  const bool large = argc > 1 && std::string_view(argv[1]) == "--large";
  SystemClock clock;
  auto random = make_system_random();
  // Beside the build, not in /tmp: that is often no disk at all.
  const std::string dir = std::filesystem::current_path().string() + "/store_bench.data";
  std::filesystem::remove_all(dir);
  auto key = *store::MasterKey::open_or_create(dir + "/keys/master.key", *random);
  int n = 0;
  const auto fresh = [&] { return dir + "/" + std::to_string(n++); };
  start_up(fresh(), *key, clock, 0);
  start_up(fresh(), *key, clock, 10);
  start_up(fresh(), *key, clock, 20'000);
  if (large) start_up(fresh(), *key, clock, 100'000);
  writes(fresh(), *key, clock, 1, 2);
  writes(fresh(), *key, clock, 16, 4);
  snapshots(fresh(), *key, clock);
  const auto start = Clock_::now();
  (void)identity::find_aws_managed_policy("arn:aws:iam::aws:policy/ReadOnlyAccess")->document();
  std::printf("first AWS managed policy: %5.2f ms\n", seconds_since(start) * 1e3);
  std::filesystem::remove_all(dir);
  return 0;
}
