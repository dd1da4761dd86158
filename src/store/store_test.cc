#include "store/store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "identity/codec.h"
#include "identity/testing.h"
#include "store/files.h"
#include "store/journal.h"
#include "store/master_key.h"

namespace rolecall::store {
namespace {

using identity::Put;
using identity::Role;

const AccountId kAccount = AccountId::from_number(111122223333);

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    std::string pattern = testing::TempDir() + "rc_store_XXXXXX";
    dir_ = ::mkdtemp(pattern.data());
    key_ = *MasterKey::open_or_create(dir_ + "/keys/master.key", *random_);
  }
  ~StoreTest() override { std::filesystem::remove_all(dir_); }

  std::unique_ptr<Store> open(StoreOptions options = {.durability = Durability::unsynced}) {
    auto store = Store::open(dir_ + "/data", *key_, clock_, options);
    EXPECT_TRUE(store.has_value()) << (store ? "" : store.error().text());
    return store ? std::move(*store) : nullptr;
  }
  static std::shared_ptr<Role> role(const std::string& name) {
    auto made = std::make_shared<Role>();
    made->name = name;
    made->id = "AROA" + name;
    made->trust = identity::make_policy("{\"trust\":\"" + name + "\"}", policy::Kind::trust);
    return made;
  }
  static Status put_role(Store& store, const std::string& name, const std::string& audit = "") {
    return store.write([&](WriteTxn& txn) -> Status {
      txn.apply({Put<Role>{kAccount, role(name)}});
      if (!audit.empty()) txn.audit(audit);
      return {};
    });
  }
  static bool has_role(const identity::State& state, const std::string& name) {
    const identity::Account* account = state.account(kAccount);
    return account && account->roles.find(name);
  }
  static std::vector<std::string> records(Store& store, AuditQuery query = {}) {
    std::vector<std::string> out;
    EXPECT_TRUE(store.audit().read(query, [&](std::string_view record, AuditPosition) {
      out.emplace_back(record);
      return true;
    }));
    return out;
  }

  std::unique_ptr<Random> random_ = make_seeded_random(7);
  FakeClock clock_;
  std::string dir_;
  std::unique_ptr<MasterKey> key_;
};
using Texts = std::vector<std::string>;

TEST_F(StoreTest, a_write_is_seen_at_once_and_after_a_restart) {
  {
    auto store = open();
    ASSERT_TRUE(put_role(*store, "one"));
    EXPECT_TRUE(has_role(*store->snapshot(), "one"));
    EXPECT_EQ(store->snapshot()->revision(), 1u);
  }
  auto store = open();
  EXPECT_TRUE(has_role(*store->snapshot(), "one"));
  EXPECT_EQ(store->snapshot()->revision(), 1u);
  EXPECT_EQ(store->open_facts().replayed_rows, 1u);
}

