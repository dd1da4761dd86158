#include "seed/seed.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/encoding.h"
#include "seed/flags.h"

namespace rolecall::seed {
namespace {

const AccountId kDev = *AccountId::parse("111111111111");
const AccountId kProd = *AccountId::parse("222222222222");
const Instant kNow = Instant::from_seconds(1'800'000'000);

constexpr std::string_view kSmall = R"(
accounts:
  - name: dev
    id: "111111111111"
    alias: dev-alias
    root_access_key: {id: AKIAROOTROOTROOTROOT, secret: 0123456789012345678901234567890123456789}
    policies:
      - name: Own
        document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
    groups:
      - {name: Ops, attach: [ReadOnlyAccess]}
    users:
      - name: bea
        path: /team/
        groups: [ops]
        attach: [Own, "arn:aws:iam::aws:policy/AdministratorAccess"]
        boundary: Own
        inline:
          b: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}'
          A: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}}
        tags: {team: x}
        access_keys: [{id: AKIABEABEABEABEABEAB, secret: abcdefghijabcdefghijabcdefghijabcdefghij}]
        mfa: {seed: GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ}
    buckets:
      - name: dev-bucket
        region: eu-west-1
        policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::dev-bucket/*"}]}
  - name: prod
    id: "222222222222"
    roles:
      - name: First
        trust: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: ["arn:aws:iam::111111111111:user/team/bea", "111111111111", "arn:aws:iam::222222222222:role/Second"]}, Action: "sts:AssumeRole"}]}
        tags: {stage: prod}
      - name: Second
        max_session_seconds: 7200
        description: after
        trust: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]}
    instance_profiles:
      - {name: Web, role: Second}
)";

class SeedTest : public testing::Test {
 protected:
  std::string problems_of(std::string_view text) {
    const auto seed = parse(text, {.name = "f"});
    return seed ? "" : seed.error().fault().what;
  }
  // Parses, plans, applies; returns the number of events or the problems.
  std::string apply(std::string_view text) {
    const auto seed = parse(text, {.name = "f"});
    if (!seed) return seed.error().fault().what;
    const auto events = plan(*seed, state, {now, *random});
    if (!events) return events.error().fault().what;
    state.apply(*events);
    return std::to_string(events->size());
  }
  static std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
    std::string out(text);
    const auto at = out.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return out.replace(at, from.size(), to);
  }

  identity::State state;
  Instant now = kNow;
  std::unique_ptr<Random> random = make_seeded_random(5);
};

TEST_F(SeedTest, makes_what_it_names) {
  ASSERT_NE(apply(kSmall), "0");
  const auto* dev = state.account(kDev);
  ASSERT_NE(dev, nullptr);
  EXPECT_EQ(dev->info.name, "dev");
  EXPECT_EQ(dev->info.alias, "dev-alias");
  EXPECT_EQ(dev->info.canonical_id.size(), 64u);
  EXPECT_EQ(dev->info.root_access_keys, std::vector<std::string>{"AKIAROOTROOTROOTROOT"});
  EXPECT_EQ(state.access_key("AKIAROOTROOTROOTROOT")->user_name, "");
  const auto* bea = dev->users.find("bea");
  ASSERT_NE(bea, nullptr);
  EXPECT_EQ(bea->arn, "arn:aws:iam::111111111111:user/team/bea");
  EXPECT_TRUE(bea->id.starts_with("AIDA"));
  EXPECT_EQ(bea->groups, std::vector<std::string>{"Ops"});
  EXPECT_EQ(dev->groups.find("Ops")->members, std::vector<std::string>{"bea"});
  EXPECT_EQ(dev->groups.find("Ops")->grants.attached,
            std::vector<std::string>{"arn:aws:iam::aws:policy/ReadOnlyAccess"});
  EXPECT_EQ(bea->grants.attached,
            (std::vector<std::string>{"arn:aws:iam::111111111111:policy/Own",
                                      "arn:aws:iam::aws:policy/AdministratorAccess"}));
  EXPECT_EQ(bea->boundary, "arn:aws:iam::111111111111:policy/Own");
  ASSERT_EQ(bea->grants.inline_policies.size(), 2u);
  EXPECT_EQ(bea->grants.inline_policies[0].name, "A");
  EXPECT_EQ(bea->grants.inline_policies[0].document->text(),
            R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole",)"
            R"("Resource":"*"}})");
  EXPECT_EQ(bea->tags, (identity::Tags{{"team", "x"}}));
  EXPECT_EQ(state.access_key("AKIABEABEABEABEABEAB")->user_name, "bea");
  const auto* device = dev->mfa_devices.find("arn:aws:iam::111111111111:mfa/bea");
  ASSERT_NE(device, nullptr);
  EXPECT_TRUE(device->enabled);
  EXPECT_EQ(device->seed.reveal(), "12345678901234567890");
  const auto* bucket = dev->resources.find("s3:bucket/dev-bucket");
  ASSERT_NE(bucket, nullptr);
  EXPECT_EQ(bucket->region, "eu-west-1");
  EXPECT_EQ(bucket->property("location"), "eu-west-1");
  EXPECT_EQ(state.global_name("s3:bucket/dev-bucket")->account, kDev);
  const auto* prod = state.account(kProd);
  EXPECT_EQ(prod->roles.find("Second")->max_session_seconds, 7'200);
  EXPECT_EQ(prod->instance_profiles.find("Web")->role_name, "Second");
}

TEST_F(SeedTest, trust_policies_hold_unique_ids_even_of_roles_that_come_later) {
  apply(kSmall);
  const auto* prod = state.account(kProd);
  const std::string& trust = prod->roles.find("First")->trust->text();
  EXPECT_NE(trust.find(state.account(kDev)->users.find("bea")->id), std::string::npos) << trust;
  EXPECT_NE(trust.find(prod->roles.find("Second")->id), std::string::npos) << trust;
  EXPECT_NE(trust.find("arn:aws:iam::111111111111:root"), std::string::npos) << trust;
}

TEST_F(SeedTest, the_second_time_nothing_happens) {
  ASSERT_NE(apply(kSmall), "0");
  now = now.plus_seconds(100);
  EXPECT_EQ(apply(kSmall), "0");
}

struct ChangeCase {
  const char* from;
  const char* to;
  const char* events;
};

TEST_F(SeedTest, a_changed_file_changes_only_the_difference) {
  apply(kSmall);
  const ChangeCase table[] = {
      {"tags: {team: x}", "tags: {team: y}", "1"},
      {"max_session_seconds: 7200", "max_session_seconds: 3600", "1"},
      {"description: after", "description: before", "1"},
      {"Action: \"s3:*\"", "Action: \"s3:Get*\"", "1"},
      {"{name: Web, role: Second}", "{name: Web, role: First}", "1"},
      {"secret: abcdefghij", "secret: ABCDEFGHIJ", "1"},
      {"seed: GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "seed: MFRGGZDFMZTWQ2LK", "1"},
      {"attach: [ReadOnlyAccess]", "attach: [ReadOnlyAccess, PowerUserAccess]", "1"},
      {"alias: dev-alias", "alias: other-alias", "1"},
      {"s3:GetObject\"", "s3:ListBucket\"", "1"},
      // What is not named is not taken away.
      {"        tags: {team: x}\n", "", "0"},
      {"        groups: [ops]\n", "", "0"},
      {"        boundary: Own\n", "", "0"},
  };
  for (const auto& row : table) {
    const identity::State before = state;
    std::string to = row.to;
    // A list bucket permission needs the bucket itself for its resource.
    std::string text = replaced(kSmall, row.from, to);
    if (to == "s3:ListBucket\"") text = replaced(text, "dev-bucket/*", "dev-bucket");
    EXPECT_EQ(apply(text), row.events) << row.from;
    EXPECT_EQ(apply(text), "0") << row.from;
    state = before;
  }
  EXPECT_EQ(state.account(kDev)->users.find("bea")->tags.size(), 1u);
}

TEST_F(SeedTest, a_changed_managed_policy_gets_a_new_version) {
  apply(kSmall);
  for (int i = 0; i < 6; ++i) {
    apply(replaced(kSmall, "Action: \"s3:*\"", "Action: \"s3:Get" + std::to_string(i) + "\""));
  }
  const auto* policy = state.account(kDev)->policies.find("Own");
  EXPECT_EQ(policy->versions.size(), 5u);
  EXPECT_EQ(policy->default_version, 7);
  EXPECT_EQ(policy->last_version, 7);
  ASSERT_NE(policy->version(7), nullptr);
}

TEST_F(SeedTest, what_others_made_is_left_alone) {
  apply(kSmall);
  identity::User more = *state.account(kDev)->users.find("bea");
  more.tags.push_back({"other", "1"});
  more.grants.attached.push_back("arn:aws:iam::aws:policy/ReadOnlyAccess");
  state.apply({identity::Put<identity::User>{kDev, std::make_shared<const identity::User>(more)}});
  EXPECT_EQ(apply(kSmall), "0");
  EXPECT_EQ(state.account(kDev)->users.find("bea")->tags.size(), 2u);
}

struct Mistake {
  const char* from;
  const char* to;
  const char* problem;  // contained in the message
};

TEST_F(SeedTest, mistakes_are_told_with_their_place) {
  const Mistake table[] = {
      {"accounts:", "acounts:", "f:2:1: the file has no key `acounts`; did you mean `accounts`?"},
      {"boundary: Own", "boundry: Own", "has no key `boundry`; did you mean `boundary`?"},
      {"name: dev\n", "name:\n", "f:3:5: an account needs `name`"},
      {"id: \"111111111111\"", "id: 42", "f:4:9: `id`: `42` is not twelve digits"},
      {"path: /team/", "path: team", "`path`: `team` is not a path"},
      {"groups: [ops]", "groups: [nobody]", "the account has no group `nobody`"},
      {"attach: [ReadOnlyAccess]", "attach: [Nothing]", "there is no managed policy `Nothing`"},
      {"arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/None",
       "there is no managed policy `arn:aws:iam::aws:policy/None`"},
      {"boundary: Own", "boundary: [Own]", "`boundary` must be a policy's name or ARN"},
      {"id: AKIABEABEABEABEABEAB", "id: SHORT", "is not an access key id"},
      {"secret: abcdefghij", "secret: ", "`secret` must be 40 characters long"},
      {"seed: GEZD", "seed: 1111", "`seed` must be base32"},
      {"max_session_seconds: 7200", "max_session_seconds: 60",
       "`max_session_seconds` must be a number from 3600 to 43200"},
      {"name: dev-bucket", "name: Dev_Bucket", "is not a bucket's name"},
      {"role: Second", "role: Third", "the account has no role `Third`"},
      {"user/team/bea", "user/bea",
       "names `arn:aws:iam::111111111111:user/bea`, which is not there"},
      {"name: Second", "name: first", "role `first` stands in the account twice"},
      {"Effect: Allow, Action: \"s3:*\"", "Effect: allow, Action: \"s3:*\"",
       "f:9:19: MalformedPolicyDocument: "},
      {"\"Resource\":\"*\"}]}'", "\"Resource\":\"*\"}}'", "the policy is no JSON: line 1, column "},
      {"id: \"222222222222\"", "id: \"111111111111\"", "this account stands in the file twice"},
      {"tags: {team: x}", "tags: {team: x, Team: y}", "`Team` cannot be a tag's key here"},
      {"tags: {team: x}", "tags: [team]", "`tags` must be a map of texts"},
      {"tags: {team: x}", "tags: {team: x, team: y}", "`team` stands here twice"},
      {"users:", "users: [", "f:"},
      {"    alias: dev-alias", "    alias: Dev", "is not an account alias"},
  };
  for (const auto& row : table) {
    state = identity::State();
    const std::string said = apply(replaced(kSmall, row.from, row.to));
    EXPECT_NE(said.find(row.problem), std::string::npos) << row.to << "\n→ " << said;
    EXPECT_EQ(state.account(kDev), nullptr) << "nothing is changed";
  }
  EXPECT_NE(problems_of("- a"), "");
  EXPECT_NE(problems_of("a: [b"), "");
  EXPECT_EQ(problems_of(""), "f:1:1: the file must be a map");
}

TEST_F(SeedTest, all_mistakes_are_told_at_once_and_in_order) {
  const std::string said = problems_of("accounts:\n  - {name: a, id: 1}\n  - {nme: b}\n");
  EXPECT_EQ(said,
            "f:2:19: `id`: `1` is not twelve digits (quote them, or a leading 0 is lost)\n"
            "f:3:5: an account needs `name`\n"
            "f:3:5: an account needs `id`\n"
            "f:3:6: an account has no key `nme`; did you mean `name`?");
}

TEST_F(SeedTest, a_problem_is_one_line_whatever_the_file_says) {
  EXPECT_EQ(problems_of("accounts:\n  - {name: a, id: \"1\\n/etc:1:1: forged\\e[2J\"}\n"),
            "f:2:19: `id`: `1\\n/etc:1:1: forged\\u001b[2J` is not twelve digits (quote them, or a "
            "leading 0 is lost)");
}

TEST_F(SeedTest, secrets_are_not_repeated_in_messages) {
  const std::string said =
      apply(replaced(kSmall, "secret: abcdefghij", "secret: not-a-good-secret-"));
  EXPECT_NE(said.find("`secret`"), std::string::npos) << said;
  EXPECT_EQ(said.find("not-a-good"), std::string::npos) << said;
}

TEST_F(SeedTest, what_cannot_change_is_a_problem) {
  apply(kSmall);
  EXPECT_NE(apply(replaced(kSmall, "path: /team/", "path: /")).find("which cannot change"),
            std::string::npos);
  EXPECT_NE(apply(replaced(kSmall, "region: eu-west-1", "region: eu-west-2"))
                .find("the bucket is in eu-west-1 already"),
            std::string::npos);
  const std::string thief = R"(
accounts:
  - name: other
    id: "999999999999"
    alias: dev-alias
    users: [{name: x, access_keys: [{id: AKIABEABEABEABEABEAB, secret: abcdefghijabcdefghijabcdefghijabcdefghij}]}]
    buckets: [{name: dev-bucket}]
)";
  const std::string said = apply(thief);
  EXPECT_NE(said.find("the alias `dev-alias` is another account's"), std::string::npos) << said;
  EXPECT_NE(said.find("is somebody else's"), std::string::npos) << said;
  EXPECT_NE(said.find("the bucket `dev-bucket` is another account's"), std::string::npos) << said;
}

TEST_F(SeedTest, policies_from_files) {
  const std::string text = replaced(
      kSmall,
      R"('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}')",
      "{file: p.json}");
  EXPECT_NE(problems_of(text).find("files cannot be read here"), std::string::npos);
  ParseOptions options{
      .name = "f", .read_file = [](const std::string& path) -> Result<std::string> {
        if (path != "p.json") return fault("no such file");
        return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]})"
               "\n";
      }};
  EXPECT_TRUE(parse(text, options).has_value());
  const auto missing = parse(replaced(text, "p.json", "q.json"), options);
  ASSERT_FALSE(missing.has_value());
  EXPECT_NE(missing.error().fault().what.find("cannot read `q.json`: no such file"),
            std::string::npos);
}

// ---- the organization ----

constexpr std::string_view kOrganization = R"(
organization:
  management: dev
  units:
    - name: Work
      accounts: [prod]
      units: [{name: Inner}]
  policies:
    - name: NoLeave
      type: scp
      attach: [root, Work/Inner, prod]
      document: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "organizations:LeaveOrganization", Resource: "*"}]}
accounts:
  - {name: dev, id: "111111111111"}
  - {name: prod, id: "222222222222"}
  - {name: outside, id: "333333333333"}
)";

const identity::OrganizationUnit* unit_named(const identity::Organization& organization,
                                             std::string_view name) {
  for (const auto& unit : organization.units) {
    if (unit->name == name) return unit.get();
  }
  return nullptr;
}

TEST_F(SeedTest, an_organization) {
  ASSERT_EQ(apply(kOrganization), "17");
  const auto* organization = state.organization_of(kProd);
  ASSERT_NE(organization, nullptr);
  EXPECT_EQ(state.organizations().size(), 1u);
  EXPECT_TRUE(organization->info.id.starts_with("o-"));
  EXPECT_EQ(organization->info.management_account, kDev);
  EXPECT_EQ(organization->info.enabled_policy_types,
            std::vector<std::string>{"SERVICE_CONTROL_POLICY"});
  const std::string root = organization->info.root;
  EXPECT_TRUE(root.starts_with("r-"));
  ASSERT_EQ(organization->units.size(), 3u);
  EXPECT_EQ(organization->units.find(root)->parent, "");
  const auto* work = unit_named(*organization, "Work");
  const auto* inner = unit_named(*organization, "Inner");
  ASSERT_NE(inner, nullptr);
  EXPECT_EQ(work->parent, root);
  EXPECT_EQ(work->id.substr(0, 8), "ou-" + root.substr(2) + "-");
  EXPECT_EQ(inner->parent, work->id);
  ASSERT_EQ(organization->members.size(), 2u);
  EXPECT_EQ(organization->member(kDev)->parent, root);
  EXPECT_EQ(organization->member(kDev)->joined_method, identity::JoinedMethod::invited);
  EXPECT_EQ(organization->member(kProd)->parent, work->id);
  EXPECT_EQ(organization->member(kProd)->joined_method, identity::JoinedMethod::created);
  EXPECT_EQ(organization->member(kProd)->joined, kNow);
  ASSERT_EQ(organization->policies.size(), 2u);
  for (const std::string& node : {root, inner->id, kProd.text()}) {
    const auto& names = organization->attachments.find(node)->policies;
    ASSERT_EQ(names.size(), 2u) << node;
    EXPECT_EQ(names[0], "p-FullAWSAccess");
    EXPECT_EQ(organization->policies.find(names[1])->type, "SERVICE_CONTROL_POLICY");
  }
  EXPECT_EQ(organization->attachments.size(), 5u);

  EXPECT_EQ(apply(kOrganization), "0");
  EXPECT_EQ(apply(replaced(kOrganization, "accounts: [prod]", "accounts: [prod, outside]")), "2")
      << "the member, and FullAWSAccess on it";
  EXPECT_EQ(state.organization_of(kProd)->members.size(), 3u);
  EXPECT_EQ(state.organization_of(kProd)->attachments.size(), 6u);
}

TEST_F(SeedTest, full_access_that_was_taken_off_stays_off) {
  apply(kOrganization);
  const std::string id = state.organization_of(kProd)->info.id;
  state.apply({identity::EraseIn<identity::NodePolicies>{id, kProd.text()}});
  // What the file attaches comes back, what it does not name stays off.
  EXPECT_EQ(apply(kOrganization), "1");
  const auto* left = state.organization_of(kProd)->attachments.find(kProd.text());
  ASSERT_NE(left, nullptr);
  EXPECT_EQ(left->policies.size(), 1u);
  EXPECT_NE(left->policies[0], "p-FullAWSAccess");
}

TEST_F(SeedTest, an_account_of_another_organization_is_left_there) {
  apply(kOrganization);
  constexpr std::string_view kOther = R"(
accounts: [{name: prod, id: "222222222222"}, {name: new, id: "333333333334"}]
organization:
  management: new
  accounts: [prod]
)";
  EXPECT_EQ(apply(kOther), "f:5:14: `prod` is in another organization");
  EXPECT_EQ(apply(replaced(kOther, "  accounts: [prod]\n", "")), "4")
      << "account, organization, root, member";
  EXPECT_EQ(state.organizations().size(), 2u);
  EXPECT_EQ(state.organization_of(kProd)->info.management_account, kDev);
}

TEST_F(SeedTest, mistakes_in_the_organization) {
  const Mistake table[] = {
      {"management: dev", "management: nobody", "f:3:15: the file has no account `nobody`"},
      {"accounts: [prod]", "accounts: [nobody]", "the file has no account `nobody`"},
      {"units: [{name: Inner}]", "units: [{name: Inner, accounts: [prod]}]",
       "`prod` is under two units"},
      {"Work/Inner", "Inner", "`Inner` is neither root, a unit's path nor an account"},
      {"type: scp", "type: tag", "`type`: `tag` is not scp or rcp"},
      {"Effect: Deny", "Efect: Deny", "MalformedPolicyDocument"},
  };
  for (const auto& row : table) {
    const std::string said = apply(replaced(kOrganization, row.from, row.to));
    EXPECT_NE(said.find(row.problem), std::string::npos) << row.to << "\n→ " << said;
  }
  apply(kOrganization);
  EXPECT_NE(apply(replaced(kOrganization, "management: dev", "management: prod"))
                .find("another management account"),
            std::string::npos);
}

TEST_F(SeedTest, the_example_file_works) {
  std::ifstream file(std::string(ROLECALL_SOURCE_DIR) + "/examples/org.yaml");
  std::stringstream text;
  text << file.rdbuf();
  const std::string first = apply(text.str());
  EXPECT_GT(std::atoi(first.c_str()), 10) << first;
  EXPECT_EQ(apply(text.str()), "0");
  EXPECT_NE(state.account(kProd)->roles.find("ProdReader"), nullptr);
}

// ---- flags ----

TEST_F(SeedTest, account_flags) {
  const auto flag = parse_account_flag("dev=111111111111");
  ASSERT_TRUE(flag.has_value());
  EXPECT_EQ(flag->name, "dev");
  EXPECT_EQ(flag->id, kDev);
  for (const char* wrong : {"dev", "dev=1", "=111111111111", "dev=11111111111x", ""}) {
    EXPECT_FALSE(parse_account_flag(wrong).has_value()) << wrong;
  }
  const auto events = account_events(state, kDev, "dev", {now, *random});
  state.apply(events);
  EXPECT_EQ(state.account(kDev)->info.name, "dev");
  EXPECT_TRUE(account_events(state, kDev, "other", {now, *random}).empty());
}

TEST_F(SeedTest, key_flags_take_texts_of_any_length) {
  const auto flag = parse_key_flag("111111111111:test:a:b");
  ASSERT_TRUE(flag.has_value());
  EXPECT_EQ(flag->access_key_id, "test");
  EXPECT_EQ(flag->secret.reveal(), "a:b");
  for (const char* wrong : {"", "1:test:x", "111111111111", "111111111111:test",
                            "111111111111::secret", "111111111111:test:"}) {
    const auto parsed = parse_key_flag(wrong);
    ASSERT_FALSE(parsed.has_value()) << wrong;
    EXPECT_EQ(parsed.error().fault().what.find("secret"), std::string::npos);
  }
}

TEST_F(SeedTest, the_flags_keys_and_their_administrator) {
  const Effects effects{now, *random};
  state.apply(account_events(state, kDev, "dev", effects));
  const KeyFlag root{kDev, "test", Secret("x")};
  auto events = root_key_events(state, root, effects);
  ASSERT_TRUE(events.has_value());
  state.apply(*events);
  EXPECT_TRUE(state.access_key("test")->from_flag);
  EXPECT_EQ(state.access_key("test")->user_name, "");
  EXPECT_TRUE(state.account(kDev)->info.root_access_keys.empty()) << "no List call shows it";

  const KeyFlag admin{kDev, "admin-key", Secret("y")};
  events = admin_key_events(state, admin, effects);
  ASSERT_TRUE(events.has_value());
  state.apply(*events);
  const auto* user = state.account(kDev)->users.find(identity::kFlagUserKey);
  ASSERT_NE(user, nullptr);
  EXPECT_TRUE(user->from_flag);
  EXPECT_EQ(user->arn, "arn:aws:iam::111111111111:user/rolecall/admin");
  EXPECT_EQ(user->id.size(), 21u);
  EXPECT_EQ(state.access_key("admin-key")->user_name, identity::kFlagUserKey);
  EXPECT_EQ(state.account(kDev)->users.find("admin"), nullptr) << "he takes no user's name";
  EXPECT_TRUE(state.account(kDev)->policy_usage.empty()) << "no count shows it";

  identity::State again;
  again.apply(account_events(again, kDev, "dev", effects));
  again.apply(*admin_key_events(again, admin, effects));
  EXPECT_EQ(again.account(kDev)->users.find(identity::kFlagUserKey)->id, user->id);

  const KeyFlag second{kDev, "second-key", Secret("z")};
  state.apply(*admin_key_events(state, second, effects));
  EXPECT_EQ(state.account(kDev)->users.find(identity::kFlagUserKey)->access_keys.size(), 2u);
}

// Faults: the id of the root was a reference into the list of units, which grew meanwhile.
TEST_F(SeedTest, any_number_of_units_stands_under_the_root) {
  for (const int count : {2, 3, 9, 40}) {
    state = {};
    std::string text = "accounts:\n";
    std::string units;
    for (int i = 0; i <= count; ++i) {
      text += fmt::format("  - {{name: a{}, id: \"{}\"}}\n", i, 100'000'000'000 + i);
      if (i == 0) continue;
      units += fmt::format("    - {{name: u{0}, accounts: [a{0}], units: [{{name: below}}]}}\n", i);
    }
    text += "organization:\n  management: a0\n  units:\n" + units;
    ASSERT_NE(apply(text), "0") << count;
    ASSERT_EQ(state.organizations().size(), 1u);
    const identity::Organization* organization = state.organizations().front();
    ASSERT_EQ(organization->units.size(), static_cast<std::size_t>(1 + 2 * count));
    int under_root = 0;
    for (const auto& unit : organization->units) {
      under_root += unit->parent == organization->info.root ? 1 : 0;
    }
    EXPECT_EQ(under_root, count);
    EXPECT_EQ(organization->members.size(), static_cast<std::size_t>(count + 1));
    EXPECT_EQ(apply(text), "0") << "the second start changes nothing";
  }
}

TEST_F(SeedTest, flags_do_not_take_what_is_somebodys) {
  apply(kSmall);
  const Effects effects{now, *random};
  const KeyFlag taken{kProd, "AKIABEABEABEABEABEAB", Secret("x")};
  EXPECT_FALSE(root_key_events(state, taken, effects).has_value());
  EXPECT_FALSE(admin_key_events(state, taken, effects).has_value());
  identity::User own;
  own.name = "Admin";
  own.id = "AIDAOWN";
  state.apply({identity::Put<identity::User>{kDev, std::make_shared<const identity::User>(own)}});
  const auto beside = admin_key_events(state, {kDev, "k", Secret("x")}, effects);
  ASSERT_TRUE(beside.has_value());
  state.apply(*beside);
  EXPECT_EQ(state.account(kDev)->users.find("admin")->id, "AIDAOWN");
}

}  // namespace
}  // namespace rolecall::seed
