// Reading and rewriting what a policy's text names, for the rooms that keep the text.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rolecall::policy {

// Calls `replace` with every AWS principal of the text (in Principal and NotPrincipal) and puts
// its answer in its place; nullopt leaves it. Everything else of the text stays as it is, byte for
// byte. Saving a trust policy replaces user and role ARNs by unique IDs, reading it puts the ARNs
// back (Rules 372 to 375). A text that is no JSON object comes back unchanged.
std::string rewrite_principals(
    std::string_view text,
    const std::function<std::optional<std::string>(std::string_view principal)>& replace);

struct NamedPrincipal {
  std::string kind;  // "AWS", "Service", "Federated", "CanonicalUser"; "*" is kind "AWS"
  std::string value;
  bool negated = false;  // from NotPrincipal
};
// Every principal, in order, duplicates kept.
std::vector<NamedPrincipal> list_principals(std::string_view text);
// Every entry of Action and NotAction as written, in order.
std::vector<std::string> list_actions(std::string_view text);

}  // namespace rolecall::policy
