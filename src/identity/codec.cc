#include "identity/codec.h"

#include <array>
#include <type_traits>
#include <unordered_map>

#include "policy/kind.h"

namespace rolecall::identity {
namespace {

// First byte of every batch. A later version reads what this one wrote: fields are added at the end
// of an entity under `if (archive.version >= n)`.
constexpr std::uint8_t kFormatVersion = 1;
constexpr auto kKindLast = policy::Kind::rcp;

// ---- bytes: one class writes them, one reads them; fields() below drives either ----

class Encoder {
 public:
  static constexpr bool kWriting = true;
  explicit Encoder(const SecretSealer& sealer) : sealer_(sealer) {
    out_.push_back(static_cast<char>(kFormatVersion));
  }
  std::size_t size() const { return out_.size(); }
  std::string take() { return std::move(out_); }

  void byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void number(std::uint64_t value) {
    while (value >= 0x80) {
      byte(static_cast<std::uint8_t>(value | 0x80));
      value >>= 7;
    }
    byte(static_cast<std::uint8_t>(value));
  }
  void text(std::string_view value) {
    number(value.size());
    out_.append(value);
  }
  void value(const std::string& v) { text(v); }
  void value(bool v) { byte(v); }
  void value(std::int64_t v) {
    number(static_cast<std::uint64_t>(v) << 1 ^ static_cast<std::uint64_t>(v >> 63));
  }
  void value(std::int32_t v) { value(std::int64_t{v}); }
  void value(Instant v) { value(v.micros); }
  void value(AccountId v) { number(v.empty() ? 0 : v.number() + 1); }
  void value(KeyStatus v) { byte(static_cast<std::uint8_t>(v)); }
  // A text that was in this batch before is told by its place.
  void value(const PolicyRef& v) {
    if (!v) return number(0);
    const auto [at, fresh] = places_.emplace(v.get(), places_.size());
    if (!fresh) return number(at->second + 2);
    number(1);
    byte(static_cast<std::uint8_t>(v->kind()));
    text(v->text());
    kept_.push_back(v);  // so that no other policy takes its address meanwhile
  }
  void secret(const Secret& v, const std::string& purpose) { text(sealer_.seal(v, purpose)); }

 private:
  const SecretSealer& sealer_;
  std::string out_;
  std::unordered_map<const StoredPolicy*, std::size_t> places_;
  std::vector<PolicyRef> kept_;
};

class Decoder {
 public:
  static constexpr bool kWriting = false;
  Decoder(std::string_view bytes, const SecretSealer& sealer) : rest_(bytes), sealer_(sealer) {
    if (byte() != kFormatVersion) fail("unknown format version");
  }
  bool ok() const { return problem_.empty(); }
  const std::string& problem() const { return problem_; }
  bool at_end() const { return rest_.empty(); }
  std::size_t left() const { return rest_.size(); }
  void fail(std::string why) {
    if (problem_.empty()) problem_ = std::move(why);
    rest_ = {};
  }

