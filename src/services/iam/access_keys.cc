// Long-term access keys of users and of the root user.
#include <fmt/format.h>

#include "identity/ids.h"
#include "identity/last_used.h"
#include "services/iam/limits.h"
#include "services/iam/operations.h"
#include "services/iam/paging.h"
#include "services/iam/shapes.h"

namespace rolecall::iam {
namespace {

ApiError no_such_key(std::string_view id) {
  return ApiError::no_such_entity(fmt::format("The Access Key with id {} cannot be found.", id));
}

std::string_view status_text(identity::KeyStatus status) {
  return status == identity::KeyStatus::active ? "Active" : "Inactive";
}

// The keys a subject owns and the API shows: those of flags are not among them.
std::vector<const identity::AccessKey*> shown_keys(const Call& call,
                                                   const identity::Account& account,
                                                   const Subject& subject) {
  std::vector<const identity::AccessKey*> keys;
  const auto& ids = subject.root() ? account.info.root_access_keys : subject.user->access_keys;
  for (const std::string& id : ids) {
    const identity::AccessKey* key = call.state.access_key(id);
    if (key && !key->from_flag) keys.push_back(key);
  }
  return keys;
}

Result<const identity::AccessKey*> key_of(const Call& call, const identity::Account& account,
                                          const Subject& subject, std::string_view id) {
  for (const identity::AccessKey* key : shown_keys(call, account, subject)) {
    if (key->id == id) return key;
  }
  return no_such_key(id);
}

// Changes the list of keys of a user, or of the account's root.
template <class Edit>
void edit_key_list(const Call& call, const identity::Account& account, const Subject& subject,
                   identity::Events& events, Edit edit) {
  if (subject.root()) {
    identity::AccountInfo info = account.info;
    edit(info.root_access_keys);
    events.push_back(identity::PutAccount{std::move(info)});
  } else {
    identity::User user = *subject.user;
    edit(user.access_keys);
    put(events, call, std::move(user));
  }
}

}  // namespace

Result<Change<CreateAccessKeyOutput>> create_access_key(const CreateAccessKeyInput& in,
                                                        const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const Subject subject, changeable_user_or_caller(call, in.user_name));
  if (shown_keys(call, *account, subject).size() >= kAccessKeysPerUserMax) {
    return quota_exceeded("AccessKeysPerUser", kAccessKeysPerUserMax);
  }
  identity::AccessKey key;
  do {
    key.id = identity::make_access_key_id(identity::kAccessKeyPrefix, call.account, call.random);
  } while (call.state.access_key(key.id));
  key.account = call.account;
  key.user_name = subject.name();
  key.secret = identity::make_secret_key(call.random);
  key.created = call.now.truncated_to_seconds();
  Change<CreateAccessKeyOutput> change;
  AccessKey& shown = change.output.access_key;
  if (!subject.root()) shown.user_name = key.user_name;
  shown.access_key_id = key.id;
  shown.status = status_text(key.status);
  shown.secret_access_key = key.secret.reveal();
  shown.create_date = key.created;
  edit_key_list(call, *account, subject, change.events,
                [&](std::vector<std::string>& ids) { ids.push_back(key.id); });
  put(change.events, call, std::move(key));
  return change;
}

Result<ListAccessKeysOutput> list_access_keys(const ListAccessKeysInput& in, const Call& call) {
  RC_TRY(const Page page, page_of(in));
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const Subject subject, user_or_caller(call, in.user_name));
  ListAccessKeysOutput out;
  end_page(out, walk_list(
                    shown_keys(call, *account, subject), page,
                    [](const identity::AccessKey* key) { return key->key(); },
                    [&](const identity::AccessKey* key) {
                      AccessKeyMetadata shown;
                      if (!subject.root()) shown.user_name = key->user_name;
                      shown.access_key_id = key->id;
                      shown.status = status_text(key->status);
                      shown.create_date = key->created;
                      out.access_key_metadata.push_back(std::move(shown));
                    }));
  return out;
}

Result<Change<UpdateAccessKeyOutput>> update_access_key(const UpdateAccessKeyInput& in,
                                                        const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const Subject subject, changeable_user_or_caller(call, in.user_name));
  RC_TRY(const identity::AccessKey* key, key_of(call, *account, subject, in.access_key_id));
  identity::AccessKey changed = *key;
  changed.status =
      in.status == "Active" ? identity::KeyStatus::active : identity::KeyStatus::inactive;
  Change<UpdateAccessKeyOutput> change;
  if (changed.status != key->status) put(change.events, call, std::move(changed));
  return change;
}

Result<Change<DeleteAccessKeyOutput>> delete_access_key(const DeleteAccessKeyInput& in,
                                                        const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const Subject subject, changeable_user_or_caller(call, in.user_name));
  RC_TRY(const identity::AccessKey* key, key_of(call, *account, subject, in.access_key_id));
  Change<DeleteAccessKeyOutput> change;
  edit_key_list(call, *account, subject, change.events,
                [&](std::vector<std::string>& ids) { std::erase(ids, key->id); });
  erase(change.events, call, *key);
  return change;
}

Result<GetAccessKeyLastUsedOutput> get_access_key_last_used(const GetAccessKeyLastUsedInput& in,
                                                            const Call& call) {
  const identity::AccessKey* key = call.state.access_key(in.access_key_id);
  if (!key || key->from_flag || key->account != call.account) return no_such_key(in.access_key_id);
  GetAccessKeyLastUsedOutput out;
  if (!key->user_name.empty()) out.user_name = key->user_name;
  AccessKeyLastUsed& shown = out.access_key_last_used.emplace();
  // AWS's words for a key that was never used.
  shown.service_name = "N/A";
  shown.region = "N/A";
  if (const auto use = call.last_used ? call.last_used->find(key->id) : std::nullopt) {
    shown.last_used_date = use->at.truncated_to_seconds();
    shown.service_name = use->service;
    shown.region = use->region;
  }
  return out;
}

}  // namespace rolecall::iam
