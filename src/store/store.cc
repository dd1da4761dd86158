#include "store/store.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <future>

#include "base/log.h"
#include "store/files.h"
#include "store/housekeeper.h"
#include "store/journal.h"
#include "store/last_used_table.h"
#include "store/schema.h"

namespace rolecall::store {
namespace {

constexpr const char* kDatabase = "/rolecall.db";

// The file is made before SQLite sees it, so that nobody else can ever read it; SQLite gives its
// WAL the same mode.
Status make_private_file(const std::string& path, Durability durability) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return fault("cannot open `" + path + "`");
  ::close(fd);
  // What goes with the process need not survive a power cut.
  if (durability == Durability::unsynced) return {};
  return sync_folder(parent_folder(path));
}

Result<bool> any_object(Db& db) {
  Query q =
      db.query("SELECT EXISTS(SELECT 1 FROM objects) OR EXISTS(SELECT 1 FROM object_uploads)");
  RC_TRY(const bool row, q.step());
  return row && q.integer(0) != 0;
}

Status clear_all_but_log(Db& db, Trail trail) {
  if (trail == Trail::dropped) RC_CHECK(db.exec("DELETE FROM audit"));
  for (const char* sql :
       {"DELETE FROM decisions", "DELETE FROM last_used", "DELETE FROM objects",
        "DELETE FROM object_bytes", "DELETE FROM object_uploads", "DELETE FROM object_parts"}) {
    RC_CHECK(db.exec(sql));
  }
  return {};
}

}  // namespace

class Store::Impl {
 public:
  Impl(std::string data_folder, FolderLock folder_lock, std::unique_ptr<Db> db,
       identity::State state, const identity::SecretSealer& seal, const Clock& clock)
      : folder(std::move(data_folder)),
        lock(std::move(folder_lock)),
        sealer(seal),
        connections(folder + kDatabase),
        audit(connections),
        last_used([this](std::string_view id) { return load_last_use(connections, id); }),
        loop(std::move(db), std::move(state), seal, clock),
        housekeeper(loop, last_used, seal, clock) {}

