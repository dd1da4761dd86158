#include "calls/names.h"

#include <algorithm>

#include "base/encoding.h"

namespace rolecall::calls {
namespace {

constexpr double kCloseEnough = 0.8;
constexpr std::size_t kCloseMatchesMax = 3;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "GatewayARNs" → "Gateway-arns": an acronym in the plural at the end.
std::string with_plural_acronym(std::string_view name) {
  std::size_t begin = name.size();
  if (name.ends_with('s')) {
    begin = name.size() - 1;
    while (begin > 0 && is_upper(name[begin - 1])) --begin;
  }
  if (name.size() < begin + 3) return std::string(name);
  return std::string(name.substr(0, begin)) + "-" + ascii_lower(name.substr(begin));
}

// A dash before each capital that small letters follow.
std::string with_words(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size();) {
    out += name[i];
    std::size_t end = i + 2;
    while (end < name.size() && is_lower(name[end])) ++end;
    if (i + 1 < name.size() && is_upper(name[i + 1]) && end > i + 2) {
      out.append("-").append(name.substr(i + 1, end - i - 1));
      i = end;
    } else {
      ++i;
    }
  }
  return out;
}

// Sum of the lengths of the common pieces, found as difflib finds them: the longest one, then the
// same on both sides of it.
std::size_t matching(std::string_view a, std::string_view b) {
  std::size_t best = 0, at_a = 0, at_b = 0;
  std::vector<std::size_t> before(b.size() + 1), now(b.size() + 1);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      now[j + 1] = a[i] == b[j] ? before[j] + 1 : 0;
      if (now[j + 1] > best) {
        best = now[j + 1];
        at_a = i + 1 - best;
        at_b = j + 1 - best;
      }
    }
    std::swap(before, now);
  }
  if (best == 0) return 0;
  return best + matching(a.substr(0, at_a), b.substr(0, at_b)) +
         matching(a.substr(at_a + best), b.substr(at_b + best));
}

}  // namespace

std::string dashed(std::string_view name) {
  if (name.find('-') != name.npos) return std::string(name);
  const std::string words = with_words(with_plural_acronym(name));
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0 && is_upper(words[i]) && (is_lower(words[i - 1]) || is_digit(words[i - 1]))) {
      out += '-';
    }
    out += ascii_lower(words[i]);
  }
  return out;
}

const wire::Service* find_service(std::string_view word) {
  if (word == "s3") return nullptr;  // the AWS CLI's file commands are no operations
  return wire::service_named(word == "s3api" ? "s3" : word);
}

std::string_view command_of(const wire::Service& service) {
  return service.name == "s3" ? "s3api" : service.name;
}

const wire::Operation* find_operation(const wire::Service& service, std::string_view word) {
  for (const wire::Operation& operation : service.operations) {
    // Cheap first: the names are as long as their words without the dashes.
    if (word.size() < operation.name.size() || word.empty() ||
        ascii_lower(operation.name.front()) != word.front()) {
      continue;
    }
    if (dashed(operation.name) == word) return &operation;
  }
  return nullptr;
}

std::vector<std::string> operation_words(const wire::Service& service) {
  std::vector<std::string> words;
  for (const wire::Operation& operation : service.operations) {
    words.push_back(dashed(operation.name));
  }
  return words;
}

std::vector<std::string> close_matches(std::string_view word,
                                       std::span<const std::string> choices) {
  // SAFETY: the comparison costs the product of the lengths.
  if (word.size() > 200) return {};
  std::vector<std::pair<double, std::string>> found;
  for (const std::string& choice : choices) {
    const double ratio = 2.0 * static_cast<double>(matching(choice, word)) /
                         static_cast<double>(choice.size() + word.size());
    if (ratio >= kCloseEnough) found.emplace_back(ratio, choice);
  }
  std::ranges::sort(found, std::greater());
  std::vector<std::string> out;
  for (auto& [ratio, choice] : found) {
    if (out.size() < kCloseMatchesMax) out.push_back(std::move(choice));
  }
  return out;
}

}  // namespace rolecall::calls
