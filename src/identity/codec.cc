#include "identity/codec.h"

#include <array>
#include <map>
#include <type_traits>

#include "identity/archive.h"

namespace rolecall::identity {
namespace {

// ---- the fields, once for both directions. A structured binding names every member of its struct,
// so that a member forgotten here does not compile. ----

template <class T, class U>
concept Is = std::is_same_v<std::remove_const_t<T>, U>;

template <class A, class... T>
void put(A& archive, T&... values);

template <class A, Is<Tag> T>
void fields(A& a, T& v) {
  auto& [key, value] = v;
  put(a, key, value);
}
template <class A, Is<InlinePolicy> T>
void fields(A& a, T& v) {
  auto& [name, document] = v;
  put(a, name, document);
}
template <class A, Is<Grants> T>
void fields(A& a, T& v) {
  auto& [inline_policies, attached] = v;
  put(a, inline_policies, attached);
}
template <class A, Is<LoginProfile> T>
void fields(A& a, T& v) {
  auto& [password_hash, created, reset_required] = v;
  put(a, password_hash, created, reset_required);
}
template <class A, Is<AccessKey> T>
void fields(A& a, T& v) {
  auto& [id, account, user_name, secret, status, created, from_flag] = v;
  (void)from_flag;  // those are never written
  put(a, id, account, user_name, status, created);
  a.secret(secret, "access key " + id);
}
template <class A, Is<User> T>
void fields(A& a, T& v) {
  auto& [name, path, id, arn, created, tags, boundary, grants, groups, access_keys, mfa_devices,
         login, password_last_used, from_flag] = v;
  (void)from_flag;
  put(a, name, path, id, arn, created, tags, boundary, grants, groups, access_keys, mfa_devices,
      login, password_last_used);
}
template <class A, Is<Group> T>
void fields(A& a, T& v) {
  auto& [name, path, id, arn, created, grants, members] = v;
  put(a, name, path, id, arn, created, grants, members);
}
template <class A, Is<Role> T>
void fields(A& a, T& v) {
  auto& [name, path, id, arn, created, description, has_description, max_session_seconds, trust,
         tags, boundary, grants] = v;
  put(a, name, path, id, arn, created, description, has_description, max_session_seconds, trust,
      tags, boundary, grants);
}
template <class A, Is<PolicyVersion> T>
void fields(A& a, T& v) {
  auto& [number, document, created] = v;
  put(a, number, document, created);
}
template <class A, Is<ManagedPolicy> T>
void fields(A& a, T& v) {
  auto& [name, path, id, arn, description, created, updated, versions, default_version,
         last_version, tags] = v;
  put(a, name, path, id, arn, description, created, updated, versions, default_version,
      last_version, tags);
  if constexpr (!A::kWriting) {
    const PolicyVersion* version = v.version(v.default_version);
    if (!version || !version->document) a.fail("managed policy without its default version");
  }
}
template <class A, Is<InstanceProfile> T>
void fields(A& a, T& v) {
  auto& [name, path, id, arn, created, tags, role_name] = v;
  put(a, name, path, id, arn, created, tags, role_name);
}
template <class A, Is<MfaDevice> T>
void fields(A& a, T& v) {
  auto& [serial, seed, tags, user_name, for_root, enabled, drift_steps, last_step] = v;
  put(a, serial, tags, user_name, for_root, enabled, drift_steps, last_step);
  a.secret(seed, "mfa seed " + serial);
}
template <class A, Is<Resource> T>
void fields(A& a, T& v) {
  auto& [type, name, arn, region, created, tags, policy, properties, table_key] = v;
  put(a, type, name, arn, region, created, tags, policy, properties);
  if constexpr (!A::kWriting) table_key = resource_key(type, name);
  (void)table_key;
}
template <class A, Is<PasswordPolicy> T>
void fields(A& a, T& v) {
  auto& [minimum_length, symbols, numbers, uppercase, lowercase, may_change, hard_expiry,
         max_age_days, reuse_prevention] = v;
  put(a, minimum_length, symbols, numbers, uppercase, lowercase, may_change, hard_expiry,
      max_age_days, reuse_prevention);
}
template <class A, Is<AccountInfo> T>
void fields(A& a, T& v) {
  auto& [id, name, email, alias, canonical_id, created, root_access_keys, root_mfa_devices,
         password_policy, closed] = v;
  put(a, id, name, email, alias, canonical_id, created, root_access_keys, root_mfa_devices,
      password_policy, closed);
}
template <class A, Is<OrganizationUnit> T>
void fields(A& a, T& v) {
  auto& [id, name, parent] = v;
  put(a, id, name, parent);
}
template <class A, Is<OrganizationPolicy> T>
void fields(A& a, T& v) {
  auto& [id, name, type, description, aws_managed, document] = v;
  put(a, id, name, type, description, aws_managed, document);
  if constexpr (!A::kWriting) {
    if (!document) a.fail("an organization's policy without a document");
  }
}
template <class A, Is<NodePolicies> T>
void fields(A& a, T& v) {
  auto& [node, policies] = v;
  put(a, node, policies);
}
template <class A, Is<OrganizationMember> T>
void fields(A& a, T& v) {
  auto& [account, parent, joined_method, joined, table_key] = v;
  put(a, account, parent, joined_method, joined);
  if constexpr (!A::kWriting) {
    if (account.empty()) a.fail("a member that is no account");
    table_key = account.text();
  }
  (void)table_key;
}
template <class A, Is<OrganizationInfo> T>
void fields(A& a, T& v) {
  auto& [id, management_account, root, all_features, enabled_policy_types] = v;
  put(a, id, management_account, root, all_features, enabled_policy_types);
}
template <class A, Is<PutAccount> T>
void fields(A& a, T& v) {
  auto& [info] = v;
  put(a, info);
}
template <class A, Is<PutOrganization> T>
void fields(A& a, T& v) {
  auto& [info] = v;
  put(a, info);
}
template <class A, Is<EraseOrganization> T>
void fields(A& a, T& v) {
  auto& [organization] = v;
  put(a, organization);
}

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsPair : std::false_type {};
template <class T, class U>
struct IsPair<std::pair<T, U>> : std::true_type {};
// Events of an account and events of an organization differ in whose they are.
template <class T>
struct IsPut : std::false_type {};
template <class T>
struct IsPut<Put<T>> : std::true_type {
  using Entity = T;
};
template <class T>
struct IsPut<PutIn<T>> : std::true_type {
  using Entity = T;
};
template <class T>
struct IsErase : std::false_type {};
template <class T>
struct IsErase<Erase<T>> : std::true_type {};
template <class T>
struct IsErase<EraseIn<T>> : std::true_type {};

template <class A, class T>
void put_one(A& a, T& v) {
  using V = std::remove_const_t<T>;
  if constexpr (IsVector<V>::value) {
    if constexpr (A::kWriting) {
      a.number(v.size());
      for (auto& item : v) put_one(a, item);
    } else {
      const std::uint64_t size = a.number();
      // SAFETY: every item takes a byte at least, so a lying count ends here.
      if (size > a.left()) return a.fail("list cut short");
      for (std::uint64_t i = 0; i < size && a.ok(); ++i) put_one(a, v.emplace_back());
      v.shrink_to_fit();
    }
  } else if constexpr (IsOptional<V>::value) {
    bool present = v.has_value();
    put_one(a, present);
    if (!present) return;
    if constexpr (!A::kWriting) v.emplace();
    put_one(a, *v);
  } else if constexpr (IsPair<V>::value) {
    put_one(a, v.first);
    put_one(a, v.second);
  } else if constexpr (IsPut<V>::value) {
    auto& [whose, entity] = v;
    put_one(a, whose);
    if constexpr (A::kWriting) {
      fields(a, *entity);
    } else {
      auto made = std::make_shared<typename IsPut<V>::Entity>();
      fields(a, *made);
      entity = std::move(made);
    }
  } else if constexpr (IsErase<V>::value) {
    auto& [whose, key] = v;
    put_one(a, whose);
    put_one(a, key);
  } else if constexpr (requires { a.value(v); }) {
    a.value(v);
  } else {
    fields(a, v);
  }
}
template <class A, class... T>
void put(A& archive, T&... values) {
  (put_one(archive, values), ...);
}

// ---- events ----

static_assert(std::variant_size_v<Event> == 28);
static_assert(std::variant_size_v<Event> < kMayBeCarried);

template <std::size_t I>
void read_as(Decoder& in, Events& events) {
  using T = std::variant_alternative_t<I, Event>;
  if constexpr (std::is_same_v<T, CarriedEvent>) {
    in.fail("unknown event");  // its place is no kind
  } else {
    T event;
    put_one(in, event);
    events.push_back(std::move(event));
  }
}
template <std::size_t... I>
void read_event(Decoder& in, std::uint8_t kind, Events& events, std::index_sequence<I...>) {
  using Reader = void (*)(Decoder&, Events&);
  static constexpr std::array<Reader, sizeof...(I)> readers = {&read_as<I>...};
  if (kind >= readers.size()) {
    return in.fail("unknown event; a later version of this program wrote it");
  }
  readers[kind](in, events);
}

// The first version: one event put all of the one organization. It only ever grew, so that its last
// event is the sum of all.
constexpr std::uint8_t kVersion1Organization = 1;
constexpr std::uint8_t kVersion1Kinds = 18;

void read_version1_organization(Decoder& in, Events& events) {
  bool present = false;
  OrganizationInfo info;
  std::vector<OrganizationUnit> units;
  std::vector<std::pair<AccountId, std::string>> accounts;
  put(in, present);
  if (!present) return in.fail("an organization was dissolved, which no version wrote");
  put(in, info.id, info.management_account, info.all_features, info.enabled_policy_types, units,
      accounts);
  if (units.empty()) return in.fail("an organization without a root");
  info.root = units.front().id;
  const std::string id = info.id;
  events.push_back(PutOrganization{std::move(info)});
  for (OrganizationUnit& unit : units) {
    events.push_back(
        PutIn<OrganizationUnit>{id, std::make_shared<const OrganizationUnit>(std::move(unit))});
  }
  for (auto& [account, parent] : accounts) {
    if (account.empty()) return in.fail("a member that is no account");
    OrganizationMember member = make_member(account);
    member.parent = std::move(parent);
    events.push_back(PutIn<OrganizationMember>{
        id, std::make_shared<const OrganizationMember>(std::move(member))});
  }
  std::map<std::string, NodePolicies> nodes;
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    auto policy = std::make_shared<OrganizationPolicy>();
    std::vector<std::string> targets;
    put(in, *policy, targets);
    for (std::string& target : targets) {
      NodePolicies& node = nodes[target];
      node.node = std::move(target);
      node.policies.push_back(policy->id);
    }
    events.push_back(PutIn<OrganizationPolicy>{id, std::move(policy)});
  }
  for (auto& [name, node] : nodes) {
    events.push_back(
        PutIn<NodePolicies>{id, std::make_shared<const NodePolicies>(std::move(node))});
  }
}

void write_event(Encoder& out, const Event& event) {
  if (const auto* carried = std::get_if<CarriedEvent>(&event)) return out.frame(*carried);
  out.frame(static_cast<std::uint8_t>(event.index()), [&] {
    std::visit(
        [&out](const auto& e) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(e)>, CarriedEvent>) put_one(out, e);
        },
        event);
  });
}

