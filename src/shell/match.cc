#include "shell/match.h"

#include <algorithm>
#include <climits>

#include "shell/usage.h"

namespace rolecall::shell {
namespace {

constexpr int kLetter = 16;      // for each letter found
constexpr int kWordBegin = 10;   // more, where a word begins
constexpr int kTextBegin = 14;   // and where the text does
constexpr int kNeighbour = 12;   // more, right behind the letter before
constexpr int kGap = -1;         // for each letter passed over between two
constexpr int kWhole = 40;       // the token is the whole text
constexpr int kFieldWeight = 6;  // for each field that stands behind
constexpr int kNever = INT_MIN / 2;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_letter(char c) {
  return is_lower(c) || is_upper(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
}

int bonus_at(std::string_view text, std::size_t i) {
  if (i == 0) return kTextBegin;
  const char before = text[i - 1], here = text[i];
  if (!is_letter(before) && is_letter(here)) return kWordBegin;
  if (is_lower(before) && is_upper(here)) return kWordBegin;  // "PowerUser"
  if (!is_digit(before) && is_digit(here)) return kWordBegin / 2;
  return 0;
}

}  // namespace

// One row of a table at a time: `ends` is the best score of a match of the token up to here whose
// last letter stands at j; `running` the best of the row before, less what was passed over since.
std::optional<Match> match_token(std::string_view token, std::string_view text) {
  token = token.substr(0, kTokenBytesMax);
  text = text.substr(0, kTextBytesMax);
  if (token.empty()) return Match{};
  const std::size_t m = token.size(), n = text.size();
  if (m > n) return std::nullopt;
  {
    // Most texts fail here, without any table.
    std::size_t at = 0;
    for (std::size_t j = 0; j < n && at < m; ++j) at += lower(text[j]) == lower(token[at]);
    if (at < m) return std::nullopt;
  }
  std::vector<int> ends(n), before_ends(n);
  // Where the letter before stands.
  std::vector<std::vector<std::size_t>> from(m, std::vector<std::size_t>(n, n));
  for (std::size_t i = 0; i < m; ++i) {
    int running = kNever;
    std::size_t running_at = n;
    for (std::size_t j = 0; j < n; ++j) {
      // The best place of the letter before, left of j, with the gap up to j.
      if (i > 0 && j > 0) {
        if (running > kNever) running += kGap;
        if (before_ends[j - 1] > running) {
          running = before_ends[j - 1];
          running_at = j - 1;
        }
      }
      ends[j] = kNever;
      if (lower(text[j]) != lower(token[i])) continue;
      const int here = kLetter + bonus_at(text, j);
      if (i == 0) {
        ends[j] = here;
        continue;
      }
      if (running > kNever) {
        ends[j] = running + here;
        from[i][j] = running_at;
      }
      if (j > 0 && before_ends[j - 1] > kNever &&
          before_ends[j - 1] + kLetter + kNeighbour >= ends[j]) {
        ends[j] = before_ends[j - 1] + kLetter + std::max(kNeighbour, bonus_at(text, j));
        from[i][j] = j - 1;
      }
    }
    before_ends.swap(ends);
  }
  const auto best = std::max_element(before_ends.begin(), before_ends.end());
  if (*best <= kNever) return std::nullopt;
  Match out{*best};
  auto at = static_cast<std::size_t>(best - before_ends.begin());
  for (std::size_t i = m; i-- > 0;) {
    out.marks.push_back(at);
    at = from[i][at];
  }
  std::reverse(out.marks.begin(), out.marks.end());
  if (m == n) out.score += kWhole;
  return out;
}

std::optional<RowMatch> match_row(std::string_view query, std::span<const std::string> fields) {
  RowMatch out;
  out.marks.resize(fields.size());
  for (const std::string_view token : split_blanks(query)) {
    std::optional<Match> best;
    std::size_t best_field = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      auto match = match_token(token, fields[i]);
      if (!match) continue;
      match->score -= static_cast<int>(i) * kFieldWeight;
      if (best && best->score >= match->score) continue;
      best = std::move(match);
      best_field = i;
    }
    if (!best) return std::nullopt;
    out.score += best->score;
    auto& marks = out.marks[best_field];
    marks.insert(marks.end(), best->marks.begin(), best->marks.end());
  }
  for (auto& marks : out.marks) {
    std::sort(marks.begin(), marks.end());
    marks.erase(std::unique(marks.begin(), marks.end()), marks.end());
  }
  return out;
}

}  // namespace rolecall::shell
