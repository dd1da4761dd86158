#include "client/mfa.h"

#include "base/encoding.h"
#include "base/ids.h"
#include "client/failure.h"
#include "client/process.h"
#include "client/sts.h"
#include "client/words.h"

namespace rolecall::client {
namespace {

class MfaSource final : public CachedSource {
 public:
  MfaSource(std::unique_ptr<Source> source, std::string profile, std::string serial, Target target)
      : source_(std::move(source)),
        profile_(std::move(profile)),
        serial_(std::move(serial)),
        target_(std::move(target)) {}

  std::string_view method() const override { return "mfa-session"; }
  // The same person with the device: other sessions stay valid when this one is renewed.
  std::string identity() const override { return source_->identity() + "+mfa:" + serial_; }
  void describe(std::vector<Hop>& hops) const override {
    source_->describe(hops);
    hops.push_back({profile_, std::string(method()), serial_, note()});
  }

 protected:
  std::string key() const override {
    // AWS takes such a session in every region, so the region separates none there.
    const std::string where =
        target_.is_builtin ? std::string(partition_of_region(target_.region)) : target_.url;
    return CacheKey()
        .add("kind", "mfa")
        .add("identity", source_->identity())
        .add("serial", serial_)
        .add("endpoint", where)
        .hex();
  }

  Result<CachedSession> open(Session& session) override {
    RC_TRY(const Credentials keys, source_->fetch(session));
    RC_TRY(const std::string code, ask_mfa_code(session, profile_, serial_));
    auto opened = get_session_token(session, serial_, code, {}, keys, target_);
    if (!opened) {
      return with_note(opened.error(), "MFA session of " + serial_ + " for profile `" + profile_ +
                                           "`, as " + keys.access_key_id + ", at " + target_.url);
    }
    opened->about = {{"Kind", "mfa"},           {"Profile", profile_},
                     {"Serial", serial_},       {"Identity", source_->identity()},
                     {"Endpoint", target_.url}, {"Region", target_.region}};
    return opened;
  }

 private:
  std::unique_ptr<Source> source_;
  std::string profile_, serial_;
  Target target_;
};

}  // namespace

Result<std::string> ask_mfa_code(Session& session, std::string_view profile,
                                 const std::string& serial) {
  RC_TRY(const Profiles* files, session.profiles());
  const auto command = files->get(profile, "mfa_process");
  if (!command) return session.mfa_prompt()(serial);
  const auto words = split_words(*command);
  if (!words || words->empty()) {
    return general_failure("the mfa_process of profile `" + std::string(profile) +
                           "` is no command");
  }
  RC_TRY(const Ran ran, run_captured(*words));
  const std::string code(trim(ran.out));
  if (ran.status != 0 || code.empty()) {
    Error error =
        general_failure("the mfa_process of profile `" + std::string(profile) + "` gave no code");
    if (!trim(ran.err).empty()) error = with_note(std::move(error), std::string(trim(ran.err)));
    return error;
  }
  return code;
}

std::unique_ptr<Source> make_mfa_source(std::unique_ptr<Source> source, std::string profile,
                                        std::string serial, Target target) {
  return std::make_unique<MfaSource>(std::move(source), std::move(profile), std::move(serial),
                                     std::move(target));
}

}  // namespace rolecall::client
