// Reading connections to lend: as many exist as were ever needed at once.
//   RC_TRY(auto db, connections.lend());  auto q = db->query("SELECT …");
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/sqlite.h"

namespace rolecall::store {

// Any thread. Must outlive what it lends.
class Connections {
 public:
  explicit Connections(std::string path) : path_(std::move(path)) {}

  class Lease {
   public:
    Lease(Connections& home, std::unique_ptr<Db> db) : home_(&home), db_(std::move(db)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Db* operator->() const { return db_.get(); }
    Db& operator*() const { return *db_; }

   private:
    Connections* home_;
    std::unique_ptr<Db> db_;
  };
  Result<Lease> lend();

 private:
  std::string path_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Db>> idle_;
};

}  // namespace rolecall::store
