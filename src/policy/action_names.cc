#include "policy/action_names.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/error.h"
#include "policy/catalogue.h"
#include "policy/hash.h"

namespace rolecall::policy {
namespace {

// A constant, computed at first use from the embedded text (about 2 ms, 0.8 MB).
class Names {
 public:
  Names() : places_(kPlaces, kUnknownAction) {
    std::string_view text = catalogue_text();
    std::string service;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line.starts_with("S\t")) {
        service = ascii_lower(line.substr(2)) + ":";
      } else if (line.starts_with("A\t")) {
        const std::string_view rest = line.substr(2);
        starts_.push_back(static_cast<std::uint32_t>(pool_.size()));
        pool_ += service + ascii_lower(rest.substr(0, rest.find('\t')));
      }
    }
    RC_ASSERT(starts_.size() < kPlaces / 2 && starts_.size() < kUnknownAction);
    starts_.push_back(static_cast<std::uint32_t>(pool_.size()));
    for (std::uint16_t id = 0; id < count(); ++id) {
      std::size_t at = hash_text(name(id)) % kPlaces;
      while (places_[at] != kUnknownAction) at = (at + 1) % kPlaces;
      places_[at] = id;
    }
  }

  std::size_t count() const { return starts_.size() - 1; }
  std::string_view name(std::size_t id) const {
    return {pool_.data() + starts_[id], starts_[id + 1] - starts_[id]};
  }
  std::uint16_t find(std::string_view folded, std::uint64_t hash) const {
    for (std::size_t at = hash % kPlaces; places_[at] != kUnknownAction; at = (at + 1) % kPlaces) {
      if (name(places_[at]) == folded) return places_[at];
    }
    return kUnknownAction;
  }

 private:
  static constexpr std::size_t kPlaces = 65'536;
  std::string pool_;
  std::vector<std::uint32_t> starts_;
  std::vector<std::uint16_t> places_;
};

const Names& names() {
  static const Names kNames;
  return kNames;
}

}  // namespace

std::uint16_t find_action_id(std::string_view folded, std::uint64_t hash) {
  return names().find(folded, hash);
}
std::size_t action_id_count() { return names().count(); }
std::string_view action_id_name(std::uint16_t id) { return names().name(id); }

std::pair<std::uint16_t, std::uint16_t> action_ids_with_prefix(std::string_view prefix) {
  // Services follow each other by name and actions by folded name within one, so the names with a
  // prefix that reaches past the colon are neighbours; services are compared without their colon.
  const Names& all = names();
  const auto before = [](std::string_view a, std::string_view b) {
    const std::string_view service_a = a.substr(0, a.find(':'));
    const std::string_view service_b = b.substr(0, b.find(':'));
    return service_a != service_b ? service_a < service_b : a < b;
  };
  std::size_t low = 0, high = all.count();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (before(all.name(middle), prefix)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  std::size_t end = low;
  while (end < all.count() && all.name(end).starts_with(prefix)) ++end;
  return {static_cast<std::uint16_t>(low), static_cast<std::uint16_t>(end)};
}

}  // namespace rolecall::policy
