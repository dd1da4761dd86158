#include "identity/ids.h"

#include <gtest/gtest.h>

#include <set>

#include "identity/last_used.h"
#include "identity/managed_policies.h"

namespace rolecall::identity {
namespace {

TEST(Ids, have_awss_form) {
  auto random = make_seeded_random(1);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = make_unique_id(kRoleIdPrefix, *random);
    EXPECT_EQ(id.size(), 21u);
    EXPECT_TRUE(id.starts_with("AROA"));
    EXPECT_EQ(id.find_first_not_of(kBase32Alphabet), std::string::npos);
    EXPECT_TRUE(seen.insert(id).second);
  }
  EXPECT_EQ(make_secret_key(*random).reveal().size(), 40u);
  EXPECT_EQ(make_canonical_id(*random).size(), 64u);
}

TEST(Ids, access_keys_carry_their_account) {
  auto random = make_seeded_random(2);
  for (const std::uint64_t number : {0ull, 1ull, 111122223333ull, 999999999999ull}) {
    const AccountId account = AccountId::from_number(number);
    for (int i = 0; i < 100; ++i) {
      const std::string id = make_access_key_id(kAccessKeyPrefix, account, *random);
      EXPECT_TRUE(is_access_key_id(id)) << id;
      EXPECT_EQ(id.size(), 20u);
      EXPECT_EQ(account_of_access_key(id), account) << id;
    }
  }
  // Public examples of ids and the accounts they decode to.
  EXPECT_EQ(account_of_access_key("ASIAY34FZKBOKMUTVV7A"), AccountId::from_number(609629065308));
  EXPECT_EQ(account_of_access_key("ASIAQNZGKIQY56JQ7WML"), AccountId::from_number(29608264753));
}

TEST(Ids, other_texts_carry_none) {
  for (const char* text : {"", "AKIA", "AKIAIOSFODNN7EXAMPLE", "akiay34fzkbokmutvv7a",
                           "ASIAY34FZKBOKMUTVV7", "ASIAY34FZKBOKMUTVV71", "AROAY34FZKBOKMUTVV7A",
                           "ASIAY34FZKBOKMUTVV7AA", "ASIA7777777777777777"}) {
    EXPECT_EQ(account_of_access_key(text), std::nullopt) << text;
  }
}

TEST(AwsManagedPolicies, are_all_there_in_order) {
  const auto all = aws_managed_policies();
  EXPECT_EQ(all.size(), 1485u);
  std::set<std::string> ids;
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(find_aws_managed_policy(all[i].arn), &all[i]);
    EXPECT_EQ(find_aws_managed_policy_by_name(all[i].name), &all[i]);
    EXPECT_EQ(all[i].id.size(), 21u);
    EXPECT_TRUE(ids.insert(all[i].id).second);
    EXPECT_TRUE(all[i].default_version_id.starts_with("v"));
    EXPECT_LE(all[i].created, all[i].updated);
    EXPECT_TRUE(all[i].document()->text().starts_with("{\"Version\":\"20"));
    EXPECT_TRUE(all[i].document()->text().ends_with("}"));
  }
}

TEST(AwsManagedPolicies, are_found_by_arn) {
  const AwsManagedPolicy* admin =
      find_aws_managed_policy("arn:aws:iam::aws:policy/AdministratorAccess");
  ASSERT_NE(admin, nullptr);
  EXPECT_EQ(admin->path, "/");
  EXPECT_EQ(admin->default_version_id, "v1");
  EXPECT_EQ(format_iso8601(admin->created), "2015-02-06T18:39:46Z");
  EXPECT_EQ(
      admin->document()->text(),
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})");
  EXPECT_EQ(admin->document(), admin->document());
  EXPECT_EQ(find_aws_managed_policy("arn:aws-cn:iam::aws:policy/AdministratorAccess"), admin);
  EXPECT_NE(find_aws_managed_policy("arn:aws:iam::aws:policy/job-function/Billing"), nullptr);
  for (const char* arn :
       {"arn:aws:iam::aws:policy/Billing", "arn:aws:iam::aws:policy/administratoraccess",
        "arn:aws:iam::aws:role/AdministratorAccess", "arn:aws:s3::aws:policy/AdministratorAccess",
        "arn:aws:iam::111122223333:policy/AdministratorAccess", "AdministratorAccess", ""}) {
    EXPECT_EQ(find_aws_managed_policy(arn), nullptr) << arn;
  }
  EXPECT_EQ(find_aws_managed_policy_by_name("administratoraccess"), admin);
  EXPECT_EQ(find_aws_managed_policy_by_name("NoSuchPolicy"), nullptr);
}

TEST(LastUsed, remembers_the_newest_and_asks_for_the_rest) {
  LastUsed uses([](std::string_view id) -> std::optional<LastUse> {
    if (id == "AKIAOLD") return LastUse{{1}, "r", "s"};
    return std::nullopt;
  });
  EXPECT_EQ(uses.find("AKIAOLD"), (LastUse{{1}, "r", "s"}));
  EXPECT_EQ(uses.find("AKIANEW"), std::nullopt);
  uses.note("AKIANEW", {20}, "eu-west-1", "s3");
  uses.note("AKIANEW", {10}, "us-east-1", "sts");
  EXPECT_EQ(uses.find("AKIANEW"), (LastUse{{20}, "eu-west-1", "s3"}));
  auto changed = uses.take_changed();
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_TRUE(uses.take_changed().empty());
  uses.put_back(std::move(changed));
  EXPECT_EQ(uses.take_changed().size(), 1u);
  for (int i = 0; i < 40'000; ++i) uses.note("AROA" + std::to_string(i), {30}, "r", "s");
  EXPECT_EQ(uses.take_changed().size(), 40'000u);
  (void)uses.take_changed();  // what is written may be forgotten
  EXPECT_EQ(uses.find("AROA7"), std::nullopt);
}

}  // namespace
}  // namespace rolecall::identity
