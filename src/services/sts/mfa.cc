#include "services/sts/mfa.h"

#include <algorithm>

#include "crypto/totp.h"
#include "identity/code_attempts.h"

namespace rolecall::sts {
namespace {

ApiError failed(std::string_view how) {
  return ApiError::access_denied("MultiFactorAuthentication failed" + std::string(how));
}

// nullptr unless that device is enabled for this caller. Role sessions have none.
const identity::MfaDevice* own_device(std::string_view serial, const services::Call& call) {
  const identity::Account* account = call.state.account(call.caller.account);
  if (account == nullptr) return nullptr;
  const std::vector<std::string>* serials = nullptr;
  if (call.caller.kind == identity::CallerKind::root) {
    serials = &account->info.root_mfa_devices;
  } else if (call.caller.kind == identity::CallerKind::user) {
    serials = &call.caller.user->mfa_devices;
  }
  if (serials == nullptr || std::find(serials->begin(), serials->end(), serial) == serials->end()) {
    return nullptr;
  }
  const identity::MfaDevice* device = account->mfa_devices.find(serial);
  return device != nullptr && device->enabled ? device : nullptr;
}

}  // namespace

Result<std::optional<identity::MfaDevice>> check_mfa(const std::optional<std::string>& serial,
                                                     const std::optional<std::string>& code,
                                                     const services::Call& call) {
  if (!serial && !code) return std::optional<identity::MfaDevice>();
  if (!serial || !code) {
    return failed(", must provide both MFA serial number and one time pass code.");
  }
  const identity::MfaDevice* device = own_device(*serial, call);
  if (device == nullptr) {
    return failed(
        ", unable to validate MFA code.  Please verify your MFA serial number is valid and "
        "associated with this user.");
  }
  // A device that is being guessed at answers nobody, in the same words.
  if (call.code_attempts != nullptr && call.code_attempts->is_locked(*serial, call.now)) {
    return failed(" with invalid MFA one time pass code.");
  }
  const Instant device_now = call.now.plus_seconds(device->drift_steps * crypto::kTotpStepSeconds);
  const auto step = crypto::totp_match(device->seed.reveal(), *code, device_now, device->last_step);
  if (!step) {
    if (call.code_attempts != nullptr) call.code_attempts->note_wrong(*serial, call.now);
    return failed(" with invalid MFA one time pass code.");
  }
  if (call.code_attempts != nullptr) call.code_attempts->note_right(*serial);
  std::optional<identity::MfaDevice> used(*device);
  used->last_step = *step;
  return used;
}

}  // namespace rolecall::sts
