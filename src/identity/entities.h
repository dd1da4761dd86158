// What an account is made of. Every entity is an immutable value: a change makes a new one and puts
// it in the place of the old (State::apply), so a reader may keep what it holds for as long as it
// likes.
//
// Each entity has key(): what it is found and ordered by in its table (state.h). Names are unique
// and ordered without regard to case, as IAM has it ("IAM and AWS STS quotas", Rule 63).
//
// A new member is also named in codec.cc, which does not compile until it is.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/secret.h"
#include "base/time.h"
#include "identity/stored_policy.h"

namespace rolecall::identity {

struct Tag {
  std::string key;
  std::string value;
  bool operator==(const Tag&) const = default;
};
using Tags = std::vector<Tag>;  // in the order they were given; keys unique without case

// An inline policy of a user, group or role.
struct InlinePolicy {
  std::string name;
  PolicyRef document;
};

// What a user, a group and a role share.
struct Grants {
  std::vector<InlinePolicy> inline_policies;  // ordered by name, without case
  std::vector<std::string> attached;          // ARNs of managed policies, in the order attached
};

enum class KeyStatus : std::uint8_t { active, inactive };

// A long-term access key of a user, or of an account's root user (user_name empty).
struct AccessKey {
  std::string id;  // AKIA…
  AccountId account;
  std::string user_name;
  Secret secret;
  KeyStatus status = KeyStatus::active;
  Instant created;
  // Keys of the `--root-key` and `--admin-key` flags belong to the flag: no List call, count or
  // report shows them, and they are not persisted.
  bool from_flag = false;
  static constexpr bool kExactKeys = true;  // case counts in ids and ARNs (table.h)
  std::string_view key() const { return id; }
};

struct LoginProfile {
  std::string password_hash;  // Argon2id's encoded form
  Instant created;
  bool reset_required = false;
};

// The table key of the --admin-key flag's administrator: no name of a user, so that one called
// `admin` may be made beside him.
inline constexpr std::string_view kFlagUserKey = "/rolecall/admin";

struct User {
  std::string name;
  std::string path = "/";
  std::string id;   // AIDA…
  std::string arn;  // arn:aws:iam::ACCOUNT:user/PATH/NAME
  Instant created;
  Tags tags;
  std::string boundary;  // ARN of the permissions boundary, or empty
  Grants grants;
  std::vector<std::string> groups;       // names, in the order joined
  std::vector<std::string> access_keys;  // ids, in the order created
  std::vector<std::string> mfa_devices;  // serial numbers (ARNs), in the order enabled
  std::optional<LoginProfile> login;
  std::optional<Instant> password_last_used;
  bool from_flag = false;  // the administrator of --admin-key: shown nowhere (contract)
  std::string_view key() const { return from_flag ? kFlagUserKey : std::string_view(name); }
};

struct Group {
  std::string name;
  std::string path = "/";
  std::string id;  // AGPA…
  std::string arn;
  Instant created;
  Grants grants;
  std::vector<std::string> members;  // user names, in the order added
  std::string_view key() const { return name; }
};

struct Role {
  std::string name;
  std::string path = "/";
  std::string id;  // AROA…
  std::string arn;
  Instant created;
  std::string description;
  bool has_description = false;
  std::int32_t max_session_seconds = 3600;
  PolicyRef trust;  // principals that are users or roles held as unique ids (Rule 372)
  Tags tags;
  std::string boundary;
  Grants grants;
  std::string_view key() const { return name; }
};

struct PolicyVersion {
  std::int32_t number = 1;  // v1, v2 …
  PolicyRef document;
  Instant created;
};

// A customer managed policy.
struct ManagedPolicy {
  std::string name;
  std::string path = "/";
  std::string id;  // ANPA…
  std::string arn;
  std::string description;
  Instant created;
  Instant updated;
  std::vector<PolicyVersion> versions;  // oldest first, at most five
  std::int32_t default_version = 1;
  std::int32_t last_version = 1;  // the highest number ever given
  Tags tags;
  std::string_view key() const { return name; }
  // nullptr when there is no such version; never for the default version of a policy in a State.
  const PolicyVersion* version(std::int32_t number) const;
};

struct InstanceProfile {
  std::string name;
  std::string path = "/";
  std::string id;  // AIPA…
  std::string arn;
  Instant created;
  Tags tags;
  std::string role_name;  // empty when it holds none
  std::string_view key() const { return name; }
};

// A virtual MFA device (RFC 6238).
struct MfaDevice {
  std::string serial;  // arn:aws:iam::ACCOUNT:mfa/PATH/NAME
  Secret seed;         // raw bytes
  Tags tags;
  std::string user_name;           // whose it is once enabled; empty while unassigned
  bool for_root = false;           // enabled for the account's root user
  std::optional<Instant> enabled;  // nullopt: not assigned
  std::int64_t drift_steps = 0;    // learned when it was enabled or resynchronised
  // The TOTP step of the last code that was accepted anywhere: it and earlier ones are refused, so
  // that a code works once.
  std::optional<std::int64_t> last_step;
  static constexpr bool kExactKeys = true;  // case counts in ids and ARNs (table.h)
  std::string_view key() const { return serial; }
};

// A resource of any other service, as far as authorization and its owner need it: buckets,
// instances, queues, topics. What a service keeps beyond that goes into `properties`, which only it
// interprets.
struct Resource {
  std::string type;  // "s3:bucket", "ec2:instance", "sqs:queue" …
  std::string name;  // unique in the account and type
  std::string arn;
  std::string region;
  Instant created;
  Tags tags;
  PolicyRef policy;  // the resource-based policy, or null
  std::vector<std::pair<std::string, std::string>> properties;  // ordered by name

  std::string table_key;                    // type + "/" + name; set by make_resource()
  static constexpr bool kExactKeys = true;  // case counts in ids and ARNs (table.h)
  std::string_view key() const { return table_key; }
  // "" when there is none.
  std::string_view property(std::string_view name) const;
  void set_property(std::string_view name, std::string value);
  void erase_property(std::string_view name);
};
std::string resource_key(std::string_view type, std::string_view name);
// A resource of that type and name with its table key set; fill in the rest.
Resource make_resource(std::string type, std::string name);

struct PasswordPolicy {
  std::int32_t minimum_length = 6;
  bool require_symbols = false, require_numbers = false, require_uppercase = false,
       require_lowercase = false, allow_users_to_change = false, hard_expiry = false;
  std::int32_t max_age_days = 0;      // 0: passwords do not expire
  std::int32_t reuse_prevention = 0;  // 0: none
};

// The account's own facts; what it holds is in its tables (state.h).
struct AccountInfo {
  AccountId id;
  std::string name;
  std::string email;
  std::string alias;         // empty: none
  std::string canonical_id;  // 64 hex digits, S3's name for the account
  Instant created;
  std::vector<std::string> root_access_keys;
  std::vector<std::string> root_mfa_devices;
  std::optional<PasswordPolicy> password_policy;
  bool closed = false;
};

}  // namespace rolecall::identity
