// The bytes of a session inside its token: compact, because the token travels with every request.
// Only SessionSealer (sessions.h) needs this; the fuzzer and the tests see it too.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "identity/caller.h"

namespace rolecall::identity {

// Policies, policy ARNs and tags are counted together, compressed, as AWS does ("PackedPolicySize",
// API AssumeRole; Rule 621). AWS names no number; this one keeps a token under 2 KB, which every
// client can carry in a header.
inline constexpr std::size_t kPackedBytesMax = 1'024;

// Times are kept to the second, as aws:TokenIssueTime has them. `inline_documents` is not kept.
std::string encode_session(const Session& session);
// nullopt unless `bytes` is exactly one encoded session. SAFETY: decides nothing about whether the
// bytes are genuine; the seal around them does.
std::optional<Session> decode_session(std::string_view bytes);

// How many bytes the session's policies, policy ARNs and tags take in its token; 0 without any.
std::size_t packed_bytes(const Session& session);

}  // namespace rolecall::identity
