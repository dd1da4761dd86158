// The stores: the file's format and its refusals, the kernel's keyring, entries.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "crypto/hash.h"
#include "keys/file_store.h"
#include "keys/kernel_keyring.h"
#include "keys/key_file.h"
#include "keys/keyring_store.h"

namespace rolecall::keys {
namespace {

constexpr crypto::Argon2Cost kCheap{64, 1, 1};  // a test is no attacker

class Folder {
 public:
  Folder() {
    std::string name = "/tmp/rolecall-keys-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { [[maybe_unused]] const int ignored = std::system(("rm -rf " + path_).c_str()); }
  std::string file() const { return path_ + "/deep/keys"; }

 private:
  std::string path_;
};

Entry entry(std::string id = "AKIAONE", std::string secret = "wJalr/+key=") {
  return {std::move(id), Secret(std::move(secret))};
}

std::string text_of(const Error& error) { return error.text(); }

class Scripted final : public PassphraseSource {
 public:
  explicit Scripted(std::vector<std::string> answers, int* asked, bool person = true)
      : answers_(std::move(answers)), asked_(asked), person_(person) {}
  bool may_ask_again() const override { return person_; }
  Result<Secret> passphrase(bool fresh) override {
    ++*asked_;
    fresh_ = fresh;
    if (answers_.empty()) return fault("nobody is there");
    const std::string next = answers_.front();
    if (answers_.size() > 1) answers_.erase(answers_.begin());
    return Secret(next);
  }

 private:
  std::vector<std::string> answers_;
  int* asked_;
  bool person_, fresh_ = false;
};

class Keeper final : public KeyKeeper {
 public:
  explicit Keeper(std::map<std::string, std::string>* kept) : kept_(kept) {}
  std::optional<Secret> recall(const std::string& id) override {
    const auto found = kept_->find(id);
    if (found == kept_->end()) return std::nullopt;
    return Secret(found->second);
  }
  void keep(const std::string& id, const Secret& key) override {
    (*kept_)[id] = std::string(key.reveal());
  }
  void forget(const std::string& id) override { kept_->erase(id); }

 private:
  std::map<std::string, std::string>* kept_;
};

class FileStoreTest : public testing::Test {
 protected:
  FileStore store(std::vector<std::string> answers = {"right"}, bool person = true,
                  bool keeps = false) {
    return FileStore({folder_.file(), kCheap},
                     std::make_unique<Scripted>(std::move(answers), &asked_, person),
                     keeps ? std::make_unique<Keeper>(&kept_) : nullptr, *random_);
  }
  std::string text() { return *read_file_if_there(folder_.file(), kKeyFileBytesMax).value(); }
  void write(std::string_view text) { ASSERT_TRUE(replace_file(folder_.file(), text)); }
  std::string failure(FileStore store) {
    const auto got = store.get("a");
    return got ? "" : text_of(got.error());
  }

