// Where LastUsed is written down.
#pragma once

#include "identity/last_used.h"
#include "store/connections.h"

namespace rolecall::store {

using LastUses = std::vector<std::pair<std::string, identity::LastUse>>;
Status write_last_uses(Db& db, const LastUses& uses);
// nullopt also when the database cannot be read: the fact is a convenience.
std::optional<identity::LastUse> load_last_use(Connections& connections, std::string_view id);

}  // namespace rolecall::store
