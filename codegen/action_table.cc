// Makes the table of known actions (src/policy/action_table.h) at build time, so that a program
// that starts neither computes it nor keeps it in memory of its own:
//   action_table data/access-catalogue.txt actions.bin
#include "policy/action_table.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "policy/hash.h"

namespace rolecall::policy {
namespace {

std::string folded(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return text;
}

struct Names {
  std::string pool;
  std::vector<std::uint32_t> starts;
  std::vector<std::uint8_t> service_sizes;
};

Names read(std::istream& in) {
  Names out;
  std::string line, service;
  while (std::getline(in, line)) {
    if (line.starts_with("S\t")) {
      service = folded(line.substr(2)) + ":";
    } else if (line.starts_with("A\t")) {
      out.starts.push_back(static_cast<std::uint32_t>(out.pool.size()));
      out.service_sizes.push_back(static_cast<std::uint8_t>(service.size() - 1));
      out.pool += service + folded(line.substr(2, line.find('\t', 2) - 2));
    }
  }
  out.starts.push_back(static_cast<std::uint32_t>(out.pool.size()));
  return out;
}

struct Key {
  std::uint64_t hash;
  ActionTable::Entry entry;
};

// The fullest buckets first: each gets the first displacement at which all of its keys find a
// place.
bool place_all(std::vector<std::vector<Key>> buckets, ActionTable& table) {
  std::stable_sort(buckets.begin(), buckets.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  for (const auto& bucket : buckets) {
    unsigned displacement = 0;
    for (; displacement < 256; ++displacement) {
      std::vector<std::size_t> places;
      for (const Key& key : bucket) {
        const auto at = ActionTable::place(key.hash, static_cast<std::uint8_t>(displacement));
        if (table.entries[at].size != 0) break;
        if (std::find(places.begin(), places.end(), at) != places.end()) break;
        places.push_back(at);
      }
      if (places.size() != bucket.size()) continue;
      for (std::size_t i = 0; i < bucket.size(); ++i) table.entries[places[i]] = bucket[i].entry;
      break;
    }
    if (displacement == 256) return false;
    if (!bucket.empty()) {
      table.displacement[ActionTable::bucket(bucket[0].hash)] =
          static_cast<std::uint8_t>(displacement);
    }
  }
  return true;
}

int run(const char* from, const char* to) {
  std::ifstream in(from);
  const Names names = read(in);
  const std::size_t count = names.starts.size() - 1;
  if (count == 0 || count >= ActionTable::kPlaces * 3 / 4) {
    std::fprintf(stderr, "%s: %zu actions do not fit the table\n", from, count);
    return 1;
  }
  const auto table = std::make_unique<ActionTable>();
  std::vector<std::vector<Key>> buckets(ActionTable::kBuckets);
  for (std::size_t id = 0; id < count; ++id) {
    const std::string name =
        names.pool.substr(names.starts[id], names.starts[id + 1] - names.starts[id]);
    if (name.size() > 0xFF) return 1;
    const std::uint64_t hash = hash_text(name);
    buckets[ActionTable::bucket(hash)].push_back(
        {hash,
         {names.starts[id], static_cast<std::uint16_t>(id), static_cast<std::uint8_t>(name.size()),
          names.service_sizes[id]}});
  }
  if (!place_all(std::move(buckets), *table)) {
    std::fprintf(stderr, "%s: no perfect hash; change ActionTable::place or its sizes\n", from);
    return 1;
  }
  const std::size_t starts_bytes = names.starts.size() * sizeof names.starts[0];
  table->count = static_cast<std::uint32_t>(count);
  table->starts_at = sizeof(ActionTable);
  table->pool_at = static_cast<std::uint32_t>(sizeof(ActionTable) + starts_bytes);
  const std::string pool = names.pool + std::string(8, '\0');
  table->bytes = static_cast<std::uint32_t>(table->pool_at + pool.size());
  std::ofstream out(to, std::ios::binary);
  out.write(reinterpret_cast<const char*>(table.get()), sizeof(ActionTable));
  out.write(reinterpret_cast<const char*>(names.starts.data()),
            static_cast<std::streamsize>(starts_bytes));
  out.write(pool.data(), static_cast<std::streamsize>(pool.size()));
  return out.flush() ? 0 : 1;
}

}  // namespace
}  // namespace rolecall::policy

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: action_table CATALOGUE TABLE\n");
    return 2;
  }
  return rolecall::policy::run(argv[1], argv[2]);
}