// Gathers events into batches for encode_state().
class Batches {
 public:
  Batches(const SecretSealer& sealer, std::size_t bytes,
          const std::function<bool(std::string)>& sink)
      : sealer_(sealer), bytes_(bytes), sink_(sink), now_(std::in_place, sealer) {}
  void add(const Event& event) {
    if (stopped_ || !is_persistent(event)) return;
    write_event(*now_, event);
    empty_ = false;
    if (now_->size() >= bytes_) flush();
  }
  bool flush() {
    if (!empty_ && !stopped_) {
      stopped_ = !sink_(now_->take());
      now_.emplace(sealer_);
      empty_ = true;
    }
    return !stopped_;
  }

 private:
  const SecretSealer& sealer_;
  std::size_t bytes_;
  const std::function<bool(std::string)>& sink_;
  std::optional<Encoder> now_;
  bool empty_ = true;
  bool stopped_ = false;
};

}  // namespace

bool is_persistent(const Event& event) {
  if (const auto* user = std::get_if<Put<User>>(&event)) return !user->entity->from_flag;
  if (const auto* key = std::get_if<Put<AccessKey>>(&event)) return !key->entity->from_flag;
  return true;
}

std::string encode_events(const Events& events, const SecretSealer& sealer) {
  Encoder out(sealer);
  for (const Event& event : events) {
    if (is_persistent(event)) write_event(out, event);
  }
  return out.take();
}

