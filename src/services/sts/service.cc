#include "services/sts/service.h"

#include "services/sts/sts.h"

namespace rolecall::services {
namespace {

bool has_code(const sts::AssumeRoleInput& in) { return in.token_code.has_value(); }
bool session_has_code(const sts::GetSessionTokenInput& in) { return in.token_code.has_value(); }

}  // namespace

std::span<const Binding> sts_bindings() {
  using namespace sts;
  static const Binding table[] = {
      read_or_write<has_code, AssumeRoleInput, AssumeRoleOutput>("AssumeRole", assume_role,
                                                                 assume_role_with_code),
      read<DecodeAuthorizationMessageInput, DecodeAuthorizationMessageOutput>(
          "DecodeAuthorizationMessage", decode_authorization_message),
      read<GetAccessKeyInfoInput, GetAccessKeyInfoOutput>("GetAccessKeyInfo", get_access_key_info),
      read<GetCallerIdentityInput, GetCallerIdentityOutput>("GetCallerIdentity",
                                                            get_caller_identity),
      read<GetFederationTokenInput, GetFederationTokenOutput>("GetFederationToken",
                                                              get_federation_token),
      read_or_write<session_has_code, GetSessionTokenInput, GetSessionTokenOutput>(
          "GetSessionToken", get_session_token, get_session_token_with_code),
  };
  return table;
}

Result<ResolvedResource> sts_resolve(std::string_view type, std::span<const std::string>,
                                     const Call&) {
  return fault("sts has no resource type " + std::string(type));
}

}  // namespace rolecall::services
