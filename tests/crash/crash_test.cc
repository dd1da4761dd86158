// Kills a writing process with SIGKILL at random moments, many rounds, and looks at what is left:
//   crash_test [SECONDS [SEED]]
//
// In each round a child opens the store and writes from several threads: a role, an object row and
// an audit record per write. Every write that was acknowledged is told to the parent through a pipe
// (a pipe survives its writer). After the kill the parent opens the store and checks that
//   - every acknowledged write is there: role, object row, audit record;
//   - no half write is: a role without its row or record, or the other way round;
//   - revisions have no gap, and the same writes are there after a second opening.
// SIGKILL loses nothing that reached the kernel: what a power cut would lose is SQLite's
// synchronous=FULL, which this test cannot show. Every few rounds the child may write only so much
// (RLIMIT_FSIZE), so that SQLite's own writes fail in every place they can; then refused writes
// must leave nothing behind, in memory or on disk.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <thread>

#include "base/log.h"
#include "store/master_key.h"
#include "store/objects.h"
#include "store/store.h"

namespace {

using namespace rolecall;
using identity::Put;
using identity::Role;

const AccountId kAccount = AccountId::from_number(111122223333);
constexpr int kThreads = 8;

[[noreturn]] void die(const std::string& what) {
  std::fputs((what + "\n").c_str(), stderr);
  std::_Exit(1);
}

store::StoreOptions options() {
  store::StoreOptions out;
  out.checkpoint_rows = 300;  // often, so that kills meet checkpoints too
  out.checkpoint_rows_at_close = 1;
  return out;
}

std::unique_ptr<store::Store> open_store(const std::string& dir, const store::MasterKey& key,
                                         const Clock& clock) {
  auto opened = store::Store::open(dir, key, clock, options());
  if (!opened) die("open: " + opened.error().text());
  return std::move(*opened);
}

std::string padding(std::uint64_t n) { return std::string(n % 5000, 'p'); }

Status write_one(store::Store& store, const std::string& name, std::uint64_t n) {
  return store.write([&](store::WriteTxn& txn) -> Status {
    auto role = std::make_shared<Role>();
    role->name = name;
    role->id = "AROA" + name;
    role->description = padding(n);
    txn.apply({Put<Role>{kAccount, role}});
    store::ObjectRow row;
    row.key = name;
    store::ObjectTxn::Freed freed;
    RC_CHECK(txn.objects().put("bucket", row, {.inlined = padding(n * 7)}, freed));
    txn.audit("{\"name\":\"" + name + "\"}");
    // Now and then a job refuses after all its work.
    if (n % 13 == 0) return ApiError::limit_exceeded("enough");
    return {};
  });
}

// Never returns: the parent kills it, or it ends when its time is over.
[[noreturn]] void child(const std::string& dir, int round, int pipe, bool limited, Random& random) {
  // Sanitizers and a failing disk make noise that is not the test's.
  log::set_level(log::Level::off);
  SystemClock clock;
  auto key = store::MasterKey::open(dir + "/keys/master.key", random);
  if (!key) die("key: " + key.error().text());
  auto store = open_store(dir, **key, clock);
  if (limited) {
    ::signal(SIGXFSZ, SIG_IGN);
    const auto size = std::filesystem::file_size(dir + "/rolecall.db");
    const rlim_t most = size + 20'000 + random.next_u64() % 400'000;
    const struct rlimit limit{most, most};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 1; i < 3000; ++i) {
        const std::string name =
            std::to_string(round) + "-" + std::to_string(t) + "-" + std::to_string(i);
        const Status status = write_one(*store, name, i);
        const identity::Account* account = store->snapshot()->account(kAccount);
        const bool seen = account && account->roles.find(name);
        if (seen != status.has_value()) die("round " + name + ": the snapshot disagrees");
        if (!status && !status.error().is_api() && !limited) die(status.error().text());
        const std::string line = (status ? "+" : "-") + name + "\n";
        if (::write(pipe, line.data(), line.size()) < 0) die("pipe");
        store->audit_later("{\"read\":1}");
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::_Exit(0);
}

struct Told {
  std::set<std::string> done, refused;
};

void read_lines(int pipe, Told& told) {
  std::string text;
  char buffer[65536];
  for (;;) {
    const ssize_t got = ::read(pipe, buffer, sizeof buffer);
    if (got <= 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
  }
  for (std::size_t at = 0;;) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) return;
    (text[at] == '+' ? told.done : told.refused).insert(text.substr(at + 1, end - at - 1));
    at = end + 1;
  }
}

std::set<std::string> audited_names(store::Store& store) {
  std::set<std::string> out;
  const Status read =
      store.audit().read({.order = store::AuditOrder::oldest_first},
                         [&](std::string_view record, store::AuditPosition) {
                           if (record.starts_with("{\"name\":\"")) {
                             const std::string name(record.substr(9, record.size() - 11));
                             if (!out.insert(name).second) die("a record twice: " + name);
                           }
                           return true;
                         });
  if (!read) die("audit: " + read.error().text());
  return out;
}

std::set<std::string> object_names(store::Store& store) {
  std::set<std::string> out;
  store::ObjectReaders readers(store.database_path());
  auto reader = readers.borrow();
  if (!reader) die(reader.error().text());
  std::string after;
  for (;;) {
    auto page = (*reader)->list("bucket", {.after = after, .max = 1000});
    if (!page) die(page.error().text());
    for (const auto& row : page->rows) out.insert(row.key);
    if (!page->truncated) return out;
    after = page->last;
  }
}

// What a round left; `told` holds all rounds so far.
void check(const std::string& dir, const store::MasterKey& key, const Told& told, int round) {
  const std::string at = "round " + std::to_string(round) + ": ";
  SystemClock clock;
  auto store = open_store(dir, key, clock);
  const identity::Snapshot now = store->snapshot();
  std::set<std::string> roles;
  if (const identity::Account* account = now->account(kAccount)) {
    for (const auto& role : account->roles) roles.insert(role->name);
  }
  const std::set<std::string> objects = object_names(*store), audited = audited_names(*store);
  for (const std::string& name : told.done) {
    if (!roles.contains(name)) die(at + "an acknowledged write is lost: " + name);
    if (!audited.contains(name)) die(at + "its audit record is lost: " + name);
  }
  for (const std::string& name : told.refused) {
    if (roles.contains(name)) die(at + "a refused write is there: " + name);
  }
  if (roles != objects) die(at + "half writes: roles and object rows differ");
  for (const std::string& name : roles) {
    if (!audited.contains(name)) die(at + "half write: no audit record of " + name);
  }
  if (now->revision() != roles.size()) die(at + "revisions and writes differ");
  if (now->principals().size() != roles.size()) die(at + "the index differs");
  // From the first revision on, without any checkpoint's help beyond the log.
  auto replayed = store->state_at(now->revision());
  if (!replayed) die(at + replayed.error().text());
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int at, std::uint64_t otherwise) {
    if (argc > at)
      std::from_chars(argv[at], argv[at] + std::string_view(argv[at]).size(), otherwise);
    return otherwise;
  };
  const std::uint64_t seconds = number(1, 12);
  const std::uint64_t seed = number(2, make_system_random()->next_u64());
  auto random = make_seeded_random(seed);
  std::string dir = (std::filesystem::temp_directory_path() / "rc_crash_XXXXXX").string();
  if (!::mkdtemp(dir.data())) die("no temporary folder");
  auto key = store::MasterKey::open_or_create(dir + "/keys/master.key", *random);
  if (!key) die(key.error().text());
  {
    SystemClock clock;
    (void)open_store(dir, **key, clock);
  }

  Told told;
  int round = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  for (; std::chrono::steady_clock::now() < end; ++round) {
    int pipe[2];
    if (::pipe(pipe) != 0) die("pipe");
    const bool limited = round % 4 == 3;
    const std::uint64_t moment = random->next_u64() % 250'000;
    const pid_t pid = ::fork();
    if (pid < 0) die("fork");
    if (pid == 0) {
      ::close(pipe[0]);
      child(dir, round, pipe[1], limited, *random);
    }
    ::close(pipe[1]);
    std::thread killer([pid, moment] {
      std::this_thread::sleep_for(std::chrono::microseconds(20'000 + moment));
      ::kill(pid, SIGKILL);
    });
    read_lines(pipe[0], told);
    killer.join();
    ::close(pipe[0]);
    int status = 0;
    ::waitpid(pid, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
      die("the child failed, seed " + std::to_string(seed));
    check(dir, **key, told, round);
  }
  if (round < 3 || told.done.empty()) die("too little was tried");
  std::printf("%d kills, %zu acknowledged writes kept, %zu refused ones absent (seed %llu)\n",
              round, told.done.size(), told.refused.size(), static_cast<unsigned long long>(seed));
  std::filesystem::remove_all(dir);
  return 0;
}
