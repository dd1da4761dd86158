// Events and states as bytes: what the log and its checkpoints hold. Compact, versioned; every
// field of every entity is in it (a new field does not compile until it is). The same events give
// the same bytes, but for sealed secrets. Bytes of earlier versions are read; of what a later one
// wrote, what it marks as safe to leave unread is carried along (CarriedEvent), the rest refused.
//
//   std::string bytes = encode_events(events, sealer);
//   RC_TRY(Events again, decode_events(bytes, sealer));
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "identity/secret_sealer.h"
#include "identity/state.h"

namespace rolecall::identity {

// Whether an event may be written down: the entities of the --root-key and --admin-key flags live
// as long as the process.
bool is_persistent(const Event& event);

// Events that are not persistent are left out.
std::string encode_events(const Events& events, const SecretSealer& sealer);

// Refuses (Fault) whatever encode_events() does not write, and secrets that the sealer does not
// open. SAFETY: any bytes may come in; memory stays within a small multiple of their number.
Result<Events> decode_events(std::string_view bytes, const SecretSealer& sealer);

// The shortest log that leads to `state`: batches of events of about `batch_bytes` each, encoded,
// given to `sink` in order; false from the sink ends the walk. Applying all of them to an empty
// State gives this one (but for its revision).
bool encode_state(const State& state, const SecretSealer& sealer, std::size_t batch_bytes,
                  const std::function<bool(std::string batch)>& sink);

}  // namespace rolecall::identity
