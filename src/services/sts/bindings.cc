// The table of STS's operations.
#include "services/sts/module.h"
#include "services/sts/operations.h"

namespace rolecall::sts {
namespace {

bool has_code(const AssumeRoleInput& in) { return in.token_code.has_value(); }
bool session_has_code(const GetSessionTokenInput& in) { return in.token_code.has_value(); }

}  // namespace

services::Module module() {
  using services::serve;
  static const services::Binding table[] = {
      serve<has_code>(assume_role, assume_role_with_code),
      serve(decode_authorization_message),
      serve(get_access_key_info),
      serve(get_caller_identity),
      serve(get_federation_token),
      serve<session_has_code>(get_session_token, get_session_token_with_code),
  };
  return {.model = &kService, .operations = table};
}

}  // namespace rolecall::sts
