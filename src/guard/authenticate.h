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

namespace rolecall::guard {

// How a service words what goes wrong on the way in ("Common Errors" of each API reference).
enum class Wording : std::uint8_t { query, s3, ec2, json };
Wording wording_of(std::string_view signing_name);

// What the request says about itself before anybody believes it.
struct Claim {
  sigv4::Presented presented;
  Wording wording = Wording::query;
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

// Reads the claim. nullopt: the request carries none (anonymous).
Result<std::optional<Claim>> read_claim(const sigv4::SigningInput& input, Wording wording);

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
