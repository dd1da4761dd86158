// Organization files made by chance: what the state holds afterwards is what they say, a second
// start changes nothing, a changed file changes what it changes, and mistakes are refused with
// their place. Another seed or more rounds: ROLECALL_SEED_FILES=ROUNDS[:SEED]
// (docs/reliability.md).
#include <gtest/gtest.h>

#include <charconv>
#include <cstdlib>
#include <set>

#include "base/encoding.h"
#include "identity/codec.h"
#include "identity/testing.h"
#include "seed/seed.h"
#include "seed/testing.h"

namespace rolecall::seed {
namespace {

using testing::Dice;
using testing::FileMaker;
using testing::Model;
using testing::Sizes;
using testing::Yaml;

const Instant kNow = Instant::from_seconds(1'800'000'000);

struct Rounds {
  std::uint64_t count = 0, seed = 1;
};
Rounds rounds(std::uint64_t usual) {
  Rounds out{usual, 1};
  const char* given = std::getenv("ROLECALL_SEED_FILES");
  if (given == nullptr) return out;
  const std::string_view text(given);
  const auto number = [](std::string_view digits, std::uint64_t& to) {
    std::from_chars(digits.data(), digits.data() + digits.size(), to);
  };
  const std::size_t colon = text.find(':');
  number(text.substr(0, colon), out.count);
  if (colon != text.npos) number(text.substr(colon + 1), out.seed);
  return out;
}

// ---- the organization as a state shows it, by names ----

struct Shown {
  std::string management;
  std::map<std::string, std::set<std::string>> accounts;  // a unit's path → account ids
  std::map<std::string, std::set<std::string>> attached;  // path or account id → policy names
  std::map<std::string, std::string> policies;            // name → type, description, text
  std::set<std::string> types;
  bool operator==(const Shown&) const = default;
};

void PrintTo(const Shown& shown, std::ostream* out) {
  *out << "management " << shown.management << "\n";
  for (const auto& [path, ids] : shown.accounts) {
    *out << "  " << path << ":";
    for (const auto& id : ids) *out << " " << id;
    *out << "\n";
  }
  for (const auto& [node, names] : shown.attached) {
    *out << "  on " << node << ":";
    for (const auto& name : names) *out << " " << name;
    *out << "\n";
  }
  for (const auto& [name, what] : shown.policies) *out << "  " << name << " = " << what << "\n";
  for (const auto& type : shown.types) *out << "  type " << type << "\n";
}

Shown shown(const identity::State& state) {
  Shown out;
  EXPECT_LE(state.organizations().size(), 1u);
  if (state.organizations().empty()) return out;
  const identity::Organization& organization = *state.organizations().front();
  out.management = organization.info.management_account.text();
  std::map<std::string, std::string> paths;  // unit id → path
  for (const auto& unit : organization.units) {
    std::string path;
    const identity::OrganizationUnit* at = unit.get();
    for (int depth = 0; at != nullptr && !at->parent.empty() && depth < 9; ++depth) {
      path = path.empty() ? at->name : at->name + "/" + path;
      at = organization.units.find(at->parent);
    }
    EXPECT_TRUE(at != nullptr && at->id == organization.info.root) << unit->name;
    paths[unit->id] = path.empty() ? "root" : path;
    out.accounts[paths[unit->id]];
  }
  for (const auto& member : organization.members) {
    EXPECT_EQ(state.organization_of(member->account), &organization);
    out.accounts[paths[member->parent]].insert(member->account.text());
  }
  for (const auto& policy : organization.policies) {
    out.policies[policy->name] =
        policy->type + " " + policy->description + " " + policy->document->text();
  }
  std::size_t targets = 0;
  for (const auto& node : organization.attachments) {
    const std::string name = paths.contains(node->node) ? paths[node->node] : node->node;
    for (const auto& id : node->policies) {
      const auto* policy = organization.policies.find(id);
      EXPECT_TRUE(out.attached[name].insert(policy ? policy->name : "nothing").second);
      EXPECT_TRUE(organization.targets.contains(id + "/" + node->node));
      ++targets;
    }
  }
  EXPECT_EQ(organization.targets.size(), targets);
  out.types = {organization.info.enabled_policy_types.begin(),
               organization.info.enabled_policy_types.end()};
  return out;
}

Shown said(const Model& model) {
  Shown out;
  if (!model.organized) return out;
  out.management = model.accounts[model.management].id;
  for (const auto& unit : model.units) out.accounts[unit.path];
  std::map<std::string, std::string> ids;
  for (const auto& account : model.accounts) {
    ids[account.name] = account.id;
    if (account.unit < 0) continue;
    out.accounts[model.units[static_cast<std::size_t>(account.unit)].path].insert(account.id);
  }
  for (const auto& policy : model.policies) {
    const std::string type = policy.rcp ? "RESOURCE_CONTROL_POLICY" : "SERVICE_CONTROL_POLICY";
    out.types.insert(type);
    out.policies[policy.name] = type + " " + policy.description + " " + policy.policy.text();
    for (const auto& target : policy.attach) {
      out.attached[ids.contains(target) ? ids[target] : target].insert(policy.name);
    }
  }
  if (out.types.contains("SERVICE_CONTROL_POLICY")) {
    out.policies["FullAWSAccess"] =
        R"(SERVICE_CONTROL_POLICY Allows access to every operation {"Version":"2012-10-17",)"
        R"("Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";
    for (const auto& [path, accounts] : out.accounts) {
      out.attached[path].insert("FullAWSAccess");
      for (const auto& id : accounts) out.attached[id].insert("FullAWSAccess");
    }
  }
  return out;
}

// ---- an account as it is against the account as it was written ----

void hold_grants(const testing::Grants& wanted, const identity::Grants& grants) {
  ASSERT_EQ(grants.inline_policies.size(), wanted.inline_policies.size());
  for (const auto& policy : grants.inline_policies) {
    const auto at = wanted.inline_policies.find(policy.name);
    ASSERT_NE(at, wanted.inline_policies.end()) << policy.name;
    EXPECT_EQ(policy.document->text(), at->second.text());
  }
  std::set<std::string> arns;
  for (const auto& reference : wanted.attach) arns.insert(reference.second);
  EXPECT_EQ(std::set<std::string>(grants.attached.begin(), grants.attached.end()), arns);
  EXPECT_EQ(grants.attached.size(), arns.size());
}

void hold_tags(const std::map<std::string, std::string>& wanted, const identity::Tags& tags) {
  std::map<std::string, std::string> there;
  for (const auto& tag : tags) there[tag.key] = tag.value;
  EXPECT_EQ(there, wanted);
}

template <class T>
void hold_name(const testing::Account& account, std::string_view type, const testing::Named& wanted,
               const T& entity) {
  EXPECT_EQ(entity.name, wanted.name);
  EXPECT_EQ(entity.arn,
            fmt::format("arn:aws:iam::{}:{}{}{}", account.id, type, wanted.path, wanted.name));
}

// The policy with its principal as the unique id that the state gave it.
std::string held(testing::Policy trust, const identity::State& state) {
  std::string& principal = trust.statement.principal;
  const auto arn = ArnView::parse(principal);
  const identity::Account* account = state.account(*AccountId::parse(arn->account));
  if (arn->resource_type() == "user") {
    principal = account->users.find(arn->resource_name())->id;
  } else if (arn->resource_type() == "role") {
    principal = account->roles.find(arn->resource_name())->id;
  }
  return trust.text();
}

void hold_user(const testing::Account& account, const testing::User& wanted,
               const identity::Account& there, const identity::State& state) {
  const identity::User* user = there.users.find(wanted.name);
  ASSERT_NE(user, nullptr) << wanted.name;
  hold_name(account, "user", wanted, *user);
  hold_grants(wanted.grants, user->grants);
  hold_tags(wanted.tags, user->tags);
  EXPECT_EQ(user->boundary, wanted.boundary.second);
  EXPECT_EQ(std::set<std::string>(user->groups.begin(), user->groups.end()),
            std::set<std::string>(wanted.groups.begin(), wanted.groups.end()));
  ASSERT_EQ(user->access_keys.size(), wanted.keys.size());
  for (const auto& key : wanted.keys) {
    const identity::AccessKey* kept = state.access_key(key.id);
    ASSERT_NE(kept, nullptr) << key.id;
    EXPECT_EQ(kept->user_name, user->name);
    EXPECT_EQ(kept->secret.reveal(), key.secret);
    EXPECT_EQ(kept->status == identity::KeyStatus::active, key.active);
  }
  EXPECT_EQ(user->mfa_devices.size(), wanted.mfa_seed.empty() ? 0u : 1u);
  if (!wanted.mfa_seed.empty()) {
    const auto* device =
        there.mfa_devices.find(fmt::format("arn:aws:iam::{}:mfa/{}", account.id, wanted.name));
    ASSERT_NE(device, nullptr);
    EXPECT_EQ(device->seed.reveal(), *base32_decode(wanted.mfa_seed));
    EXPECT_EQ(device->user_name, wanted.name);
  }
}

void hold_account(const testing::Account& wanted, const identity::State& state) {
  SCOPED_TRACE(wanted.name);
  const identity::Account* there = state.account(*AccountId::parse(wanted.id));
  ASSERT_NE(there, nullptr);
  EXPECT_EQ(there->info.name, wanted.name);
  EXPECT_EQ(there->info.email, wanted.email);
  EXPECT_EQ(there->info.alias, wanted.alias);
  ASSERT_EQ(there->policies.size(), wanted.policies.size());
  for (const auto& policy : wanted.policies) {
    const auto* kept = there->policies.find(policy.name);
    ASSERT_NE(kept, nullptr) << policy.name;
    hold_name(wanted, "policy", policy, *kept);
    EXPECT_EQ(kept->version(kept->default_version)->document->text(), policy.policy.text());
  }
  std::map<std::string, std::set<std::string>> members;
  for (const auto& user : wanted.users) {
    for (const auto& group : user.groups) members[group].insert(user.name);
  }
  ASSERT_EQ(there->groups.size(), wanted.groups.size());
  for (const auto& group : wanted.groups) {
    const auto* kept = there->groups.find(group.name);
    ASSERT_NE(kept, nullptr) << group.name;
    hold_name(wanted, "group", group, *kept);
    hold_grants(group.grants, kept->grants);
    EXPECT_EQ(std::set<std::string>(kept->members.begin(), kept->members.end()),
              members[group.name]);
  }
  ASSERT_EQ(there->users.size(), wanted.users.size());
  for (const auto& user : wanted.users) hold_user(wanted, user, *there, state);
  ASSERT_EQ(there->roles.size(), wanted.roles.size());
  for (const auto& role : wanted.roles) {
    const auto* kept = there->roles.find(role.name);
    ASSERT_NE(kept, nullptr) << role.name;
    hold_name(wanted, "role", role, *kept);
    hold_grants(role.grants, kept->grants);
    hold_tags(role.tags, kept->tags);
    EXPECT_EQ(kept->boundary, role.boundary.second);
    EXPECT_EQ(kept->description, role.description);
    EXPECT_EQ(kept->max_session_seconds, role.max_session_seconds);
    EXPECT_EQ(kept->trust->text(), held(role.trust, state));
  }
  ASSERT_EQ(there->instance_profiles.size(), wanted.profiles.size());
  for (const auto& profile : wanted.profiles) {
    const auto* kept = there->instance_profiles.find(profile.name);
    ASSERT_NE(kept, nullptr) << profile.name;
    hold_name(wanted, "instance-profile", profile, *kept);
    EXPECT_EQ(kept->role_name, profile.name);
  }
  ASSERT_EQ(there->resources.size(), wanted.buckets.size());
  for (const auto& bucket : wanted.buckets) {
    const auto* kept = there->resources.find("s3:bucket/" + bucket.name);
    ASSERT_NE(kept, nullptr) << bucket.name;
    EXPECT_EQ(kept->region, bucket.region);
    hold_tags(bucket.tags, kept->tags);
    EXPECT_EQ(kept->policy ? kept->policy->text() : "",
              bucket.has_policy ? held(bucket.policy, state) : "");
    EXPECT_EQ(state.global_name("s3:bucket/" + bucket.name)->account.text(), wanted.id);
  }
}

void hold(const Model& model, const identity::State& state) {
  EXPECT_EQ(state.account_count(), model.accounts.size());
  for (const auto& account : model.accounts) hold_account(account, state);
  EXPECT_EQ(shown(state), said(model));
}

// ---- the tests ----

class GeneratedFiles : public ::testing::Test {
 protected:
  // The events, or the problems.
  static Result<identity::Events> events_of(const std::string& text, const identity::State& state,
                                            Random& random) {
    RC_TRY(const Seed seed, parse(text, {.name = "f"}));
    return plan(seed, state, {kNow, random});
  }
  // What the log and a checkpoint make of a state.
  static identity::State reread(const identity::State& state) {
    const identity::testing::PlainSealer sealer;
    identity::State out;
    encode_state(state, sealer, 10'000, [&](const std::string& batch) {
      const auto events = identity::decode_events(batch, sealer);
      EXPECT_TRUE(events.has_value()) << events.error().text();
      if (events) out.apply(*events);
      return true;
    });
    return out;
  }
  std::unique_ptr<Random> random = make_seeded_random(9);
};

Sizes sizes_of(Dice& dice, std::uint64_t round) {
  // Many small files and now and then a wide, a deep, a large one.
  switch (round % 8) {
    case 5:
      return {.accounts = 1 + dice.below(40), .entities = 1, .units = 60, .policies = 30};
    case 7:
      return {.accounts = 1, .entities = 12, .units = 3, .policies = 2};
    default:
      return {.accounts = 1 + dice.below(7),
              .entities = dice.below(4),
              .units = dice.below(12),
              .policies = dice.below(6)};
  }
}

TEST_F(GeneratedFiles, the_state_is_what_the_file_says) {
  const Rounds todo = rounds(24);
  std::uint64_t entities = 0;
  for (std::uint64_t round = 0; round < todo.count; ++round) {
    SCOPED_TRACE(fmt::format("seed {}", todo.seed + round));
    FileMaker maker(todo.seed + round);
    const Sizes sizes = sizes_of(maker.dice(), round);
    Model model = maker.make(sizes);
    identity::State state;
    for (int start = 0; start < 3; ++start) {
      const std::string text = maker.text(model);
      const auto events = events_of(text, state, *random);
      ASSERT_TRUE(events.has_value()) << events.error().text() << "\n" << text;
      state.apply(*events);
      entities += events->size();
      hold(model, state);
      hold(model, reread(state));
      if (HasFatalFailure() || HasNonfatalFailure()) FAIL() << text;
      const auto again = events_of(maker.text(model), state, *random);
      ASSERT_TRUE(again.has_value()) << again.error().text();
      ASSERT_EQ(again->size(), 0u) << "a second start with the same file, printed otherwise";
      // What the file does not name stays.
      Model less = model;
      if (less.organized) less.policies.resize(less.policies.size() / 2);
      for (auto& account : less.accounts) account.buckets.clear();
      const auto fewer = events_of(maker.text(less), state, *random);
      ASSERT_TRUE(fewer.has_value()) << fewer.error().text();
      ASSERT_EQ(fewer->size(), 0u);
      maker.change(model, sizes);
    }
  }
  RecordProperty("events", static_cast<int>(entities));
}

TEST_F(GeneratedFiles, two_thousand_accounts) {
  FileMaker maker(77);  // a seed whose accounts form an organization
  const Sizes sizes{.accounts = 2'000, .entities = 0, .units = 300, .policies = 100};
  Model model = maker.make(sizes);
  ASSERT_TRUE(model.organized);
  identity::State state;
  const auto events = events_of(maker.text(model), state, *random);
  ASSERT_TRUE(events.has_value()) << events.error().text();
  state.apply(*events);
  hold(model, state);
  const auto again = events_of(maker.text(model), state, *random);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->size(), 0u);
}

// ---- mistakes ----

// "f:LINE:COLUMN: text", each line; the lines they name.
std::set<int> lines_of(const std::string& problems, std::size_t lines_in_file) {
  std::set<int> out;
  std::size_t at = 0;
  while (at < problems.size()) {
    const std::size_t end = std::min(problems.find('\n', at), problems.size());
    const std::string line = problems.substr(at, end - at);
    at = end + 1;
    int number = 0, column = 0, used = 0;
    EXPECT_EQ(std::sscanf(line.c_str(), "f:%d:%d: %n", &number, &column, &used), 2) << line;
    EXPECT_GT(line.size(), static_cast<std::size_t>(used)) << "no text: " << line;
    EXPECT_GE(number, 1) << line;
    EXPECT_LE(static_cast<std::size_t>(number), lines_in_file + 1) << line;
    EXPECT_GE(column, 1) << line;
    out.insert(number);
  }
  return out;
}

struct Spot {
  Yaml* in;
  std::size_t index;  // of a member or an item
};
// Every place of the tree that is the file's own grammar.
void gather(Yaml& from, std::vector<Spot>& maps, std::vector<Spot>& members,
            std::vector<Spot>& entities) {
  if (from.opaque) return;
  if (from.kind == Yaml::Kind::map) maps.push_back({&from, 0});
  for (std::size_t i = 0; i < from.members.size(); ++i) {
    members.push_back({&from, i});
    gather(from.members[i].value, maps, members, entities);
  }
  for (std::size_t i = 0; i < from.items.size(); ++i) {
    if (from.items[i].kind == Yaml::Kind::map) entities.push_back({&from, i});
    gather(from.items[i], maps, members, entities);
  }
}

TEST_F(GeneratedFiles, mistakes_are_refused_where_they_stand) {
  const Rounds todo = rounds(400);
  for (std::uint64_t round = 0; round < todo.count; ++round) {
    FileMaker maker(todo.seed + 1'000'000 + round);
    Dice& dice = maker.dice();
    Model model = maker.make({.accounts = 3, .entities = 2, .units = 4, .policies = 3});
    Yaml file = maker.file(model);
    std::vector<Spot> maps, members, entities;
    gather(file, maps, members, entities);
    int line = 0;  // where a problem must be told; 0: anywhere
    std::string what;
    const Yaml* marked = nullptr;
    switch (round % 4) {
      case 0: {  // an unknown key
        Yaml& map = *dice.pick(maps).in;
        map.members.insert(
            map.members.begin() + static_cast<std::ptrdiff_t>(dice.below(map.members.size() + 1)),
            {"nonsense", Yaml::of("x")});
        for (const auto& member : map.members) {
          if (member.name == "nonsense") marked = &member.value;
        }
        what = "has no key `nonsense`";
        break;
      }
      case 1: {  // a value of another kind
        const Spot spot = dice.pick(members);
        Yaml wrong = Yaml::map();
        wrong.add("wrong", Yaml::map()).members.back().value.add("type", "x");
        spot.in->members[spot.index].value = std::move(wrong);
        break;
      }
      case 2: {  // the same thing twice: accounts, users, units, keys …
        const Spot spot = dice.pick(entities);
        auto& items = spot.in->items;
        items.push_back(Yaml(items[spot.index]));
        break;
      }
      default: {  // a needed key is missing
        const Spot spot = dice.pick(entities);
        auto& there = spot.in->items[spot.index].members;
        const std::string& key = there.front().name;  // name or id
        what = fmt::format("needs `{}`", key);
        there.erase(there.begin());
        break;
      }
    }
    const std::string text = testing::Printer(dice).print(file);
    if (marked != nullptr) line = marked->line;
    const auto events = events_of(text, identity::State(), *random);
    ASSERT_FALSE(events.has_value()) << "round " << round << "\n" << text;
    const std::string problems = events.error().text();
    const auto lines =
        lines_of(problems, static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')));
    if (line != 0) {
      EXPECT_TRUE(lines.contains(line)) << line << "\n" << problems << "\n" << text;
    }
    EXPECT_NE(problems.find(what), std::string::npos) << what << "\n" << problems << "\n" << text;
    if (HasNonfatalFailure()) FAIL() << "round " << round;
  }
}

TEST_F(GeneratedFiles, damaged_files_are_refused_or_read) {
  const Rounds todo = rounds(400);
  for (std::uint64_t round = 0; round < todo.count; ++round) {
    FileMaker maker(todo.seed + 2'000'000 + round);
    Dice& dice = maker.dice();
    std::string text =
        maker.text(maker.make({.accounts = 2, .entities = 2, .units = 3, .policies = 2}));
    static constexpr std::string_view kPieces[] = {
        "&a ",   "*a",   "&a [*a]",  "[",  "]",           "{",   "}",         ": ",     "- ",
        "\t",    "'",    "\"",       "#",  "|\n",         ">\n", "!!binary ", "<<: *a", "---\n",
        "...\n", "\xff", "\xc0\x80", "? ", "%YAML 9.9\n", "~",   "\r"};
    for (std::uint64_t i = 1 + dice.below(4); i > 0; --i) {
      const std::size_t at = dice.below(text.size());
      switch (dice.below(4)) {
        case 0:
          text.erase(at, 1 + dice.below(30));
          break;
        case 1:
          text.insert(at, text.substr(dice.below(text.size()), dice.below(200)));
          break;
        case 2:
          text[at] = static_cast<char>(dice.below(256));
          break;
        default:
          text.insert(at, kPieces[dice.below(std::size(kPieces))]);
      }
      if (text.empty()) text = "x";
    }
    const auto events = events_of(text, identity::State(), *random);
    if (!events) {
      lines_of(events.error().text(),
               static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')));
    } else {
      identity::State state;
      state.apply(*events);
      const auto again = events_of(text, state, *random);
      ASSERT_TRUE(again.has_value()) << text;
      EXPECT_EQ(again->size(), 0u) << text;
    }
    if (HasNonfatalFailure()) FAIL() << "round " << round << "\n" << text;
  }
}

// Files that cost more than they say: each is refused, at once.
TEST_F(GeneratedFiles, bombs_are_refused) {
  std::vector<std::string> bombs = {
      "accounts: &a [*a]\n",                             // contains itself
      "accounts: &a\n  - name: x\n    users: *a\n",      //
      std::string(100'000, '['),                         // deep, unfinished
      std::string(100'000, '{'),                         //
      std::string(400, '[') + std::string(400, ']'),     // deep, finished
      "accounts:\n" + std::string(5'000, '-') + " x\n",  //
      std::string("accounts: \"\0\"\n", 14),             //
  };
  std::string laughs = "a: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    laughs += fmt::format("a{0}: &a{0} [", i);
    for (int j = 0; j < 10; ++j) laughs += fmt::format("*a{}, ", i - 1);
    laughs += "]\n";
  }
  bombs.push_back(laughs);
  std::string chain = "a: &a0 []\n";  // each contains the one before: as deep as it is long
  for (int i = 1; i < 1'200; ++i) chain += fmt::format("a{0}: &a{0} [*a{1}]\n", i, i - 1);
  bombs.push_back(chain);
  std::string units =
      "accounts: [{name: a, id: \"000000000001\"}]\norganization:\n  management: a\n";
  for (int i = 0; i < 6; ++i) {
    const std::string indent(static_cast<std::size_t>(2 + 4 * i), ' ');
    units += indent + "units:\n" + indent + fmt::format("  - name: u{}\n", i);
    if (i < 5) units += "";
  }
  bombs.push_back(units);
  for (const std::string& bomb : bombs) {
    const auto events = events_of(bomb, identity::State(), *random);
    ASSERT_FALSE(events.has_value()) << bomb.substr(0, 100);
    lines_of(events.error().text(),
             static_cast<std::size_t>(std::count(bomb.begin(), bomb.end(), '\n')));
  }
}

}  // namespace
}  // namespace rolecall::seed
