// `--org FILE`: an organization, its accounts and what they hold, written down in YAML and made so
// at start, as often as one likes. docs/org-file.md is the schema for people.
//
//   RC_TRY(auto seed, seed::parse(text, {.name = "org.yaml", .read_file = …}));
//   RC_TRY(auto events, seed::plan(seed, state, {now, random}));  // empty the second time
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "identity/state.h"
#include "policy/kind.h"
#include "seed/node.h"

namespace rolecall::seed {

// A policy's text as JSON, checked, with the place where it stands.
struct Document {
  std::string text;
  Place at;
};

struct NamedDocument {
  std::string name;
  Document document;
};

// What users, groups and roles share.
struct Grants {
  std::vector<NamedDocument> inline_policies;
  // ARNs, or names of managed policies: of this account first, then of AWS.
  std::vector<std::pair<std::string, Place>> attach;
};

struct AccessKey {
  std::string id;
  Secret secret;
  bool active = true;
};

struct Mfa {
  std::string name;  // the device's; the user's when left out
  Secret seed;       // raw bytes
};

struct User {
  Place at;
  std::string name, path = "/";
  std::vector<std::pair<std::string, Place>> groups;
  Grants grants;
  std::optional<std::pair<std::string, Place>> boundary;
  identity::Tags tags;
  std::vector<AccessKey> access_keys;
  std::optional<Mfa> mfa;
};

struct Group {
  Place at;
  std::string name, path = "/";
  Grants grants;
};

struct Role {
  Place at;
  std::string name, path = "/";
  std::optional<std::string> description;
  std::int32_t max_session_seconds = 3'600;
  Document trust;
  Grants grants;
  std::optional<std::pair<std::string, Place>> boundary;
  identity::Tags tags;
};

struct ManagedPolicy {
  Place at;
  std::string name, path = "/", description;
  Document document;
  identity::Tags tags;
};

struct InstanceProfile {
  Place at;
  std::string name, path = "/", role;
};

struct Bucket {
  Place at;
  std::string name, region = "us-east-1";
  std::optional<Document> policy;
  identity::Tags tags;
};

struct Account {
  Place at;
  std::string name;
  AccountId id;
  std::string email, alias;
  std::optional<AccessKey> root_key;
  std::vector<ManagedPolicy> policies;
  std::vector<Group> groups;
  std::vector<User> users;
  std::vector<Role> roles;
  std::vector<InstanceProfile> instance_profiles;
  std::vector<Bucket> buckets;
};

struct Unit {
  Place at;
  std::string name;
  std::vector<std::pair<std::string, Place>> accounts;  // by name
  std::vector<Unit> units;
};

struct ControlPolicy {
  Place at;
  std::string name, description;
  bool rcp = false;
  Document document;
  // "root", a unit's path ("Workloads/Prod") or an account's name.
  std::vector<std::pair<std::string, Place>> attach;
};

struct Organization {
  Place at;
  std::pair<std::string, Place> management;  // an account's name
  Unit root;
  std::vector<ControlPolicy> policies;
};

struct Seed {
  std::string file;  // for messages
  std::optional<Organization> organization;
  std::vector<Account> accounts;
};

struct ParseOptions {
  std::string name = "org file";  // stands before each problem: "NAME:12:3: …"
  // Reads what `file: PATH` names; not set: such a policy is a problem.
  std::function<Result<std::string>(const std::string& path)> read_file = {};
};

// A Fault with every problem, one a line, when there are any: YAML, unknown keys (with the nearest
// known one), missing or wrong values, policies that AWS would refuse.
Result<Seed> parse(std::string_view text, const ParseOptions& options = {});

// What chance and time give to new entities.
struct Effects {
  Instant now;
  Random& random;
};

// The events that make `state` hold what the seed names. What is there already stays; what differs
// is changed; what the seed does not name is left alone. A Fault with every problem: names that
// nothing has, a bucket that another account owns.
Result<identity::Events> plan(const Seed& seed, const identity::State& state, Effects effects);

}  // namespace rolecall::seed
