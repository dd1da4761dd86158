#include "policy/catalogue.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/encoding.h"

// The assembler puts the file into the read-only data as it is.
asm(".section .rodata\n"
    ".global rolecall_access_catalogue\n"
    ".global rolecall_access_catalogue_end\n"
    "rolecall_access_catalogue:\n"
    ".incbin \"" ROLECALL_ACCESS_CATALOGUE
    "\"\n"
    "rolecall_access_catalogue_end:\n"
    ".byte 0\n"
    ".previous\n");
extern "C" const char rolecall_access_catalogue[];      // NOLINT
extern "C" const char rolecall_access_catalogue_end[];  // NOLINT

namespace rolecall::policy {
namespace {

std::array<std::string_view, 5> split(std::string_view line) {
  std::array<std::string_view, 5> out;
  for (std::string_view& field : out) {
    const std::size_t tab = line.find('\t');
    field = line.substr(0, tab);
    line = tab == line.npos ? std::string_view{} : line.substr(tab + 1);
  }
  return out;
}

std::vector<std::uint16_t> numbers(std::string_view text) {
  std::vector<std::uint16_t> out;
  while (!text.empty()) {
    std::uint16_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{}) break;
    out.push_back(value);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with(',')) text.remove_prefix(1);
  }
  return out;
}

std::vector<CatalogueService> parse() {
  std::vector<CatalogueService> out;
  std::string_view text = catalogue_text();
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const auto fields = split(text.substr(0, end));
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
    if (fields[0] == "S") {
      out.push_back({fields[1], {}, {}, {}});
    } else if (fields[0] == "K") {
      out.back().keys.push_back({fields[1], fields[2]});
    } else if (fields[0] == "R") {
      out.back().resources.push_back({fields[1], fields[2], numbers(fields[3])});
    } else if (fields[0] == "A") {
      out.back().actions.push_back({fields[1], fields[2], numbers(fields[3]), numbers(fields[4])});
    }
  }
  return out;
}

}  // namespace

std::string_view catalogue_text() {
  return {rolecall_access_catalogue,
          static_cast<std::size_t>(rolecall_access_catalogue_end - rolecall_access_catalogue)};
}

const std::vector<CatalogueService>& catalogue() {
  static const std::vector<CatalogueService> kServices = parse();
  return kServices;
}

const CatalogueService* find_service(std::string_view folded_name) {
  const auto& all = catalogue();
  const auto at = std::lower_bound(all.begin(), all.end(), folded_name,
                                   [](const auto& s, std::string_view n) { return s.name < n; });
  return at != all.end() && at->name == folded_name ? &*at : nullptr;
}

const CatalogueAction* CatalogueService::find(std::string_view folded) const {
  const auto at =
      std::lower_bound(actions.begin(), actions.end(), folded,
                       [](const auto& a, std::string_view n) { return ascii_lower(a.name) < n; });
  return at != actions.end() && equal_ignoring_case(at->name, folded) ? &*at : nullptr;
}

}  // namespace rolecall::policy
