// Prometheus text (exposition format 0.0.4) of a running server.
#pragma once

#include <string>

#include "door/door.h"
#include "http/server.h"
#include "store/store.h"

namespace rolecall::app {

std::string metrics_text(const http::Server& server, const door::Door& door,
                         const store::Store& store);

}  // namespace rolecall::app
