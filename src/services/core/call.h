// The door into every service: what an operation is given and what it gives back.
//
//   Result<GetRoleOutput> get_role(const GetRoleInput& in, const Call& call); // a read
//   Result<Change<CreateRoleOutput>> create_role(const CreateRoleInput& in, const Call& call); // a
//   write
//
// Reads run on the connection's thread against an immutable snapshot. Writes run on the single
// writer against the newest state and say what should happen; they do nothing themselves, so
// running one twice is harmless. The input was validated from the model before; authorization has
// been decided before, except where the model's authorization facts say `by_handler` (then the
// operation calls `call.ask`).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "identity/caller.h"
#include "identity/state.h"

namespace rolecall::identity {
class CodeAttempts;
class SessionSealer;
class LastUsed;
}  // namespace rolecall::identity
namespace rolecall::audit {
class AuthorizationMessages;
}

namespace rolecall::services {

// One more authorization question, put while an operation runs.
struct Question {
  std::string_view action;     // "s3:DeleteObject"
  std::string resource;        // ARN, or "*"
  AccountId resource_account;  // owner; empty: the caller's account
  const identity::StoredPolicy* resource_policy = nullptr;
  const identity::Tags* resource_tags = nullptr;
  // Further condition keys of this question (name, values).
  std::vector<std::pair<std::string, std::vector<std::string>>> keys = {};
  std::string shown = {};  // how a refusal prints the resource; empty: as `resource`
};

// Answers questions for one call: its caller, its request context. The guard implements it.
class Ask {
 public:
  virtual ~Ask() = default;
  // Nothing: allowed. Otherwise the refusal in AWS's words, already recorded for `explain`.
  virtual std::optional<ApiError> may(const Question& question) const = 0;
};

// What is known of the request beside its input. Lives as long as the call.
struct Call {
  const identity::Caller& caller;
  const identity::State& state;  // reads: the snapshot; writes: the newest
  Instant now;
  Random& random;
  const Ask& ask;
  AccountId account;           // whose control plane is called: the caller's account
  std::string_view region;     // of the credential scope; "us-east-1" for global services
  std::string_view partition;  // "aws", "aws-cn" … (Rule 129)
  std::string_view request_id;
  std::string_view host;  // as the client named us, for URLs in answers
  std::string_view source_ip;
  bool tls = false;
  // What STS works with; a call to it without them is a fault.
  const identity::SessionSealer* sessions = nullptr;
  const audit::AuthorizationMessages* messages = nullptr;
  // When keys and roles were last used; null: nobody keeps it.
  const identity::LastUsed* last_used = nullptr;
  // Counts wrong one-time codes; null: nobody does.
  identity::CodeAttempts* code_attempts = nullptr;
};

// What a write wants: the events that make it so, and the answer once they are durable.
template <class Output>
struct Change {
  identity::Events events;
  Output output;
};

}  // namespace rolecall::services
