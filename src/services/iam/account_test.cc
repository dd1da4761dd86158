#include "base/encoding.h"
#include "crypto/totp.h"
#include "identity/last_used.h"
#include "services/iam/testing.h"

namespace rolecall::iam {
namespace {

using testing::World;

const std::string kAll(testing::kAllowAll);

TEST(AccessKeys, LifeOfOne) {
  World w;
  w.user("bea");
  const AccessKey key =
      w.must(create_access_key, CreateAccessKeyInput{.user_name = "bea"}).access_key;
  EXPECT_TRUE(key.access_key_id.starts_with("AKIA"));
  EXPECT_EQ(key.access_key_id.size(), 20u);
  EXPECT_EQ(key.secret_access_key.size(), 40u);
  EXPECT_EQ(key.status, "Active");
  EXPECT_EQ(w.state.access_key(key.access_key_id)->secret.reveal(), key.secret_access_key);
  w.must(create_access_key, CreateAccessKeyInput{.user_name = "bea"});
  EXPECT_EQ(w.refusal(create_access_key, CreateAccessKeyInput{.user_name = "bea"}),
            "LimitExceeded 409: Cannot exceed quota for AccessKeysPerUser: 2");
  w.must(update_access_key, UpdateAccessKeyInput{"bea", key.access_key_id, "Inactive"});
  EXPECT_EQ(w.state.access_key(key.access_key_id)->status, identity::KeyStatus::inactive);
  EXPECT_EQ(
      w.must(list_access_keys, ListAccessKeysInput{.user_name = "bea"}).access_key_metadata.size(),
      2u);
  const std::string none = "AKIANONENONENONENONE";
  const std::string text = "NoSuchEntity 404: The Access Key with id " + none + " cannot be found.";
  EXPECT_EQ(w.refusal(update_access_key, UpdateAccessKeyInput{"bea", none, "Active"}), text);
  EXPECT_EQ(w.refusal(delete_access_key, DeleteAccessKeyInput{"bea", none}), text);
  EXPECT_EQ(w.refusal(get_access_key_last_used, GetAccessKeyLastUsedInput{none}), text);
  // A key is the user's own: another's name does not reach it.
  w.user("eve");
  EXPECT_EQ(
      w.refusal(delete_access_key, DeleteAccessKeyInput{"eve", key.access_key_id}).substr(0, 12),
      "NoSuchEntity");
  w.must(delete_access_key, DeleteAccessKeyInput{"bea", key.access_key_id});
  EXPECT_EQ(w.state.access_key(key.access_key_id), nullptr);
}

TEST(AccessKeys, OfTheCallerAndOfRoot) {
  World w;
  w.user("bea");
  w.become_user("bea");
  const auto mine = w.must(create_access_key, CreateAccessKeyInput{}).access_key;
  EXPECT_EQ(mine.user_name, "bea");
  w.become_root();
  const auto roots = w.must(create_access_key, CreateAccessKeyInput{}).access_key;
  EXPECT_FALSE(roots.user_name);
  EXPECT_EQ(w.state.access_key(roots.access_key_id)->user_name, "");
  EXPECT_EQ(w.account().info.root_access_keys, std::vector<std::string>{roots.access_key_id});
  EXPECT_EQ((*w.must(get_account_summary, GetAccountSummaryInput{})
                  .summary_map)["AccountAccessKeysPresent"],
            1);
  EXPECT_EQ(w.must(list_access_keys, ListAccessKeysInput{}).access_key_metadata.size(), 1u);
  w.must(delete_access_key, DeleteAccessKeyInput{.access_key_id = roots.access_key_id});
  EXPECT_TRUE(w.account().info.root_access_keys.empty());
}

TEST(AccessKeys, LastUse) {
  World w;
  w.user("bea");
  const auto key = w.must(create_access_key, CreateAccessKeyInput{.user_name = "bea"}).access_key;
  const GetAccessKeyLastUsedInput in{key.access_key_id};
  auto out = w.must(get_access_key_last_used, in);
  EXPECT_EQ(out.user_name, "bea");
  EXPECT_EQ(out.access_key_last_used->service_name, "N/A");
  EXPECT_EQ(out.access_key_last_used->region, "N/A");
  EXPECT_FALSE(out.access_key_last_used->last_used_date);
  identity::LastUsed used;
  used.note(key.access_key_id, w.clock.now(), "eu-west-1", "s3");
  Call call = w.call();
  call.last_used = &used;
  out = *get_access_key_last_used(in, call);
  EXPECT_EQ(out.access_key_last_used->service_name, "s3");
  EXPECT_EQ(out.access_key_last_used->region, "eu-west-1");
  EXPECT_EQ(out.access_key_last_used->last_used_date, w.clock.now());
  w.become_root(w.prod);
  EXPECT_EQ(w.refusal(get_access_key_last_used, in).substr(0, 12), "NoSuchEntity");
}

TEST(Aliases, OneAnAccountUniqueOverAll) {
  World w;
  w.must(create_account_alias, CreateAccountAliasInput{"blue"});
  w.must(create_account_alias, CreateAccountAliasInput{"green"});  // takes blue's place
  EXPECT_EQ(w.must(list_account_aliases, ListAccountAliasesInput{}).account_aliases,
            std::vector<std::string>{"green"});
  EXPECT_EQ(w.refusal(delete_account_alias, DeleteAccountAliasInput{"blue"}),
            "NoSuchEntity 404: The account alias blue cannot be found.");
  w.become_root(w.prod);
  EXPECT_EQ(w.refusal(create_account_alias, CreateAccountAliasInput{"green"}),
            "EntityAlreadyExists 409: The account alias green already exists.");
  EXPECT_EQ(w.refusal(create_account_alias, CreateAccountAliasInput{"blue"}), "ok");
  w.become_root();
  w.must(delete_account_alias, DeleteAccountAliasInput{"green"});
  EXPECT_TRUE(w.must(list_account_aliases, ListAccountAliasesInput{}).account_aliases.empty());
}

// Codes as an authenticator app would show them.
struct Authenticator {
  std::string seed;
  std::string code(const World& w, std::int64_t steps = 0) const {
    return crypto::totp(seed, w.clock.now().plus_seconds(steps * crypto::kTotpStepSeconds));
  }
};

TEST(Mfa, LifeOfADevice) {
  World w;
  w.user("bea");
  const VirtualMFADevice made =
      w.must(create_virtual_mfa_device,
             CreateVirtualMFADeviceInput{.path = "/d/", .virtual_mfa_device_name = "phone"})
          .virtual_mfa_device;
  const std::string serial = "arn:aws:iam::111111111111:mfa/d/phone";
  EXPECT_EQ(made.serial_number, serial);
  ASSERT_EQ(made.base32_string_seed->size(), 64u);
  if (made.qr_code_png) {
    EXPECT_TRUE(made.qr_code_png->starts_with("\x89PNG\r\n\x1a\n"));
  }
  EXPECT_EQ(
      w.refusal(create_virtual_mfa_device,
                CreateVirtualMFADeviceInput{.path = "/d/", .virtual_mfa_device_name = "PHONE"}),
      "EntityAlreadyExists 409: MFADevice entity at the same path and name already exists.");
  const Authenticator app{*base32_decode(*made.base32_string_seed)};

  const auto enable = [&](const std::string& first, const std::string& second) {
    return w.refusal(enable_mfa_device, EnableMFADeviceInput{"bea", serial, first, second});
  };
  const std::string invalid =
      "InvalidAuthenticationCode 403: Authentication code for device is not valid.";
  EXPECT_EQ(enable("000000", "111111"), invalid);
  EXPECT_EQ(enable(app.code(w), app.code(w)), invalid);            // not two
  EXPECT_EQ(enable(app.code(w), app.code(w, -1)), invalid);        // wrong order
  EXPECT_EQ(enable(app.code(w, -2), app.code(w)), invalid);        // not consecutive
  EXPECT_EQ(enable(app.code(w, 500), app.code(w, 501)), invalid);  // too far off
  EXPECT_EQ(enable(app.code(w, -1), app.code(w)), "ok");
  EXPECT_EQ(enable(app.code(w, -1), app.code(w)),
            "EntityAlreadyExists 409: MFA Device is already in use.");

  const auto listed = w.must(list_mfa_devices, ListMFADevicesInput{.user_name = "bea"});
  ASSERT_EQ(listed.mfa_devices.size(), 1u);
  EXPECT_EQ(listed.mfa_devices[0].serial_number, serial);
  EXPECT_EQ(w.refusal(delete_virtual_mfa_device, DeleteVirtualMFADeviceInput{serial}),
            "DeleteConflict 409: MFA VirtualDevice in use. Must deactivate first.");
  EXPECT_EQ(w.refusal(delete_user, DeleteUserInput{"bea"}),
            "DeleteConflict 409: Cannot delete entity, must delete MFA device first.");

  // The enrolment's codes are used up; later ones resynchronise, also from a clock that is off.
  const auto resync = [&](std::int64_t first, std::int64_t second) {
    return w.refusal(resync_mfa_device,
                     ResyncMFADeviceInput{"bea", serial, app.code(w, first), app.code(w, second)});
  };
  EXPECT_EQ(resync(-1, 0), invalid);
  EXPECT_EQ(resync(29, 30), "ok");
  EXPECT_EQ(w.account().mfa_devices.find(serial)->drift_steps, 30);
  EXPECT_EQ(resync(29, 30), invalid);

  w.user("eve");
  EXPECT_EQ(w.refusal(deactivate_mfa_device, DeactivateMFADeviceInput{"eve", serial}),
            "NoSuchEntity 404: MFA Device invalid for user.");
  w.must(deactivate_mfa_device, DeactivateMFADeviceInput{"bea", serial});
  EXPECT_TRUE(
      w.must(list_mfa_devices, ListMFADevicesInput{.user_name = "bea"}).mfa_devices.empty());
  w.must(delete_virtual_mfa_device, DeleteVirtualMFADeviceInput{serial});
  EXPECT_EQ(w.refusal(delete_virtual_mfa_device, DeleteVirtualMFADeviceInput{serial}),
            "NoSuchEntity 404: VirtualMFADevice with serial number " + serial + " doesn't exist.");
}

TEST(Mfa, ListsByAssignment) {
  World w;
  w.user("bea");
  std::vector<std::string> serials;
  for (const char* name : {"a", "b", "c"}) {
    const auto made = w.must(create_virtual_mfa_device,
                             CreateVirtualMFADeviceInput{.virtual_mfa_device_name = name})
                          .virtual_mfa_device;
    serials.push_back(made.serial_number);
    if (serials.size() == 2) {
      const Authenticator app{*base32_decode(*made.base32_string_seed)};
      w.must(enable_mfa_device,
             EnableMFADeviceInput{"bea", made.serial_number, app.code(w, -1), app.code(w)});
    }
  }
  const auto list = [&](std::optional<std::string> status) {
    return w.must(list_virtual_mfa_devices, ListVirtualMFADevicesInput{.assignment_status = status})
        .virtual_mfa_devices;
  };
  EXPECT_EQ(list({}).size(), 3u);
  EXPECT_EQ(list("Unassigned").size(), 2u);
  const auto assigned = list("Assigned");
  ASSERT_EQ(assigned.size(), 1u);
  EXPECT_EQ(assigned[0].user->user_name, "bea");
  EXPECT_TRUE(assigned[0].enable_date);
  EXPECT_FALSE(assigned[0].base32_string_seed);
  auto page = w.must(list_virtual_mfa_devices, ListVirtualMFADevicesInput{.max_items = 2});
  EXPECT_EQ(page.virtual_mfa_devices.size(), 2u);
  page = w.must(list_virtual_mfa_devices,
                ListVirtualMFADevicesInput{.marker = page.marker, .max_items = 2});
  ASSERT_EQ(page.virtual_mfa_devices.size(), 1u);
  EXPECT_EQ(page.virtual_mfa_devices[0].serial_number, serials[2]);
}

TEST(Passwords, LifeOfALoginProfile) {
  World w;
  w.user("bea");
  EXPECT_EQ(w.refusal(get_login_profile, GetLoginProfileInput{"bea"}),
            "NoSuchEntity 404: Login Profile for User bea cannot be found.");
  EXPECT_EQ(w.refusal(create_login_profile, CreateLoginProfileInput{"bea", "Short1!"}),
            "PasswordPolicyViolation 400: Password should have a minimum length of 8");
  EXPECT_EQ(
      w.refusal(create_login_profile, CreateLoginProfileInput{"bea", "onlylower"}).substr(0, 23),
      "PasswordPolicyViolation");
  const auto made =
      w.must(create_login_profile, CreateLoginProfileInput{"bea", "Abcdef12", true}).login_profile;
  EXPECT_EQ(made.user_name, "bea");
  EXPECT_EQ(made.password_reset_required, true);
  EXPECT_EQ(w.account().users.find("bea")->login->password_hash.find("Abcdef12"),
            std::string::npos);
  EXPECT_EQ(w.refusal(create_login_profile, CreateLoginProfileInput{"bea", "Abcdef12"}),
            "EntityAlreadyExists 409: Login Profile for user bea already exists.");
  w.become_user("bea");
  EXPECT_EQ(w.refusal(change_password, ChangePasswordInput{"wrong", "Abcdef34"}),
            "AccessDenied 403: The old password was incorrect.");
  EXPECT_EQ(w.refusal(change_password, ChangePasswordInput{"Abcdef12", "Abcdef34"}), "ok");
  EXPECT_EQ(
      w.must(get_login_profile, GetLoginProfileInput{"bea"}).login_profile.password_reset_required,
      false);
  w.become_root();
  EXPECT_EQ(w.refusal(change_password, ChangePasswordInput{"a", "Abcdef34"}),
            "InvalidUserType 400: Only IAM Users can change their own password.");
  w.must(delete_login_profile, DeleteLoginProfileInput{"bea"});
  EXPECT_EQ(w.refusal(update_login_profile, UpdateLoginProfileInput{.user_name = "bea"}),
            "NoSuchEntity 404: Login Profile for User bea cannot be found.");
}

TEST(Passwords, TheAccountsPolicy) {
  World w;
  w.user("bea");
  const std::string none =
      "NoSuchEntity 404: The Password Policy with domain name 111111111111 cannot be found.";
  EXPECT_EQ(w.refusal(get_account_password_policy, GetAccountPasswordPolicyInput{}), none);
  EXPECT_EQ(w.refusal(delete_account_password_policy, DeleteAccountPasswordPolicyInput{}),
            "NoSuchEntity 404: The account policy with name PasswordPolicy cannot be found.");
  w.must(update_account_password_policy,
         UpdateAccountPasswordPolicyInput{
             .minimum_password_length = 10, .require_symbols = true, .max_password_age = 90});
  const auto policy =
      w.must(get_account_password_policy, GetAccountPasswordPolicyInput{}).password_policy;
  EXPECT_EQ(policy.minimum_password_length, 10);
  EXPECT_EQ(policy.expire_passwords, true);
  EXPECT_FALSE(policy.password_reuse_prevention);
  EXPECT_EQ(w.refusal(create_login_profile, CreateLoginProfileInput{"bea", "Abcdefg12345"}),
            "PasswordPolicyViolation 400: Password should have at least one symbol");
  EXPECT_EQ(w.refusal(create_login_profile, CreateLoginProfileInput{"bea", "Abcdefg1234!"}), "ok");
  w.must(delete_account_password_policy, DeleteAccountPasswordPolicyInput{});
}

TEST(AccountSummary, CountsWhatIsThere) {
  World w;
  w.user("bea");
  w.group("g");
  w.role("ops");
  const std::string arn = w.policy("p");
  w.must(create_policy_version,
         CreatePolicyVersionInput{.policy_arn = arn, .policy_document = kAll});
  w.must(create_virtual_mfa_device, CreateVirtualMFADeviceInput{.virtual_mfa_device_name = "m"});
  auto map = *w.must(get_account_summary, GetAccountSummaryInput{}).summary_map;
  EXPECT_EQ(map["Users"], 1);
  EXPECT_EQ(map["Groups"], 1);
  EXPECT_EQ(map["Roles"], 1);
  EXPECT_EQ(map["Policies"], 1);
  EXPECT_EQ(map["PolicyVersionsInUse"], 2);
  EXPECT_EQ(map["MFADevices"], 1);
  EXPECT_EQ(map["MFADevicesInUse"], 0);
  EXPECT_EQ(map["AccountMFAEnabled"], 0);
  EXPECT_EQ(map["UsersQuota"], 5000);
  EXPECT_EQ(map["AccessKeysPerUserQuota"], 2);
}

TEST(AuthorizationDetails, EverythingOnceWhateverThePageSize) {
  World w;
  w.user("bea");
  w.user("eve");
  w.group("g");
  w.role("ops");
  const std::string arn = w.policy("p");
  w.must(add_user_to_group, AddUserToGroupInput{"g", "bea"});
  w.must(attach_role_policy, AttachRolePolicyInput{"ops", std::string(testing::kReadOnly)});
  w.must(put_user_policy, PutUserPolicyInput{"bea", "i", kAll});
  w.must(create_instance_profile, CreateInstanceProfileInput{.instance_profile_name = "ip"});
  w.must(add_role_to_instance_profile, AddRoleToInstanceProfileInput{"ip", "ops"});

  const auto whole =
      w.must(get_account_authorization_details, GetAccountAuthorizationDetailsInput{});
  ASSERT_EQ(whole.user_detail_list->size(), 2u);
  const UserDetail& bea = whole.user_detail_list->at(0);
  EXPECT_EQ(bea.group_list, std::vector<std::string>{"g"});
  EXPECT_EQ(*bea.user_policy_list->at(0).policy_document, percent_encode(kAll));
  EXPECT_FALSE(bea.tags);
  const RoleDetail& ops = whole.role_detail_list->at(0);
  EXPECT_EQ(ops.instance_profile_list->size(), 1u);
  EXPECT_EQ(*ops.attached_managed_policies->at(0).policy_name, "ReadOnlyAccess");
  ASSERT_EQ(whole.policies->size(), 2u);  // the account's, and the AWS one in use
  EXPECT_EQ(*whole.policies->at(1).attachment_count, 1);
  EXPECT_TRUE(whole.policies->at(1).policy_version_list->at(0).document);

  for (std::int32_t size = 1; size <= 7; ++size) {
    GetAccountAuthorizationDetailsInput in{.max_items = size};
    std::string seen;
    for (int pages = 0; pages < 10; ++pages) {
      const auto page = w.must(get_account_authorization_details, in);
      for (const auto& e : *page.user_detail_list) seen += *e.user_name + ",";
      for (const auto& e : *page.group_detail_list) seen += *e.group_name + ",";
      for (const auto& e : *page.role_detail_list) seen += *e.role_name + ",";
      for (const auto& e : *page.policies) seen += *e.policy_name + ",";
      if (!*page.is_truncated) break;
      in.marker = page.marker;
    }
    EXPECT_EQ(seen, "bea,eve,g,ops,p,ReadOnlyAccess,") << size;
  }
  const auto roles =
      w.must(get_account_authorization_details,
             GetAccountAuthorizationDetailsInput{.filter = std::vector<std::string>{"Role"}});
  EXPECT_TRUE(roles.user_detail_list->empty());
  EXPECT_EQ(roles.role_detail_list->size(), 1u);
  EXPECT_TRUE(roles.policies->empty());
}

}  // namespace
}  // namespace rolecall::iam
