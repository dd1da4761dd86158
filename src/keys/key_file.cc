#include "keys/key_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "base/encoding.h"
#include "crypto/hash.h"

namespace rolecall::keys {
namespace {

constexpr std::string_view kMagic = "rolecall-keys ";
constexpr std::string_view kVersion = "1";
constexpr std::string_view kSum = "sum ";

std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == text.npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

// The words of a line that begins with `name`; nullopt unless there are `count` more.
std::optional<std::vector<std::string_view>> words_of(std::string_view line, std::string_view name,
                                                      std::size_t count) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t blank = line.find(' ');
    words.push_back(line.substr(0, blank));
    if (blank == line.npos || words.size() > count + 1) break;
    line.remove_prefix(blank + 1);
  }
  if (words.size() != count + 1 || words[0] != name) return std::nullopt;
  words.erase(words.begin());
  return words;
}

std::optional<std::uint32_t> number_of(std::string_view text, std::uint32_t max) {
  std::uint32_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || value == 0 || value > max ||
      text.front() == '0') {
    return std::nullopt;
  }
  return value;
}

std::optional<std::string> sealed_of(std::string_view line, std::string_view name) {
  const auto words = words_of(line, name, 1);
  if (!words) return std::nullopt;
  auto out = base64_decode((*words)[0]);
  if (!out || out->size() < crypto::kSealOverheadBytes) return std::nullopt;
  return out;
}

std::optional<Item> item_of(std::string_view line) {
  const auto words = words_of(line, "entry", 2);
  if (!words) return std::nullopt;
  auto name = percent_decode((*words)[0]);
  // One spelling a name, or two files could say the same.
  if (!name || name->empty() || name->size() > kNameBytesMax ||
      percent_encode(*name) != (*words)[0]) {
    return std::nullopt;
  }
  const std::string_view id = (*words)[1];
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (id.empty() || id.size() > kFieldBytesMax || !plain) return std::nullopt;
  return Item{std::move(*name), std::string(id)};
}

std::string entry_line(const Item& item) {
  return "entry " + percent_encode(item.name) + " " + item.access_key_id + "\n";
}

std::string sum_of(std::string_view text) { return crypto::sha256_hex(text); }

}  // namespace

std::string key_binding(const KeyFile& file) {
  return fmt::format("{}{}\nargon2id 19 {} {} {} {}\n", kMagic, kVersion, file.cost.memory_kib,
                     file.cost.passes, file.cost.lanes, base64_encode(file.salt));
}

std::string body_binding(const KeyFile& file) {
  std::string out = key_binding(file) + "key " + base64_encode(file.sealed_key) + "\n";
  for (const Item& item : file.items) out += entry_line(item);
  return out;
}

std::string format_key_file(const KeyFile& file) {
  std::string out = body_binding(file) + "body " + base64_encode(file.sealed_body) + "\n";
  return out + std::string(kSum) + sum_of(out) + "\n";
}

std::expected<KeyFile, KeyFileTrouble> parse_key_file(std::string_view text) {
  const auto damaged = std::unexpected(KeyFileTrouble::damaged);
  if (text.size() > kKeyFileBytesMax) return damaged;
  std::string_view rest = text;
  const auto magic = take_line(rest);
  if (!magic || !magic->starts_with(kMagic)) return damaged;
  if (const auto version = magic->substr(kMagic.size()); version != kVersion) {
    const bool number = number_of(version, 1'000'000).has_value();
    return std::unexpected(number ? KeyFileTrouble::newer_version : KeyFileTrouble::damaged);
  }
  const std::size_t sum = text.rfind(kSum);
  if (sum == text.npos ||
      text.substr(sum) != std::string(kSum) + sum_of(text.substr(0, sum)) + "\n")
    return damaged;
  rest = text.substr(magic->size() + 1, sum - magic->size() - 1);

  KeyFile out;
  const auto kdf = take_line(rest);
  const auto kdf_words = kdf ? words_of(*kdf, "argon2id", 5) : std::nullopt;
  if (!kdf_words || (*kdf_words)[0] != "19") return damaged;
  const auto memory = number_of((*kdf_words)[1], kCostMax.memory_kib);
  const auto passes = number_of((*kdf_words)[2], kCostMax.passes);
  const auto lanes = number_of((*kdf_words)[3], kCostMax.lanes);
  const auto salt = base64_decode((*kdf_words)[4]);
  if (!memory || !passes || !lanes || *memory < 8 * *lanes || !salt || salt->size() != kSaltBytes) {
    return damaged;
  }
  out.cost = {*memory, *passes, *lanes};
  out.salt = *salt;
  auto line = take_line(rest);
  auto key = line ? sealed_of(*line, "key") : std::nullopt;
  if (!key) return damaged;
  out.sealed_key = std::move(*key);
  line = take_line(rest);
  while (line && line->starts_with("entry ")) {
    auto item = item_of(*line);
    if (!item || out.items.size() == kEntriesMax) return damaged;
    if (!out.items.empty() && out.items.back().name >= item->name) return damaged;
    out.items.push_back(std::move(*item));
    line = take_line(rest);
  }
  auto body = line ? sealed_of(*line, "body") : std::nullopt;
  if (!body || !rest.empty()) return damaged;
  out.sealed_body = std::move(*body);
  return out;
}

Secret format_body(const Entries& entries) {
  std::size_t size = 0;
  std::vector<std::pair<std::string, Secret>> parts;
  for (const auto& [name, entry] : entries) {
    Secret text = format_entry(entry);
    std::string head = fmt::format("{} {}\n", percent_encode(name), text.reveal().size());
    size += head.size() + text.reveal().size();
    parts.emplace_back(std::move(head), std::move(text));
  }
  std::string out;
  out.reserve(size);  // a string that grows leaves its bytes behind
  for (const auto& [head, text] : parts) out.append(head).append(text.reveal());
  return Secret(std::move(out));
}

std::optional<Entries> parse_body(std::string_view text) {
  Entries out;
  while (!text.empty()) {
    const auto line = take_line(text);
    if (!line || out.size() == kEntriesMax) return std::nullopt;
    const std::size_t blank = line->find(' ');
    if (blank == line->npos) return std::nullopt;
    const auto name = percent_decode(line->substr(0, blank));
    const auto size = number_of(line->substr(blank + 1), kKeyFileBytesMax);
    if (!name || name->empty() || !size || *size > text.size()) return std::nullopt;
    auto entry = parse_entry(text.substr(0, *size));
    if (!entry || !out.emplace(*name, std::move(*entry)).second) return std::nullopt;
    text.remove_prefix(*size);
  }
  return out;
}

}  // namespace rolecall::keys
