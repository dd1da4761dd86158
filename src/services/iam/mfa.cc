// Virtual MFA devices: real TOTP (RFC 6238), enrolled with two consecutive codes.
#include <fmt/format.h>

#include "base/encoding.h"
#include "crypto/totp.h"
#include "identity/code_attempts.h"
#include "services/iam/limits.h"
#include "services/iam/mfa_devices.h"
#include "services/iam/operations.h"
#include "services/iam/paging.h"
#include "services/iam/qr_code.h"
#include "services/iam/shapes.h"
#include "services/iam/tag_rules.h"

namespace rolecall::iam {
namespace {

// How far a device's clock may have drifted when it is enrolled or resynchronised: an hour.
constexpr crypto::TotpWindow kDriftWindow = {.past_steps = 120, .future_steps = 120};
// A fresh enrolment happens with the device in hand; ten minutes of drift are plenty.
constexpr crypto::TotpWindow kEnrolWindow = {.past_steps = 20, .future_steps = 20};

ApiError invalid_code() {
  return ApiError::make(403, "InvalidAuthenticationCode",
                        "Authentication code for device is not valid.");
}

// The device, if it is this user's.
Result<const identity::MfaDevice*> device_of(const Call& call, const identity::User& user,
                                             std::string_view serial) {
  RC_TRY(const identity::Account* account, account_of(call));
  const identity::MfaDevice* device = account->mfa_devices.find(serial);
  if (!device || !contains(user.mfa_devices, serial)) {
    return ApiError::no_such_entity("MFA Device invalid for user.");
  }
  return device;
}

// What two consecutive codes show: the step of the second, or nothing when they are wrong, were
// used before, or somebody is guessing.
std::optional<std::int64_t> proven_step(const identity::MfaDevice& device, const std::string& first,
                                        const std::string& second, const Call& call,
                                        crypto::TotpWindow window) {
  identity::CodeAttempts* const attempts = call.code_attempts;
  if (attempts != nullptr && attempts->is_locked(device.serial, call.now)) return std::nullopt;
  auto step = crypto::totp_match_pair(device.seed.reveal(), first, second, call.now, window);
  if (step && device.last_step && *step <= *device.last_step) step.reset();
  if (attempts != nullptr && !step) attempts->note_wrong(device.serial, call.now);
  if (attempts != nullptr && step) attempts->note_right(device.serial);
  return step;
}

// Learns the device's drift, and that these codes are used up.
void learn(identity::MfaDevice& device, std::int64_t step, Instant now) {
  device.drift_steps = step - crypto::totp_step(now);
  device.last_step = step;
}

bool assigned(const identity::MfaDevice& device) { return device.enabled.has_value(); }

}  // namespace

Result<const identity::MfaDevice*> device_named(const Call& call, std::string_view serial) {
  RC_TRY(const identity::Account* account, account_of(call));
  const identity::MfaDevice* device = account->mfa_devices.find(serial);
  if (!device) {
    return ApiError::no_such_entity(
        fmt::format("VirtualMFADevice with serial number {} doesn't exist.", serial));
  }
  return device;
}

Result<Change<CreateVirtualMFADeviceOutput>> create_virtual_mfa_device(
    const CreateVirtualMFADeviceInput& in, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  identity::MfaDevice device;
  device.serial = entity_arn(call, "mfa", in.path.value_or("/"), in.virtual_mfa_device_name);
  if (device.serial.size() > kSerialNumberCharactersMax) {
    return ApiError::validation(
        "The specified value for virtualMFADeviceName is invalid. Path and name are too long.");
  }
  // Names differ by more than case here, as everywhere in IAM (Rule 63).
  for (auto it = account->mfa_devices.begin(); it != account->mfa_devices.end(); ++it) {
    if (equal_ignoring_case((*it)->serial, device.serial)) {
      return ApiError::entity_already_exists(
          "MFADevice entity at the same path and name already exists.");
    }
  }
  std::string seed(crypto::kTotpSeedBytes, '\0');
  call.random.fill({reinterpret_cast<std::uint8_t*>(seed.data()), seed.size()});
  RC_TRY(device.tags, checked_tags(list_of(in.tags)));

  Change<CreateVirtualMFADeviceOutput> change;
  VirtualMFADevice& shown = change.output.virtual_mfa_device;
  shown.serial_number = device.serial;
  shown.base32_string_seed = base32_encode(seed);
  const std::string& owner =
      account->info.alias.empty() ? call.account.text() : account->info.alias;
  std::string picture = qr_code_png(fmt::format("otpauth://totp/{}@{}?secret={}",
                                                percent_encode(in.virtual_mfa_device_name),
                                                percent_encode(owner), *shown.base32_string_seed));
  if (!picture.empty()) shown.qr_code_png = std::move(picture);
  set_if_any(shown.tags, to_tags(device.tags));
  device.seed = Secret(std::move(seed));
  put(change.events, call, std::move(device));
  return change;
}

Result<Change<EnableMFADeviceOutput>> enable_mfa_device(const EnableMFADeviceInput& in,
                                                        const Call& call) {
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  RC_TRY(const identity::MfaDevice* device, device_named(call, in.serial_number));
  if (assigned(*device)) {
    return ApiError::entity_already_exists("MFA Device is already in use.");
  }
  if (user->mfa_devices.size() >= kMfaDevicesPerUserMax) {
    return quota_exceeded("MFADevicesPerUser", kMfaDevicesPerUserMax);
  }
  const auto step =
      proven_step(*device, in.authentication_code1, in.authentication_code2, call, kEnrolWindow);
  if (!step) return invalid_code();
  identity::MfaDevice enabled = *device;
  enabled.user_name = user->name;
  enabled.enabled = call.now.truncated_to_seconds();
  learn(enabled, *step, call.now);
  identity::User changed = *user;
  changed.mfa_devices.push_back(device->serial);
  Change<EnableMFADeviceOutput> change;
  put(change.events, call, std::move(enabled));
  put(change.events, call, std::move(changed));
  return change;
}

Result<Change<ResyncMFADeviceOutput>> resync_mfa_device(const ResyncMFADeviceInput& in,
                                                        const Call& call) {
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  RC_TRY(const identity::MfaDevice* device, device_of(call, *user, in.serial_number));
  const auto step =
      proven_step(*device, in.authentication_code1, in.authentication_code2, call, kDriftWindow);
  if (!step) return invalid_code();
  identity::MfaDevice changed = *device;
  learn(changed, *step, call.now);
  Change<ResyncMFADeviceOutput> change;
  put(change.events, call, std::move(changed));
  return change;
}

Result<Change<DeactivateMFADeviceOutput>> deactivate_mfa_device(const DeactivateMFADeviceInput& in,
                                                                const Call& call) {
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  RC_TRY(const identity::MfaDevice* device, device_of(call, *user, in.serial_number));
  identity::MfaDevice freed = *device;
  freed.user_name.clear();
  freed.enabled.reset();
  freed.drift_steps = 0;
  identity::User changed = *user;
  std::erase(changed.mfa_devices, device->serial);
  Change<DeactivateMFADeviceOutput> change;
  put(change.events, call, std::move(freed));
  put(change.events, call, std::move(changed));
  return change;
}

Result<Change<DeleteVirtualMFADeviceOutput>> delete_virtual_mfa_device(
    const DeleteVirtualMFADeviceInput& in, const Call& call) {
  RC_TRY(const identity::MfaDevice* device, device_named(call, in.serial_number));
  if (assigned(*device)) {
    return ApiError::delete_conflict("MFA VirtualDevice in use. Must deactivate first.");
  }
  Change<DeleteVirtualMFADeviceOutput> change;
  erase(change.events, call, *device);
  return change;
}

Result<ListMFADevicesOutput> list_mfa_devices(const ListMFADevicesInput& in, const Call& call) {
  RC_TRY(const Page page, page_of(in));
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const Subject subject, user_or_caller(call, in.user_name));
  const auto& serials = subject.root() ? account->info.root_mfa_devices : subject.user->mfa_devices;
  ListMFADevicesOutput out;
  end_page(out, walk_list(
                    serials, page, [](const std::string& serial) { return policy_name_of(serial); },
                    [&](const std::string& serial) {
                      const identity::MfaDevice* device = account->mfa_devices.find(serial);
                      if (!device || !device->enabled) return;
                      out.mfa_devices.push_back({.user_name = std::string(subject.name()),
                                                 .serial_number = serial,
                                                 .enable_date = *device->enabled});
                    }));
  return out;
}

