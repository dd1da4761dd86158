// Object bytes as files. A blob is written once under a temporary name, synced, given its place and
// never changed again; the index then names it. What no row names is swept away.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

namespace rolecall::store {

class BlobStore;

// A blob being written. Belongs to one thread at a time; destroyed uncommitted, it leaves nothing.
class BlobWriter {
 public:
  BlobWriter(BlobStore& store, std::string id, int fd);
  ~BlobWriter();
  BlobWriter(const BlobWriter&) = delete;
  BlobWriter& operator=(const BlobWriter&) = delete;

  Status write(std::string_view bytes);
  // `length` bytes of another file, copied by the kernel.
  Status append_from(int fd, std::uint64_t offset, std::uint64_t length);
  // Syncs the file, gives it its place, syncs the folder; returns the id. Blocks on the disk.
  Result<std::string> commit();

 private:
  BlobStore& store_;
  std::string id_;
  int fd_;
};

// DIR/tmp/ID while written, DIR/xx/ID afterwards (xx: the id's last two digits). Thread-safe.
class BlobStore {
 public:
  // Makes the folders and removes what an earlier process left half written.
  static Result<std::unique_ptr<BlobStore>> open(std::string dir, Random& random);

  Result<std::unique_ptr<BlobWriter>> create();
  // A descriptor the caller owns; nullopt when there is no such blob (it was replaced meanwhile:
  // look the row up again).
  Result<std::optional<int>> open_blob(std::string_view id) const;
  // Another name for the same bytes, durable: how a copy is made without copying.
  Result<std::string> link(std::string_view id);
  void remove(std::string_view id) const;  // a failure leaves it to the next sweep
  // Removes every blob of earlier processes that `is_named` does not know; returns how many.
  // What this process makes is left alone, so it may run beside everything else.
  Result<std::size_t> sweep(const std::function<Result<bool>(std::string_view id)>& is_named) const;

 private:
  friend class BlobWriter;
  BlobStore(std::string dir, std::string boot) : dir_(std::move(dir)), boot_(std::move(boot)) {}
  std::string next_id();
  std::string path(std::string_view id) const;
  std::string temporary_path(std::string_view id) const;
  Status make_folder_of(std::string_view id) const;
  Status sync_folder_of(std::string_view id) const;

  std::string dir_;
  std::string boot_;  // what this process's ids begin with
  std::atomic<std::uint32_t> counter_{0};
};

}  // namespace rolecall::store
