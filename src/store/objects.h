// The object index: which keys a bucket holds, what is known of each, where its bytes are; and
// multipart uploads on their way to become objects. Rows live in the same SQLite database as the
// log, so that a put is durable with one commit. Nothing here knows AWS: attributes are names and
// values that only the S3 service reads.
//
// ObjectTxn writes on the writer's connection (WriteTxn::objects()); ObjectReader reads on a
// connection of its own, beside the writer. Both belong to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace rolecall::store {

// Bytes up to this size ride in the database and share the group's one fsync; larger ones are files
// (docs/design/004-objects.md has the measurement).
inline constexpr std::size_t kInlineBytesMax = 64 * 1024;

using Attributes = std::vector<std::pair<std::string, std::string>>;  // ordered by name

std::string_view attribute(const Attributes& attributes, std::string_view name);  // "" if absent
void set_attribute(Attributes& attributes, std::string_view name, std::string_view value);
void erase_attribute(Attributes& attributes, std::string_view name);

// Where bytes are: a blob file (blobs.h), a row of the database, or nowhere (no bytes).
struct BytesRef {
  std::string file;
  std::int64_t row = 0;
};
// Bytes as they are handed in or out: a blob file's id, or the bytes themselves.
struct Bytes {
  std::string file = {};
  std::string inlined = {};
};

struct ObjectRow {
  std::string key;
  std::uint64_t size = 0;
  std::string etag;  // without quotes
  Instant modified;
  Attributes attributes;
  BytesRef bytes;
};

struct UploadRow {
  std::string key;
  std::string id;  // sorts by the time it began
  Instant initiated;
  Attributes attributes;
};

struct PartRow {
  std::int32_t number = 0;
  std::uint64_t size = 0;
  std::string etag;
  Instant modified;
  Attributes attributes;
  BytesRef bytes;
};

// Which keys to list, in byte order. Cost is that of the rows returned plus one seek per common
// prefix, whatever the bucket holds.
struct ListQuery {
  std::string_view prefix = {};
  std::string_view delimiter = {};
  // Only keys, and common prefixes, that sort after this one.
  std::string_view after = {};
  // Where `after` was a key with several uploads: only those with an id after this one.
  std::string_view after_id = {};
  std::size_t max = 1000;
};
template <class Row>
struct Page {
  std::vector<Row> rows;
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  std::string last;     // the last key or common prefix returned: the next page's `after`
  std::string last_id;  // the last upload's id, when a row came last
};

// The SQL to make the tables; harmless when they exist.
std::string_view object_schema();

// Prepared statements of one connection.
class ObjectStatements {
 public:
  explicit ObjectStatements(sqlite3* db) : db_(db) {}
  ~ObjectStatements();
  ObjectStatements(const ObjectStatements&) = delete;
  ObjectStatements& operator=(const ObjectStatements&) = delete;

 protected:
  // `slot` keeps the statement; it is prepared on first use.
  sqlite3_stmt* statement(sqlite3_stmt*& slot, const char* sql);
  Fault failure(const char* what) const;
  sqlite3* db_;
  std::vector<sqlite3_stmt*> all_;
};

// What readers and the writer both ask. Answers are Faults only when the database fails.
class ObjectQueries : public ObjectStatements {
 public:
  using ObjectStatements::ObjectStatements;

  Result<std::optional<ObjectRow>> find(std::string_view bucket, std::string_view key);
  // The row, and its bytes if they are in the database (`inlined` untouched otherwise). One read.
  Result<std::optional<ObjectRow>> find_with_bytes(std::string_view bucket, std::string_view key,
                                                   std::string& inlined);
  Result<bool> any_object(std::string_view bucket);
  Result<Page<ObjectRow>> list(std::string_view bucket, const ListQuery& query);