Result<ListVirtualMFADevicesOutput> list_virtual_mfa_devices(const ListVirtualMFADevicesInput& in,
                                                             const Call& call) {
  RC_TRY(Page page, page_of(in));
  RC_TRY(const identity::Account* account, account_of(call));
  // Serial numbers all begin alike; a marker holds what follows, to stay within its 320 characters.
  const std::string prefix = entity_arn(call, "mfa", "", "");
  if (!page.after.empty()) page.after = prefix + page.after;
  const std::string wanted = in.assignment_status.value_or("Any");
  ListVirtualMFADevicesOutput out;
  auto last = walk(
      account->mfa_devices, page,
      [&](const identity::MfaDevice& device) {
        return wanted == "Any" || assigned(device) == (wanted == "Assigned");
      },
      [&](const identity::MfaDevice& device) {
        VirtualMFADevice shown;
        shown.serial_number = device.serial;
        if (assigned(device)) {
          shown.enable_date = device.enabled;
          const identity::User* user = account->users.find(device.user_name);
          if (device.for_root) {
            shown.user = to_root_user(call, *account);
          } else if (user) {
            shown.user = to_user(*user);
          }
        }
        out.virtual_mfa_devices.push_back(std::move(shown));
      });
  if (last) last = last->substr(std::min(prefix.size(), last->size()));
  end_page(out, last);
  return out;
}

}  // namespace rolecall::iam
