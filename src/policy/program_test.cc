// The parts that make the engine fast, each beside the obvious way to do the same.
#include "policy/program.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <random>

#include "base/encoding.h"
#include "policy/action_names.h"
#include "policy/exemptions.h"
#include "policy/hash.h"
#include "policy/program_data.h"
#include "policy/values.h"

namespace rolecall::policy {
namespace {

const AccountId kAccount = *AccountId::parse("111122223333");

TEST(Words, FoldAndHashAsByteByByte) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  for (std::size_t begin = 0; begin < 256; begin += 5) {
    for (std::size_t size = 0; size <= 33 && begin + size <= 256; ++size) {
      // A copy of its own, so that a read past its end would be noticed.
      const std::vector<char> copy(all.begin() + static_cast<std::ptrdiff_t>(begin),
                                   all.begin() + static_cast<std::ptrdiff_t>(begin + size));
      const std::string_view text(copy.data(), copy.size());
      std::string folded;
      each_word(text, [&](std::uint64_t word, std::size_t) {
        word = fold_word(word);
        folded.append(reinterpret_cast<const char*>(&word), 8);
      });
      ASSERT_EQ(folded.size(), (size + 7) / 8 * 8);
      for (std::size_t i = size; i < folded.size(); ++i) ASSERT_EQ(folded[i], '\0');
      folded.resize(size);
      ASSERT_EQ(folded, ascii_lower(text));
      ASSERT_EQ(hash_folded(text), hash_text(folded));
    }
  }
  static_assert(hash_folded("aws:PrincipalTag/team") == hash_text("aws:principaltag/team"));
  EXPECT_EQ(hash_text(std::string("aws:principaltag/team")), hash_text("aws:principaltag/team"));
}

TEST(Words, EqualOnlyWhenEveryByteIs) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string text(size, 'x');
    EXPECT_TRUE(equal_text(text, std::string(size, 'x')));
    EXPECT_FALSE(equal_text(text, std::string(size + 1, 'x')));
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = text;
      other[i] = 'y';
      EXPECT_FALSE(equal_text(text, other)) << size << " " << i;
    }
  }
}

TEST(ActionTable, FindsEveryNameAndNothingElse) {
  ASSERT_GT(action_id_count(), 20'000u);
  std::string before;
  for (std::size_t i = 0; i < action_id_count(); ++i) {
    const auto id = static_cast<std::uint16_t>(i);
    const std::string name(action_id_name(id));
    ASSERT_EQ(find_action_id(name), id);
    std::string written = name;
    written[name.size() - 1] = static_cast<char>(std::toupper(written[name.size() - 1]));
    const auto action = Action::parse(written);
    ASSERT_TRUE(action) << name;
    ASSERT_EQ(action->id(), id);
    ASSERT_EQ(action->text(), written);
    ASSERT_EQ(action->folded(), name);
    ASSERT_EQ(action->service(), name.substr(0, name.find(':')));
    // Near misses: a byte more, a byte less, another byte, unless the catalogue has that as well.
    for (const std::string& near :
         {name + "x", name.substr(0, name.size() - 1), "x" + name.substr(1)}) {
      const std::uint16_t found = find_action_id(near);
      if (found != kUnknownAction) {
        ASSERT_EQ(action_id_name(found), near);
      }
    }
  }
  EXPECT_EQ(find_action_id(""), kUnknownAction);
  EXPECT_EQ(find_action_id("s3:GetObject"), kUnknownAction);  // folded names only
}

// Some of these lead to the place of the name they end like; only the text tells them apart.
TEST(ActionTable, ComparesTheWholeName) {
  std::string name = "s3:getobjectattributes";
  ASSERT_NE(find_action_id(name), kUnknownAction);
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    for (std::size_t k = 0; k < 6; ++k) name[k] = static_cast<char>('a' + (i >> (4 * k) & 15));
    ASSERT_FALSE(Action::parse(name)) << name;
  }
}

TEST(Action, KeepsTheFormOfUnknownNames) {
  const auto action = Action::parse("Own:DoThis");
  ASSERT_TRUE(action);
  EXPECT_EQ(action->id(), Action::kUnknown);
  EXPECT_EQ(action->service(), "own");
  EXPECT_EQ(action->name(), "dothis");
  for (const char* bad : {"", "s3", "s3:", ":GetObject", "s3:Get:Object", ":"}) {
    EXPECT_FALSE(Action::parse(bad)) << bad;
  }
  EXPECT_TRUE(Action::parse("a:" + std::string(kActionBytesMax - 2, 'b')));
  EXPECT_FALSE(Action::parse("a:" + std::string(kActionBytesMax - 1, 'b')));
}

