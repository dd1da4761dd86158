// A short text for a shell's prompt: who would be asked as, and for how long still. From files and
// variables only; nothing is opened, renewed or asked.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "client/session.h"

namespace rolecall::shell {

struct PromptFacts {
  std::string profile, account, role, region;
  // Seconds until the session ends; nullopt: there is none, or it cannot end.
  std::optional<std::int64_t> left;
};

// The default: "prod 222222222222 Admin 52m".
inline constexpr std::string_view kPromptTemplate = "{profile}[ {account}][ {role}][ {left}]";

// nullopt: nobody chose a profile, and no keys are in the environment.
std::optional<PromptFacts> prompt_facts(client::Session& session);

// {profile} {account} {role} {region} {left} {mark}; a part in [brackets] is left out when one of
// its own is empty; a backslash takes the next letter as it is. Anything else is copied.
std::string format_prompt(std::string_view text, const PromptFacts& facts);

// "9h", "52m", "40s", "expired"; "" without an end.
std::string left_text(std::optional<std::int64_t> left);
// "" while all is well, "!" in the last five minutes, "✗" after the end.
std::string_view mark_text(std::optional<std::int64_t> left);

}  // namespace rolecall::shell
