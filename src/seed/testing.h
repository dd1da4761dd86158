// For tests and benches of this room: organization files made by chance, as a model that says what
// they mean and as YAML text. The model shares nothing with seed.h, so that a test which holds a
// server's state against it does not repeat the reader's mistakes.
#pragma once

#include <fmt/format.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.h"

namespace rolecall::seed::testing {

// ---- YAML, written ----

// A value of the file. `line` is where it was printed last.
struct Yaml {
  enum class Kind : std::uint8_t { text, list, map };
  struct Member;
  Kind kind = Kind::text;
  std::string text;
  std::vector<Yaml> items;
  std::vector<Member> members;
  bool opaque = false;  // a policy, tags: what stands in it is not the file's grammar
  int line = 0;

  static Yaml of(std::string text);
  static Yaml list();
  static Yaml map();
  Yaml& add(std::string key, Yaml value);
  Yaml& add(std::string key, const std::string& value);
};
struct Yaml::Member {
  std::string name;
  Yaml value;
};
inline Yaml Yaml::of(std::string text) {
  Yaml out;
  out.text = std::move(text);
  return out;
}
inline Yaml Yaml::list() {
  Yaml out;
  out.kind = Kind::list;
  return out;
}
inline Yaml Yaml::map() {
  Yaml out;
  out.kind = Kind::map;
  return out;
}
inline Yaml& Yaml::add(std::string key, Yaml value) {
  members.push_back({std::move(key), std::move(value)});
  return *this;
}
inline Yaml& Yaml::add(std::string key, const std::string& value) {
  return add(std::move(key), of(value));
}

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(make_seeded_random(seed)) {}
  std::uint64_t below(std::uint64_t end) { return end == 0 ? 0 : random_->next_u64() % end; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  template <class T>
  T& pick(std::vector<T>& from) {
    return from[below(from.size())];
  }
  std::string text(std::size_t length, std::string_view alphabet) {
    return random_->text(length, alphabet);
  }

 private:
  std::unique_ptr<Random> random_;
};

// Prints a value in a style that chance picks: block or flow, plain or quoted, with comments.
class Printer {
 public:
  explicit Printer(Dice& dice) : dice_(dice) {}
  std::string print(Yaml& top) {
    out_ = "# made by chance\n";
    line_ = 2;
    block(top, 0);
    return std::move(out_);
  }

 private:
  void end_line() {
    if (dice_.one_in(12)) out_ += "  # so";
    out_ += '\n';
    ++line_;
    if (dice_.one_in(15)) {
      out_ += '\n';
      ++line_;
    }
  }
  static bool is_plain(std::string_view text) {
    return !text.empty() &&
           text.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") ==
               std::string_view::npos &&
           text != "null" && text != "Null" && text != "NULL";
  }
  void scalar(const std::string& text) {
    if (is_plain(text) && !dice_.one_in(4)) {
      out_ += text;
    } else if (dice_.one_in(2)) {
      out_ += '\'';
      for (const char c : text) out_.append(c == '\'' ? 2 : 1, c);
      out_ += '\'';
    } else {
      out_ += '"';
      for (const char c : text) {
        if (c == '"' || c == '\\') out_ += '\\';
        out_ += c;
      }
      out_ += '"';
    }
  }
  void flow(Yaml& value) {
    value.line = line_;
    if (value.kind == Yaml::Kind::text) return scalar(value.text);
    const bool is_map = value.kind == Yaml::Kind::map;
    out_ += is_map ? '{' : '[';
    bool first = true;
    for (Yaml& item : value.items) {
      if (!std::exchange(first, false)) out_ += ", ";
      flow(item);
    }
    for (auto& [name, inner] : value.members) {
      if (!std::exchange(first, false)) out_ += ", ";
      scalar(name);
      out_ += ": ";
      flow(inner);
    }
    out_ += is_map ? '}' : ']';
  }
  static bool is_small(const Yaml& value) {
    if (value.items.size() + value.members.size() > 3) return false;
    for (const Yaml& item : value.items) {
      if (item.kind != Yaml::Kind::text) return false;
    }
    for (const auto& member : value.members) {
      if (member.value.kind != Yaml::Kind::text) return false;
    }
    return true;
  }
  void inner(Yaml& value, std::size_t indent) {
    const bool empty = value.items.empty() && value.members.empty();
    if (value.kind == Yaml::Kind::text || empty || (is_small(value) && dice_.one_in(2)) ||
        (value.opaque && dice_.one_in(2))) {
      out_ += ' ';
      flow(value);
      end_line();
    } else {
      end_line();
      block(value, indent);
    }
  }
  void block(Yaml& value, std::size_t indent) {
    value.line = line_;
    for (Yaml& item : value.items) {
      out_.append(indent, ' ').append("-");
      inner(item, indent + 2);
    }
    for (auto& [name, member] : value.members) {
      out_.append(indent, ' ');
      scalar(name);
      out_ += ':';
      inner(member, indent + 2);
    }
  }

