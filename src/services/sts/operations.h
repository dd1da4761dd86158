// STS: temporary credentials. Everything here is a read: the session token carries the session. The
// one exception is a call with an MFA code, which must be remembered so that it works once.
//
// AssumeRoleWithSAML, AssumeRoleWithWebIdentity and AssumeRoot are not served.
#pragma once

#include "models/sts.h"
#include "services/core/call.h"

namespace rolecall::sts {

using services::Call;
using services::Change;

// With TokenCode these must run on the writer (`…_with_code`); the read refuses then.
Result<AssumeRoleOutput> assume_role(const AssumeRoleInput& in, const Call& call);
Result<Change<AssumeRoleOutput>> assume_role_with_code(const AssumeRoleInput& in, const Call& call);
Result<GetSessionTokenOutput> get_session_token(const GetSessionTokenInput& in, const Call& call);
Result<Change<GetSessionTokenOutput>> get_session_token_with_code(const GetSessionTokenInput& in,
                                                                  const Call& call);

Result<GetFederationTokenOutput> get_federation_token(const GetFederationTokenInput& in,
                                                      const Call& call);
Result<GetCallerIdentityOutput> get_caller_identity(const GetCallerIdentityInput& in,
                                                    const Call& call);
Result<GetAccessKeyInfoOutput> get_access_key_info(const GetAccessKeyInfoInput& in,
                                                   const Call& call);
Result<DecodeAuthorizationMessageOutput> decode_authorization_message(
    const DecodeAuthorizationMessageInput& in, const Call& call);

}  // namespace rolecall::sts