  Folder folder_;
  std::unique_ptr<Random> random_ = make_seeded_random(7);
  std::map<std::string, std::string> kept_;
  int asked_ = 0;
};

TEST_F(FileStoreTest, KeepsWhatItIsGiven) {
  EXPECT_FALSE(store().get("a").value().has_value());
  EXPECT_TRUE(store().list().value().empty());
  EXPECT_EQ(asked_, 0) << "nobody is asked for nothing";
  Entry with_all = entry("AKIATWO", "s2");
  with_all.token = Secret(std::string(2000, 't'));
  with_all.account_id = "111111111111";
  ASSERT_TRUE(store().put("a", entry()));
  ASSERT_TRUE(store().put("a profile, with blanks \xC3\xA4", with_all));
  EXPECT_TRUE(same(**store().get("a"), entry()));
  EXPECT_TRUE(same(**store().get("a profile, with blanks \xC3\xA4"), with_all));
  EXPECT_FALSE(store().get("b").value().has_value());
  asked_ = 0;
  EXPECT_EQ(store().list().value(),
            (std::vector<Item>{{"a", "AKIAONE"}, {"a profile, with blanks \xC3\xA4", "AKIATWO"}}));
  EXPECT_EQ(asked_, 0) << "the list is in the clear";
  EXPECT_EQ(text().find("wJalr"), std::string::npos);
  struct stat about{};
  ASSERT_EQ(::stat(folder_.file().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  EXPECT_TRUE(*store().remove("a"));
  EXPECT_FALSE(*store().remove("a"));
  EXPECT_FALSE(store().get("a").value().has_value());
  EXPECT_EQ(store().list().value().size(), 1u);
}

TEST_F(FileStoreTest, AWrongPassphraseAndADamagedFileAreToldApart) {
  ASSERT_TRUE(store().put("a", entry()));
  const std::string whole = text();
  asked_ = 0;
  EXPECT_NE(failure(store({"wrong"})).find("that is not the passphrase"), std::string::npos);
  EXPECT_EQ(asked_, kPassphraseTries) << "a person may have mistyped";
  asked_ = 0;
  EXPECT_NE(failure(store({"wrong"}, false)).find("that is not the passphrase"), std::string::npos);
  EXPECT_EQ(asked_, 1) << "a file would say the same again";
  asked_ = 0;
  EXPECT_EQ(failure(store({"wrong", "right"})), "");
  EXPECT_EQ(asked_, 2);
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    std::string broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 1);
    write(broken);
    asked_ = 0;
    const std::string why = failure(store());
    EXPECT_TRUE(why.find("is damaged") != why.npos || why.find("newer rolecall") != why.npos)
        << at << ": " << why;
    EXPECT_EQ(asked_, 0) << "nobody types a passphrase for a broken file";
  }
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, whole.size() / 2, whole.size() - 1}) {
    write(whole.substr(0, size));
    EXPECT_NE(failure(store()).find("is damaged"), std::string::npos) << size;
  }
  write("rolecall-keys 2\nwhatever\n");
  EXPECT_NE(failure(store()).find("newer rolecall"), std::string::npos);
}

TEST_F(FileStoreTest, NamesAndCostsCannotBeExchanged) {
  ASSERT_TRUE(store().put("a", entry()));
  ASSERT_TRUE(store().put("b", entry("AKIATWO", "s2")));
  KeyFile file = *parse_key_file(text());
  // With a right sum, as somebody who may write the file would make it.
  KeyFile swapped = file;
  std::swap(swapped.items[0].access_key_id, swapped.items[1].access_key_id);
  write(format_key_file(swapped));
  EXPECT_NE(failure(store()).find("is damaged"), std::string::npos);
  KeyFile fewer = file;
  fewer.items.pop_back();
  write(format_key_file(fewer));
  EXPECT_NE(failure(store()).find("is damaged"), std::string::npos);
  KeyFile cheaper = file;
  cheaper.cost.passes = 2;
  write(format_key_file(cheaper));
  EXPECT_NE(failure(store()).find("that is not the passphrase"), std::string::npos);
  write(format_key_file(file));
  EXPECT_EQ(failure(store()), "");
}

TEST_F(FileStoreTest, ACostThatWouldEatTheMachineIsRefused) {
  ASSERT_TRUE(store().put("a", entry()));
  for (const crypto::Argon2Cost cost :
       {crypto::Argon2Cost{kCostMax.memory_kib + 1, 1, 1}, crypto::Argon2Cost{64, 65, 1},
        crypto::Argon2Cost{1024, 1, 17}, crypto::Argon2Cost{8, 1, 2}}) {
    KeyFile file = *parse_key_file(text());
    file.cost = cost;
    EXPECT_FALSE(parse_key_file(format_key_file(file)));
  }
}

TEST_F(FileStoreTest, AnOpenedFileStaysOpenUntilItIsLocked) {
  ASSERT_TRUE(store({"right"}, true, true).put("a", entry()));
  asked_ = 0;
  EXPECT_TRUE(store({"right"}, true, true).get("a").value().has_value());
  ASSERT_TRUE(store({"right"}, true, true).put("b", entry()));
  EXPECT_EQ(asked_, 0);
  ASSERT_TRUE(store({"right"}, true, true).lock());
  EXPECT_TRUE(store({"right"}, true, true).get("a").value().has_value());
  EXPECT_EQ(asked_, 1);
  // A kept key that is not this file's is not used.
  for (auto& [id, key] : kept_) key.assign(32, 'x');
  EXPECT_TRUE(store({"right"}, true, true).get("a").value().has_value());
  EXPECT_EQ(asked_, 2);
}

TEST_F(FileStoreTest, NobodyIsAskedTwiceInOneRun) {
  FileStore one = store();
  ASSERT_TRUE(one.put("a", entry()));
  ASSERT_TRUE(one.put("b", entry()));
  EXPECT_TRUE(one.get("a").value().has_value());
  EXPECT_EQ(asked_, 1);
  ASSERT_TRUE(one.lock());
  EXPECT_TRUE(one.get("a").value().has_value());
  EXPECT_EQ(asked_, 2);
}

TEST_F(FileStoreTest, ThePassphraseCanBeChanged) {
  int asked = 0;
  Scripted next({"new"}, &asked);
  EXPECT_FALSE(store().change_passphrase(next)) << "there is no file yet";
  ASSERT_TRUE(store({"right"}, true, true).put("a", entry()));
  const auto old_key = kept_;
  Scripted wrong_start({"new"}, &asked);
  EXPECT_FALSE(store({"wrong"}).change_passphrase(wrong_start));
  ASSERT_TRUE(store({"right"}, true, true).change_passphrase(next));
  EXPECT_NE(kept_, old_key);
  EXPECT_NE(failure(store({"right"})).find("that is not the passphrase"), std::string::npos);
  EXPECT_TRUE(same(**store({"new"}).get("a"), entry()));
}

TEST_F(FileStoreTest, WhatIsNoKeyIsRefused) {
  EXPECT_FALSE(store().put("", entry()));
  EXPECT_FALSE(store().put("a\nb", entry()));
  EXPECT_FALSE(store().put(std::string(256, 'a'), entry()));
  EXPECT_FALSE(store().put("a", entry("", "s")));
  EXPECT_FALSE(store().put("a", entry("AKIA", "")));
  EXPECT_FALSE(store().put("a", entry("AKIA", "two\nlines")));
  EXPECT_FALSE(store().put("a", entry("AK IA", "s")));
  EXPECT_FALSE(store().put("a", entry("AKIA", std::string(kFieldBytesMax + 1, 's'))));
  EXPECT_EQ(asked_, 0);
}

TEST(EntryText, IsReadStrictly) {
  Entry full = entry();
  full.token = Secret("t");
  full.account_id = "1";
  const std::string text(format_entry(full).reveal());
  EXPECT_EQ(
      text,
      "access_key_id=AKIAONE\nsecret_access_key=wJalr/+key=\nsession_token=t\naccount_id=1\n");
  EXPECT_TRUE(same(*parse_entry(text), full));
  for (const std::string_view bad :
       {"", "access_key_id=A\n", "access_key_id=A\nsecret_access_key=\n",
        "access_key_id=\nsecret_access_key=s\n", "access_key_id=A\nsecret_access_key=s",
        "access_key_id=A\nsecret_access_key=s\nx", "secret_access_key=s\naccess_key_id=A\n",
        "access_key_id=A\nsecret_access_key=s\naccount_id=\n",
        "access_key_id=A\nsecret_access_key=a b\n",
        "access_key_id=A\nsecret_access_key=s\naccount_id=1\nsession_token=t\n"}) {
    EXPECT_FALSE(parse_entry(bad)) << bad;
  }
}

TEST(KeyFileText, HasOneSpelling) {
  KeyFile file;
  file.salt = std::string(kSaltBytes, 's');
  file.sealed_key = std::string(crypto::kSealOverheadBytes + 32, 'k');
  file.sealed_body = std::string(crypto::kSealOverheadBytes, 'b');
  file.items = {{"a", "AKIA"}, {"b c", "AKIA"}};
  const std::string text = format_key_file(file);
  EXPECT_EQ(*parse_key_file(text), file);
  // The same with another sum: only the form is wrong then.
  const auto refused = [&](std::string from, std::string to) {
    std::string changed = text.substr(0, text.rfind("sum "));
    const std::size_t at = changed.find(from);
    ASSERT_NE(at, changed.npos) << from;
    changed.replace(at, from.size(), to);
    changed += "sum " + crypto::sha256_hex(changed) + "\n";
    EXPECT_FALSE(parse_key_file(changed)) << to;
  };
  refused("65536 3 4", "065536 3 4");
  refused("65536 3 4", "65536  3 4");
  refused("argon2id 19", "argon2id 16");
  refused("argon2id", "argon2i");
  refused("entry b%20c", "entry b%2Gc");
  refused("entry b%20c", "entry %62%20c");
  refused("entry b%20c", "entry a");
  refused("entry a AKIA\nentry b%20c AKIA\n", "entry b%20c AKIA\nentry a AKIA\n");
  refused("body ", "bodi ");
  refused("key ", "key x");
  refused("entry a AKIA\n", "entry a\n");
  refused("entry a AKIA\n", "\n");
}

TEST(Body, IsReadStrictly) {
  Entries entries;
  entries.emplace("a b", entry());
  entries.emplace("c", entry("AKIATWO"));
  const std::string text(format_body(entries).reveal());
  EXPECT_EQ(parse_body(text)->size(), 2u);
  EXPECT_FALSE(parse_body(text.substr(0, text.size() - 1)));
  EXPECT_FALSE(parse_body(text + "x"));
  EXPECT_FALSE(parse_body(text + text)) << "a name twice";
  EXPECT_FALSE(parse_body("a 99999999\n"));
  EXPECT_TRUE(parse_body("")->empty());
}

// Keys of these tests are the machine's: they have a collection of their own and are removed.
TEST(KernelKeyring, KeepsKeysForThisUser) {
  const auto keyring = KernelKeyring::open();
  if (!keyring) GTEST_SKIP() << text_of(keyring.error());
  const std::string collection = "test-" + std::to_string(::getpid());
  const auto store = make_keyring_store(*keyring, collection);
  EXPECT_FALSE(store->lasts());
  EXPECT_FALSE(store->get("a").value().has_value());
  Entry long_one = entry("AKIATWO", "s");
  long_one.token = Secret(std::string(4000, 't'));  // more than the first buffer
  ASSERT_TRUE(store->put("a", entry()));
  ASSERT_TRUE(store->put("b b", long_one));
  EXPECT_TRUE(same(**store->get("a"), entry()));
  EXPECT_TRUE(same(**store->get("b b"), long_one));
  ASSERT_TRUE(store->put("a", entry("AKIATHREE", "other")));
  EXPECT_EQ(store->list().value(), (std::vector<Item>{{"a", "AKIATHREE"}, {"b b", "AKIATWO"}}));
  EXPECT_TRUE(make_keyring_store(*keyring, collection + "x")->list().value().empty());
  EXPECT_FALSE(store->put("a", entry("", "")));
  EXPECT_TRUE(*store->remove("a"));
  EXPECT_FALSE(*store->remove("a"));
  EXPECT_TRUE(*store->remove("b b"));
  const std::string description = "rolecall:key:" + collection + "/:c";
  ASSERT_TRUE(keyring->write(description, Secret("no entry")));
  EXPECT_FALSE(store->get("c"));
  EXPECT_TRUE(store->list().value().empty());
  EXPECT_TRUE(keyring->remove(description));
}

TEST(Backends, HaveNames) {
  for (const Backend backend : kBackends) EXPECT_EQ(parse_backend(backend_name(backend)), backend);
  EXPECT_FALSE(parse_backend("File"));
  EXPECT_FALSE(parse_backend(""));
}

}  // namespace
}  // namespace rolecall::keys
