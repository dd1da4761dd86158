#include "identity/table.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "base/random.h"

namespace rolecall::identity {
namespace {

struct Loose {
  std::string name;
  int value = 0;
  std::string_view key() const { return name; }
};
struct Exact {
  std::string name;
  int value = 0;
  static constexpr bool kExactKeys = true;
  std::string_view key() const { return name; }
};

// The model: std::map with the order the table promises.
struct ByFoldedName {
  bool operator()(const std::string& a, const std::string& b) const {
    return ascii_lower(a) < ascii_lower(b);
  }
};
template <class T>
using Model =
    std::map<std::string, T, std::conditional_t<kHasExactKeys<T>, std::less<>, ByFoldedName>>;

template <class T>
void expect_same(const Table<T>& table, const Model<T>& model) {
  ASSERT_EQ(table.size(), model.size());
  auto at = table.begin();
  for (const auto& [key, value] : model) {
    ASSERT_NE(at, table.end());
    ASSERT_EQ((*at)->name, value.name);
    ASSERT_EQ((*at)->value, value.value);
    ++at;
  }
  ASSERT_EQ(at, table.end());
}

template <class T>
void run_against_model(std::uint64_t seed, std::size_t key_space, int steps) {
  auto random = make_seeded_random(seed);
  Table<T> table;
  Model<T> model;
  std::vector<std::pair<Table<T>, Model<T>>> snapshots;
  const auto draw_key = [&] {
    // Long shared beginnings and mixed case, as role names and ARNs have.
    const std::uint64_t n = random->next_u64() % key_space;
    std::string key = (n % 3 == 0   ? "arn:aws:iam::111122223333:"
                       : n % 3 == 1 ? "x"
                                    : "") +
                      std::to_string(n * 7919 % key_space);
    if (n % 5 == 0) key += std::string(n % 17, 'q');
    if (random->next_u64() % 2) key = ascii_upper(key);
    return key;
  };
  for (int step = 0; step < steps; ++step) {
    const std::string key = draw_key();
    // Phases of growth and of shrinking, so that nodes split and join.
    const bool grow = step / (steps / 6 + 1) % 2 == 0;
    const std::uint64_t dice = random->next_u64() % 10;
    if (dice < (grow ? 8u : 2u)) {
      const bool added = table.put(std::make_shared<T>(T{key, step}));
      const auto found = model.find(key);
      EXPECT_EQ(added, found == model.end());
      if (found != model.end()) model.erase(found);  // the key's spelling is replaced too
      model.emplace(key, T{key, step});
    } else {
      EXPECT_EQ(table.erase(key), model.erase(key) == 1);
    }
    const std::string probe = draw_key();
    const auto found = model.find(probe);
    const T* mine = table.find(probe);
    ASSERT_EQ(mine != nullptr, found != model.end());
    if (mine) {
      ASSERT_EQ(mine->value, found->second.value);
    }
    const auto lower = model.lower_bound(probe);
    const auto upper = model.upper_bound(probe);
    const auto my_lower = table.lower_bound(probe);
    const auto my_upper = table.upper_bound(probe);
    ASSERT_EQ(my_lower == table.end(), lower == model.end());
    if (lower != model.end()) {
      ASSERT_EQ((*my_lower)->name, lower->second.name);
    }
    ASSERT_EQ(my_upper == table.end(), upper == model.end());
    if (upper != model.end()) {
      ASSERT_EQ((*my_upper)->name, upper->second.name);
    }
    if (step % (steps / 40 + 1) == 0) {
      expect_same(table, model);
      if (snapshots.size() < 8 || random->next_u64() % 2) {
        snapshots.emplace_back(table, model);
        if (snapshots.size() > 10) snapshots.erase(snapshots.begin() + 3);
      }
    }
  }
  expect_same(table, model);
  for (const auto& [then, model_then] : snapshots) expect_same(then, model_then);
  while (!model.empty()) {
    ASSERT_TRUE(table.erase(model.begin()->first));
    model.erase(model.begin());
  }
  EXPECT_TRUE(table.empty());
  EXPECT_EQ(table.begin(), table.end());
  for (const auto& [then, model_then] : snapshots) expect_same(then, model_then);
}

TEST(Table, behaves_as_a_map_and_its_old_copies_stay) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    run_against_model<Loose>(seed, 40, 600);
    run_against_model<Exact>(seed, 40, 600);
  }
  run_against_model<Loose>(77, 6'000, 24'000);
  run_against_model<Exact>(78, 6'000, 24'000);
}

TEST(Table, case_is_ignored_unless_the_type_says_otherwise) {
  Table<Loose> loose;
  EXPECT_TRUE(loose.put(std::make_shared<Loose>(Loose{"Ops", 1})));
  EXPECT_FALSE(loose.put(std::make_shared<Loose>(Loose{"oPS", 2})));
  EXPECT_EQ(loose.size(), 1u);
  EXPECT_EQ(loose.find("OPS")->name, "oPS");
  Table<Exact> exact;
  EXPECT_TRUE(exact.put(std::make_shared<Exact>(Exact{"Ops", 1})));
  EXPECT_TRUE(exact.put(std::make_shared<Exact>(Exact{"oPS", 2})));
  EXPECT_EQ(exact.find("OPS"), nullptr);
  EXPECT_EQ(exact.find("Ops")->value, 1);
}

TEST(Table, loads_in_order_and_answers_from_an_empty_one) {
  Table<Loose> table;
  EXPECT_EQ(table.find("a"), nullptr);
  EXPECT_FALSE(table.erase("a"));
  EXPECT_EQ(table.lower_bound("a"), table.end());
  for (int i = 0; i < 100'000; ++i) {
    table.put(std::make_shared<Loose>(Loose{"role-" + std::to_string(1'000'000 + i), i}));
  }
  EXPECT_EQ(table.size(), 100'000u);
  EXPECT_EQ(table.find("ROLE-1042000")->value, 42'000);
  EXPECT_EQ((*table.upper_bound("role-1042000"))->value, 42'001);
}

TEST(Table, an_erased_entity_may_lend_its_key) {
  Table<Loose> table;
  for (int i = 0; i < 40; ++i) table.put(std::make_shared<Loose>(Loose{std::to_string(i), i}));
  while (!table.empty()) table.erase((*table.begin())->key());
  EXPECT_EQ(table.size(), 0u);
}

TEST(Table, copies_are_read_while_one_is_changed) {
  Table<Loose> table;
  for (int i = 0; i < 500; ++i) table.put(std::make_shared<Loose>(Loose{std::to_string(i), 0}));
  for (int round = 1; round <= 20; ++round) {
    auto copy = std::make_unique<Table<Loose>>(table);
    std::thread reader([snapshot = std::move(copy), round] {
      for (const auto& entry : *snapshot) EXPECT_LT(entry->value, round);
      EXPECT_EQ(snapshot->find("250")->value, round - 1);
    });
    for (int i = 0; i < 500; ++i) {
      table.put(std::make_shared<Loose>(Loose{std::to_string(i), round}));
    }
    reader.join();
  }
}

}  // namespace
}  // namespace rolecall::identity
