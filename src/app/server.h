// `rolecall dev` and `rolecall serve`: wires the rooms together and runs until it is told to stop.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace rolecall::app {

enum class Mode { dev, serve };

struct ServerSettings {
  Mode mode = Mode::dev;
  std::string listen = "127.0.0.1:4566";
  std::string data;                   // empty (dev only): a temporary folder, removed at exit
  std::vector<std::string> accounts;  // NAME=ID
  std::string org_file;
  std::vector<std::string> root_keys;    // ID:ACCESS_KEY_ID:SECRET
  std::vector<std::string> admin_keys;   // likewise
  std::string write_profiles;            // folder; empty: none
  std::string master_key;                // file; empty: DATA/keys/master.key
  std::string tls_certificate, tls_key;  // serve: PEM files; empty: the local authority's
  std::string access_log;                // file, "-" for stderr, "off"; empty: DATA/access.log
  bool allow_reset = false;              // dev: POST /_rolecall/reset with a kept folder
  unsigned threads = 0;                  // 0: one a core
};

// Returns when SIGTERM or SIGINT has stopped it cleanly. A Fault says what kept it from serving.
Status run_server(const ServerSettings& settings);

// `rolecall init --data DIR`: the first account and its root key, printed once.
// `master_key` is its file, "" for DATA/keys/master.key; made if it is missing.
Status run_init(const std::string& data, const std::string& master_key, const std::string& account,
                const std::string& name);

}  // namespace rolecall::app
