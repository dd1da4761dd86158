#include "store/objects.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>

namespace rolecall::store {
namespace {

class ObjectsTest : public testing::Test {
 protected:
  ObjectsTest()
      : dir_(std::filesystem::temp_directory_path() /
             ("rc_objects_" + std::to_string(::getpid()) + "_" +
              testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
    path_ = dir_ / "db";
    EXPECT_EQ(sqlite3_open(path_.c_str(), &db_), SQLITE_OK);
    exec("PRAGMA journal_mode=WAL");
    exec(std::string(object_schema()).c_str());
    txn_ = std::make_unique<ObjectTxn>(db_);
  }
  ~ObjectsTest() override {
    txn_.reset();
    sqlite3_close(db_);
    std::filesystem::remove_all(dir_);
  }
  void exec(const char* sql) {
    ASSERT_EQ(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db_);
  }
  void put(std::string key, std::string bytes, std::string file = "") {
    ObjectRow row;
    row.key = std::move(key);
    row.size = bytes.size();
    row.etag = "e";
    ASSERT_TRUE(txn_->put("b", row, {std::move(file), std::move(bytes)}, freed_));
  }
  std::vector<std::string> keys(const Page<ObjectRow>& page) {
    std::vector<std::string> out;
    for (const auto& row : page.rows) out.push_back(row.key);
    return out;
  }

  std::filesystem::path dir_, path_;
  sqlite3* db_ = nullptr;
  std::unique_ptr<ObjectTxn> txn_;
  ObjectTxn::Freed freed_;
};
using Texts = std::vector<std::string>;

TEST_F(ObjectsTest, PutFindReplaceErase) {
  put("k", "hello");
  std::string bytes;
  auto row = txn_->find_with_bytes("b", "k", bytes);
  ASSERT_TRUE(row && *row);
  EXPECT_EQ(bytes, "hello");
  EXPECT_EQ((*row)->size, 5u);
  put("k", "", "file1");
  bytes.clear();
  row = txn_->find_with_bytes("b", "k", bytes);
  EXPECT_EQ((*row)->bytes.file, "file1");
  EXPECT_EQ(bytes, "");
  EXPECT_TRUE(*txn_->names_file("file1"));
  EXPECT_FALSE(*txn_->names_file("file2"));
  EXPECT_TRUE(freed_.empty());
  put("k", "again");
  EXPECT_EQ(freed_, Texts{"file1"});
  EXPECT_TRUE(*txn_->erase("b", "k", freed_));
  EXPECT_FALSE(*txn_->erase("b", "k", freed_));
  EXPECT_FALSE(*txn_->any_object("b"));
  sqlite3_stmt* s = nullptr;
  sqlite3_prepare_v2(db_, "SELECT count(*) FROM object_bytes", -1, &s, nullptr);
  sqlite3_step(s);
  EXPECT_EQ(sqlite3_column_int(s, 0), 0);  // replaced and erased bytes are gone
  sqlite3_finalize(s);
}

TEST_F(ObjectsTest, AttributesSurvive) {
  ObjectRow row;
  row.key = std::string("\x00\xff/k", 4);
  set_attribute(row.attributes, "m:b", std::string(300, 'x'));
  set_attribute(row.attributes, "m:a", "");
  set_attribute(row.attributes, "m:b", std::string(200, 'y'));
  ASSERT_TRUE(txn_->put("b", row, {}, freed_));
  auto found = txn_->find("b", row.key);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->attributes, row.attributes);
  EXPECT_EQ(attribute((*found)->attributes, "m:b"), std::string(200, 'y'));
  EXPECT_EQ(attribute((*found)->attributes, "none"), "");
}

TEST_F(ObjectsTest, ListsByPrefixDelimiterAndMarker) {
  for (const char* key : {"a", "p/1", "p/2", "p/q/1", "p/q/2", "p/r/1", "p0", "z"}) put(key, "x");
  EXPECT_EQ(keys(*txn_->list("b", {})),
            (Texts{"a", "p/1", "p/2", "p/q/1", "p/q/2", "p/r/1", "p0", "z"}));
  EXPECT_EQ(keys(*txn_->list("other", {})), Texts{});
  auto page = txn_->list("b", {.prefix = "p/", .delimiter = "/"});
  EXPECT_EQ(keys(*page), (Texts{"p/1", "p/2"}));
  EXPECT_EQ(page->common_prefixes, (Texts{"p/q/", "p/r/"}));
  EXPECT_FALSE(page->truncated);
  page = txn_->list("b", {.prefix = "p/", .delimiter = "/", .max = 3});
  EXPECT_EQ(page->common_prefixes, (Texts{"p/q/"}));
  EXPECT_TRUE(page->truncated);
  EXPECT_EQ(page->last, "p/q/");
  page = txn_->list("b", {.prefix = "p/", .delimiter = "/", .after = "p/q/", .max = 3});
  EXPECT_EQ(keys(*page), Texts{});
  EXPECT_EQ(page->common_prefixes, (Texts{"p/r/"}));
  EXPECT_FALSE(page->truncated);
  page = txn_->list("b", {.after = "p/2", .max = 1});
  EXPECT_EQ(keys(*page), Texts{"p/q/1"});
  EXPECT_TRUE(page->truncated);
  // A key that is also the beginning of others comes after itself only once.
  put("p", "x");
  EXPECT_EQ(keys(*txn_->list("b", {.after = "p", .max = 1})), Texts{"p/1"});
  EXPECT_EQ(keys(*txn_->list("b", {.max = 0})), Texts{});
  EXPECT_FALSE(txn_->list("b", {.max = 0})->truncated);
}

TEST_F(ObjectsTest, CommonPrefixesOfHighBytes) {
  put("\xff\xff/a", "x");
  put("\xff\xff/b", "x");
  put("a/1", "x");
  auto page = txn_->list("b", {.delimiter = "/"});
  EXPECT_EQ(page->common_prefixes, (Texts{"a/", "\xff\xff/"}));
  page = txn_->list("b", {.delimiter = "\xff"});
  EXPECT_EQ(page->common_prefixes, (Texts{"\xff"}));
}

TEST_F(ObjectsTest, UploadsAndParts) {
  ASSERT_TRUE(txn_->create_upload("b", {"k", "u1", {1}, {}}));
  ASSERT_TRUE(txn_->create_upload("b", {"k", "u2", {2}, {{"a", "b"}}}));
  ASSERT_TRUE(txn_->create_upload("b", {"l", "u3", {3}, {}}));
  EXPECT_TRUE((*txn_->find_upload("b", "k", "u2")).has_value());
  EXPECT_FALSE((*txn_->find_upload("b", "l", "u2")).has_value());
  auto page = txn_->list_uploads("b", {.max = 1});
  EXPECT_TRUE(page->truncated);
  EXPECT_EQ(page->last_id, "u1");
  page = txn_->list_uploads("b", {.after = "k", .after_id = "u1"});
  ASSERT_EQ(page->rows.size(), 2u);
  EXPECT_EQ(page->rows[0].id, "u2");
  EXPECT_EQ(txn_->list_uploads("b", {.after = "k"})->rows.size(), 1u);

  PartRow part;
  part.number = 2;
  part.size = 3;
  ASSERT_TRUE(txn_->put_part("u1", part, {.file = "f1"}, freed_));
  ASSERT_TRUE(txn_->put_part("u1", part, {.file = "f2"}, freed_));
  EXPECT_EQ(freed_, Texts{"f1"});
  part.number = 10;
  ASSERT_TRUE(txn_->put_part("u1", part, {.inlined = "abc"}, freed_));
  auto parts = txn_->parts("u1", 0, 1000);
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[1].number, 10);
  EXPECT_EQ(*txn_->inlined((*parts)[1].bytes), "abc");
  EXPECT_EQ(txn_->parts("u1", 2, 1000)->size(), 1u);
  EXPECT_TRUE(*txn_->names_file("f2"));
  ASSERT_TRUE(txn_->erase_uploads("b", freed_));
  EXPECT_EQ(freed_, (Texts{"f1", "f2"}));
  EXPECT_TRUE(txn_->parts("u1", 0, 1000)->empty());
}

TEST_F(ObjectsTest, ReadersSeeWhatIsCommitted) {
  ObjectReaders readers(path_);
  auto reader = readers.borrow();
  ASSERT_TRUE(reader);
  exec("BEGIN IMMEDIATE");
  put("k", "hello");
  EXPECT_FALSE((*(*reader)->find("b", "k")).has_value());
  exec("COMMIT");
  EXPECT_TRUE((*(*reader)->find("b", "k")).has_value());
  exec("BEGIN IMMEDIATE");
  put("l", "hello");
  exec("ROLLBACK");
  EXPECT_FALSE((*(*reader)->find("b", "l")).has_value());
  EXPECT_FALSE(ObjectReader::open((dir_ / "none").string()).has_value());
}

// What a listing returns is what costs, not what the bucket holds.
TEST_F(ObjectsTest, ListingSkipsWhatItRollsUp) {
  exec("BEGIN");
  for (int i = 0; i < 20'000; ++i) put("big/" + std::to_string(i), "");
  put("zzz", "x");
  exec("COMMIT");
  int steps = 0;
  sqlite3_progress_handler(db_, 10, [](void* n) { return ++*static_cast<int*>(n), 0; }, &steps);
  auto page = txn_->list("b", {.delimiter = "/"});
  sqlite3_progress_handler(db_, 0, nullptr, nullptr);
  EXPECT_EQ(page->common_prefixes, Texts{"big/"});
  EXPECT_EQ(keys(*page), Texts{"zzz"});
  EXPECT_LT(steps, 50);
}

}  // namespace
}  // namespace rolecall::store