  Dice& dice_;
  std::string out_;
  int line_ = 1;
};

// ---- what a file means ----

struct Statement {
  std::string effect, action, resource, principal;
};
// A policy of one statement; `text` is what the server keeps.
struct Policy {
  Statement statement;
  std::string text() const;
};
inline std::string Policy::text() const {
  const auto& s = statement;
  return fmt::format(
      R"({{"Version":"2012-10-17","Statement":[{{"Effect":"{}",{}"Action":"{}"{}}}]}})", s.effect,
      s.principal.empty() ? "" : fmt::format(R"("Principal":{{"AWS":"{}"}},)", s.principal),
      s.action, s.resource.empty() ? "" : fmt::format(R"(,"Resource":"{}")", s.resource));
}

struct Grants {
  std::map<std::string, Policy> inline_policies;
  std::vector<std::pair<std::string, std::string>> attach;  // as the file has it; the ARN
};
struct Named {
  std::string name, path = "/";
};
struct Managed : Named {
  Policy policy;
};
struct Group : Named {
  Grants grants;
};
struct Key {
  std::string id, secret;
  bool active = true;
};
struct User : Named {
  Grants grants;
  std::vector<std::string> groups;
  std::pair<std::string, std::string> boundary;  // as the file has it; the ARN
  std::map<std::string, std::string> tags;
  std::vector<Key> keys;
  std::string mfa_seed;  // base32 of ten bytes; empty: no device
};
struct Role : Named {
  Grants grants;
  Policy trust;  // its principal is a root, or the ARN of a user or role of this model
  std::pair<std::string, std::string> boundary;
  std::map<std::string, std::string> tags;
  int max_session_seconds = 3'600;
  std::string description;
};
struct Bucket {
  std::string name, region;
  bool has_policy = false;
  Policy policy;
  std::map<std::string, std::string> tags;
};
struct Account {
  std::string name, id, email, alias;
  std::vector<Managed> policies;
  std::vector<Group> groups;
  std::vector<User> users;
  std::vector<Role> roles;
  std::vector<Named> profiles;  // the role of the same name is in it
  std::vector<Bucket> buckets;
  int unit = -1;  // Model::units; 0 is the root, -1: no member
};
struct Unit {
  std::string name;
  int parent = -1;
  std::string path;  // "root", "A/B"
  int depth = 0;
};
struct ControlPolicy {
  std::string name, description;
  bool rcp = false;
  Policy policy;
  std::vector<std::string> attach;  // as in the file
};
struct Model {
  std::vector<Account> accounts;
  bool organized = false;
  std::size_t management = 0;
  std::vector<Unit> units;  // the root first, parents before children
  std::vector<ControlPolicy> policies;
};

struct Sizes {
  std::size_t accounts = 10;
  std::size_t entities = 6;  // of each kind in an account, at most
  std::size_t units = 12;
  std::size_t policies = 10;
};

// Makes models, changes them as people change such files (more, and other values; never less), and
// writes them down.
class FileMaker {
 public:
  explicit FileMaker(std::uint64_t seed) : dice_(seed) {}
  Dice& dice() { return dice_; }

  Model make(const Sizes& sizes) {
    Model model;
    while (model.accounts.size() < sizes.accounts) add_account(model, sizes);
    if (!dice_.one_in(8)) {
      model.organized = true;
      model.management = dice_.below(model.accounts.size());
      model.units.push_back({"Root", -1, "root", 0});
      for (std::size_t i = dice_.below(sizes.units + 1); i > 0; --i) add_unit(model);
      for (auto& account : model.accounts) account.unit = some_unit(model);
      if (model.accounts[model.management].unit < 0) model.accounts[model.management].unit = 0;
      for (std::size_t i = dice_.below(sizes.policies + 1); i > 0; --i) add_control(model);
    }
    return model;
  }

