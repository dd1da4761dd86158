#include "store/blobs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace rolecall::store {
namespace {

namespace fs = std::filesystem;

class BlobsTest : public testing::Test {
 protected:
  BlobsTest()
      : dir_(fs::temp_directory_path() / ("rc_blobs_" + std::to_string(::getpid()))),
        random_(make_seeded_random(1)) {
    fs::remove_all(dir_);
    store_ = std::move(*BlobStore::open(dir_, *random_));
  }
  ~BlobsTest() override { fs::remove_all(dir_); }
  std::string read(std::string_view id) {
    auto fd = store_->open_blob(id);
    if (!fd || !*fd) return "(none)";
    std::string out(1000, '\0');
    ssize_t n = ::read(**fd, out.data(), out.size());
    ::close(**fd);
    out.resize(static_cast<std::size_t>(n));
    return out;
  }
  std::string write(std::string_view bytes) {
    auto writer = *store_->create();
    EXPECT_TRUE(writer->write(bytes));
    return *writer->commit();
  }
  int files() {
    int count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(dir_))
      count += entry.is_regular_file();
    return count;
  }
  fs::path dir_;
  std::unique_ptr<Random> random_;
  std::unique_ptr<BlobStore> store_;
};

TEST_F(BlobsTest, WriteReadLinkRemove) {
  std::string id = write("hello");
  EXPECT_EQ(read(id), "hello");
  std::string copy = *store_->link(id);
  store_->remove(id);
  EXPECT_EQ(read(id), "(none)");
  EXPECT_EQ(read(copy), "hello");
}

TEST_F(BlobsTest, AppendsPartsOfOthers) {
  std::string a = write("hello world");
  auto writer = *store_->create();
  int fd = **store_->open_blob(a);
  ASSERT_TRUE(writer->append_from(fd, 6, 5));
  ASSERT_TRUE(writer->append_from(fd, 0, 5));
  EXPECT_FALSE(writer->append_from(fd, 8, 100).has_value());  // shorter than promised
  ::close(fd);
  auto again = *store_->create();
  ASSERT_TRUE(again->append_from(**store_->open_blob(a), 6, 5));
  EXPECT_EQ(read(*again->commit()), "world");
}

TEST_F(BlobsTest, AnUnfinishedBlobLeavesNothing) {
  {
    auto writer = *store_->create();
    ASSERT_TRUE(writer->write("half"));
    EXPECT_EQ(files(), 1);
  }
  EXPECT_EQ(files(), 0);
}

TEST_F(BlobsTest, ANewProcessSweepsWhatTheOldLeft) {
  std::string kept = write("kept"), orphan = write("orphan");
  std::ofstream(dir_ / "tmp" / "00000000000000ff00000001") << "half";
  auto next = *BlobStore::open(dir_, *random_);
  EXPECT_EQ(files(), 2);  // the half one is gone already
  auto writer = *next->create();
  ASSERT_TRUE(writer->write("new"));
  std::string fresh = *writer->commit();
  auto removed = next->sweep([&](std::string_view id) -> Result<bool> { return id == kept; });
  ASSERT_TRUE(removed);
  EXPECT_EQ(*removed, 1u);
  EXPECT_EQ(read(kept), "kept");
  EXPECT_EQ(read(fresh), "new");  // this process's own is never swept
  EXPECT_EQ(read(orphan), "(none)");
}

}  // namespace
}  // namespace rolecall::store
