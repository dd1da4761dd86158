// What a durable put costs: bytes in the database's own commit against a file each.
//   objects_bench --benchmark_filter=Put
// BENCH_DIR names the folder (default: the current one); it should be on the disk that matters.
#include <benchmark/benchmark.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/random.h"
#include "store/blobs.h"
#include "store/objects.h"

namespace rolecall::store {
namespace {

constexpr int kGroup = 16;  // connections of the load test: writes that share a commit

struct Place {
  Place() {
    const char* base = std::getenv("BENCH_DIR");
    dir = (base ? base : ".") + std::string("/objects_bench_") + std::to_string(::getpid());
    std::filesystem::create_directories(dir);
    sqlite3_open((dir + "/db").c_str(), &db);
    exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
    exec(std::string(object_schema()).c_str());
    blobs = std::move(*BlobStore::open(dir + "/objects", *random));
  }
  ~Place() {
    sqlite3_close(db);
    std::filesystem::remove_all(dir);
  }
  void exec(const char* sql) {
    if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) std::abort();
  }
  std::string dir;
  sqlite3* db = nullptr;
  std::unique_ptr<Random> random = make_seeded_random(1);
  std::unique_ptr<BlobStore> blobs;
};

ObjectRow row_of(std::uint64_t n, std::size_t size) {
  ObjectRow row;
  row.key = std::to_string(n * 0x9E3779B97F4A7C15ull);
  row.size = size;
  row.etag = std::string(32, 'e');
  row.attributes = {{"checksum", "AAAAAAAAAAA="}, {"content-type", "text/plain"}};
  return row;
}

void put_inline(benchmark::State& state) {
  Place place;
  ObjectTxn txn(place.db);
  const std::string bytes(static_cast<std::size_t>(state.range(0)), 'x');
  ObjectTxn::Freed freed;
  std::uint64_t n = 0;
  for (auto _ : state) {
    place.exec("BEGIN IMMEDIATE");
    for (int i = 0; i < kGroup; ++i) {
      benchmark::DoNotOptimize(txn.put("bucket", row_of(n++, bytes.size()), {"", bytes}, freed));
    }
    place.exec("COMMIT");
  }
  state.SetItemsProcessed(state.iterations() * kGroup);
}
BENCHMARK(put_inline)->RangeMultiplier(4)->Range(1 << 10, 256 << 10)->UseRealTime();

void put_file(benchmark::State& state) {
  Place place;
  ObjectTxn txn(place.db);
  const std::string bytes(static_cast<std::size_t>(state.range(0)), 'x');
  ObjectTxn::Freed freed;
  std::uint64_t n = 0;
  for (auto _ : state) {
    std::string ids[kGroup];
    for (auto& id : ids) {
      auto writer = std::move(*place.blobs->create());
      benchmark::DoNotOptimize(writer->write(bytes));
      id = *writer->commit();
    }
    place.exec("BEGIN IMMEDIATE");
    for (auto& id : ids) {
      benchmark::DoNotOptimize(txn.put("bucket", row_of(n++, bytes.size()), {id, ""}, freed));
    }
    place.exec("COMMIT");
  }
  state.SetItemsProcessed(state.iterations() * kGroup);
}
BENCHMARK(put_file)->RangeMultiplier(4)->Range(1 << 10, 256 << 10)->UseRealTime();

void get_inline(benchmark::State& state) {
  Place place;
  ObjectTxn txn(place.db);
  ObjectTxn::Freed freed;
  place.exec("BEGIN");
  for (std::uint64_t n = 0; n < 20'000; ++n) {
    benchmark::DoNotOptimize(
        txn.put("bucket", row_of(n, 1024), {"", std::string(1024, 'x')}, freed));
  }
  place.exec("COMMIT");
  auto reader = std::move(*ObjectReader::open(place.dir + "/db"));
  std::uint64_t n = 0;
  for (auto _ : state) {
    std::string bytes;
    benchmark::DoNotOptimize(reader->find_with_bytes("bucket", row_of(n++ % 20'000, 0).key, bytes));
  }
}
BENCHMARK(get_inline);

void list_page(benchmark::State& state) {
  Place place;
  ObjectTxn txn(place.db);
  ObjectTxn::Freed freed;
  place.exec("BEGIN");
  for (std::uint64_t n = 0; n < static_cast<std::uint64_t>(state.range(0)); ++n) {
    benchmark::DoNotOptimize(txn.put("bucket", row_of(n, 0), {}, freed));
  }
  place.exec("COMMIT");
  for (auto _ : state) {
    benchmark::DoNotOptimize(txn.list("bucket", {.after = "9", .max = 1000}));
  }
}
BENCHMARK(list_page)->Arg(10'000)->Arg(200'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace rolecall::store
