#include "policy/match.h"

#include <array>
#include <cstring>
#include <vector>

namespace rolecall::policy {

using compiled::kAnyChar;
using compiled::kAnyRun;
using compiled::kCharInSegment;
using compiled::kRunInSegment;
using compiled::Shape;

namespace {

bool is_code(char c) { return static_cast<unsigned char>(c) >= compiled::kFirstCode; }

// Only kAnyRun and literals: each chunk between two runs is looked for once, leftmost, and what
// one chunk consumed is never looked at again; memmem is linear.
bool match_chunks(std::string_view pattern, std::string_view text) {
  const std::size_t first = pattern.find(kAnyRun);
  if (first == pattern.npos) return pattern == text;
  const std::size_t last = pattern.rfind(kAnyRun);
  const std::string_view head = pattern.substr(0, first), tail = pattern.substr(last + 1);
  if (text.size() < head.size() + tail.size()) return false;
  if (!text.starts_with(head) || !text.ends_with(tail)) return false;
  text.remove_prefix(head.size());
  text.remove_suffix(tail.size());
  std::size_t at = first + 1;
  while (at <= last) {
    const std::size_t end = pattern.find(kAnyRun, at);
    if (end > at) {
      const void* found = memmem(text.data(), text.size(), pattern.data() + at, end - at);
      if (found == nullptr) return false;
      const auto skip = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
      text.remove_prefix(skip + (end - at));
    }
    at = end + 1;
  }
  return true;
}

// The general case: every pattern position advances at once, a byte each, in loops that the
// compiler turns into vector instructions. State j means "the first j tokens are consumed"; runs
// are loops on states, so there are no empty moves to follow.
class Simulation {
 public:
  explicit Simulation(std::string_view pattern) {
    const std::size_t states = pattern.size() + 1;
    if (states * 5 <= fixed_.size()) {
      base_ = fixed_.data();
    } else {
      spill_.resize(states * 5);
      base_ = spill_.data();
    }
    std::memset(base_, 0, states * 5);
    literal_ = base_;            // token j consumes this byte …
    wild_ = base_ + states;      // … or any character: 1 all, 2 all but ':'
    loop_ = base_ + states * 2;  // state j stays on: 1 any byte, 2 any but ':', 4 continuation
    now_ = base_ + states * 3;
    next_ = base_ + states * 4;
    for (const char c : pattern) {
      if (c == kAnyRun || c == kRunInSegment) {
        loop_[tokens_] = static_cast<unsigned char>(loop_[tokens_] | (c == kAnyRun ? 1 : 2));
      } else if (c == kAnyChar || c == kCharInSegment) {
        wild_[tokens_++] = c == kAnyChar ? 1 : 2;
        loop_[tokens_] = 4;
      } else {
        literal_[tokens_++] = static_cast<unsigned char>(c);
      }
    }
    now_[0] = 1;
  }

  bool run(std::string_view text) {
    for (const char c : text) {
      if (!step(static_cast<unsigned char>(c))) return false;
    }
    return now_[tokens_] != 0;
  }

 private:
  bool step(unsigned char c) {
    const bool colon = c == ':', continuation = (c & 0xC0) == 0x80;
    const auto loops = static_cast<unsigned char>(1 | (colon ? 0 : 2) | (continuation ? 4 : 0));
    // A `?` takes a character's first byte; the others follow by the loop.
    const auto wilds = static_cast<unsigned char>(continuation ? 0 : (colon ? 1 : 3));
    unsigned char alive = 0;
    next_[0] = static_cast<unsigned char>(now_[0] & ((loop_[0] & loops) != 0 ? 1 : 0));
    alive = next_[0];
    for (std::size_t j = 0; j < tokens_; ++j) {
      const unsigned char eats =
          (wild_[j] == 0 && literal_[j] == c) || (wild_[j] & wilds) != 0 ? 1 : 0;
      const unsigned char stays = (loop_[j + 1] & loops) != 0 ? 1 : 0;
      next_[j + 1] = static_cast<unsigned char>((now_[j] & eats) | (now_[j + 1] & stays));
      alive = static_cast<unsigned char>(alive | next_[j + 1]);
    }
    std::swap(now_, next_);
    return alive != 0;
  }

  std::array<unsigned char, 4096> fixed_;
  std::vector<unsigned char> spill_;
  unsigned char *base_, *literal_, *wild_, *loop_, *now_, *next_;
  std::size_t tokens_ = 0;
};

bool needs_simulation(std::string_view pattern) {
  for (const char c : pattern) {
    if (c == kAnyChar || c == kCharInSegment || c == kRunInSegment) return true;
  }
  return false;
}

}  // namespace

bool match_coded(std::string_view pattern, std::string_view text) {
  if (needs_simulation(pattern)) return Simulation(pattern).run(text);
  return match_chunks(pattern, text);
}

Shape shape_of(std::string_view coded, std::uint16_t& head, std::uint16_t& tail) {
  head = tail = 0;
  std::size_t wildcards = 0, first = coded.size(), last = 0;
  bool only_runs = true, only_codes = true;
  for (std::size_t i = 0; i < coded.size(); ++i) {
    if (coded[i] == compiled::kVariable) return Shape::template_;
    if (!is_code(coded[i])) {
      only_codes = false;
      continue;
    }
    if (wildcards++ == 0) first = i;
    last = i;
    only_runs = only_runs && coded[i] == kAnyRun;
  }
  head = static_cast<std::uint16_t>(first);
  if (wildcards == 0) return Shape::exact;
  tail = static_cast<std::uint16_t>(coded.size() - last - 1);
  if (!only_runs) return Shape::mixed;
  if (only_codes) return Shape::any;
  if (wildcards > 1) return Shape::glob;
  return tail == 0 ? Shape::prefix : Shape::one_star;
}

std::string code_wildcards(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c == '*') c = kAnyRun;
    if (c == '?') c = kAnyChar;
  }
  return out;
}

std::string code_arn_wildcards(std::string_view text) {
  std::string out(text);
  int segment = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool inner = segment < 5;
    if (out[i] == ':') {
      ++segment;
    } else if (out[i] == '?') {
      out[i] = inner ? kCharInSegment : kAnyChar;
    } else if (out[i] == '*') {
      const bool ends_segment = i + 1 == out.size() || out[i + 1] == ':';
      out[i] = inner && !ends_segment ? kRunInSegment : kAnyRun;
    }
  }
  return out;
}

std::string decode_wildcards(std::string_view coded) {
  std::string out(coded);
  for (char& c : out) {
    if (c == kAnyRun || c == kRunInSegment) c = '*';
    if (c == kAnyChar || c == kCharInSegment) c = '?';
  }
  return out;
}

}  // namespace rolecall::policy
