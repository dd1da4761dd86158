// Who is it? From the bytes as received to a Caller, by SigV4 (AWS: "AWS Signature Version 4 for
// API requests"). There is no way round it: an unknown key, a wrong token, an unreadable header is
// a refusal in AWS's words.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "identity/caller.h"
#include "identity/sessions.h"
#include "identity/state.h"
#include "sigv4/chunked.h"
#include "sigv4/key.h"
#include "sigv4/presented.h"
#include "sigv4/request.h"
#include "sigv4/verify.h"
#include "wire/shape.h"

namespace rolecall::guard {

// What the request says about itself before anybody believes it.
struct Claim {
  sigv4::Presented presented;
  wire::Dialect dialect = wire::Dialect::query;
};

// What the scope must say. `service`: the signing name that was called. `region`: what the host
// named; empty when any will do.
struct Called {
  std::string_view service;
  std::string_view region;
};

// What authentication proved. `verified` is empty for anonymous callers only.
struct Authenticated {
  identity::Caller caller;
  std::optional<sigv4::VerifiedSignature> verified;
  // The key it was verified with, for the chunk signatures of a streaming body.
  std::optional<sigv4::SigningKey> signing_key;
};

// Whether a call may come without a signature: S3's, about which policies decide, and operations
// whose authorization facts say `anonymous`. `operation`: null when the call names none we know.
bool takes_unsigned(wire::Dialect dialect, const wire::Operation* operation);
// What the others are told: MissingAuthenticationToken.
ApiError missing_signature(wire::Dialect dialect);

// Reads the claim. nullopt: the request carries none and needs none. A call that comes with a
// bearer token by its facts is refused: nobody reads those yet.
Result<std::optional<Claim>> read_claim(const sigv4::SigningInput& input, wire::Dialect dialect,
                                        const wire::Operation* operation);

// One for each server; used from all its threads.
class Authenticator {
 public:
  explicit Authenticator(const identity::SessionSealer& sessions) : sessions_(sessions) {}

  // Verifies the claim's signature over `input` (whose payload_hash must be set) and finds the
  // principal in `state`. `keys` is the calling thread's cache. A scope for something else than
  // was called is refused.
  Result<Authenticated> authenticate(const Claim& claim, const sigv4::SigningInput& input,
                                     const Called& called,
                                     const std::shared_ptr<const identity::State>& state,
                                     Instant now, sigv4::SigningKeyCache& keys) const;

 private:
  const identity::SessionSealer& sessions_;
};

identity::Caller anonymous_caller();

}  // namespace rolecall::guard