  // One to four changes.
  void change(Model& model, const Sizes& sizes) {
    for (std::uint64_t i = 1 + dice_.below(4); i > 0; --i) change_once(model, sizes);
  }

  Yaml file(const Model& model);
  std::string text(const Model& model) {
    Yaml tree = file(model);
    return Printer(dice_).print(tree);
  }

 private:
  // "x17" with now and then a stranger character; each is new.
  std::string name(std::string_view stem) {
    static constexpr std::string_view kOdd[] = {"", "", "", "_", "+", "=", ",", ".", "@", "-"};
    return fmt::format("{}{}{}", stem, kOdd[dice_.below(std::size(kOdd))], ++names_);
  }
  std::string path() { return dice_.one_in(3) ? fmt::format("/p{}/", dice_.below(3)) : "/"; }
  Policy policy(bool deny_only = false) {
    static constexpr std::string_view kActions[] = {"s3:GetObject",   "s3:*",  "iam:Get*",
                                                    "sts:AssumeRole", "ec2:*", "*"};
    Policy out;
    out.statement.effect = deny_only || dice_.one_in(2) ? "Deny" : "Allow";
    out.statement.action = kActions[dice_.below(std::size(kActions))];
    out.statement.resource = dice_.one_in(2) ? "*" : fmt::format("arn:aws:s3:::n{}/*", ++names_);
    return out;
  }
  std::map<std::string, std::string> tags() {
    std::map<std::string, std::string> out;
    for (std::uint64_t i = dice_.below(3); i > 0; --i) {
      out[fmt::format("k{}", dice_.below(9))] = dice_.one_in(4) ? "" : name("v: #");
    }
    return out;
  }
  std::pair<std::string, std::string> managed_reference(const Account& account) {
    if (account.policies.empty() || dice_.one_in(2)) {
      static constexpr std::string_view kAws[] = {"ReadOnlyAccess", "AdministratorAccess",
                                                  "IAMFullAccess"};
      const std::string_view aws = kAws[dice_.below(std::size(kAws))];
      const std::string arn = fmt::format("arn:aws:iam::aws:policy/{}", aws);
      return {dice_.one_in(2) ? arn : std::string(aws), arn};
    }
    const Managed& own = account.policies[dice_.below(account.policies.size())];
    const std::string arn =
        fmt::format("arn:aws:iam::{}:policy{}{}", account.id, own.path, own.name);
    return {dice_.one_in(2) ? arn : own.name, arn};
  }
  void grow(Grants& grants, const Account& account) {
    if (dice_.one_in(2)) grants.inline_policies[name("in")] = policy();
    if (dice_.one_in(2)) grants.attach.push_back(managed_reference(account));
  }