  Result<std::optional<UploadRow>> find_upload(std::string_view bucket, std::string_view key,
                                               std::string_view upload_id);
  Result<Page<UploadRow>> list_uploads(std::string_view bucket, const ListQuery& query);
  Result<std::optional<PartRow>> find_part(std::string_view upload_id, std::int32_t number);
  // In order of number, beginning after `after`.
  Result<std::vector<PartRow>> parts(std::string_view upload_id, std::int32_t after,
                                     std::size_t max);
  Result<std::string> inlined(const BytesRef& bytes);

  // Whether any row names this blob file.
  Result<bool> names_file(std::string_view file);

 private:
  template <class Row, class Take>
  Result<Page<Row>> page(sqlite3_stmt* rows, std::string_view bucket, const ListQuery& query,
                         const Take& take);
  sqlite3_stmt *find_ = nullptr, *find_bytes_ = nullptr, *any_ = nullptr, *list_ = nullptr,
               *find_upload_ = nullptr, *list_uploads_ = nullptr, *find_part_ = nullptr,
               *parts_ = nullptr, *inlined_ = nullptr, *names_ = nullptr;
};

// Writes, inside the transaction of the commit that runs. Conditions ("only if there is none") are
// decided by the caller from find(): nobody else writes meanwhile. Functions that replace or erase
// append the blob files that nothing names any more to `freed`: remove them once the commit is
// durable, never before.
//   RC_CHECK(txn.objects().put("bucket", row, {.inlined = "hello"}, freed));
class ObjectTxn : public ObjectQueries {
 public:
  using ObjectQueries::ObjectQueries;
  using Freed = std::vector<std::string>;

  // `row.bytes` is ignored; the bytes are those of `bytes`.
  Status put(std::string_view bucket, const ObjectRow& row, const Bytes& bytes, Freed& freed);
  Status set_attributes(std::string_view bucket, std::string_view key,
                        const Attributes& attributes);
  // False when there was none.
  Result<bool> erase(std::string_view bucket, std::string_view key, Freed& freed);

  Status create_upload(std::string_view bucket, const UploadRow& upload);
  Status put_part(std::string_view upload_id, const PartRow& part, const Bytes& bytes,
                  Freed& freed);
  Status erase_upload(std::string_view bucket, std::string_view key, std::string_view upload_id,
                      Freed& freed);
  // All uploads of a bucket that is being deleted.
  Status erase_uploads(std::string_view bucket, Freed& freed);

 private:
  Result<std::int64_t> store_inline(std::string_view bytes);
  Status erase_inline(std::int64_t row);
  Status step(sqlite3_stmt* statement, const char* what);
  sqlite3_stmt *put_ = nullptr, *attributes_ = nullptr, *erase_ = nullptr, *add_bytes_ = nullptr,
               *erase_bytes_ = nullptr, *add_upload_ = nullptr, *put_part_ = nullptr,
               *erase_part_rows_ = nullptr, *erase_upload_ = nullptr, *bucket_uploads_ = nullptr;
};

// Reads on a connection of its own: sees every commit that was durable when a call began.
class ObjectReader : public ObjectQueries {
 public:
  // `path` of the database, which must exist and be in WAL mode.
  static Result<std::unique_ptr<ObjectReader>> open(const std::string& path);
  ~ObjectReader();

 private:
  explicit ObjectReader(sqlite3* db) : ObjectQueries(db) {}
};

// Readers to borrow, from any thread; as many connections exist as were ever needed at once.
//   RC_TRY(auto reader, readers.borrow()); reader->find("bucket", "key");
class ObjectReaders {
 public:
  explicit ObjectReaders(std::string path) : path_(std::move(path)) {}
  class Lease {
   public:
    Lease(ObjectReaders& home, std::unique_ptr<ObjectReader> reader)
        : home_(&home), reader_(std::move(reader)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    ObjectReader* operator->() const { return reader_.get(); }
    ObjectReader& operator*() const { return *reader_; }

   private:
    ObjectReaders* home_;
    std::unique_ptr<ObjectReader> reader_;
  };
  Result<Lease> borrow();

 private:
  std::string path_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<ObjectReader>> idle_;
};

}  // namespace rolecall::store