  std::string folder;
  bool temporary = false;
  bool had_objects = false;
  bool closed = false;
  OpenFacts facts;
  FolderLock lock;
  const identity::SecretSealer& sealer;
  Connections connections;
  AuditLog audit;
  identity::LastUsed last_used;
  CommitLoop loop;
  Housekeeper housekeeper;
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Store>> Store::open(const std::string& folder,
                                           const identity::SecretSealer& sealer, const Clock& clock,
                                           StoreOptions options) {
  RC_CHECK(make_folder(folder));
  RC_TRY(FolderLock lock, FolderLock::take(folder));
  RC_CHECK(make_private_file(folder + kDatabase, options.durability));
  const bool durable = options.durability == Durability::synced;
  std::error_code no_wal;
  const auto wal_bytes = std::filesystem::file_size(folder + kDatabase + "-wal", no_wal);
  RC_TRY(std::unique_ptr<Db> db, Db::open(folder + kDatabase, Access::write));
  RC_CHECK(prepare_database(*db, durable));
  // What a process that died left in the WAL may be known to the kernel only. It becomes durable
  // before anything is built on it, such as the removal of object files that it no longer names.
  if (durable && !no_wal && wal_bytes > 0) RC_CHECK(db->exec("PRAGMA wal_checkpoint(TRUNCATE)"));
  RC_CHECK(journal::drop_unfinished(*db));
  RC_TRY(const bool had_objects, any_object(*db));
  RC_TRY(journal::Loaded loaded, journal::load(*db, sealer));
  auto impl = std::make_unique<Impl>(folder, std::move(lock), std::move(db),
                                     std::move(loaded.state), sealer, clock);
  impl->had_objects = had_objects;
  impl->facts = {loaded.checkpoint, loaded.log_rows};
  impl->housekeeper.start(options, loaded.log_rows, loaded.log_bytes);
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Result<std::unique_ptr<Store>> Store::open_temporary(const identity::SecretSealer& sealer,
                                                     const Clock& clock, StoreOptions options) {
  std::error_code error;
  std::string folder = (std::filesystem::temp_directory_path(error) / "rolecall-XXXXXX").string();
  if (error || !::mkdtemp(folder.data())) return fault("cannot make a temporary folder");
  options.durability = Durability::unsynced;
  auto store = open(folder, sealer, clock, options);
  if (store) {
    (*store)->impl_->temporary = true;
  } else {
    std::filesystem::remove_all(folder, error);
  }
  return store;
}

Store::~Store() {
  close();
  if (!impl_->temporary) return;
  const std::string folder = impl_->folder;
  impl_.reset();  // files are closed before they go
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

void Store::close() {
  if (impl_->closed) return;
  impl_->closed = true;
  // Temporary data is not read again.
  impl_->housekeeper.stop(impl_->temporary ? Housekeeper::Closing::discard
                                           : Housekeeper::Closing::keep);
  impl_->loop.stop();
}

void Store::submit(WriteJob job, WriteDone done) {
  impl_->loop.submit(std::move(job), std::move(done));
}
void Store::audit_later(std::string_view record) { impl_->loop.audit_later(record); }
identity::Snapshot Store::snapshot() const { return impl_->loop.snapshot(); }

Status Store::write(WriteJob job) {
  std::promise<Status> promise;
  std::future<Status> outcome = promise.get_future();
  submit(std::move(job), [&promise](Status status) { promise.set_value(std::move(status)); });
  return outcome.get();
}

void Store::put_decision(std::string id, std::string body_json) {
  impl_->loop.put_decision(std::move(id), std::move(body_json));
}
Result<std::optional<std::string>> Store::find_decision(std::string_view id) const {
  // Pending first: between the two looks it can only move from memory to the disk.
  if (auto pending = impl_->loop.find_pending_decision(id)) return pending;
  RC_TRY(const Connections::Lease db, impl_->connections.lend());
  return store::find_decision(*db, id);
}

const AuditLog& Store::audit() const { return impl_->audit; }
Status Store::flush() {
  return impl_->housekeeper.run_sql([](Db&) -> Status { return {}; });
}
Status Store::run_on_writer(SqlJob job) { return impl_->housekeeper.run_sql(std::move(job)); }
identity::LastUsed& Store::last_used() { return impl_->last_used; }

Result<identity::State> Store::state_at(std::uint64_t revision) const {
  RC_TRY(const Connections::Lease db, impl_->connections.lend());
  RC_TRY(journal::Loaded loaded, journal::load(*db, impl_->sealer, revision));
  if (loaded.state.revision() != revision) {
    return fault("there is no revision " + std::to_string(revision) + " yet");
  }
  return std::move(loaded.state);
}

Status Store::reset_to(const identity::Snapshot& state, Trail trail) {
  if (impl_->had_objects) {
    return fault("objects were there at the start: they could not be put back");
  }
  return impl_->housekeeper.reset(*state, [revision = state->revision(), trail](Db& db) -> Status {
    RC_CHECK(journal::drop_after(db, revision));
    return clear_all_but_log(db, trail);
  });
}

Status Store::checkpoint() { return impl_->housekeeper.checkpoint(); }

Status Store::backup_to(const std::string& file) const {
  RC_CHECK(make_private_file(file, Durability::synced));
  RC_TRY(const Connections::Lease db, impl_->connections.lend());
  RC_TRY(const std::unique_ptr<Db> target, Db::open(file, Access::write));
  sqlite3_backup* backup = sqlite3_backup_init(target->handle(), "main", db->handle(), "main");
  if (!backup) return target->failure(SQLITE_ERROR);
  const int status = sqlite3_backup_step(backup, -1);
  sqlite3_backup_finish(backup);
  if (status != SQLITE_DONE) return target->failure(status);
  return {};
}

const std::string& Store::folder() const { return impl_->folder; }
std::string Store::database_path() const { return impl_->folder + kDatabase; }
Result<Connections::Lease> Store::read_connection() const { return impl_->connections.lend(); }
bool Store::healthy() const { return impl_->loop.healthy(); }
const CommitCounters& Store::counters() const { return impl_->loop.counters(); }
const OpenFacts& Store::open_facts() const { return impl_->facts; }

}  // namespace rolecall::store
