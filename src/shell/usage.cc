#include "shell/usage.h"

#include <algorithm>

namespace rolecall::shell {
namespace {

constexpr std::string_view kMore = "…";

std::string_view without_brackets(std::string_view token) {
  while (token.starts_with('[')) token.remove_prefix(1);
  while (token.ends_with(']')) token.remove_suffix(1);
  return token;
}

// The positional places of one usage line, options and their arguments left out.
std::vector<std::string_view> places_of(const client::HelpPage& page, std::string_view line) {
  auto tokens = split_blanks(line);
  // The program and the command's own words.
  const auto own = split_blanks(page.name).size() + 1;
  if (tokens.size() <= own) return {};
  std::vector<std::string_view> out;
  for (std::size_t i = own; i < tokens.size(); ++i) {
    const std::string_view token = without_brackets(tokens[i]);
    if (token == "--") break;
    if (!token.starts_with('-') || token == "-") {
      out.push_back(token);
      continue;
    }
    // In brackets everything up to the closing one belongs to the option.
    if (tokens[i].starts_with('[')) {
      while (i + 1 < tokens.size() && !tokens[i].ends_with(']')) ++i;
      continue;
    }
    const auto known = std::find_if(page.options.begin(), page.options.end(),
                                    [&](const auto& option) { return has_name(option, token); });
    if (known != page.options.end() && !known->argument.empty()) ++i;
  }
  return out;
}

bool fits(std::string_view place, std::string_view word) {
  const bool is_placeholder =
      place.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != place.npos || place.ends_with(kMore);
  if (is_placeholder) return true;
  const auto words = split_at(place, '|');
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::vector<std::string_view> split_at(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t at = text.find(separator);
    if (at != 0 && !text.empty()) out.push_back(text.substr(0, at));
    if (at == text.npos) return out;
    text.remove_prefix(at + 1);
  }
}

std::vector<std::string_view> split_blanks(std::string_view text) { return split_at(text, ' '); }

std::vector<std::string_view> names_of(const client::HelpOption& option) {
  auto out = split_blanks(option.name);
  for (auto& name : out) {
    if (name.ends_with(',')) name.remove_suffix(1);
  }
  return out;
}

bool has_name(const client::HelpOption& option, std::string_view name) {
  const auto names = names_of(option);
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string_view> usage_places(const client::HelpPage& page,
                                           std::span<const std::string> positional) {
  std::vector<std::string_view> out;
  for (const std::string_view line : page.usage) {
    const auto places = places_of(page, line);
    if (places.empty()) continue;
    std::size_t at = 0;
    bool good = true;
    for (const auto& word : positional) {
      if (at >= places.size() || !fits(places[at], word)) {
        good = false;
        break;
      }
      // The last place may take any number of words.
      if (at + 1 < places.size() || !places[at].ends_with(kMore)) ++at;
    }
    if (!good || at >= places.size()) continue;
    if (std::find(out.begin(), out.end(), places[at]) == out.end()) out.push_back(places[at]);
  }
  return out;
}

}  // namespace rolecall::shell