  std::uint8_t byte() {
    if (rest_.empty()) {
      fail("cut short");
      return 0;
    }
    const auto out = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return out;
  }
  std::uint64_t number() {
    std::uint64_t out = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      if (shift == 63 && next > 1) break;
      out |= std::uint64_t{next & 0x7Fu} << shift;
      if (next < 0x80) {
        if (next == 0 && shift > 0) break;  // only the shortest form, so that bytes are unique
        return out;
      }
    }
    fail("bad number");
    return 0;
  }
  std::string_view text() {
    const std::uint64_t size = number();
    if (size > rest_.size()) {
      fail("text cut short");
      return {};
    }
    const std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }
  void value(std::string& v) { v = text(); }
  void value(bool& v) {
    const std::uint8_t b = byte();
    if (b > 1) fail("bad flag");
    v = b == 1;
  }
  void value(std::int64_t& v) {
    const std::uint64_t n = number();
    v = static_cast<std::int64_t>(n >> 1 ^ (~(n & 1) + 1));
  }
  void value(std::int32_t& v) {
    std::int64_t wide = 0;
    value(wide);
    v = static_cast<std::int32_t>(wide);
    if (v != wide) fail("number too large");
  }
  void value(Instant& v) { value(v.micros); }
  void value(AccountId& v) {
    const std::uint64_t n = number();
    if (n > 1'000'000'000'000) return fail("bad account");
    v = n == 0 ? AccountId() : AccountId::from_number(n - 1);
  }
  void value(KeyStatus& v) {
    const std::uint8_t b = byte();
    if (b > static_cast<std::uint8_t>(KeyStatus::inactive)) fail("bad key status");
    v = static_cast<KeyStatus>(b);
  }
  void value(PolicyRef& v) {
    const std::uint64_t place = number();
    if (place == 0) {
      v = nullptr;
    } else if (place == 1) {
      const std::uint8_t kind = byte();
      if (kind > static_cast<std::uint8_t>(kKindLast)) return fail("bad policy kind");
      v = make_policy(std::string(text()), static_cast<policy::Kind>(kind));
      policies_.push_back(v);
    } else if (place - 2 < policies_.size()) {
      v = policies_[place - 2];
    } else {
      fail("bad policy place");
    }
  }
  void secret(Secret& v, const std::string& purpose) {
    const std::string_view sealed = text();
    if (!ok()) return;
    std::optional<Secret> opened = sealer_.open(sealed, purpose);
    if (!opened) return fail("a secret does not open: is this the right master key?");
    v = std::move(*opened);
  }

 private:
  std::string_view rest_;
  const SecretSealer& sealer_;
  std::string problem_;
  std::vector<PolicyRef> policies_;
};

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
  auto& [id, name, type, description, aws_managed, document, targets] = v;
  put(a, id, name, type, description, aws_managed, document, targets);
}
template <class A, Is<Organization> T>
void fields(A& a, T& v) {
  auto& [id, management_account, all_features, enabled_policy_types, units, accounts, policies] = v;
  put(a, id, management_account, all_features, enabled_policy_types, units, accounts, policies);
}
template <class A, Is<PutAccount> T>
void fields(A& a, T& v) {
  auto& [info] = v;
  put(a, info);
}
template <class A, Is<PutOrganization> T>
void fields(A& a, T& v) {
  auto& [organization] = v;
  bool present = organization != nullptr;
  put(a, present);
  if (!present) return;
  if constexpr (A::kWriting) {
    fields(a, *organization);
  } else {
    auto made = std::make_shared<Organization>();
    fields(a, *made);
    organization = std::move(made);
  }
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
template <class T>
struct IsPut : std::false_type {};
template <class T>
struct IsPut<Put<T>> : std::true_type {
  using Entity = T;
};
template <class T>
struct IsErase : std::false_type {};
template <class T>
struct IsErase<Erase<T>> : std::true_type {};

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
    put_one(a, v.account);
    if constexpr (A::kWriting) {
      fields(a, *v.entity);
    } else {
      auto made = std::make_shared<typename IsPut<V>::Entity>();
      fields(a, *made);
      v.entity = std::move(made);
    }
  } else if constexpr (IsErase<V>::value) {
    put_one(a, v.account);
    put_one(a, v.key);
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

// An event's tag is its place in the variant: new kinds go to its end.
static_assert(std::variant_size_v<Event> == 18);

template <std::size_t I>
Event read_as(Decoder& in) {
  std::variant_alternative_t<I, Event> event;
  put_one(in, event);
  return event;
}
template <std::size_t... I>
Event read_event(Decoder& in, std::uint8_t tag, std::index_sequence<I...>) {
  using Reader = Event (*)(Decoder&);
  static constexpr std::array<Reader, sizeof...(I)> readers = {&read_as<I>...};
  return readers[tag](in);
}

void write_event(Encoder& out, const Event& event) {
  out.byte(static_cast<std::uint8_t>(event.index()));
  std::visit([&out](const auto& e) { put_one(out, e); }, event);
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
  while (in.ok() && !in.at_end()) {
    const std::uint8_t tag = in.byte();
    if (tag >= std::variant_size_v<Event>) {
      in.fail("unknown event");
      break;
    }
    events.push_back(read_event(in, tag, std::make_index_sequence<std::variant_size_v<Event>>()));
  }
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
  if (state.organization()) out.add(PutOrganization{state.organization_ref()});
  return out.flush();
}

}  // namespace rolecall::identity
