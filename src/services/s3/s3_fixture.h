// A store in a temporary folder, two accounts, and S3 on top of it: for this folder's tests.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <latch>
#include <set>

#include "models/s3.h"
#include "services/core/testing.h"
#include "services/s3/bucket.h"
#include "services/s3/buckets.h"
#include "services/s3/data_plane.h"
#include "services/s3/module.h"
#include "store/master_key.h"
#include "store/store.h"

namespace rolecall::s3 {

using Metadata = std::map<std::string, std::string>;

inline const AccountId kDev = AccountId::from_number(111122223333);
inline const AccountId kProd = AccountId::from_number(444455556666);

class S3Test : public testing::Test {
 protected:
  S3Test() {
    std::string pattern = testing::TempDir() + "rc_s3_XXXXXX";
    dir_ = ::mkdtemp(pattern.data());
    key_ = *store::MasterKey::open_or_create(dir_ + "/keys/master.key", *random_);
    open();
    EXPECT_TRUE(store_->write([](store::WriteTxn& txn) -> Status {
      for (AccountId id : {kDev, kProd}) {
        identity::AccountInfo info;
        info.id = id;
        info.canonical_id = std::string(52, 'c') + id.text();
        txn.apply({identity::PutAccount{info}});
      }
      return {};
    }));
    caller_.kind = identity::CallerKind::user;
    caller_.account = kDev;
    caller_.arn = "arn:aws:iam::111122223333:user/dev";
  }
  ~S3Test() override {
    close();
    std::filesystem::remove_all(dir_);
  }
  void open() {
    pool_ = std::make_unique<WorkerPool>();
    store_ = *store::Store::open(dir_ + "/data", *key_, clock_,
                                 {.durability = store::Durability::unsynced});
    auto plane = DataPlane::open({store_->database_path(), dir_ + "/data/objects"}, *store_,
                                 *random_, *pool_);
    ASSERT_TRUE(plane.has_value()) << plane.error().text();
    plane_ = std::move(*plane);
  }
  void close() {
    pool_.reset();
    if (store_) store_->close();
    plane_.reset();
    store_.reset();
  }
  void restart() {
    close();
    open();
  }

  struct Owned {
    identity::Caller caller;
    identity::Snapshot state;
  };
  CallData data() {
    auto owned = std::make_shared<Owned>(Owned{caller_, store_->snapshot()});
    services::Call call{owned->caller, *owned->state,    clock_.now(), *random_,
                        ask_,          caller_.account,  region_,      "aws",
                        "rid",         "localhost:9000", "127.0.0.1"};
    return CallData{owned, call};
  }

  // An operation of the data plane, waited for.
  template <class In>
  Result<ObjectResponse> run(In in) {
    std::promise<Result<ObjectResponse>> promise;
    auto future = promise.get_future();
    plane_->run(In::kOperation, services::Erased::of(std::move(in)), data(),
                [&promise](Result<ObjectResponse> r) { promise.set_value(std::move(r)); });
    return future.get();
  }
  template <class In>
  std::pair<typename In::Output, ObjectResponse> ok(In in) {
    auto r = run(std::move(in));
    if (!r) {
      ADD_FAILURE() << In::kOperation << ": " << r.error().text();
      return {};
    }
    auto out = *static_cast<typename In::Output*>(r->output.get());
    return {std::move(out), std::move(*r)};
  }
  template <class In>
  ApiError refused(In in) {
    auto r = run(std::move(in));
    return refusal_of(r);
  }
  template <class T>
  static ApiError refusal_of(const Result<T>& r) {
    if (r) return ApiError::make(0, "(success)", "");
    if (!r.error().is_api()) return ApiError::make(0, "(fault)", r.error().fault().what);
    return r.error().api();
  }