TEST(Context, KeepsOrderValuesAndNames) {
  Context first;
  first.set("aws:PrincipalTag/Team", "red");
  first.set(Key::aws_source_ip, "10.1.2.3");
  first.declare(Key::aws_tag_keys);
  first.set("AWS:requestedregion", "us-east-1");  // a known key by its name
  std::vector<std::string> tags;
  for (int i = 0; i < 40; ++i) tags.push_back("aws:RequestTag/Key" + std::to_string(i));
  for (const auto& tag : tags) first.own(tag, "v" + tag.substr(18));
  for (int i = 0; i < 300; ++i) first.own(Key::aws_called_via, std::to_string(i));
  first.set("aws:principaltag/TEAM", "blue");
  const Context context = std::move(first);

  std::vector<std::string> names;
  context.for_each(
      [&](std::string_view name, const Context::Values&) { names.emplace_back(name); });
  ASSERT_EQ(names.size(), 45u);
  EXPECT_EQ(names[0], "aws:principaltag/team");
  EXPECT_EQ(names[1], "aws:SourceIp");
  EXPECT_EQ(names[2], "aws:TagKeys");
  EXPECT_EQ(names[3], "aws:RequestedRegion");
  EXPECT_EQ(names[4], "aws:requesttag/key0");
  EXPECT_EQ(names[44], "aws:CalledVia");

  EXPECT_TRUE(context.find(Key::aws_tag_keys).present());
  EXPECT_TRUE(context.find(Key::aws_tag_keys).empty());
  EXPECT_FALSE(context.find(Key::aws_username).present());
  EXPECT_EQ(context.find("AWS:REQUESTTAG/KEY39").front(), "v39");
  EXPECT_FALSE(context.find("aws:RequestTag/Key40").present());
  const auto team = context.find("aws:PrincipalTag/team");
  ASSERT_EQ(team.size(), 2u);
  EXPECT_FALSE(team.single());
  int next = 0;
  for (const std::string_view value : context.find(Key::aws_called_via)) {
    EXPECT_EQ(value, std::to_string(next++));
  }
  EXPECT_EQ(next, 300);
}

TEST(Context, ThousandsOfKeysAreFoundAtOnce) {
  Context context;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 20'000; ++i) context.own("own:Key" + std::to_string(i), std::to_string(i));
  }
  std::size_t keys = 0;
  context.for_each([&](std::string_view, const Context::Values& values) {
    ++keys;
    EXPECT_EQ(values.size(), 2u);
  });
  EXPECT_EQ(keys, 20'000u);
  EXPECT_EQ(context.find("OWN:KEY19999").front(), "19999");
  EXPECT_FALSE(context.find("own:Key20000").present());
  const Context moved = std::move(context);
  EXPECT_EQ(moved.find("own:key7").front(), "7");
}

TEST(Values, Ipv4AsTheSystemReadsIt) {
  for (const char* text : {"0.0.0.0",    "255.255.255.255", "10.1.2.3", "1.2.3",    "1.2.3.4.5",
                           "256.1.1.1",  "01.2.3.4",        "1.2.3.04", "1.2.3.4 ", " 1.2.3.4",
                           "1..2.3",     "1.2.3.",          ".1.2.3",   "1.2.3.4.", "0001.2.3.4",
                           "1.2.3.-4",   "a.b.c.d",         "",         ".",        "...",
                           "1000.2.3.4", "00.0.0.0",        "0.0.0.00"}) {
    unsigned char bytes[4];
    const bool valid = inet_pton(AF_INET, text, bytes) == 1;
    const auto range = parse_ip(text);
    ASSERT_EQ(range.has_value(), valid) << text;
    if (valid) {
      EXPECT_EQ(std::memcmp(range->bytes, bytes, 4), 0) << text;
    }
  }
}

