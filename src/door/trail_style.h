// How CloudTrail prints what a call was given and what it answered: lower-camel names, no secrets.
#pragma once

#include "audit/redact.h"
#include "wire/json_text.h"

namespace rolecall::door {

// A record should stay a record: what is longer is cut (object bodies never get here).
inline constexpr wire::JsonStyle kTrailStyle{
    .names = wire::Names::small_first,
    .empty_members = false,  // a list that holds nothing was not sent
    .text_bytes_max = 16 * 1024,
    .items_max = 1'000,
    .hides =
        [](std::string_view member, const wire::Shape& shape) {
          return shape.sensitive || shape.kind == wire::Kind::blob ||
                 audit::is_secret_member(member);
        },
    .hidden = audit::kHidden,
};

}  // namespace rolecall::door
