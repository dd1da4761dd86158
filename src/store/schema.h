// The tables of rolecall.db and how older files are brought up to date.
#pragma once

#include "base/result.h"
#include "store/sqlite.h"

namespace rolecall::store {

// Settings of the writer's connection, then all migrations the file has not seen, in one
// transaction. A Fault when a newer program wrote the file.
Status prepare_database(Db& db, bool durable);
// Settings of a reading connection.
Status prepare_reader(Db& db);

}  // namespace rolecall::store