TEST_F(StoreTest, a_refused_job_leaves_nothing_but_its_audit_record) {
  auto store = open();
  const Status refused = store->write([&](WriteTxn& txn) -> Status {
    txn.apply({Put<Role>{kAccount, role("never")}});
    EXPECT_TRUE(has_role(txn.state(), "never"));
    ObjectRow row;
    row.key = "k";
    ObjectTxn::Freed freed;
    EXPECT_TRUE(txn.objects().put("bucket", row, {.inlined = "bytes"}, freed));
    txn.audit("{\"refused\":1}");
    return ApiError::access_denied("no");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().api().code, "AccessDenied");
  EXPECT_EQ(store->snapshot()->revision(), 0u);
  EXPECT_FALSE(has_role(*store->snapshot(), "never"));
  EXPECT_EQ(records(*store), Texts{"{\"refused\":1}"});
  ObjectReaders readers(store->database_path());
  EXPECT_FALSE(*(*readers.borrow())->any_object("bucket"));
}

TEST_F(StoreTest, a_refusal_in_a_group_undoes_only_itself) {
  auto store = open();
  // The first job holds the writer until the others are queued, so that they share a commit.
  std::promise<void> go;
  std::vector<std::future<Status>> outcomes;
  const auto submit = [&](WriteJob job) {
    auto promise = std::make_shared<std::promise<Status>>();
    outcomes.push_back(promise->get_future());
    store->submit(std::move(job), [promise](Status s) { promise->set_value(std::move(s)); });
  };
  submit([&, gate = go.get_future().share()](WriteTxn&) -> Status {
    gate.wait();
    return {};
  });
  for (int i = 0; i < 5; ++i) {
    submit([i](WriteTxn& txn) -> Status {
      EXPECT_EQ(has_role(txn.state(), "r3"), i > 3);
      EXPECT_FALSE(has_role(txn.state(), "r2"));
      ObjectRow row;
      row.key = "k" + std::to_string(i);
      ObjectTxn::Freed freed;
      RC_CHECK(txn.objects().put("bucket", row, {.inlined = "x"}, freed));
      txn.apply({Put<Role>{kAccount, role("r" + std::to_string(i))}});
      if (i == 2) return ApiError::limit_exceeded("enough");
      if (i == 4) throw std::runtime_error("a bug");
      return {};
    });
  }
  go.set_value();
  Texts results;
  for (auto& outcome : outcomes) {
    const Status status = outcome.get();
    results.push_back(status ? "ok" : status.error().is_api() ? "api" : "fault");
  }
  EXPECT_EQ(results, (Texts{"ok", "ok", "ok", "api", "ok", "fault"}));
  EXPECT_EQ(store->snapshot()->revision(), 3u);
  EXPECT_EQ(store->snapshot()->account(kAccount)->roles.size(), 3u);
  EXPECT_EQ(store->snapshot()->principals().size(), 3u);
  ObjectReaders readers(store->database_path());
  EXPECT_EQ((*readers.borrow())->list("bucket", {})->rows.size(), 3u);
  store.reset();
  store = open();
  EXPECT_EQ(store->snapshot()->account(kAccount)->roles.size(), 3u);
}

TEST_F(StoreTest, a_full_disk_is_a_fault_and_changes_nothing) {
  auto store = open();
  ASSERT_TRUE(put_role(*store, "before"));
  // SQLite's own limit stands for the disk's: the same SQLITE_FULL.
  const std::string big(3 << 20, 'x');
  ASSERT_TRUE(
      store->run_on_writer([](Db& db) -> Status { return db.exec("PRAGMA max_page_count=200"); }));
  const Status full = store->write([&](WriteTxn& txn) -> Status {
    auto made = role("big");
    made->trust = identity::make_policy(big, policy::Kind::trust);
    txn.apply({Put<Role>{kAccount, made}});
    txn.audit("{\"lost\":1}");
    return {};
  });
  ASSERT_FALSE(full);
  EXPECT_FALSE(full.error().is_api());
  EXPECT_FALSE(store->healthy());
  EXPECT_FALSE(has_role(*store->snapshot(), "big"));
  EXPECT_EQ(store->snapshot()->revision(), 1u);
  // Records of reads wait for better times; small writes may still fit.
  store->audit_later("{\"waits\":1}");
  ASSERT_TRUE(store->run_on_writer(
      [](Db& db) -> Status { return db.exec("PRAGMA max_page_count=1000000"); }));
  ASSERT_TRUE(put_role(*store, "after"));
  ASSERT_TRUE(store->flush());
  EXPECT_TRUE(store->healthy());
  EXPECT_EQ(store->snapshot()->revision(), 2u);
  store->close();
  store.reset();
  store = open();
  EXPECT_EQ(store->snapshot()->revision(), 2u);
  EXPECT_FALSE(has_role(*store->snapshot(), "big"));
  EXPECT_EQ(records(*store), Texts{"{\"waits\":1}"});
}

// Calls are refused while the disk refuses, so nobody writes, and nobody would notice that it is
// well again: the store tries by itself.
TEST_F(StoreTest, it_is_well_again_without_being_asked) {
  auto store = open();
  std::atomic<bool> refuses{false};
  ASSERT_TRUE(store->run_on_writer([&](Db& db) -> Status {
    sqlite3_commit_hook(
        db.handle(),
        [](void* says) { return static_cast<std::atomic<bool>*>(says)->load() ? 1 : 0; }, &refuses);
    return {};
  }));
  refuses = true;
  EXPECT_FALSE(put_role(*store, "lost"));
  EXPECT_FALSE(store->healthy());
  refuses = false;
  for (int i = 0; i < 500 && !store->healthy(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_TRUE(store->healthy());
  EXPECT_FALSE(has_role(*store->snapshot(), "lost"));
  ASSERT_TRUE(put_role(*store, "after"));
  ASSERT_TRUE(store->run_on_writer([](Db& db) -> Status {
    sqlite3_commit_hook(db.handle(), nullptr, nullptr);
    return {};
  }));
}

// A commit may be told as failed and have happened: what the log says counts.
TEST_F(StoreTest, a_failed_commit_that_is_in_the_log_has_happened) {
  auto store = open();
  ASSERT_TRUE(put_role(*store, "before"));
  const Status unknown = store->run_on_writer([&](Db& db) -> Status {
    const std::string events =
        identity::encode_events({Put<Role>{kAccount, role("unknown")}}, *key_);
    RC_CHECK(journal::append(db, 2, clock_.now(), events));
    return db.exec("COMMIT");  // behind the loop's back: it finds no transaction any more
  });
  EXPECT_FALSE(unknown);
  EXPECT_FALSE(store->healthy());
  ASSERT_TRUE(put_role(*store, "after"));
  EXPECT_TRUE(store->healthy());
  EXPECT_EQ(store->snapshot()->revision(), 3u);
  for (const char* name : {"before", "unknown", "after"}) {
    EXPECT_TRUE(has_role(*store->snapshot(), name)) << name;
  }
  store.reset();
  store = open();
  EXPECT_EQ(store->snapshot()->revision(), 3u);
  EXPECT_TRUE(has_role(*store->snapshot(), "unknown"));
}

TEST_F(StoreTest, a_commit_that_fails_after_all_statements_is_a_fault) {
  // The bug: SQLite had rolled back at COMMIT, and no transaction being open was taken for success.
  auto store = open();
  ASSERT_TRUE(put_role(*store, "before"));
  int passing = 1;  // the commit that sets the hook
  const auto set_hook = [&](int (*hook)(void*)) {
    return store->run_on_writer([&, hook](Db& db) -> Status {
      sqlite3_commit_hook(db.handle(), hook, &passing);
      return {};
    });
  };
  ASSERT_TRUE(set_hook([](void* left) { return (*static_cast<int*>(left))-- > 0 ? 0 : 1; }));
  passing = 0;
  const Status status = put_role(*store, "lost", "{\"lost\":1}");
  ASSERT_FALSE(status);
  EXPECT_FALSE(status.error().is_api());
  EXPECT_EQ(store->snapshot()->revision(), 1u);
  EXPECT_FALSE(has_role(*store->snapshot(), "lost"));
  passing = 1'000;
  ASSERT_TRUE(put_role(*store, "after"));
  EXPECT_EQ(store->snapshot()->revision(), 2u);
  ASSERT_TRUE(set_hook(nullptr));
  store.reset();
  store = open();
  EXPECT_FALSE(has_role(*store->snapshot(), "lost"));
  EXPECT_TRUE(has_role(*store->snapshot(), "after"));
  EXPECT_TRUE(records(*store).empty());
}

TEST_F(StoreTest, audit_records_in_both_directions_and_from_a_place) {
  auto store = open();
  ASSERT_TRUE(put_role(*store, "a", "{\"n\":0}"));
  for (int i = 1; i < 50; ++i) {
    store->audit_later("{\"n\":" + std::to_string(i) + "}");
    if (i % 7 == 0) {
      ASSERT_TRUE(store->flush());
    }
  }
  ASSERT_TRUE(store->flush());
  const Texts forward = records(*store, {.order = AuditOrder::oldest_first});
  Texts backward = records(*store);
  ASSERT_EQ(forward.size(), 50u);
  EXPECT_EQ(forward[0], "{\"n\":0}");
  EXPECT_EQ(forward[49], "{\"n\":49}");
  std::reverse(backward.begin(), backward.end());
  EXPECT_EQ(forward, backward);

  AuditPosition seen;
  ASSERT_TRUE(store->audit().read({.order = AuditOrder::oldest_first},
                                  [&](std::string_view record, AuditPosition at) {
                                    seen = at;
                                    return record != "{\"n\":10}";
                                  }));
  EXPECT_EQ(records(*store, {.order = AuditOrder::oldest_first, .after = seen}).front(),
            "{\"n\":11}");
  const AuditPosition end = *store->audit().end();
  EXPECT_FALSE(*store->audit().wait(end, 0));
  std::thread later([&] { store->audit_later("{\"new\":1}"); });
  EXPECT_TRUE(*store->audit().wait(end, 5'000));  // within a second, without a flush
  later.join();
  EXPECT_EQ(records(*store, {.order = AuditOrder::oldest_first, .after = end}),
            Texts{"{\"new\":1}"});
}

TEST(AuditLinesTest, one_line_a_record) {
  AuditLines lines;
  lines.add("{\"a\":\n1}");
  lines.add("{\"b\":2}");
  EXPECT_EQ(lines.text(), "{\"a\": 1}\n{\"b\":2}\n");
  AuditLines more;
  more.add("{}");
  lines.add_all(more);
  EXPECT_EQ(lines.count(), 3u);
  // Whole records go, the oldest first.
  EXPECT_EQ(lines.drop_older_half(), 2u);
  EXPECT_EQ(lines.text(), "{}\n");
  EXPECT_EQ(lines.count(), 1u);
  EXPECT_EQ(lines.drop_older_half(), 1u);
  EXPECT_TRUE(lines.empty());
  EXPECT_EQ(lines.drop_older_half(), 0u);
  lines.add("x");
  lines.clear();
  EXPECT_EQ(lines.count(), 0u);
}

TEST_F(StoreTest, a_batch_larger_than_a_segment) {
  auto store = open();
  const std::string filler(1'000, 'x');
  for (int i = 0; i < 1'500; ++i) store->audit_later(filler + std::to_string(i));
  ASSERT_TRUE(store->flush());
  const Texts all = records(*store, {.order = AuditOrder::oldest_first});
  ASSERT_EQ(all.size(), 1'500u);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], filler + std::to_string(i));
}

TEST(GatherTest, waits_for_several_and_never_for_one) {
  using std::chrono::microseconds;
  EXPECT_EQ(jobs_to_gather(0, microseconds(5'000)), 0u);
  EXPECT_EQ(jobs_to_gather(1, microseconds(5'000)), 0u);
  EXPECT_EQ(jobs_to_gather(2, microseconds(5'000)), 0u);
  EXPECT_EQ(jobs_to_gather(16, microseconds(5'000)), 16u);
  EXPECT_EQ(jobs_to_gather(16, microseconds(100)), 0u);  // nothing to win
}

TEST_F(StoreTest, pending_records_and_decisions_survive_a_close) {
  auto store = open();
  store->audit_later("{\"line\":\n1}");
  store->put_decision("d-1", "{\"why\":1}");
  EXPECT_EQ(*store->find_decision("d-1"), "{\"why\":1}");  // found before it is written
  EXPECT_EQ(*store->find_decision("d-2"), std::nullopt);
  store.reset();
  store = open();
  EXPECT_EQ(records(*store), Texts{"{\"line\": 1}"});
  EXPECT_EQ(*store->find_decision("d-1"), "{\"why\":1}");
}

TEST_F(StoreTest, old_decisions_go) {
  auto store = open();
  ASSERT_TRUE(store->run_on_writer([](Db& db) -> Status {
    for (int i = 0; i < 20; ++i) {
      RC_CHECK(add_decision(db, {"d" + std::to_string(i), {}, std::string(3000, 'x')}));
    }
    return drop_old_decisions(db, 5);
  }));
  EXPECT_EQ(*store->find_decision("d14"), std::nullopt);
  EXPECT_EQ((*store->find_decision("d15"))->size(), 3000u);
}

TEST_F(StoreTest, past_states_and_checkpoints) {
  auto store = open();
  for (int i = 1; i <= 30; ++i) {
    ASSERT_TRUE(put_role(*store, "r" + std::to_string(i)));
    if (i == 20) {
      ASSERT_TRUE(store->checkpoint());
    }
  }
  for (const std::uint64_t revision : {0u, 1u, 19u, 20u, 21u, 30u}) {
    const auto state = store->state_at(revision);
    ASSERT_TRUE(state.has_value());
    EXPECT_EQ(state->revision(), revision);
    EXPECT_EQ(revision ? state->account(kAccount)->roles.size() : 0, revision);
  }
  EXPECT_FALSE(store->state_at(31));
  store.reset();
  store = open();
  EXPECT_EQ(store->open_facts().checkpoint_revision, 20u);
  EXPECT_EQ(store->open_facts().replayed_rows, 10u);
  EXPECT_EQ(store->snapshot()->account(kAccount)->roles.size(), 30u);
}

TEST_F(StoreTest, checkpoints_come_by_themselves) {
  StoreOptions options{.durability = Durability::unsynced};
  options.checkpoint_rows = 50;
  options.checkpoint_rows_at_close = 10;
  {
    auto store = open(options);
    for (int i = 0; i < 175; ++i) ASSERT_TRUE(put_role(*store, "r" + std::to_string(i)));
  }
  auto store = open(options);
  EXPECT_GT(store->open_facts().checkpoint_revision, 100u);
  EXPECT_LT(store->open_facts().replayed_rows, 60u);
  EXPECT_EQ(store->snapshot()->revision(), 175u);
  EXPECT_EQ(store->snapshot()->account(kAccount)->roles.size(), 175u);
}

TEST_F(StoreTest, reset_puts_back_an_earlier_state) {
  auto store = open();
  ASSERT_TRUE(put_role(*store, "kept", "{\"first\":1}"));
  const identity::Snapshot start = store->snapshot();
  ASSERT_TRUE(put_role(*store, "gone"));
  ASSERT_TRUE(store->checkpoint());
  ASSERT_TRUE(store->write([](WriteTxn& txn) -> Status {
    ObjectRow row;
    row.key = "k";
    ObjectTxn::Freed freed;
    return txn.objects().put("bucket", row, {.inlined = "bytes"}, freed);
  }));
  store->last_used().note("AKIA1", clock_.now(), "us-east-1", "s3");
  ASSERT_TRUE(store->reset_to(start));
  EXPECT_EQ(store->snapshot()->revision(), 1u);
  EXPECT_FALSE(has_role(*store->snapshot(), "gone"));
  EXPECT_TRUE(records(*store).empty());
  EXPECT_EQ(store->last_used().find("AKIA1"), std::nullopt);
  ASSERT_TRUE(put_role(*store, "again"));
  store.reset();
  store = open();
  EXPECT_TRUE(has_role(*store->snapshot(), "kept"));
  EXPECT_TRUE(has_role(*store->snapshot(), "again"));
  EXPECT_FALSE(has_role(*store->snapshot(), "gone"));
  EXPECT_EQ(store->snapshot()->revision(), 2u);
}

TEST_F(StoreTest, keys_of_flags_are_not_written_down) {
  auto store = open();
  ASSERT_TRUE(store->write([](WriteTxn& txn) -> Status {
    auto key = std::make_shared<identity::AccessKey>();
    key->id = "AKIAFLAG";
    key->account = kAccount;
    key->from_flag = true;
    txn.apply({Put<identity::AccessKey>{kAccount, key}});
    return {};
  }));
  EXPECT_NE(store->snapshot()->access_key("AKIAFLAG"), nullptr);
  EXPECT_EQ(store->snapshot()->revision(), 0u);
  store.reset();
  store = open();
  EXPECT_EQ(store->snapshot()->access_key("AKIAFLAG"), nullptr);
}

TEST_F(StoreTest, secrets_are_not_in_the_files_and_need_their_key) {
  const std::string secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  {
    auto store = open();
    ASSERT_TRUE(store->write([&](WriteTxn& txn) -> Status {
      auto key = std::make_shared<identity::AccessKey>();
      key->id = "AKIA1";
      key->account = kAccount;
      key->secret = Secret(secret);
      txn.apply({Put<identity::AccessKey>{kAccount, key}});
      return {};
    }));
    ASSERT_TRUE(store->checkpoint());
  }
  for (const auto& file : std::filesystem::recursive_directory_iterator(dir_ + "/data")) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    EXPECT_EQ(bytes.find(secret), std::string::npos) << file.path();
    struct stat info;
    ASSERT_EQ(::stat(file.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 077, 0u) << file.path();
  }
  // A key added to the file opens what the old one sealed.
  ASSERT_TRUE(MasterKey::rotate(dir_ + "/keys/master.key", *random_));
  const Secret derived = key_->derive("tokens");
  key_ = *MasterKey::open(dir_ + "/keys/master.key", *random_);
  EXPECT_EQ(key_->newest_id(), 2u);
  EXPECT_EQ(key_->derive("tokens").reveal(), derived.reveal());
  {
    auto store = open();
    EXPECT_EQ(store->snapshot()->access_key("AKIA1")->secret.reveal(), secret);
  }
  const auto other = MasterKey::ephemeral(*random_);
  EXPECT_FALSE(Store::open(dir_ + "/data", *other, clock_));
}

TEST_F(StoreTest, a_master_key_that_others_can_read_is_refused) {
  const std::string path = dir_ + "/keys/master.key";
  ::chmod(path.c_str(), 0640);
  EXPECT_FALSE(MasterKey::open(path, *random_));
  ::chmod(path.c_str(), 0600);
  EXPECT_TRUE(MasterKey::open(path, *random_));
  ASSERT_TRUE(write_file_durably(path, "rolecall master key 1\n1 00ff\n"));
  EXPECT_FALSE(MasterKey::open(path, *random_));
  ASSERT_TRUE(write_file_durably(path, "something else\n"));
  EXPECT_FALSE(MasterKey::open(path, *random_));
}

TEST_F(StoreTest, one_process_at_a_time) {
  auto store = open();
  EXPECT_FALSE(Store::open(dir_ + "/data", *key_, clock_));
  store.reset();
  EXPECT_TRUE(Store::open(dir_ + "/data", *key_, clock_));
}

TEST_F(StoreTest, a_newer_file_and_a_damaged_log_are_refused) {
  {
    auto store = open();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(put_role(*store, "r" + std::to_string(i)));
  }
  const auto tamper = [&](const char* sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open((dir_ + "/data/rolecall.db").c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(db);
  };
  tamper("UPDATE meta SET value=value+1 WHERE name='schema'");
  EXPECT_FALSE(Store::open(dir_ + "/data", *key_, clock_));
  tamper("UPDATE meta SET value=value-1 WHERE name='schema'");
  EXPECT_TRUE(Store::open(dir_ + "/data", *key_, clock_));
  tamper("DELETE FROM log WHERE revision=2");
  EXPECT_FALSE(Store::open(dir_ + "/data", *key_, clock_));
}

TEST_F(StoreTest, after_close_jobs_are_refused_at_once) {
  auto store = open();
  store->close();
  const Status status = put_role(*store, "late");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().api().code, "ServiceUnavailable");
}

TEST_F(StoreTest, a_full_queue_refuses_at_once) {
  auto store = open();
  std::promise<void> started, go;
  store->submit(
      [&started, gate = go.get_future().share()](WriteTxn&) -> Status {
        started.set_value();
        gate.wait();
        return {};
      },
      [](Status) {});
  started.get_future().wait();
  std::atomic<int> refused{0};
  for (std::size_t i = 0; i < kQueueMax + 10; ++i) {
    store->submit([](WriteTxn&) -> Status { return {}; },
                  [&](Status status) { refused += !status; });
  }
  EXPECT_EQ(refused, 10);
  go.set_value();
  EXPECT_TRUE(store->flush());
}

TEST_F(StoreTest, last_uses_are_kept_over_a_restart) {
  auto store = open();
  EXPECT_EQ(store->last_used().find("AKIA1"), std::nullopt);
  store->last_used().note("AKIA1", clock_.now(), "eu-west-1", "s3");
  store->last_used().note("AKIA1", {clock_.now().micros - 5}, "us-east-1", "sts");  // late news
  store.reset();
  store = open();
  EXPECT_EQ(store->last_used().find("AKIA1"), (identity::LastUse{clock_.now(), "eu-west-1", "s3"}));
}

TEST_F(StoreTest, a_temporary_store_goes_with_its_folder) {
  std::string folder;
  {
    auto store = *Store::open_temporary(*key_, clock_);
    folder = store->folder();
    ASSERT_TRUE(put_role(*store, "short-lived"));
    EXPECT_TRUE(std::filesystem::exists(folder + "/rolecall.db"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_F(StoreTest, a_backup_opens_as_a_store) {
  auto store = open();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(put_role(*store, "r" + std::to_string(i)));
  std::filesystem::create_directory(dir_ + "/copy");
  ASSERT_TRUE(store->backup_to(dir_ + "/copy/rolecall.db"));
  auto copy = Store::open(dir_ + "/copy", *key_, clock_);
  ASSERT_TRUE(copy.has_value());
  EXPECT_EQ((*copy)->snapshot()->revision(), 10u);
}

TEST_F(StoreTest, many_writers_and_readers) {
  StoreOptions options{.durability = Durability::unsynced};
  options.checkpoint_rows = 100;
  auto store = open(options);
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int r = 0; r < 2; ++r) {
    threads.emplace_back([&] {
      std::uint64_t last = 0;
      while (!stop) {
        const identity::Snapshot now = store->snapshot();
        EXPECT_GE(now->revision(), last);
        last = now->revision();
        const identity::Account* account = now->account(kAccount);
        // Every write adds one role: a snapshot is never in between.
        EXPECT_EQ(account ? account->roles.size() : 0, last);
        EXPECT_EQ(now->principals().size(), last);
        store->audit_later("{\"read\":" + std::to_string(last) + "}");
        if (last % 16 == 0) store->put_decision("d" + std::to_string(last), "{}");
        store->last_used().note("AKIA" + std::to_string(last % 9), clock_.now(), "r", "s");
        std::this_thread::yield();
      }
    });
  }
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < 80; ++i) {
        const std::string name = std::to_string(w) + "-" + std::to_string(i);
        ASSERT_TRUE(put_role(*store, name, "{\"w\":1}"));
        EXPECT_TRUE(has_role(*store->snapshot(), name));  // one's own write is seen
      }
    });
  }
  for (auto& writer : writers) writer.join();
  stop = true;
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(store->snapshot()->revision(), 320u);
  store.reset();
  store = open(options);
  EXPECT_EQ(store->snapshot()->account(kAccount)->roles.size(), 320u);
}

}  // namespace
}  // namespace rolecall::store
