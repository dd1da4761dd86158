#include "identity/state.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <thread>

#include "identity/testing.h"
#include "policy/document.h"

namespace rolecall::identity {
namespace {

using testing::EventMaker;
using testing::PlainSealer;

// Everything that State derives, worked out anew from the tables alone.
struct Derived {
  std::map<std::string, std::string> principals, names;
  std::map<std::string, std::pair<std::uint32_t, std::uint32_t>> usage;
  std::map<std::string, std::string> memberships;        // account → organization
  std::map<std::string, std::set<std::string>> targets;  // organization → POLICY/NODE
};

std::string told(AccountId account, bool is_role, const std::string& name) {
  return account.text() + (is_role ? " role " : " user ") + name;
}

Derived derive(const State& state) {
  Derived out;
  for (const AccountId id : state.account_ids()) {
    const Account& account = *state.account(id);
    const auto use = [&](const std::string& arn, bool boundary) {
      if (arn.empty()) return;
      auto& counts = out.usage[id.text() + " " + arn];
      ++(boundary ? counts.second : counts.first);
    };
    for (const auto& user : account.users) {
      out.principals[user->id] = told(id, false, user->name);
      use(user->boundary, true);
      for (const auto& arn : user->grants.attached) use(arn, false);
    }
    for (const auto& role : account.roles) {
      out.principals[role->id] = told(id, true, role->name);
      use(role->boundary, true);
      for (const auto& arn : role->grants.attached) use(arn, false);
    }
    for (const auto& group : account.groups) {
      for (const auto& arn : group->grants.attached) use(arn, false);
    }
    for (const auto& resource : account.resources) {
      if (resource->type == "s3:bucket") out.names[resource->table_key] = id.text();
    }
    if (!account.info.alias.empty()) out.names["alias/" + account.info.alias] = id.text();
  }
  for (const Organization* organization : state.organizations()) {
    const std::string& id = organization->info.id;
    for (const auto& member : organization->members) {
      EXPECT_TRUE(out.memberships.emplace(member->table_key, id).second) << "in two at once";
    }
    for (const auto& node : organization->attachments) {
      EXPECT_FALSE(node->policies.empty());
      for (const auto& policy : node->policies) {
        out.targets[id].insert(policy + "/" + node->node);
      }
    }
  }
  return out;
}

void expect_derived(const State& state) {
  const Derived wanted = derive(state);
  std::map<std::string, std::string> principals, names;
  for (const auto& entry : state.principals()) {
    principals[entry->id] = told(entry->account, entry->is_role, entry->name);
  }
  EXPECT_EQ(principals, wanted.principals);
  for (const auto& entry : state.global_names()) names[entry->name] = entry->account.text();
  EXPECT_EQ(names, wanted.names);
  std::size_t usages = 0;
  for (const AccountId id : state.account_ids()) {
    for (const auto& usage : state.account(id)->policy_usage) {
      ++usages;
      const auto found = wanted.usage.find(id.text() + " " + usage->arn);
      ASSERT_NE(found, wanted.usage.end());
      EXPECT_EQ(found->second, std::make_pair(usage->attachments, usage->boundaries));
    }
  }
  EXPECT_EQ(usages, wanted.usage.size());
  for (std::uint64_t number = 0; number < 5; ++number) {
    const AccountId id = AccountId::from_number(number);
    const Organization* organization = state.organization_of(id);
    const auto found = wanted.memberships.find(id.text());
    EXPECT_EQ(organization != nullptr, found != wanted.memberships.end());
    if (organization) {
      EXPECT_EQ(organization->info.id, found->second);
    }
  }
  for (const Organization* organization : state.organizations()) {
    std::set<std::string> targets;
    for (const auto& target : organization->targets) targets.insert(target->table_key);
    const auto found = wanted.targets.find(organization->info.id);
    EXPECT_EQ(targets, found == wanted.targets.end() ? std::set<std::string>() : found->second);
  }
}

std::string bytes_of(const State& state) {
  const PlainSealer sealer;
  std::string out;
  encode_state(state, sealer, 1u << 30, [&](std::string batch) {
    out += batch;
    return true;
  });
  return out;
}

TEST(State, derived_indices_follow_random_events) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    EventMaker maker(seed);
    State state;
    std::vector<std::pair<State, std::string>> snapshots;
    for (int step = 0; step < 1500; ++step) {
      Events batch;
      for (std::uint64_t i = 1 + maker.draw(4); i > 0; --i) batch.push_back(maker.next());
      state.apply(batch);
      ASSERT_EQ(state.revision(), static_cast<std::uint64_t>(step + 1));
      if (step % 50 == 0) {
        expect_derived(state);
        if (step % 250 == 0) snapshots.emplace_back(state, bytes_of(state));
      }
    }
    expect_derived(state);
    for (const auto& [then, bytes] : snapshots) EXPECT_EQ(bytes_of(then), bytes);
  }
}

