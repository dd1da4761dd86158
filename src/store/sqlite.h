// SQLite with values and Results. Seen by this room only. A Db and its queries belong to one thread
// at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace rolecall::store {

class Db;

// One run of a prepared statement; made by Db::query. Leaving it resets the statement.
//   auto q = db.query("SELECT v FROM meta WHERE k=?1");
//   q.bind(1, "schema");
//   RC_TRY(bool row, q.step());  if (row) use(q.text(0));
class Query {
 public:
  Query(Query&& other) noexcept
      : db_(other.db_),
        statement_(std::exchange(other.statement_, nullptr)),
        in_use_(other.in_use_),
        status_(other.status_) {}
  Query& operator=(Query&&) = delete;
  ~Query();

  // Bound texts are copied by SQLite unless they are `bind_view`ed, which must outlive the query.
  Query& bind(int at, std::int64_t value);
  Query& bind(int at, std::string_view text);
  Query& bind_blob(int at, std::string_view bytes);
  Query& bind_blob_view(int at, std::string_view bytes);
  Query& bind_null(int at);

  // True: a row is there. False: done. Errors of preparing and binding come out here.
  Result<bool> step();
  // For statements without rows.
  Status run();

  // Of the current row; views hold until the next step().
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  // blobs too
  bool is_null(int column) const;

 private:
  friend class Db;
  Query(Db& db, sqlite3_stmt* statement, bool* in_use, int status)
      : db_(&db), statement_(statement), in_use_(in_use), status_(status) {}
  void note(int status);
  Db* db_;
  sqlite3_stmt* statement_;
  bool* in_use_;  // the mark of the prepared statement; nullptr: ours alone
  int status_;
};

enum class Access { write, read };

class Db {
 public:
  static Result<std::unique_ptr<Db>> open(const std::string& path, Access access);
  ~Db();
  Db(const Db&) = delete;
  Db& operator=(const Db&) = delete;

  // One or more statements without parameters.
  Status exec(const char* sql);
  // `sql` must be a literal (or live as long as this Db): prepared once, found again by its text.
  Query query(std::string_view sql);
  bool in_transaction() const;
  Fault failure(int status) const;
  sqlite3* handle() { return handle_; }

 private:
  friend class Query;
  explicit Db(sqlite3* handle) : handle_(handle) {}
  struct Prepared {
    sqlite3_stmt* statement = nullptr;
    bool in_use = false;
  };
  sqlite3* handle_;
  std::unordered_map<std::string_view, Prepared> prepared_;
};

}  // namespace rolecall::store
