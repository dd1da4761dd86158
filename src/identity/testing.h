// For tests, fuzzers and benches of this room and those below: a sealer that hides nothing, and
// random but plausible events.
#pragma once

#include <string>
#include <vector>

#include "base/random.h"
#include "identity/codec.h"
#include "identity/ids.h"
#include "policy/kind.h"

namespace rolecall::identity::testing {

// Deterministic; refuses what is not marked as sealed for the purpose.
class PlainSealer final : public SecretSealer {
 public:
  std::string seal(const Secret& plain, std::string_view purpose) const override {
    return "sealed:" + std::string(purpose) + ":" + std::string(plain.reveal());
  }
  std::optional<Secret> open(std::string_view sealed, std::string_view purpose) const override {
    const std::string head = "sealed:" + std::string(purpose) + ":";
    if (!sealed.starts_with(head)) return std::nullopt;
    return Secret(std::string(sealed.substr(head.size())));
  }
};

// Makes events over a few accounts and few names, so that puts meet erases, renames and changes.
class EventMaker {
 public:
  explicit EventMaker(std::uint64_t seed) : random_(make_seeded_random(seed)) {}

  Event next() {
    const AccountId account = AccountId::from_number(1 + draw(3));
    switch (draw(18)) {
      case 0:
        return PutAccount{info(account)};
      case 1:
        return organization_event();
      case 2:
      case 3:
        return Put<User>{account, user(account)};
      case 4:
        return Erase<User>{account, name("user")};
      case 5:
        return Put<Group>{account, group()};
      case 6:
        return Erase<Group>{account, name("group")};
      case 7:
      case 8:
        return Put<Role>{account, role(account)};
      case 9:
        return Erase<Role>{account, name("role")};
      case 10:
        return Put<ManagedPolicy>{account, managed_policy()};
      case 11:
        return Erase<ManagedPolicy>{account, name("policy")};
      case 12:
        return draw(2) ? Event(Put<InstanceProfile>{account, instance_profile()})
                       : Event(Erase<InstanceProfile>{account, name("profile")});
      case 13:
        return draw(2) ? Event(Put<MfaDevice>{account, mfa_device()})
                       : Event(Erase<MfaDevice>{account, name("arn:mfa")});
      case 14:
        return Put<AccessKey>{account, access_key(account)};
      case 15:
        return organization_event();
      case 16:
        return Erase<AccessKey>{account, "AKIA" + std::to_string(draw(9))};
      default:
        return draw(3) ? Event(Put<Resource>{account, resource(account)})
                       : Event(Erase<Resource>{account, resource_key(type(), bucket(account))});
    }
  }
  std::uint64_t draw(std::uint64_t below) { return random_->next_u64() % below; }

