#include "store/objects.h"

#include <sqlite3.h>

#include <algorithm>

namespace rolecall::store {

namespace {

// ---- attributes as one column: count-free list of (length, bytes), lengths as LEB128 ----

void append_text(std::string& out, std::string_view text) {
  std::uint64_t n = text.size();
  while (n >= 0x80) {
    out.push_back(static_cast<char>(n | 0x80));
    n >>= 7;
  }
  out.push_back(static_cast<char>(n));
  out.append(text);
}

std::string encode(const Attributes& attributes) {
  std::string out;
  for (const auto& [name, value] : attributes) {
    append_text(out, name);
    append_text(out, value);
  }
  return out;
}

// Stops at the first thing that is not as encode() writes it.
Attributes decode(std::string_view bytes) {
  Attributes out;
  auto next = [&bytes](std::string& text) {
    std::uint64_t n = 0;
    for (unsigned shift = 0; shift < 63; shift += 7) {
      if (bytes.empty()) return false;
      auto byte = static_cast<std::uint8_t>(bytes.front());
      bytes.remove_prefix(1);
      n |= std::uint64_t{byte & 0x7Fu} << shift;
      if ((byte & 0x80) == 0) {
        if (n > bytes.size()) return false;
        text.assign(bytes.substr(0, n));
        bytes.remove_prefix(n);
        return true;
      }
    }
    return false;
  };
  for (std::string name, value; next(name) && next(value);) out.emplace_back(name, value);
  return out;
}

// ---- SQLite in a few words ----

// SQLite stores NULL for a null pointer; an empty view may have one.
const char* data_of(std::string_view text) { return text.data() != nullptr ? text.data() : ""; }
void bind(sqlite3_stmt* s, int at, std::string_view blob) {
  sqlite3_bind_blob64(s, at, data_of(blob), blob.size(), SQLITE_STATIC);
}
void bind_text(sqlite3_stmt* s, int at, std::string_view text) {
  sqlite3_bind_text64(s, at, data_of(text), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}
void bind(sqlite3_stmt* s, int at, std::int64_t value) { sqlite3_bind_int64(s, at, value); }
// Null keeps the partial index on files small.
void bind_file(sqlite3_stmt* s, int at, std::string_view file) {
  if (file.empty()) {
    sqlite3_bind_null(s, at);
  } else {
    bind_text(s, at, file);
  }
}
std::string_view view(sqlite3_stmt* s, int column) {
  const void* data = sqlite3_column_blob(s, column);  // before sqlite3_column_bytes
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(s, column));
  return {static_cast<const char*>(data), data != nullptr ? size : 0};
}
std::string text(sqlite3_stmt* s, int column) { return std::string(view(s, column)); }

// Gives the statement back as it was, so that it holds no lock and no view of ours.
class Use {
 public:
  explicit Use(sqlite3_stmt* statement) : statement_(statement) {}
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use() { sqlite3_reset(statement_); }

