// Keys that this program keeps, for a profile whose credential_process is our own `keys get`.
#include "client/failure.h"
#include "client/key_store.h"
#include "client/provider.h"

namespace rolecall::client {
namespace {

class StoredSource final : public Source {
 public:
  StoredSource(std::string profile, KeyLine line)
      : profile_(std::move(profile)), line_(std::move(line)) {}

  std::string_view method() const override { return "custom-process"; }
  // As if the keys stood in a file: sessions made before an import go on after it.
  std::string identity() const override { return "key:" + line_.key_id; }

  Result<Credentials> fetch(Session& session) override {
    if (fetched_) return *fetched_;
    RC_TRY(fetched_, fetch_stored(session, line_, where_));
    line_.key_id = fetched_->access_key_id;
    return *fetched_;
  }

  void describe(std::vector<Hop>& hops) const override {
    hops.push_back({profile_, std::string(method()), line_.key_id,
                    where_.empty() ? "kept as `" + line_.name + "`"
                                   : "kept as `" + line_.name + "` in " + where_});
  }

 private:
  std::string profile_, where_;
  KeyLine line_;
  std::optional<Credentials> fetched_;
};

}  // namespace

Result<Credentials> fetch_stored(Session& session, const KeyLine& line, std::string& where) {
  std::optional<keys::Backend> backend = line.backend;
  if (!backend) {
    RC_TRY(const ChosenBackend chosen, choose_backend(session));
    backend = chosen.backend;
  }
  RC_TRY(const auto store, open_store(session, *backend));
  where = store->where();
  RC_TRY(auto entry, store->get(line.name));
  if (!entry) {
    Error error = general_failure("No key is kept as `" + line.name + "` in " + where + ".");
    if (!store->lasts()) {
      error = with_note(std::move(error),
                        "it is emptied when the machine restarts, or after three "
                        "days without use");
    }
    return with_note(std::move(error), "`rolecall keys list` shows what is kept where");
  }
  if (!line.key_id.empty() && line.key_id != entry->access_key_id) {
    Error error = general_failure("What is kept as `" + line.name + "` in " + where + " is " +
                                  entry->access_key_id + ", not " + line.key_id + ".");
    return with_note(std::move(error),
                     "the credential_process line was written for another key: "
                     "correct its --key-id");
  }
  return Credentials{entry->access_key_id, std::move(entry->secret_key), std::move(entry->token),
                     std::nullopt, std::move(entry->account_id)};
}

Result<std::unique_ptr<Source>> make_stored_source(Session& session, std::string profile,
                                                   KeyLine line) {
  const bool known = !line.key_id.empty();
  auto source = std::make_unique<StoredSource>(std::move(profile), std::move(line));
  // A hand-written line may leave the id out; then only the store knows who this is.
  if (!known) {
    if (const auto fetched = source->fetch(session); !fetched) return fetched.error();
  }
  return std::unique_ptr<Source>(std::move(source));
}

}  // namespace rolecall::client