TEST(Exemption, AServiceLinkedRoleIsToldByItsPlaceAlone) {  // Rule 186
  Principal who;
  who.kind = PrincipalKind::role_session;
  const auto linked = [&](std::string_view arn) {
    who.role_arn = arn;
    return is_service_linked_role(who);
  };
  EXPECT_TRUE(linked("arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSRole"));
  EXPECT_TRUE(linked("arn:aws-us-gov:iam::111122223333:role/aws-service-role/x/AWSRole"));
  // A path may hold colons: anybody may create this role.
  EXPECT_FALSE(linked("arn:aws:iam::111122223333:role/:role/aws-service-role/mine"));
  EXPECT_FALSE(linked("arn:aws:iam::111122223333:role/x/aws-service-role/mine"));
  EXPECT_FALSE(linked("arn:aws:iam::111122223333:role/dev"));
  for (const char* cut :
       {"", "arn", "arn:", "arn:aws", "arn:aws:iam::", "arn:aws:iam::111122223333"}) {
    EXPECT_FALSE(linked(cut)) << cut;
  }
  who.kind = PrincipalKind::user;
  EXPECT_FALSE(linked("arn:aws:iam::111122223333:role/aws-service-role/x/AWSRole"));
}

// A principal with every layer a program combines.
struct Layers {
  std::vector<std::shared_ptr<const Document>> documents;
  std::vector<PolicyRef> identity, session;
  std::vector<std::vector<PolicyRef>> levels;
  std::vector<PolicySpan> spans;
  Policies policies;

  PolicyRef add(const std::string& statements, Kind kind) {
    documents.push_back(
        Document::compile(R"({"Version":"2012-10-17","Statement":[)" + statements + "]}", kind));
    EXPECT_TRUE(documents.back()->readable()) << statements;
    return {documents.back().get(), "policy"};
  }
  void finish() {
    policies.identity = identity;
    policies.session = session;
    for (const auto& level : levels) spans.emplace_back(level);
    policies.scps = spans;
  }
};

std::string statement(const std::string& effect, const std::string& action,
                      const std::string& rest = R"("Resource":"*")") {
  return R"({"Effect":")" + effect + R"(","Action":)" + action + "," + rest + "}";
}