TEST(State, a_checkpoint_gives_the_same_state) {
  const PlainSealer sealer;
  EventMaker maker(42);
  State state;
  for (int i = 0; i < 3000; ++i) state.apply({maker.next()});
  State again;
  int batches = 0;
  ASSERT_TRUE(encode_state(state, sealer, 512, [&](std::string batch) {
    ++batches;
    const auto events = decode_events(batch, sealer);
    EXPECT_TRUE(events.has_value());
    for (const Event& event : *events) again.apply_one(event);
    return true;
  }));
  EXPECT_GT(batches, 5);
  EXPECT_EQ(bytes_of(again), bytes_of(state));
  expect_derived(again);
  int seen = 0;
  EXPECT_FALSE(encode_state(state, sealer, 512, [&](std::string) { return ++seen < 2; }));
  EXPECT_EQ(seen, 2);
}

template <class T>
std::shared_ptr<T> named(std::string name, std::string id) {
  auto out = std::make_shared<T>();
  out->name = std::move(name);
  out->id = std::move(id);
  return out;
}

TEST(State, a_renamed_user_keeps_its_place_in_the_index) {
  const AccountId a = AccountId::from_number(1);
  State state;
  state.apply({Put<User>{a, named<User>("old", "AIDA1")}});
  // Either order of the two events.
  state.apply({Put<User>{a, named<User>("new", "AIDA1")}, Erase<User>{a, "old"}});
  ASSERT_NE(state.principal("AIDA1"), nullptr);
  EXPECT_EQ(state.principal("AIDA1")->name, "new");
  state.apply({Erase<User>{a, "new"}, Put<User>{a, named<User>("third", "AIDA1")}});
  EXPECT_EQ(state.principal("AIDA1")->name, "third");
  EXPECT_EQ(state.account(a)->users.size(), 1u);
  state.apply({Erase<User>{a, "THIRD"}});
  EXPECT_EQ(state.principal("AIDA1"), nullptr);
}

TEST(State, a_role_made_again_under_its_name_is_another_principal) {
  const AccountId a = AccountId::from_number(1);
  State state;
  state.apply({Put<Role>{a, named<Role>("ops", "AROA1")}});
  state.apply({Erase<Role>{a, "ops"}, Put<Role>{a, named<Role>("ops", "AROA2")}});
  EXPECT_EQ(state.principal("AROA1"), nullptr);
  ASSERT_NE(state.principal("AROA2"), nullptr);
  EXPECT_TRUE(state.principal("AROA2")->is_role);
}

TEST(State, aliases_and_buckets_are_names_of_all_accounts) {
  const AccountId a = AccountId::from_number(1), b = AccountId::from_number(2);
  State state;
  AccountInfo info;
  info.id = a;
  info.alias = "acme";
  state.apply({PutAccount{info}});
  EXPECT_EQ(state.global_name("alias/acme")->account, a);
  info.alias = "acme-2";
  state.apply({PutAccount{info}});
  EXPECT_EQ(state.global_name("alias/acme"), nullptr);
  const auto bucket = std::make_shared<Resource>(make_resource("s3:bucket", "data"));
  state.apply({Put<Resource>{b, bucket}});
  EXPECT_EQ(state.global_name("s3:bucket/data")->account, b);
  EXPECT_NE(state.account(b)->resources.find("s3:bucket/data"), nullptr);
  state.apply({Erase<Resource>{a, "s3:bucket/data"}});  // not that account's
  EXPECT_NE(state.global_name("s3:bucket/data"), nullptr);
  state.apply({Erase<Resource>{b, "s3:bucket/data"}});
  EXPECT_EQ(state.global_name("s3:bucket/data"), nullptr);
}