  // An upload in pieces, waited for.
  using Trailers = std::vector<std::pair<std::string, std::string>>;
  template <class In>
  Result<ObjectResponse> send(In in, std::string_view body, UploadHints hints = {},
                              const Trailers& trailers = {}, std::size_t piece = 100'000) {
    RC_TRY(auto upload, plane_->begin_upload(In::kOperation, services::Erased::of(std::move(in)),
                                             data(), hints));
    for (std::size_t at = 0; at < body.size(); at += piece) {
      RC_CHECK(upload->write(body.substr(at, piece)));
    }
    std::promise<Result<ObjectResponse>> promise;
    auto future = promise.get_future();
    upload->finish(trailers,
                   [&promise](Result<ObjectResponse> r) { promise.set_value(std::move(r)); });
    upload.reset();
    return future.get();
  }
  PutObjectInput object(std::string key, std::string bucket = "bucket") {
    PutObjectInput in;
    in.bucket = std::move(bucket);
    in.key = std::move(key);
    return in;
  }
  void put(std::string key, std::string_view body, std::string bucket = "bucket") {
    auto r = send(object(std::move(key), std::move(bucket)), body);
    ASSERT_TRUE(r.has_value()) << r.error().text();
  }
  // A control plane write, as the front door runs it.
  template <class In, class Out>
  Result<Out> write(Result<services::Change<Out>> (*f)(const In&, const Call&), const In& in) {
    std::optional<Result<Out>> out;
    CallData d = data();
    auto status = store_->write([&](store::WriteTxn& txn) -> Status {
      services::Call call{d.call.caller, txn.state(), d.call.now, *random_, ask_, caller_.account,
                          region_,       "aws",       "rid",      "",       ""};
      auto change = f(in, call);
      if (!change) return Error(change.error());
      txn.apply(change->events);
      out = std::move(change->output);
      return {};
    });
    if (!status) return status.error();
    return *out;
  }
  template <class In, class Out>
  Result<Out> ask_for(Result<Out> (*f)(const In&, const Call&), const In& in) {
    CallData d = data();
    return f(in, d.call);
  }
  void make_bucket(std::string name) {
    CreateBucketInput in;
    in.bucket = std::move(name);
    auto r = write(create_bucket, in);
    ASSERT_TRUE(r.has_value()) << r.error().text();
  }
  template <class In>
  In at(std::string key, std::string bucket = "bucket") {
    In in;
    in.bucket = std::move(bucket);
    in.key = std::move(key);
    return in;
  }
  static std::string body_of(const ObjectResponse& r) {
    if (const auto* text = std::get_if<std::string>(&r.body)) return *text;
    if (const auto* file = std::get_if<FileSlice>(&r.body)) {
      std::string out(file->length(), '\0');
      ssize_t n = ::pread(file->fd(), out.data(), out.size(), static_cast<off_t>(file->offset()));
      EXPECT_EQ(n, static_cast<ssize_t>(out.size()));
      return out;
    }
    return "(none)";
  }
  std::string read(std::string key, std::string bucket = "bucket") {
    auto r = run(at<GetObjectInput>(std::move(key), std::move(bucket)));
    return r ? body_of(*r) : r.error().text();
  }
  // Object files on the disk; waits for removals that are on their way.
  // Waits for what the pool was given so far: both its threads meet behind it.
  void drain() {
    std::latch both(2);
    for (int i = 0; i < 2; ++i) {
      std::move_only_function<void()> job = [&both] { both.arrive_and_wait(); };
      ASSERT_TRUE(pool_->submit(job));
    }
    both.wait();
    pool_.reset();  // the jobs refer to `both`
  }
  int files() {
    drain();
    int count = 0;
    for (const auto& e : std::filesystem::recursive_directory_iterator(dir_ + "/data/objects")) {
      count += e.is_regular_file();
    }
    restart();
    return count;
  }

  std::unique_ptr<Random> random_ = make_seeded_random(3);
  FakeClock clock_;
  services::testing::FakeAsk ask_;
  identity::Caller caller_;
  std::string region_ = "us-east-1";
  std::string dir_;
  std::unique_ptr<store::MasterKey> key_;
  std::unique_ptr<WorkerPool> pool_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<DataPlane> plane_;
};

}  // namespace rolecall::s3
