// credential_process: another program's answer.
#include "client/answers.h"
#include "client/failure.h"
#include "client/key_store.h"
#include "client/process.h"
#include "client/provider.h"
#include "client/words.h"

namespace rolecall::client {
namespace {

class ProcessSource final : public Source {
 public:
  ProcessSource(std::string profile, std::string command)
      : profile_(std::move(profile)), command_(std::move(command)) {}

  std::string_view method() const override { return "custom-process"; }
  std::string identity() const override { return "process:" + command_; }

  Result<Credentials> fetch(Session& session) override {
    const std::string where = "credential_process of profile `" + profile_ + "`: " + command_;
    const auto words = split_words(command_);
    if (!words || words->empty()) {
      return general_failure("the " + where + " is no command");
    }
    auto ran = run_captured(*words);
    if (!ran) return with_note(ran.error(), where);
    if (ran->status != 0) {
      Error error =
          general_failure("Error when retrieving credentials from custom-process: " + ran->err);
      return with_note(std::move(error),
                       where + " (exit status " + std::to_string(ran->status) + ")");
    }
    auto out = parse_process_output(ran->out);
    if (!out) return with_note(out.error(), where);
    if (out->expires && *out->expires <= session.clock().now()) {
      Error error = general_failure(
          "Credentials were refreshed, but the refreshed credentials are still expired.");
      return with_note(std::move(error), where);
    }
    key_id_ = out->access_key_id;
    return out;
  }

  void describe(std::vector<Hop>& hops) const override {
    hops.push_back({profile_, std::string(method()), command_, key_id_});
  }

 private:
  std::string profile_, command_, key_id_;
};

class ProcessProvider final : public Provider {
 public:
  std::string_view method() const override { return "custom-process"; }
  Result<std::unique_ptr<Source>> load(const Lookup& lookup, std::string& why) const override {
    RC_TRY(const Profiles* files, lookup.session.profiles());
    const auto command = files->get(lookup.profile, "credential_process");
    if (!command) {
      why = "no credential_process";
      return std::unique_ptr<Source>();
    }
    if (auto line = parse_key_line(lookup.session.environment(), *command)) {
      return make_stored_source(lookup.session, lookup.profile, std::move(*line));
    }
    return std::unique_ptr<Source>(std::make_unique<ProcessSource>(lookup.profile, *command));
  }
};

}  // namespace

const Provider& process_provider() {
  static const ProcessProvider provider;
  return provider;
}

}  // namespace rolecall::client