  void add_account(Model& model, const Sizes& sizes) {
    Account account;
    account.name = name(dice_.one_in(5) ? "An account, " : "acc");
    account.id = fmt::format("{:012}", 1 + model.accounts.size() * 7 + dice_.below(7));
    if (dice_.one_in(2)) account.email = fmt::format("root+{}@example.com", ++names_);
    if (dice_.one_in(3)) account.alias = fmt::format("alias-{}", ++names_);
    const auto some = [&](auto add) {
      for (std::uint64_t i = dice_.below(sizes.entities + 1); i > 0; --i) add();
    };
    model.accounts.push_back(std::move(account));
    some([&] { add_managed(model.accounts.back()); });
    some([&] { add_group(model.accounts.back()); });
    some([&] { add_user(model.accounts.back()); });
    some([&] { add_role(model, model.accounts.back()); });
    some([&] { add_bucket(model, model.accounts.back()); });
  }
  void add_managed(Account& account) {
    Managed out;
    out.name = name("pol");
    out.path = path();
    out.policy = policy();
    account.policies.push_back(std::move(out));
  }
  void add_group(Account& account) {
    Group out;
    out.name = name("group");
    out.path = path();
    grow(out.grants, account);
    account.groups.push_back(std::move(out));
  }
  void add_user(Account& account) {
    User out;
    out.name = name("user");
    out.path = path();
    grow(out.grants, account);
    if (dice_.one_in(3)) out.boundary = managed_reference(account);
    out.tags = tags();
    for (const Group& group : account.groups) {
      if (dice_.one_in(3)) out.groups.push_back(group.name);
    }
    for (std::uint64_t i = dice_.below(3); i > 0; --i) add_key(out);
    if (dice_.one_in(3)) out.mfa_seed = dice_.text(16, kBase32Alphabet);
    account.users.push_back(std::move(out));
  }
  void add_key(User& user) {
    user.keys.push_back(
        {fmt::format("AKIA{:016}", ++names_), dice_.text(40, kSecretAlphabet), !dice_.one_in(3)});
  }
  void add_role(const Model& model, Account& account) {
    Role out;
    out.name = name("role");
    out.path = path();
    grow(out.grants, account);
    if (dice_.one_in(3)) out.boundary = managed_reference(account);
    out.tags = tags();
    if (dice_.one_in(3)) out.max_session_seconds = static_cast<int>(3'600 + dice_.below(39'601));
    if (dice_.one_in(3)) out.description = name("what it's for: ");
    out.trust.statement = {"Allow", "sts:AssumeRole", "", trusted(model)};
    if (dice_.one_in(3)) account.profiles.push_back({out.name, path()});
    account.roles.push_back(std::move(out));
  }
  // A root, or a user or role of the model.
  std::string trusted(const Model& model) {
    const Account& account = model.accounts[dice_.below(model.accounts.size())];
    if (!account.users.empty() && dice_.one_in(3)) {
      const User& user = account.users[dice_.below(account.users.size())];
      return fmt::format("arn:aws:iam::{}:user{}{}", account.id, user.path, user.name);
    }
    if (!account.roles.empty() && dice_.one_in(3)) {
      const Role& role = account.roles[dice_.below(account.roles.size())];
      return fmt::format("arn:aws:iam::{}:role{}{}", account.id, role.path, role.name);
    }
    return fmt::format("arn:aws:iam::{}:root", account.id);
  }
  void add_bucket(const Model& model, Account& account) {
    Bucket out;
    out.name = fmt::format("bucket-{}", ++names_);
    out.region = dice_.one_in(2) ? "us-east-1" : "eu-central-1";
    out.has_policy = dice_.one_in(2);
    out.policy.statement = {"Allow", "s3:GetObject", fmt::format("arn:aws:s3:::{}/*", out.name),
                            trusted(model)};
    out.tags = tags();
    account.buckets.push_back(std::move(out));
  }

  static constexpr int kUnitDepthMax = 5;
  void add_unit(Model& model) {
    Unit out;
    do {
      out.parent = static_cast<int>(dice_.below(model.units.size()));
    } while (model.units[static_cast<std::size_t>(out.parent)].depth == kUnitDepthMax);
    const Unit& parent = model.units[static_cast<std::size_t>(out.parent)];
    out.name = name("unit");
    out.depth = parent.depth + 1;
    out.path = out.parent == 0 ? out.name : parent.path + "/" + out.name;
    model.units.push_back(std::move(out));
  }
  int some_unit(const Model& model) {
    return static_cast<int>(dice_.below(model.units.size() + 1)) - 1;
  }
  // Any node that is in the organization, or an account beside it.
  std::string some_target(const Model& model) {
    if (dice_.one_in(2)) return model.units[dice_.below(model.units.size())].path;
    return model.accounts[dice_.below(model.accounts.size())].name;
  }
  void add_control(Model& model) {
    ControlPolicy out;
    out.name = name("control");
    if (dice_.one_in(2)) out.description = name("keeps ");
    out.rcp = dice_.one_in(3);
    out.policy = policy(true);
    if (out.rcp) {
      // An RCP says for whom; it may only deny, and only what RCPs reach.
      out.policy.statement.action = "s3:*";
      out.policy.statement.principal = "*";
    }
    for (std::uint64_t i = dice_.below(4); i > 0; --i) out.attach.push_back(some_target(model));
    model.policies.push_back(std::move(out));
  }