 private:
  std::string name(std::string stem) {
    stem += std::to_string(draw(6));
    return draw(3) == 0 ? ascii_upper(stem) : stem;
  }
  std::string bucket(AccountId account) { return account.text() + std::to_string(draw(6)); }
  // One of two that no other name has: the same one, or that of an entity made again.
  std::string unique_id(AccountId account, const std::string& of) {
    return "A" + account.text() + ascii_lower(of) + std::to_string(draw(2));
  }
  std::string type() { return draw(2) ? "s3:bucket" : "ec2:instance"; }
  PolicyRef policy() {
    if (draw(5) == 0) return nullptr;
    return make_policy("{\"policy\":" + std::to_string(draw(5)) + "}",
                       static_cast<policy::Kind>(draw(12)));
  }
  std::string arn() { return "arn:aws:iam::1:policy/" + std::to_string(draw(4)); }
  Instant instant() { return {static_cast<std::int64_t>(random_->next_u64() >> 10)}; }
  Tags tags() {
    Tags out;
    for (std::uint64_t i = draw(3); i > 0; --i) out.push_back({name("k"), name("v")});
    return out;
  }
  std::vector<std::string> names(const std::string& stem) {
    std::vector<std::string> out;
    for (std::uint64_t i = draw(4); i > 0; --i) out.push_back(name(stem));
    return out;
  }
  Grants grants() {
    Grants out;
    if (draw(2)) out.inline_policies.push_back({name("inline"), policy()});
    for (std::uint64_t i = draw(4); i > 0; --i) out.attached.push_back(arn());
    return out;
  }
  AccountInfo info(AccountId id) {
    AccountInfo out;
    out.id = id;
    out.name = name("account");
    if (draw(2)) out.alias = id.text() + "-" + std::to_string(draw(3));
    if (draw(2)) out.password_policy = PasswordPolicy{.minimum_length = 14};
    out.root_access_keys = names("AKIA");
    out.created = instant();
    return out;
  }
  // Two organizations want the same few accounts.
  Event organization_event() {
    const std::string in = "o-" + std::to_string(draw(2));
    const auto node = [this] {
      return draw(2) ? name("ou-") : AccountId::from_number(1 + draw(3)).text();
    };
    switch (draw(12)) {
      case 0:
        return PutOrganization{
            {in, AccountId::from_number(1 + draw(3)), name("r-"), draw(2) == 0, names("TYPE")}};
      case 1:
        return draw(4) ? Event(EraseIn<OrganizationUnit>{in, name("ou-")})
                       : Event(EraseOrganization{in});
      case 2:
      case 3:
        return PutIn<OrganizationUnit>{in, std::make_shared<OrganizationUnit>(OrganizationUnit{
                                               name("ou-"), name("unit"), name("ou-")})};
      case 4:
      case 5: {
        auto out =
            std::make_shared<OrganizationMember>(make_member(AccountId::from_number(1 + draw(3))));
        out->parent = name("ou-");
        out->joined_method = draw(2) ? JoinedMethod::created : JoinedMethod::invited;
        out->joined = instant();
        return PutIn<OrganizationMember>{in, out};
      }
      case 6:
        return EraseIn<OrganizationMember>{in, AccountId::from_number(1 + draw(3)).text()};
      case 7: {
        auto out = std::make_shared<OrganizationPolicy>();
        out->id = name("p-");
        out->type = std::string(draw(2) ? kServiceControlPolicy : kResourceControlPolicy);
        out->aws_managed = draw(2) == 0;
        out->document = make_policy("{}", policy::Kind::scp);
        return PutIn<OrganizationPolicy>{in, out};
      }
      case 8:
        return EraseIn<OrganizationPolicy>{in, name("p-")};
      case 9:
        return EraseIn<NodePolicies>{in, node()};
      case 10: {
        CarriedEvent out{static_cast<std::uint8_t>(0x80 + draw(3)), {}, name("later")};
        if (draw(2)) out.policies.push_back(make_policy("{}", policy::Kind::scp));
        return out;
      }
      default:
        return PutIn<NodePolicies>{
            in, std::make_shared<NodePolicies>(NodePolicies{node(), names("p-")})};
    }
  }
  std::shared_ptr<User> user(AccountId account) {
    auto out = std::make_shared<User>();
    out->name = name("user");
    out->id = unique_id(account, out->name);
    out->created = instant();
    out->tags = tags();
    if (draw(2)) out->boundary = arn();
    out->grants = grants();
    out->groups = names("group");
    if (draw(2)) out->login = LoginProfile{"$argon2id$", instant(), true};
    if (draw(2)) out->password_last_used = instant();
    return out;
  }
  std::shared_ptr<Group> group() {
    auto out = std::make_shared<Group>();
    out->name = name("group");
    out->id = "AGPA" + std::to_string(draw(8));
    out->grants = grants();
    out->members = names("user");
    return out;
  }
  std::shared_ptr<Role> role(AccountId account) {
    auto out = std::make_shared<Role>();
    out->name = name("role");
    out->id = unique_id(account, out->name);
    out->trust = policy();
    if (draw(2)) out->boundary = arn();
    out->grants = grants();
    out->max_session_seconds = static_cast<std::int32_t>(draw(43'200));
    out->tags = tags();
    return out;
  }
  std::shared_ptr<ManagedPolicy> managed_policy() {
    auto out = std::make_shared<ManagedPolicy>();
    out->name = name("policy");
    out->arn = arn();
    out->versions.push_back({1, make_policy("{}", policy::Kind::managed), instant()});
    return out;
  }
  std::shared_ptr<InstanceProfile> instance_profile() {
    auto out = std::make_shared<InstanceProfile>();
    out->name = name("profile");
    out->role_name = name("role");
    return out;
  }
  std::shared_ptr<MfaDevice> mfa_device() {
    auto out = std::make_shared<MfaDevice>();
    out->serial = name("arn:mfa");
    out->seed = Secret(name("seed"));
    if (draw(2)) out->enabled = instant();
    out->drift_steps = static_cast<std::int64_t>(draw(5)) - 2;
    return out;
  }
  std::shared_ptr<AccessKey> access_key(AccountId account) {
    auto out = std::make_shared<AccessKey>();
    out->id = "AKIA" + std::to_string(draw(9));
    out->account = account;
    out->secret = Secret(name("secret"));
    out->status = draw(2) ? KeyStatus::active : KeyStatus::inactive;
    return out;
  }
  std::shared_ptr<Resource> resource(AccountId account) {
    auto out = std::make_shared<Resource>(make_resource(type(), bucket(account)));
    out->policy = policy();
    out->set_property("p", name("v"));
    return out;
  }

  std::unique_ptr<Random> random_;
};

}  // namespace rolecall::identity::testing
