// A container-credentials endpoint on loopback: `GET /` answers the session's profile,
// `GET /profile/NAME` another one, to whoever shows the token.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "client/session.h"

namespace rolecall::client {

// Credentials are found anew for each request; the sessions on disk make that cheap, and renew
// themselves before their end. Nobody is asked for an MFA code from here: the terminal belongs to
// the program that is being served.
class CredentialServer {
 public:
  // Starts on a free port of 127.0.0.1. clock and random must outlive it.
  static Result<std::unique_ptr<CredentialServer>> start(Options options, Environment environment,
                                                         const Clock& clock, Random& random);
  ~CredentialServer();

  std::string url() const;           // "http://127.0.0.1:PORT/"
  const std::string& token() const;  // what Authorization must say

 private:
  CredentialServer();
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rolecall::client
