// Fuzzy matching: letters of a token in their order, the better the closer together and the nearer
// to the beginnings of words.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rolecall::shell {

inline constexpr std::size_t kTokenBytesMax = 64;   // the rest of a longer one is not looked at
inline constexpr std::size_t kTextBytesMax = 1024;  // an ARN has at most 2048, its end says little

struct Match {
  int score = 0;
  std::vector<std::size_t> marks = {};  // bytes of the text that were matched, ascending
};

// ASCII letters match in either case. nullopt: not all letters are there. An empty token matches.
std::optional<Match> match_token(std::string_view token, std::string_view text);

// A row of fields (name, account, role, …) against all words of a query, each of which must be
// found in one field. Earlier fields weigh more.
struct RowMatch {
  int score = 0;
  std::vector<std::vector<std::size_t>> marks;  // one list a field
};
std::optional<RowMatch> match_row(std::string_view query, std::span<const std::string> fields);

}  // namespace rolecall::shell