TEST(State, accounts_are_apart_and_copies_do_not_change) {
  const AccountId a = AccountId::from_number(1), b = AccountId::from_number(2);
  State state;
  EXPECT_EQ(state.account(a), nullptr);
  state.apply({Put<User>{a, named<User>("u", "AIDA1")}});
  const State before = state;
  state.apply({Put<User>{b, named<User>("u", "AIDA2")}, Erase<User>{a, "u"}});
  EXPECT_EQ(before.account(b), nullptr);
  EXPECT_EQ(before.account(a)->users.size(), 1u);
  EXPECT_EQ(state.account(a)->users.size(), 0u);
  EXPECT_EQ(state.account_ids(), (std::vector<AccountId>{a, b}));
}

TEST(State, the_document_of_a_managed_policy) {
  const AccountId a = AccountId::from_number(111122223333);
  State state;
  auto policy = std::make_shared<ManagedPolicy>();
  policy->name = "Mine";
  policy->path = "/team/";
  policy->arn = "arn:aws:iam::111122223333:policy/team/Mine";
  policy->versions = {{1, make_policy("{\"v\":1}", policy::Kind::managed), {}},
                      {2, make_policy("{\"v\":2}", policy::Kind::managed), {}}};
  policy->default_version = 2;
  state.apply({Put<ManagedPolicy>{a, policy}});
  EXPECT_EQ(find_policy_document(state, policy->arn)->text(), "{\"v\":2}");
  // Another path is another policy, and other things that look alike are none.
  EXPECT_EQ(find_policy_document(state, "arn:aws:iam::111122223333:policy/Mine"), nullptr);
  EXPECT_EQ(find_policy_document(state, "arn:aws:iam::999999999999:policy/team/Mine"), nullptr);
  EXPECT_EQ(find_policy_document(state, "arn:aws:iam::111122223333:role/team/Mine"), nullptr);
  EXPECT_EQ(find_policy_document(state, "nonsense"), nullptr);
  EXPECT_NE(find_policy_document(state, "arn:aws:iam::aws:policy/AdministratorAccess"), nullptr);
}

TEST(StoredPolicy, equal_texts_are_one_while_they_live) {
  PolicyRef a = make_policy("{\"x\":1}", policy::Kind::trust);
  PolicyRef b = make_policy("{\"x\":1}", policy::Kind::trust);
  EXPECT_EQ(a, b);
  EXPECT_NE(a, make_policy("{\"x\":1}", policy::Kind::bucket));
  EXPECT_NE(a, make_policy("{\"x\":2}", policy::Kind::trust));
  const std::weak_ptr<const StoredPolicy> gone = a;
  a.reset();
  b.reset();
  EXPECT_TRUE(gone.expired());
  EXPECT_EQ(make_policy("{\"x\":1}", policy::Kind::trust)->text(), "{\"x\":1}");
}

TEST(StoredPolicy, is_compiled_once_whoever_asks_first) {
  const PolicyRef stored = make_policy(
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})",
      policy::Kind::managed);
  const policy::Document* seen[4] = {};
  std::vector<std::thread> threads;
  for (auto& slot : seen) threads.emplace_back([&] { slot = &stored->compiled(); });
  for (auto& thread : threads) thread.join();
  for (const auto* document : seen) EXPECT_EQ(document, seen[0]);
  EXPECT_TRUE(seen[0]->readable());
  EXPECT_EQ(seen[0]->kind(), policy::Kind::managed);
  EXPECT_FALSE(make_policy("{", policy::Kind::managed)->compiled().readable());
}

TEST(Resource, properties_are_kept_in_order) {
  Resource r = make_resource("ec2:instance", "i-1");
  EXPECT_EQ(r.key(), "ec2:instance/i-1");
  r.set_property("b", "2");
  r.set_property("a", "1");
  r.set_property("b", "3");
  EXPECT_EQ(r.property("b"), "3");
  EXPECT_EQ(r.property("c"), "");
  EXPECT_EQ(r.properties.front().first, "a");
  r.erase_property("a");
  EXPECT_EQ(r.properties.size(), 1u);
}

}  // namespace
}  // namespace rolecall::identity
