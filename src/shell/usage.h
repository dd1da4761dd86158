// Usage lines and options read as grammar, so that completion needs no list of its own.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/help.h"

namespace rolecall::shell {

std::vector<std::string_view> split_blanks(std::string_view text);
std::vector<std::string_view> split_at(std::string_view text, char separator);

// "-f, --follow" → both.
std::vector<std::string_view> names_of(const client::HelpOption& option);
bool has_name(const client::HelpOption& option, std::string_view name);

// What the page's usage lines allow after these positional words: words ("set", "list|clear") and
// placeholders ("FILE", "NAME…").
//   "rolecall configure set SETTING VALUE", {"set"} → {"SETTING"}
std::vector<std::string_view> usage_places(const client::HelpPage& page,
                                           std::span<const std::string> positional);

}  // namespace rolecall::shell