Result<Events> decode_events(std::string_view bytes, const SecretSealer& sealer) {
  Decoder in(bytes, sealer);
  Events events;
  in.each_event(
      [&](std::uint8_t kind) {
        if (in.version == 1 && kind == kVersion1Organization) {
          return read_version1_organization(in, events);
        }
        if (in.version == 1 && kind >= kVersion1Kinds) return in.fail("unknown event");
        read_event(in, kind, events, std::make_index_sequence<std::variant_size_v<Event>>());
      },
      [&](CarriedEvent event) { events.push_back(std::move(event)); });
  if (!in.ok()) return fault("events do not decode: " + in.problem());
  return events;
}

bool encode_state(const State& state, const SecretSealer& sealer, std::size_t batch_bytes,
                  const std::function<bool(std::string)>& sink) {
  Batches out(sealer, batch_bytes, sink);
  for (const AccountId id : state.account_ids()) {
    const Account& account = *state.account(id);
    out.add(PutAccount{account.info});
    const auto add_all = [&]<class T>(const Table<T>& table) {
      for (const auto& entity : table) out.add(Put<T>{id, entity});
    };
    add_all(account.users);
    add_all(account.groups);
    add_all(account.roles);
    add_all(account.policies);
    add_all(account.instance_profiles);
    add_all(account.mfa_devices);
    add_all(account.resources);
  }
  for (const auto& key : state.access_keys()) out.add(Put<AccessKey>{key->account, key});
  for (const Organization* organization : state.organizations()) {
    out.add(PutOrganization{organization->info});
    const auto add_all = [&]<class T>(const Table<T>& table) {
      for (const auto& entity : table) out.add(PutIn<T>{organization->info.id, entity});
    };
    add_all(organization->units);
    add_all(organization->members);
    add_all(organization->policies);
    add_all(organization->attachments);
  }
  for (const auto& event : state.carried()) out.add(*event);
  return out.flush();
}

}  // namespace rolecall::identity