 private:
  sqlite3_stmt* statement_;
};

// Columns from `at`: size, etag, modified, attributes, file, row.
template <class Row>
void take_bytes_columns(sqlite3_stmt* s, int at, Row& row) {
  row.size = static_cast<std::uint64_t>(sqlite3_column_int64(s, at));
  row.etag = text(s, at + 1);
  row.modified = {sqlite3_column_int64(s, at + 2)};
  row.attributes = decode(view(s, at + 3));
  row.bytes.file = text(s, at + 4);
  row.bytes.row = sqlite3_column_int64(s, at + 5);
}

// The smallest text after everything that begins with `prefix`; empty: there is none.
std::string after_prefix(std::string_view prefix) {
  std::string out(prefix);
  while (!out.empty() && static_cast<std::uint8_t>(out.back()) == 0xFF) out.pop_back();
  if (!out.empty()) out.back() = static_cast<char>(static_cast<std::uint8_t>(out.back()) + 1);
  return out;
}

// The end of the common prefix that `key` is rolled up into, or npos.
std::size_t rolled_up(std::string_view key, const ListQuery& query) {
  if (query.delimiter.empty() || !key.starts_with(query.prefix)) return std::string_view::npos;
  auto at = key.find(query.delimiter, query.prefix.size());
  return at == std::string_view::npos ? at : at + query.delimiter.size();
}

}  // namespace

std::string_view attribute(const Attributes& attributes, std::string_view name) {
  for (const auto& [n, value] : attributes) {
    if (n == name) return value;
  }
  return {};
}

void set_attribute(Attributes& attributes, std::string_view name, std::string_view value) {
  auto at = std::lower_bound(attributes.begin(), attributes.end(), name,
                             [](const auto& pair, std::string_view n) { return pair.first < n; });
  if (at != attributes.end() && at->first == name) {
    at->second = value;
  } else {
    attributes.emplace(at, name, value);
  }
}

void erase_attribute(Attributes& attributes, std::string_view name) {
  std::erase_if(attributes, [&](const auto& pair) { return pair.first == name; });
}

std::string_view object_schema() {
  // Keys are blobs so that they compare byte by byte. Small bytes live in a table of their own: a
  // listing then walks pages that hold many keys.
  return R"sql(
CREATE TABLE IF NOT EXISTS object_bytes(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS objects(
  bucket TEXT NOT NULL, key BLOB NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
  modified INTEGER NOT NULL, attributes BLOB NOT NULL, file TEXT, bytes_row INTEGER NOT NULL,
  PRIMARY KEY(bucket, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS objects_by_file ON objects(file) WHERE file IS NOT NULL;
CREATE TABLE IF NOT EXISTS object_uploads(
  bucket TEXT NOT NULL, key BLOB NOT NULL, id TEXT NOT NULL, initiated INTEGER NOT NULL,
  attributes BLOB NOT NULL, PRIMARY KEY(bucket, key, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS object_parts(
  upload TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
  modified INTEGER NOT NULL, attributes BLOB NOT NULL, file TEXT, bytes_row INTEGER NOT NULL,
  PRIMARY KEY(upload, number)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS object_parts_by_file ON object_parts(file) WHERE file IS NOT NULL;
)sql";
}

// ---- statements ----

ObjectStatements::~ObjectStatements() {
  for (sqlite3_stmt* s : all_) sqlite3_finalize(s);
}

sqlite3_stmt* ObjectStatements::statement(sqlite3_stmt*& slot, const char* sql) {
  if (slot == nullptr &&
      sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &slot, nullptr) == SQLITE_OK) {
    all_.push_back(slot);
  }
  return slot;  // null: the caller's step fails with SQLITE_MISUSE, and failure() says why
}

Fault ObjectStatements::failure(const char* what) const {
  return fault(std::string("object index: ") + what + ": " + sqlite3_errmsg(db_));
}

// ---- queries ----

Result<std::optional<ObjectRow>> ObjectQueries::find(std::string_view bucket,
                                                     std::string_view key) {
  sqlite3_stmt* s = statement(find_,
                              "SELECT size,etag,modified,attributes,file,bytes_row FROM objects "
                              "WHERE bucket=?1 AND key=?2");
  Use use(s);
  bind_text(s, 1, bucket);
  bind(s, 2, key);
  int code = sqlite3_step(s);
  if (code == SQLITE_DONE) return std::optional<ObjectRow>();
  if (code != SQLITE_ROW) return failure("find");
  ObjectRow row;
  row.key = key;
  take_bytes_columns(s, 0, row);
  return std::optional(std::move(row));
}

Result<std::optional<ObjectRow>> ObjectQueries::find_with_bytes(std::string_view bucket,
                                                                std::string_view key,
                                                                std::string& inlined) {
  sqlite3_stmt* s =
      statement(find_bytes_,
                "SELECT size,etag,modified,attributes,file,bytes_row,b.bytes FROM objects "
                "LEFT JOIN object_bytes AS b ON b.id=bytes_row WHERE bucket=?1 AND key=?2");
  Use use(s);
  bind_text(s, 1, bucket);
  bind(s, 2, key);
  int code = sqlite3_step(s);
  if (code == SQLITE_DONE) return std::optional<ObjectRow>();
  if (code != SQLITE_ROW) return failure("find");
  ObjectRow row;
  row.key = key;
  take_bytes_columns(s, 0, row);
  if (row.bytes.row != 0) inlined = text(s, 6);
  return std::optional(std::move(row));
}

Result<bool> ObjectQueries::any_object(std::string_view bucket) {
  sqlite3_stmt* s = statement(any_, "SELECT 1 FROM objects WHERE bucket=?1 LIMIT 1");
  Use use(s);
  bind_text(s, 1, bucket);
  int code = sqlite3_step(s);
  if (code != SQLITE_ROW && code != SQLITE_DONE) return failure("any");
  return code == SQLITE_ROW;
}

template <class Row, class Take>
Result<Page<Row>> ObjectQueries::page(sqlite3_stmt* rows, std::string_view bucket,
                                      const ListQuery& query, const Take& take) {
  Page<Row> out;
  if (query.max == 0) return out;
  std::string start(query.prefix);
  if (!query.after.empty()) {
    std::string from;
    if (rolled_up(query.after, query) == query.after.size()) {
      // The last page ended with this common prefix, or the caller wants what follows it.
      from = after_prefix(query.after);
      if (from.empty()) return out;
    } else {
      from = query.after;
      if (query.after_id.empty()) from.push_back('\0');
    }
    start = std::max(start, from);
  }
  std::size_t count = 0;
  for (;;) {  // once per seek
    Use use(rows);
    bind_text(rows, 1, bucket);
    bind(rows, 2, std::string_view(start));
    std::string skip_to;
    for (;;) {  // once per row
      int code = sqlite3_step(rows);
      if (code == SQLITE_DONE) return out;
      if (code != SQLITE_ROW) return failure("list");
      std::string_view key = view(rows, 0);
      if (!key.starts_with(query.prefix)) return out;
      std::size_t end = rolled_up(key, query);
      if (end != std::string_view::npos) {
        if (count == query.max) {
          out.truncated = true;
          return out;
        }
        ++count;
        out.common_prefixes.emplace_back(key.substr(0, end));
        out.last = out.common_prefixes.back();
        out.last_id.clear();
        skip_to = after_prefix(out.last);
        if (skip_to.empty()) return out;
        break;
      }
      Row row;
      row.key = key;
      take(rows, row);
      if constexpr (requires { row.id; }) {
        if (!query.after_id.empty() && row.key == query.after && row.id <= query.after_id) continue;
      }
      if (count == query.max) {
        out.truncated = true;
        return out;
      }
      ++count;
      out.last = row.key;
      if constexpr (requires { row.id; }) out.last_id = row.id;
      out.rows.push_back(std::move(row));
    }
    start = std::move(skip_to);
  }
}

Result<Page<ObjectRow>> ObjectQueries::list(std::string_view bucket, const ListQuery& query) {
  sqlite3_stmt* s = statement(list_,
                              "SELECT key,size,etag,modified,attributes,file,bytes_row FROM "
                              "objects WHERE bucket=?1 AND key>=?2 ORDER BY key");
  return page<ObjectRow>(s, bucket, query, [](sqlite3_stmt* rows, ObjectRow& row) {
    take_bytes_columns(rows, 1, row);
  });
}

Result<std::optional<UploadRow>> ObjectQueries::find_upload(std::string_view bucket,
                                                            std::string_view key,
                                                            std::string_view upload_id) {
  sqlite3_stmt* s = statement(find_upload_,
                              "SELECT initiated,attributes FROM object_uploads WHERE bucket=?1 AND "
                              "key=?2 AND id=?3");
  Use use(s);
  bind_text(s, 1, bucket);
  bind(s, 2, key);
  bind_text(s, 3, upload_id);
  int code = sqlite3_step(s);
  if (code == SQLITE_DONE) return std::optional<UploadRow>();
  if (code != SQLITE_ROW) return failure("find upload");
  return std::optional(UploadRow{
      std::string(key), std::string(upload_id), {sqlite3_column_int64(s, 0)}, decode(view(s, 1))});
}

Result<Page<UploadRow>> ObjectQueries::list_uploads(std::string_view bucket,
                                                    const ListQuery& query) {
  sqlite3_stmt* s = statement(list_uploads_,
                              "SELECT key,id,initiated,attributes FROM object_uploads WHERE "
                              "bucket=?1 AND key>=?2 ORDER BY key,id");
  return page<UploadRow>(s, bucket, query, [](sqlite3_stmt* rows, UploadRow& row) {
    row.id = text(rows, 1);
    row.initiated = {sqlite3_column_int64(rows, 2)};
    row.attributes = decode(view(rows, 3));
  });
}

Result<std::optional<PartRow>> ObjectQueries::find_part(std::string_view upload_id,
                                                        std::int32_t number) {
  sqlite3_stmt* s = statement(find_part_,
                              "SELECT size,etag,modified,attributes,file,bytes_row FROM "
                              "object_parts WHERE upload=?1 AND number=?2");
  Use use(s);
  bind_text(s, 1, upload_id);
  bind(s, 2, std::int64_t{number});
  int code = sqlite3_step(s);
  if (code == SQLITE_DONE) return std::optional<PartRow>();
  if (code != SQLITE_ROW) return failure("find part");
  PartRow row;
  row.number = number;
  take_bytes_columns(s, 0, row);
  return std::optional(std::move(row));
}

Result<std::vector<PartRow>> ObjectQueries::parts(std::string_view upload_id, std::int32_t after,
                                                  std::size_t max) {
  sqlite3_stmt* s = statement(parts_,
                              "SELECT number,size,etag,modified,attributes,file,bytes_row FROM "
                              "object_parts WHERE upload=?1 AND number>?2 ORDER BY number LIMIT "
                              "?3");
  Use use(s);
  bind_text(s, 1, upload_id);
  bind(s, 2, std::int64_t{after});
  bind(s, 3, static_cast<std::int64_t>(max));
  std::vector<PartRow> out;
  int code;
  while ((code = sqlite3_step(s)) == SQLITE_ROW) {
    PartRow row;
    row.number = sqlite3_column_int(s, 0);
    take_bytes_columns(s, 1, row);
    out.push_back(std::move(row));
  }
  if (code != SQLITE_DONE) return failure("parts");
  return out;
}

Result<std::string> ObjectQueries::inlined(const BytesRef& bytes) {
  if (bytes.row == 0) return std::string();
  sqlite3_stmt* s = statement(inlined_, "SELECT bytes FROM object_bytes WHERE id=?1");
  Use use(s);
  bind(s, 1, bytes.row);
  if (sqlite3_step(s) != SQLITE_ROW) return failure("bytes");
  return text(s, 0);
}

Result<bool> ObjectQueries::names_file(std::string_view file) {
  sqlite3_stmt* s = statement(names_,
                              "SELECT 1 FROM objects WHERE file=?1 UNION ALL "
                              "SELECT 1 FROM object_parts WHERE file=?1 LIMIT 1");
  Use use(s);
  bind_text(s, 1, file);
  int code = sqlite3_step(s);
  if (code != SQLITE_ROW && code != SQLITE_DONE) return failure("names file");
  return code == SQLITE_ROW;
}

// ---- writes ----

Status ObjectTxn::step(sqlite3_stmt* s, const char* what) {
  int code = sqlite3_step(s);
  sqlite3_reset(s);
  if (code != SQLITE_DONE && code != SQLITE_ROW) return failure(what);
  return {};
}

Result<std::int64_t> ObjectTxn::store_inline(std::string_view bytes) {
  if (bytes.empty()) return std::int64_t{0};
  sqlite3_stmt* s = statement(add_bytes_, "INSERT INTO object_bytes(bytes) VALUES(?1)");
  bind(s, 1, bytes);
  RC_CHECK(step(s, "store bytes"));
  return sqlite3_last_insert_rowid(db_);
}

Status ObjectTxn::erase_inline(std::int64_t row) {
  if (row == 0) return {};
  sqlite3_stmt* s = statement(erase_bytes_, "DELETE FROM object_bytes WHERE id=?1");
  bind(s, 1, row);
  return step(s, "erase bytes");
}

Status ObjectTxn::put(std::string_view bucket, const ObjectRow& row, const Bytes& bytes,
                      Freed& freed) {
  RC_TRY(auto before, find(bucket, row.key));
  if (before) {
    RC_CHECK(erase_inline(before->bytes.row));
    if (!before->bytes.file.empty()) freed.push_back(std::move(before->bytes.file));
  }
  RC_TRY(std::int64_t bytes_row, store_inline(bytes.inlined));
  sqlite3_stmt* s = statement(put_,
                              "INSERT OR REPLACE INTO "
                              "objects(bucket,key,size,etag,modified,attributes,file,bytes_row) "
                              "VALUES(?1,?2,?3,?4,?5,?6,?7,?8)");
  const std::string attributes = encode(row.attributes);
  bind_text(s, 1, bucket);
  bind(s, 2, std::string_view(row.key));
  bind(s, 3, static_cast<std::int64_t>(row.size));
  bind_text(s, 4, row.etag);
  bind(s, 5, row.modified.micros);
  bind(s, 6, std::string_view(attributes));
  bind_file(s, 7, bytes.file);
  bind(s, 8, bytes_row);
  return step(s, "put");
}

Status ObjectTxn::set_attributes(std::string_view bucket, std::string_view key,
                                 const Attributes& attributes) {
  sqlite3_stmt* s =
      statement(attributes_, "UPDATE objects SET attributes=?3 WHERE bucket=?1 AND key=?2");
  const std::string encoded = encode(attributes);
  bind_text(s, 1, bucket);
  bind(s, 2, key);
  bind(s, 3, std::string_view(encoded));
  return step(s, "set attributes");
}

Result<bool> ObjectTxn::erase(std::string_view bucket, std::string_view key, Freed& freed) {
  RC_TRY(auto before, find(bucket, key));
  if (!before) return false;
  RC_CHECK(erase_inline(before->bytes.row));
  if (!before->bytes.file.empty()) freed.push_back(std::move(before->bytes.file));
  sqlite3_stmt* s = statement(erase_, "DELETE FROM objects WHERE bucket=?1 AND key=?2");
  bind_text(s, 1, bucket);
  bind(s, 2, key);
  RC_CHECK(step(s, "erase"));
  return true;
}

Status ObjectTxn::create_upload(std::string_view bucket, const UploadRow& upload) {
  sqlite3_stmt* s = statement(add_upload_,
                              "INSERT INTO object_uploads(bucket,key,id,initiated,attributes) "
                              "VALUES(?1,?2,?3,?4,?5)");
  const std::string attributes = encode(upload.attributes);
  bind_text(s, 1, bucket);
  bind(s, 2, std::string_view(upload.key));
  bind_text(s, 3, upload.id);
  bind(s, 4, upload.initiated.micros);
  bind(s, 5, std::string_view(attributes));
  return step(s, "create upload");
}

Status ObjectTxn::put_part(std::string_view upload_id, const PartRow& part, const Bytes& bytes,
                           Freed& freed) {
  RC_TRY(auto before, find_part(upload_id, part.number));
  if (before) {
    RC_CHECK(erase_inline(before->bytes.row));
    if (!before->bytes.file.empty()) freed.push_back(std::move(before->bytes.file));
  }
  RC_TRY(std::int64_t bytes_row, store_inline(bytes.inlined));
  sqlite3_stmt* s =
      statement(put_part_,
                "INSERT OR REPLACE INTO "
                "object_parts(upload,number,size,etag,modified,attributes,file,bytes_row) "
                "VALUES(?1,?2,?3,?4,?5,?6,?7,?8)");
  const std::string attributes = encode(part.attributes);
  bind_text(s, 1, upload_id);
  bind(s, 2, std::int64_t{part.number});
  bind(s, 3, static_cast<std::int64_t>(part.size));
  bind_text(s, 4, part.etag);
  bind(s, 5, part.modified.micros);
  bind(s, 6, std::string_view(attributes));
  bind_file(s, 7, bytes.file);
  bind(s, 8, bytes_row);
  return step(s, "put part");
}

Status ObjectTxn::erase_upload(std::string_view bucket, std::string_view key,
                               std::string_view upload_id, Freed& freed) {
  // Part numbers end at 10,000, so one read holds them all.
  RC_TRY(auto rows, parts(upload_id, 0, 100'000));
  for (PartRow& part : rows) {
    RC_CHECK(erase_inline(part.bytes.row));
    if (!part.bytes.file.empty()) freed.push_back(std::move(part.bytes.file));
  }
  sqlite3_stmt* s = statement(erase_part_rows_, "DELETE FROM object_parts WHERE upload=?1");
  bind_text(s, 1, upload_id);
  RC_CHECK(step(s, "erase parts"));
  s = statement(erase_upload_, "DELETE FROM object_uploads WHERE bucket=?1 AND key=?2 AND id=?3");
  bind_text(s, 1, bucket);
  bind(s, 2, key);
  bind_text(s, 3, upload_id);
  return step(s, "erase upload");
}

Status ObjectTxn::erase_uploads(std::string_view bucket, Freed& freed) {
  std::vector<std::pair<std::string, std::string>> all;
  {
    sqlite3_stmt* s =
        statement(bucket_uploads_, "SELECT key,id FROM object_uploads WHERE bucket=?1");
    Use use(s);
    bind_text(s, 1, bucket);
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) all.emplace_back(text(s, 0), text(s, 1));
    if (code != SQLITE_DONE) return failure("uploads");
  }
  for (const auto& [key, id] : all) RC_CHECK(erase_upload(bucket, key, id, freed));
  return {};
}

// ---- connections of readers ----

Result<std::unique_ptr<ObjectReader>> ObjectReader::open(const std::string& path) {
  sqlite3* db = nullptr;
  // Read-write, so that it can rebuild the WAL index if it must; query_only keeps it honest.
  if (sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) !=
      SQLITE_OK) {
    Fault why = fault("object index: cannot open `" + path + "`: " + sqlite3_errmsg(db));
    sqlite3_close(db);
    return why;
  }
  std::unique_ptr<ObjectReader> reader(new ObjectReader(db));
  sqlite3_busy_timeout(db, 5'000);
  // 2 MiB of page cache a connection; the kernel's cache is behind it.
  if (sqlite3_exec(db, "PRAGMA query_only=1; PRAGMA cache_size=-2048; PRAGMA mmap_size=268435456;",
                   nullptr, nullptr, nullptr) != SQLITE_OK) {
    return reader->failure("open");
  }
  return reader;
}

ObjectReader::~ObjectReader() {
  for (sqlite3_stmt* s : all_) sqlite3_finalize(s);
  all_.clear();
  sqlite3_close(db_);
}

ObjectReaders::Lease::~Lease() {
  if (reader_ == nullptr) return;
  std::lock_guard lock(home_->mutex_);
  home_->idle_.push_back(std::move(reader_));
}

Result<ObjectReaders::Lease> ObjectReaders::borrow() {
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Lease lease(*this, std::move(idle_.back()));
      idle_.pop_back();
      return lease;
    }
  }
  RC_TRY(auto reader, ObjectReader::open(path_));
  return Lease(*this, std::move(reader));
}

}  // namespace rolecall::store