  void change_once(Model& model, const Sizes& sizes) {
    Account& account = dice_.pick(model.accounts);
    switch (dice_.below(14)) {
      case 0:
        return add_account(model, sizes);
      case 1:
        return add_managed(account);
      case 2:
        return add_user(account);
      case 3:
        return add_role(model, account);
      case 4:
        return add_bucket(model, account);
      case 5:
        if (!account.policies.empty()) dice_.pick(account.policies).policy = policy();
        return;
      case 6:
        if (!account.users.empty()) {
          User& user = dice_.pick(account.users);
          grow(user.grants, account);
          user.tags["new"] = name("tag");
          add_key(user);
          user.keys.front().active = dice_.one_in(2);
        }
        return;
      case 7:
        if (!account.roles.empty()) {
          Role& role = dice_.pick(account.roles);
          role.trust.statement.principal = trusted(model);
          role.boundary = managed_reference(account);
          role.max_session_seconds = 7'200;
        }
        return;
      case 8:
        if (!account.groups.empty() && !account.users.empty()) {
          User& user = dice_.pick(account.users);
          const std::string group = dice_.pick(account.groups).name;
          for (const std::string& there : user.groups) {
            if (there == group) return;
          }
          user.groups.push_back(group);
        }
        return;
      case 9:
        account.email = fmt::format("moved{}@example.com", ++names_);
        return;
      default:
        break;
    }
    if (!model.organized) return;
    switch (dice_.below(4)) {
      case 0:
        return add_unit(model);
      case 1:
        return add_control(model);
      case 2:
        // A member stays one, wherever it goes.
        account.unit = static_cast<int>(dice_.below(model.units.size()));
        return;
      default:
        if (model.policies.empty()) return;
        ControlPolicy& control = dice_.pick(model.policies);
        control.policy.statement.resource = fmt::format("arn:aws:s3:::n{}/*", ++names_);
        control.description = name("now ");
        control.attach.push_back(some_target(model));
    }
  }

  Dice dice_;
  std::uint64_t names_ = 0;
};

// ---- models as files ----

namespace detail {

inline Yaml document(const Policy& policy, Dice& dice) {
  if (dice.one_in(4)) return Yaml::of(policy.text());
  const Statement& s = policy.statement;
  Yaml statement = Yaml::map();
  statement.add("Effect", s.effect);
  if (!s.principal.empty()) {
    Yaml aws = Yaml::map();
    aws.add("AWS", s.principal);
    statement.add("Principal", std::move(aws));
  }
  statement.add("Action", s.action);
  if (!s.resource.empty()) statement.add("Resource", s.resource);
  Yaml statements = Yaml::list();
  statements.items.push_back(std::move(statement));
  Yaml out = Yaml::map();
  out.add("Version", "2012-10-17").add("Statement", std::move(statements));
  out.opaque = true;
  return out;
}

template <class List, class F>
void add_list(Yaml& to, std::string key, const List& list, F make) {
  if (list.empty()) return;
  Yaml out = Yaml::list();
  for (const auto& item : list) out.items.push_back(make(item));
  to.add(std::move(key), std::move(out));
}
inline void add_tags(Yaml& to, const std::map<std::string, std::string>& tags) {
  if (tags.empty()) return;
  Yaml out = Yaml::map();
  for (const auto& [key, value] : tags) out.add(key, value);
  out.opaque = true;
  to.add("tags", std::move(out));
}
inline void add_grants(Yaml& to, const Grants& grants, Dice& dice) {
  if (!grants.inline_policies.empty()) {
    Yaml out = Yaml::map();
    for (const auto& [name, policy] : grants.inline_policies) {
      out.add(name, document(policy, dice));
    }
    out.opaque = true;
    to.add("inline", std::move(out));
  }
  add_list(to, "attach", grants.attach, [](const auto& pair) { return Yaml::of(pair.first); });
}
inline Yaml named(const Named& from) {
  Yaml out = Yaml::map();
  out.add("name", from.name);
  if (from.path != "/") out.add("path", from.path);
  return out;
}

}  // namespace detail

