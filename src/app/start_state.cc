#include "app/start_state.h"

#include <filesystem>

#include "app/certificates.h"
#include "identity/ids.h"
#include "seed/flags.h"
#include "seed/seed.h"

namespace rolecall::app {
namespace {

// Plans against the newest state and makes the plan durable, as one write.
template <class Plan>
Status change_state(store::Store& store, Plan plan) {
  return store.write([&](store::WriteTxn& txn) -> Status {
    RC_TRY(const identity::Events events, plan(txn.state()));
    if (!events.empty()) txn.apply(events);
    return {};
  });
}

Status apply_accounts(store::Store& store, const std::vector<std::string>& flags,
                      seed::Effects effects) {
  for (const auto& flag : flags) {
    RC_TRY(const auto account, seed::parse_account_flag(flag));
    RC_CHECK(change_state(store, [&](const identity::State& state) -> Result<identity::Events> {
      return seed::account_events(state, account.id, account.name, effects);
    }));
  }
  return {};
}

Status apply_org_file(store::Store& store, const std::string& path, seed::Effects effects) {
  RC_TRY(const std::string text, read_whole_file(path));
  seed::ParseOptions options;
  options.name = path;
  const auto base = std::filesystem::path(path).parent_path();
  options.read_file = [base](const std::string& name) {
    return read_whole_file((base / name).string());
  };
  RC_TRY(const auto parsed, seed::parse(text, options));
  return change_state(
      store, [&](const identity::State& state) { return seed::plan(parsed, state, effects); });
}

using KeyEvents = Result<identity::Events> (*)(const identity::State&, const seed::KeyFlag&,
                                               seed::Effects);

Status apply_keys(store::Store& store, const std::vector<std::string>& flags, KeyEvents events,
                  seed::Effects effects) {
  for (const auto& flag : flags) {
    RC_TRY(const auto key, seed::parse_key_flag(flag));
    RC_CHECK(change_state(store, [&](const identity::State& state) -> Result<identity::Events> {
      return seed::account_events(state, key.account, key.account.text(), effects);
    }));
    RC_CHECK(change_state(
        store, [&](const identity::State& state) { return events(state, key, effects); }));
  }
  return {};
}

identity::Events new_root_key(const identity::Account& account, identity::AccessKey& made,
                              Instant now, Random& random) {
  made.id = identity::make_access_key_id(identity::kAccessKeyPrefix, account.info.id, random);
  made.account = account.info.id;
  made.secret = identity::make_secret_key(random);
  made.created = now.truncated_to_seconds();
  identity::AccountInfo info = account.info;
  info.root_access_keys.push_back(made.id);
  return {
      identity::Put<identity::AccessKey>{made.account, std::make_shared<identity::AccessKey>(made)},
      identity::PutAccount{std::move(info)}};
}

// The root key a profile is written for: a flag's, else one there is, else a new one.
Result<RootProfile> root_profile(store::Store& store, AccountId id,
                                 const std::vector<std::string>& root_keys, seed::Effects effects) {
  RootProfile out;
  for (const auto& flag : root_keys) {
    RC_TRY(auto key, seed::parse_key_flag(flag));
    if (key.account == id) {
      out.account_name = store.snapshot()->account(id)->info.name;
      out.access_key_id = key.access_key_id;
      out.secret_key = std::move(key.secret);
      return out;
    }
  }
  RC_CHECK(change_state(store, [&](const identity::State& state) -> Result<identity::Events> {
    const identity::Account& account = *state.account(id);
    out.account_name = account.info.name;
    for (const auto& key_id : account.info.root_access_keys) {
      const auto* key = state.access_key(key_id);
      if (key != nullptr && key->status == identity::KeyStatus::active) {
        out.access_key_id = key->id;
        out.secret_key = key->secret;
        return identity::Events{};
      }
    }
    identity::AccessKey made;
    auto events = new_root_key(account, made, effects.now, effects.random);
    out.access_key_id = made.id;
    out.secret_key = made.secret;
    return events;
  }));
  return out;
}

}  // namespace

Status check_flags(const StartSettings& settings) {
  const auto wrong = [](std::string_view flag, const Error& why) {
    return ApiError::validation(std::string(flag) + ": " + why.fault().what);
  };
  for (const auto& flag : settings.accounts) {
    if (auto parsed = seed::parse_account_flag(flag); !parsed) {
      return wrong("--account", parsed.error());
    }
  }
  for (const auto& [name, flags] : {std::pair("--root-key", &settings.root_keys),
                                    std::pair("--admin-key", &settings.admin_keys)}) {
    for (const auto& flag : *flags) {
      if (auto parsed = seed::parse_key_flag(flag); !parsed) return wrong(name, parsed.error());
    }
  }
  return {};
}

Result<std::vector<RootProfile>> prepare_state(store::Store& store, const StartSettings& settings,
                                               const Clock& clock, Random& random) {
  const seed::Effects effects{clock.now(), random};
  std::vector<std::string> accounts = settings.accounts;
  const bool none_named = accounts.empty() && settings.org_file.empty();
  if (settings.dev && none_named && store.snapshot()->account_ids().empty()) {
    accounts = {"dev=111111111111", "prod=222222222222"};
  }
  RC_CHECK(apply_accounts(store, accounts, effects));
  if (!settings.org_file.empty()) RC_CHECK(apply_org_file(store, settings.org_file, effects));
  RC_CHECK(apply_keys(store, settings.root_keys, seed::root_key_events, effects));
  RC_CHECK(apply_keys(store, settings.admin_keys, seed::admin_key_events, effects));
  std::vector<RootProfile> profiles;
  if (settings.want_root_profiles) {
    for (const AccountId id : store.snapshot()->account_ids()) {
      RC_TRY(auto profile, root_profile(store, id, settings.root_keys, effects));
      profiles.push_back(std::move(profile));
    }
  }
  return profiles;
}

Result<FirstAccount> make_first_account(store::Store& store, std::optional<AccountId> id,
                                        const std::string& name, const Clock& clock,
                                        Random& random) {
  FirstAccount out;
  // Twelve digits without a leading zero, as AWS gives them out.
  out.account =
      id ? *id
         : AccountId::from_number(100'000'000'000ull + random.next_u64() % 900'000'000'000ull);
  const seed::Effects effects{clock.now(), random};
  RC_CHECK(change_state(store, [&](const identity::State& state) -> Result<identity::Events> {
    return seed::account_events(state, out.account, name, effects);
  }));
  RC_CHECK(change_state(store, [&](const identity::State& state) -> Result<identity::Events> {
    identity::AccessKey made;
    auto events = new_root_key(*state.account(out.account), made, effects.now, random);
    out.access_key_id = made.id;
    out.secret_key = made.secret;
    return events;
  }));
  return out;
}

}  // namespace rolecall::app