// Single actions next to each other, prefixes, everything but a service, and lists longer than 64.
void fill(Layers& it, std::mt19937& random) {
  const auto some_action = [&] {
    const std::string name(
        action_id_name(static_cast<std::uint16_t>(random() % action_id_count())));
    switch (random() % 6) {
      case 0:
        return name.substr(0, name.find(':') + 1 + random() % 4) + "*";
      case 1:
        return name.substr(0, name.find(':')) + ":*" + name.substr(name.size() - 2);
      default:
        return name;
    }
  };
  const auto actions = [&](std::size_t count) {
    std::string out = "[";
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) out += ',';
      out += '"' + some_action() + '"';
    }
    return out + "]";
  };
  std::string many;
  for (int i = 0; i < 150; ++i) {
    if (i > 0) many += ',';
    many += statement(i % 7 == 0 ? "Deny" : "Allow", actions(1 + random() % 6),
                      i % 3 == 0 ? R"("Resource":"arn:aws:s3:::b/*")" : R"("Resource":"*")");
  }
  it.identity.push_back(it.add(many, Kind::inline_));
  it.identity.push_back(it.add(
      R"({"Effect":"Allow","NotAction":["iam:*","s3:PutObject"],"Resource":"arn:aws:s3:::b/k"})",
      Kind::managed));
  it.levels.resize(3);
  it.levels[0].push_back(it.add(statement("Allow", R"("*")"), Kind::scp));
  it.levels[1].push_back(it.add(R"({"Effect":"Allow","NotAction":["ec2:*"],"Resource":"*"},)" +
                                    statement("Deny", actions(40)),
                                Kind::scp));
  it.levels[2].push_back(it.add(statement("Allow", R"("*")"), Kind::scp));
  if (random() % 2 == 0) {
    it.policies.boundary =
        it.add(statement("Allow", R"(["s3:*","ec2:*","iam:Get*"])") + "," +
                   statement("Allow", actions(200), R"("Resource":"arn:aws:s3:::b/*")"),
               Kind::boundary);
  }
  if (random() % 2 == 0) {
    it.session.push_back(it.add(statement("Allow", R"(["s3:*","e*:*"])"), Kind::session));
  }
}

TEST(Program, DecidesEveryActionAsTheDocumentsDo) {
  std::mt19937 random(11);
  ProgramArena arena;
  std::size_t allowed = 0;
  for (int round = 0; round < 6; ++round) {
    Layers it;
    fill(it, random);
    it.finish();
    Policies combined = it.policies;
    const auto program = Program::build(it.policies, round % 2 == 0 ? &arena : nullptr);
    combined.program = program.get();
    ASSERT_TRUE(program->data().usable);
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(program.get()) % 64, 0u);
    for (std::size_t id = random() % 5; id < action_id_count(); id += 1 + random() % 5) {
      const auto action = *Action::parse(action_id_name(static_cast<std::uint16_t>(id)));
      Request request{{PrincipalKind::user, "arn:aws:iam::111122223333:user/a", kAccount, "AIDAX"},
                      &action,
                      random() % 2 == 0 ? "arn:aws:s3:::b/k" : "arn:aws:s3:::c",
                      kAccount};
      program->prefetch(action);
      const Decision one = decide(request, it.policies), other = decide(request, combined);
      ASSERT_EQ(one.effect, other.effect) << action.text();
      ASSERT_EQ(one.reason, other.reason) << action.text();
      ASSERT_EQ(one.layer, other.layer) << action.text();
      ASSERT_EQ(one.level, other.level) << action.text();
      if (one.explicitly_denied()) {
        ASSERT_EQ(one.policy, other.policy);
        ASSERT_TRUE(it.documents[other.layer == Layer::scp ? 3 : 0]->is_deny(other.statement));
      }
      allowed += one.allowed();
    }
  }
  EXPECT_GT(allowed, 500u);
}

TEST(Program, IsLeftOutWhereItCannotHelp) {
  const auto broken = Document::compile("{", Kind::inline_);
  const PolicyRef ref{broken.get(), "broken"};
  Policies policies;
  policies.identity = {&ref, 1};
  const auto program = Program::build(policies);
  policies.program = program.get();
  EXPECT_FALSE(program->data().usable);
  const auto action = *Action::parse("s3:GetObject");
  program->prefetch(action);
  Request request{{PrincipalKind::user, "arn:aws:iam::111122223333:user/a", kAccount, "AIDAX"},
                  &action};
  EXPECT_EQ(decide(request, policies).reason, Reason::unreadable_policy);
  // An action that the catalogue does not know is decided by the documents.
  const auto allow = Document::compile(
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"own:Do*","Resource":"*"}})",
      Kind::inline_);
  const PolicyRef own{allow.get(), "own"};
  policies.identity = {&own, 1};
  const auto fine = Program::build(policies);
  policies.program = fine.get();
  ASSERT_TRUE(fine->data().usable);
  const auto unknown = *Action::parse("own:DoThis");
  fine->prefetch(unknown);
  request.action = &unknown;
  EXPECT_TRUE(decide(request, policies).allowed());
}

TEST(Program, OutlivesItsArena) {
  Layers it;
  std::mt19937 random(3);
  fill(it, random);
  it.finish();
  std::shared_ptr<const Program> program;
  std::vector<std::shared_ptr<std::byte>> others;
  {
    ProgramArena arena;
    program = Program::build(it.policies, &arena);
    // Some in blocks of their own, the last of them alone: too large for the arena.
    for (int i = 0; i < 40; ++i) others.push_back(arena.allocate(100'001));
    others.push_back(arena.allocate(3'000'000));
  }
  for (std::size_t i = 0; i < others.size(); ++i) {
    std::memset(others[i].get(), static_cast<int>(i), 100'001);
  }
  for (std::size_t i = 0; i < others.size(); ++i) {
    ASSERT_EQ(others[i].get()[0], std::byte{static_cast<unsigned char>(i)});
    ASSERT_EQ(others[i].get()[100'000], std::byte{static_cast<unsigned char>(i)});
  }
  others.clear();
  const auto action = *Action::parse("s3:GetObject");
  Request request{{PrincipalKind::user, "arn:aws:iam::111122223333:user/a", kAccount, "AIDAX"},
                  &action,
                  "arn:aws:s3:::b/k",
                  kAccount};
  const Decision expected = decide(request, it.policies);
  it.policies.program = program.get();
  EXPECT_EQ(decide(request, it.policies).reason, expected.reason);
}

}  // namespace
}  // namespace rolecall::policy