inline Yaml FileMaker::file(const Model& model) {
  using namespace detail;
  Yaml top = Yaml::map();
  const auto account_yaml = [&](const Account& account) {
    Yaml out = Yaml::map();
    out.add("name", account.name).add("id", account.id);
    if (!account.email.empty()) out.add("email", account.email);
    if (!account.alias.empty()) out.add("alias", account.alias);
    add_list(out, "policies", account.policies, [&](const Managed& from) {
      return std::move(named(from).add("document", document(from.policy, dice_)));
    });
    add_list(out, "groups", account.groups, [&](const Group& from) {
      Yaml group = named(from);
      add_grants(group, from.grants, dice_);
      return group;
    });
    add_list(out, "users", account.users, [&](const User& from) {
      Yaml user = named(from);
      add_grants(user, from.grants, dice_);
      add_list(user, "groups", from.groups, [](const auto& name) { return Yaml::of(name); });
      if (!from.boundary.first.empty()) user.add("boundary", from.boundary.first);
      add_tags(user, from.tags);
      add_list(user, "access_keys", from.keys, [](const Key& key) {
        Yaml one = Yaml::map();
        one.add("id", key.id).add("secret", key.secret);
        if (!key.active) one.add("status", "inactive");
        return one;
      });
      if (!from.mfa_seed.empty()) {
        Yaml device = Yaml::map();
        device.add("seed", from.mfa_seed);
        user.add("mfa", std::move(device));
      }
      return user;
    });
    add_list(out, "roles", account.roles, [&](const Role& from) {
      Yaml role = named(from);
      role.add("trust", document(from.trust, dice_));
      add_grants(role, from.grants, dice_);
      if (!from.boundary.first.empty()) role.add("boundary", from.boundary.first);
      if (!from.description.empty()) role.add("description", from.description);
      role.add("max_session_seconds", std::to_string(from.max_session_seconds));
      add_tags(role, from.tags);
      return role;
    });
    add_list(out, "instance_profiles", account.profiles,
             [](const Named& from) { return std::move(named(from).add("role", from.name)); });
    add_list(out, "buckets", account.buckets, [&](const Bucket& from) {
      Yaml bucket = Yaml::map();
      bucket.add("name", from.name);
      if (from.region != "us-east-1") bucket.add("region", from.region);
      if (from.has_policy) bucket.add("policy", document(from.policy, dice_));
      add_tags(bucket, from.tags);
      return bucket;
    });
    return out;
  };
  Yaml organization = Yaml::map();
  if (model.organized) {
    organization.add("management", model.accounts[model.management].name);
    // Children first, so that each unit is whole when its parent takes it.
    std::vector<Yaml> units;
    for (const Unit& unit : model.units) {
      Yaml out = Yaml::map();
      if (unit.parent >= 0) out.add("name", unit.name);
      std::vector<std::string> names;
      for (const Account& account : model.accounts) {
        if (account.unit == static_cast<int>(units.size())) names.push_back(account.name);
      }
      add_list(out, "accounts", names, [](const auto& name) { return Yaml::of(name); });
      units.push_back(std::move(out));
    }
    std::vector<Yaml> children(units.size(), Yaml::list());
    for (std::size_t i = units.size(); i-- > 0;) {
      if (!children[i].items.empty()) units[i].add("units", std::move(children[i]));
      if (i == 0) break;
      auto& siblings = children[static_cast<std::size_t>(model.units[i].parent)].items;
      siblings.push_back(std::move(units[i]));
    }
    for (auto& member : units[0].members) organization.members.push_back(std::move(member));
    add_list(organization, "policies", model.policies, [&](const ControlPolicy& from) {
      Yaml policy = Yaml::map();
      policy.add("name", from.name).add("type", from.rcp ? "rcp" : "scp");
      if (!from.description.empty()) policy.add("description", from.description);
      policy.add("document", document(from.policy, dice_));
      add_list(policy, "attach", from.attach, [](const auto& name) { return Yaml::of(name); });
      return policy;
    });
  }
  const bool first = dice_.one_in(2);
  if (model.organized && first) top.add("organization", organization);
  Yaml accounts = Yaml::list();
  for (const Account& account : model.accounts) accounts.items.push_back(account_yaml(account));
  top.add("accounts", std::move(accounts));
  if (model.organized && !first) top.add("organization", std::move(organization));
  return top;
}

}  // namespace rolecall::seed::testing
