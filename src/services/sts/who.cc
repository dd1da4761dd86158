// Who am I, whose key is this, why was I refused.
#include "audit/authorization_message.h"
#include "identity/ids.h"
#include "services/sts/operations.h"

namespace rolecall::sts {

// Rule 241: any valid signature suffices.
Result<GetCallerIdentityOutput> get_caller_identity(const GetCallerIdentityInput&,
                                                    const Call& call) {
  GetCallerIdentityOutput out;
  out.user_id = call.caller.user_id;
  out.account = call.caller.account.text();
  out.arn = call.caller.arn;
  return out;
}

// The account is part of the id; keys of the flags may have any text and are looked up.
Result<GetAccessKeyInfoOutput> get_access_key_info(const GetAccessKeyInfoInput& in,
                                                   const Call& call) {
  GetAccessKeyInfoOutput out;
  if (const auto* key = call.state.access_key(in.access_key_id)) {
    out.account = key->account.text();
  } else if (const auto account = identity::account_of_access_key(in.access_key_id)) {
    out.account = account->text();
  } else {
    return ApiError::validation("Invalid Access Key ID: " + in.access_key_id);
  }
  return out;
}

Result<DecodeAuthorizationMessageOutput> decode_authorization_message(
    const DecodeAuthorizationMessageInput& in, const Call& call) {
  if (call.messages == nullptr) return fault("sts: no authorization messages");
  auto decoded = call.messages->decode(in.encoded_message, call.caller.account);
  if (!decoded) {
    return ApiError::make(400, "InvalidAuthorizationMessageException", "Message is not valid");
  }
  DecodeAuthorizationMessageOutput out;
  out.decoded_message = std::move(*decoded);
  return out;
}

}  // namespace rolecall::sts
