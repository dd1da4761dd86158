// The token that `aws sso login` left in ~/.aws/sso/cache: read, and renewed where its file says
// how.
#pragma once

#include <string>

#include "base/result.h"
#include "client/answers.h"
#include "client/session.h"

namespace rolecall::client {

// Which login. The older form has no session: its tokens cannot be renewed.
struct SsoLogin {
  std::string session;  // the name of the [sso-session …] section, "" in the older form
  std::string start_url;
  std::string oidc_url;  // where tokens are renewed
};

// A token that has not run out. One with less than 15 minutes left is renewed, once for all that
// ask at the same time; where that fails it serves to its end. The errors are the AWS CLI's.
Result<SsoToken> load_sso_token(Session& session, const SsoLogin& login);

// "The SSO session associated with this profile has expired …"
ApiError sso_session_expired();

}  // namespace rolecall::client
