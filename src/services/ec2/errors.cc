#include "services/ec2/errors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace rolecall::ec2 {

ApiError invalid_parameter_value(std::string message) {
  return ApiError::make(400, "InvalidParameterValue", std::move(message));
}

ApiError dry_run_operation() {
  return ApiError::make(412, "DryRunOperation",
                        "Request would have succeeded, but DryRun flag is set.");
}

ApiError malformed_id(std::string_view code, std::string_view id, std::string_view prefix) {
  return ApiError::make(400, std::string(code),
                        fmt::format("Invalid id: \"{}\" (expecting \"{}...\")", id, prefix));
}

ApiError no_such_instances(std::span<const std::string> ids) {
  return ApiError::make(
      400, "InvalidInstanceID.NotFound",
      fmt::format("The instance ID{} '{}' do{} not exist", ids.size() == 1 ? "" : "s",
                  fmt::join(ids, ", "), ids.size() == 1 ? "es" : ""));
}

ApiError unsupported(std::string_view parameter) {
  return ApiError::make(400, "UnsupportedOperation",
                        fmt::format("The parameter {} is not implemented.", parameter));
}

}  // namespace rolecall::ec2
