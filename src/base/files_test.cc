// Files with secrets in a folder that others might have been at before us.
#include "base/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace rolecall {
namespace {

class PrivateFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "/private.XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override {
    for (const char* name : {"/victim", "/file", "/file.lock"}) {
      ::unlink((folder_ + name).c_str());
    }
    ::rmdir(folder_.c_str());
  }
  std::string path(std::string_view name) const { return folder_ + "/" + std::string(name); }
  void put(std::string_view name, std::string_view text, mode_t mode) const {
    std::ofstream(path(name)) << text;
    ::chmod(path(name).c_str(), mode);
  }
  std::string text_of(std::string_view name) const {
    return read_file_if_there(path(name), 1000)->value_or("(none)");
  }
  mode_t mode_of(std::string_view name) const {
    struct stat about{};
    return ::lstat(path(name).c_str(), &about) == 0 ? about.st_mode : 0;
  }
  std::string folder_;
};

TEST_F(PrivateFiles, AFolderMustBeOursAlone) {
  EXPECT_TRUE(check_private_folder(folder_));
  for (const mode_t mode : {0720u, 0702u, 0777u, 01777u}) {
    ASSERT_EQ(::chmod(folder_.c_str(), mode), 0);
    const auto status = check_private_folder(folder_);
    ASSERT_FALSE(status) << mode;
    EXPECT_NE(status.error().text().find("chmod 700"), std::string::npos);
  }
  ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);  // others may look
  EXPECT_TRUE(check_private_folder(folder_));
  EXPECT_FALSE(check_private_folder(path("nowhere")));
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(folder_.c_str(), 65534, 65534), 0);
    EXPECT_FALSE(check_private_folder(folder_));
    ASSERT_EQ(::chown(folder_.c_str(), 0, 0), 0);
  }
}

TEST_F(PrivateFiles, ReadsOnlyWhatNobodyElseWrote) {
  EXPECT_EQ(read_private_file_if_there(path("file"), 10)->has_value(), false);
  put("file", "ours", 0600);
  EXPECT_EQ(**read_private_file_if_there(path("file"), 10), "ours");
  ::chmod(path("file").c_str(), 0644);
  EXPECT_EQ(**read_private_file_if_there(path("file"), 10), "ours");
  ::chmod(path("file").c_str(), 0666);
  EXPECT_EQ(read_private_file_if_there(path("file"), 10)->has_value(), false);
  if (::geteuid() == 0) {
    ::chmod(path("file").c_str(), 0600);
    ASSERT_EQ(::chown(path("file").c_str(), 65534, 65534), 0);
    EXPECT_EQ(read_private_file_if_there(path("file"), 10)->has_value(), false);
  }
  ::unlink(path("file").c_str());
  put("victim", "theirs", 0600);
  ASSERT_EQ(::symlink(path("victim").c_str(), path("file").c_str()), 0);
  EXPECT_EQ(read_private_file_if_there(path("file"), 10)->has_value(), false);
}

TEST_F(PrivateFiles, WritesToNobodyElsesFile) {
  // A file made beforehand, open to all.
  put("file", "planted", 0666);
  ASSERT_TRUE(replace_private_file(path("file"), "secret", Sync::none));
  EXPECT_EQ(mode_of("file"), S_IFREG | 0600u);
  EXPECT_EQ(text_of("file"), "secret");
  // A link to somewhere else.
  put("victim", "untouched", 0644);
  ::unlink(path("file").c_str());
  ASSERT_EQ(::symlink(path("victim").c_str(), path("file").c_str()), 0);
  ASSERT_TRUE(replace_private_file(path("file"), "secret", Sync::none));
  EXPECT_EQ(mode_of("file"), S_IFREG | 0600u);
  EXPECT_EQ(text_of("victim"), "untouched");
  EXPECT_EQ(text_of("file"), "secret");
}

TEST_F(PrivateFiles, LocksNothingElsewhere) {
  ASSERT_EQ(::symlink(path("victim").c_str(), path("file.lock").c_str()), 0);
  EXPECT_FALSE(FileLock::on_private_file(path("file.lock")));
  EXPECT_FALSE(FileLock::on_file(path("file.lock")));
  EXPECT_EQ(mode_of("victim"), 0u);
  ::unlink(path("file.lock").c_str());
  EXPECT_TRUE(FileLock::on_private_file(path("file.lock")));
  ::chmod(path("file.lock").c_str(), 0666);
  EXPECT_FALSE(FileLock::on_private_file(path("file.lock")));
}

}  // namespace
}  // namespace rolecall
