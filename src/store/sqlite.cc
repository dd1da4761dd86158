#include "store/sqlite.h"

#include <sqlite3.h>

namespace rolecall::store {

Query::~Query() {
  if (!statement_) return;
  if (!in_use_) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  *in_use_ = false;
}

void Query::note(int status) {
  if (status_ == SQLITE_OK) status_ = status;
}
Query& Query::bind(int at, std::int64_t value) {
  if (statement_) note(sqlite3_bind_int64(statement_, at, value));
  return *this;
}
Query& Query::bind(int at, std::string_view text) {
  if (statement_) {
    note(sqlite3_bind_text64(statement_, at, text.data() ? text.data() : "", text.size(),
                             SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  return *this;
}
Query& Query::bind_blob(int at, std::string_view bytes) {
  if (statement_) {
    note(sqlite3_bind_blob64(statement_, at, bytes.data() ? bytes.data() : "", bytes.size(),
                             SQLITE_TRANSIENT));
  }
  return *this;
}
Query& Query::bind_blob_view(int at, std::string_view bytes) {
  if (statement_) {
    note(sqlite3_bind_blob64(statement_, at, bytes.data() ? bytes.data() : "", bytes.size(),
                             SQLITE_STATIC));
  }
  return *this;
}
Query& Query::bind_null(int at) {
  if (statement_) note(sqlite3_bind_null(statement_, at));
  return *this;
}

Result<bool> Query::step() {
  if (status_ != SQLITE_OK) return db_->failure(status_);
  const int status = sqlite3_step(statement_);
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  return db_->failure(status);
}
Status Query::run() {
  for (;;) {
    RC_TRY(const bool row, step());
    if (!row) return {};
  }
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }
std::string_view Query::text(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return data ? std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size))
              : std::string_view();
}
bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Result<std::unique_ptr<Db>> Db::open(const std::string& path, Access access) {
  sqlite3* handle = nullptr;
  // One thread at a time per connection, so SQLite's own mutexes are not needed.
  const int flags =
      SQLITE_OPEN_NOMUTEX |
      (access == Access::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
  const int status = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Db> db(new Db(handle));
  if (status != SQLITE_OK) return db->failure(status);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 5'000);  // readers only ever wait for a WAL restart
  return db;
}

Db::~Db() {
  for (auto& [sql, prepared] : prepared_) sqlite3_finalize(prepared.statement);
  sqlite3_close_v2(handle_);
}

bool Db::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

Status Db::exec(const char* sql) {
  const int status = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (status != SQLITE_OK) return failure(status);
  return {};
}

Query Db::query(std::string_view sql) {
  Prepared& known = prepared_[sql];
  const auto prepare = [&](sqlite3_stmt*& out) {
    return sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                              SQLITE_PREPARE_PERSISTENT, &out, nullptr);
  };
  if (known.in_use) {  // the same statement within itself: a second copy, finalized with its query
    sqlite3_stmt* extra = nullptr;
    const int status = prepare(extra);
    return Query(*this, extra, nullptr, status);
  }
  if (!known.statement) {
    const int status = prepare(known.statement);
    if (status != SQLITE_OK) return Query(*this, nullptr, nullptr, status);
  }
  known.in_use = true;
  return Query(*this, known.statement, &known.in_use, SQLITE_OK);
}

Fault Db::failure(int status) const {
  std::string what = "sqlite: ";
  what += handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(status);
  what += " (" + std::to_string(status) + ")";
  return Fault{std::move(what)};
}

}  // namespace rolecall::store
