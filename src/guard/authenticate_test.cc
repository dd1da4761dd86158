// The way in, in every dialect: who may come unsigned, and what the others are told. Requests are
// as they arrive; the state is empty unless a test fills it.
#include "guard/authenticate.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "models/parcel.h"

namespace rolecall::guard {
namespace {

using wire::Dialect;

constexpr Dialect kDialects[] = {Dialect::query, Dialect::query_json, Dialect::ec2,
                                 Dialect::json,  Dialect::rest_json,  Dialect::s3};
constexpr std::string_view kDate = "20270115T080000Z";  // 1,800,000,000
const Instant kNow = Instant::from_seconds(1'800'000'000);

struct Request {
  explicit Request(std::string_view authorization = "", std::string_view token = "") {
    if (!authorization.empty()) headers.push_back({"Authorization", authorization});
    if (!token.empty()) headers.push_back({"X-Amz-Security-Token", token});
  }
  sigv4::SigningInput input() const {
    return {.method = "POST", .path = "/", .query = "", .headers = headers, .payload_hash = "00"};
  }
  std::vector<sigv4::HeaderView> headers = {{"Host", "parcel.amazonaws.com"},
                                            {"X-Amz-Date", kDate}};
};

constexpr std::string_view kSigned =
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20270115/us-east-1/parcel/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=00ff";
constexpr std::string_view kSignedWithToken =
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20270115/us-east-1/parcel/aws4_request, "
    "SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=00ff";

wire::Operation operation(bool anonymous, bool bearer = false) {
  wire::Operation out = *parcel::kService.find("GetLabel");
  out.authorization = {.anonymous = anonymous, .bearer = bearer};
  return out;
}

std::string code_and_status(const Error& error) {
  return error.api().code + " " + std::to_string(error.api().http_status);
}

TEST(Claims, UnsignedCallsAreRefusedInTheServicesWords) {
  const auto plain = operation(false);
  for (const auto& [dialect, words] :
       {std::pair{Dialect::query, "MissingAuthenticationToken 403"},
        std::pair{Dialect::ec2, "MissingAuthenticationToken 403"},
        std::pair{Dialect::json, "MissingAuthenticationTokenException 400"},
        std::pair{Dialect::query_json, "MissingAuthenticationTokenException 400"},
        std::pair{Dialect::rest_json, "MissingAuthenticationTokenException 403"}}) {
    for (const wire::Operation* named : {&plain, static_cast<const wire::Operation*>(nullptr)}) {
      const auto claim = read_claim(Request().input(), dialect, named);
      ASSERT_FALSE(claim);
      EXPECT_EQ(code_and_status(claim.error()), words);
      EXPECT_FALSE(takes_unsigned(dialect, named));
    }
    EXPECT_EQ(code_and_status(missing_signature(dialect)), words);
  }
}

TEST(Claims, AnonymousOperationsNeedNone) {
  const auto anonymous = operation(true);
  for (const Dialect dialect : kDialects) {
    const auto claim = read_claim(Request().input(), dialect, &anonymous);
    ASSERT_TRUE(claim);
    EXPECT_FALSE(*claim);
    EXPECT_TRUE(takes_unsigned(dialect, &anonymous));
  }
  // S3 leaves it to policies.
  const auto plain = operation(false);
  EXPECT_TRUE(read_claim(Request().input(), Dialect::s3, &plain));
  EXPECT_TRUE(read_claim(Request().input(), Dialect::s3, nullptr));
}

// Who claims something, if only wrongly, is not anonymous.
TEST(Claims, AWrongClaimIsNoMissingOne) {
  const auto anonymous = operation(true);
  for (const Dialect dialect : kDialects) {
    for (const std::string_view wrong :
         {"Bearer token", "AWS AKID:sig", "AWS4-HMAC-SHA256 Credential=x", "x",
          "AWS4-HMAC-SHA256"}) {
      const auto claim = read_claim(Request(wrong).input(), dialect, &anonymous);
      ASSERT_FALSE(claim) << wrong;
      EXPECT_GE(claim.error().api().http_status, 400);
    }
    const auto claim = read_claim(Request(kSigned).input(), dialect, &anonymous);
    ASSERT_TRUE(claim && *claim);
    EXPECT_EQ((*claim)->presented.access_key_id, "AKIDEXAMPLE");
    EXPECT_EQ((*claim)->dialect, dialect);
  }
}

TEST(Claims, BearerTokensAreReadByNobodyYet) {
  const auto bearer = operation(false, true);
  for (const Dialect dialect : kDialects) {
    for (const std::string_view given : {"", "Bearer token"}) {
      const auto claim = read_claim(Request(given).input(), dialect, &bearer);
      ASSERT_FALSE(claim);
      EXPECT_EQ(code_and_status(claim.error()), "NotImplemented 501");
      EXPECT_EQ(claim.error().api().message.find("token\""), std::string::npos);
    }
  }
}

class Authentication : public testing::Test {
 protected:
  std::string refused(const Request& request, Dialect dialect) {
    const auto claim = read_claim(request.input(), dialect, nullptr);
    EXPECT_TRUE(claim && *claim);
    if (!claim || !*claim) return "";
    const auto out = Authenticator(sealer_).authenticate(**claim, request.input(), {"parcel", ""},
                                                         state_, kNow, keys_);
    EXPECT_FALSE(out);
    return out ? "" : code_and_status(out.error());
  }
  void add_key(identity::KeyStatus status) {
    identity::AccountInfo info;
    info.id = *AccountId::parse("111122223333");
    auto state = std::make_shared<identity::State>();
    identity::AccessKey key;
    key.id = "AKIDEXAMPLE";
    key.account = info.id;
    key.secret = Secret("secret");
    key.status = status;
    state->apply({identity::PutAccount{info},
                  identity::Put<identity::AccessKey>{
                      info.id, std::make_shared<const identity::AccessKey>(std::move(key))}});
    state_ = std::move(state);
  }

  identity::SessionSealer sealer_{Secret(std::string(32, 'k'))};
  std::shared_ptr<const identity::State> state_ = std::make_shared<identity::State>();
  sigv4::SigningKeyCache keys_;
};

constexpr std::pair<Dialect, const char*> kUnknownKey[] = {
    {Dialect::query, "InvalidClientTokenId 403"},
    {Dialect::query_json, "UnrecognizedClientException 400"},
    {Dialect::ec2, "AuthFailure 401"},
    {Dialect::json, "UnrecognizedClientException 400"},
    {Dialect::rest_json, "UnrecognizedClientException 403"},
    {Dialect::s3, "InvalidAccessKeyId 403"}};

TEST_F(Authentication, OfAKeyThatIsNotThereOrInactive) {
  for (const auto& [dialect, words] : kUnknownKey) {
    EXPECT_EQ(refused(Request(kSigned), dialect), words);
  }
  add_key(identity::KeyStatus::inactive);
  for (const auto& [dialect, words] : kUnknownKey) {
    EXPECT_EQ(refused(Request(kSigned), dialect), words);
  }
}

TEST_F(Authentication, OfATokenNobodySealed) {
  for (const auto& [dialect, words] : kUnknownKey) {
    EXPECT_EQ(refused(Request(kSignedWithToken, "forged"), dialect),
              dialect == Dialect::s3 ? "InvalidToken 400" : words);
  }
}

TEST_F(Authentication, OfAWrongSignature) {
  add_key(identity::KeyStatus::active);
  for (const auto& [dialect, words] :
       {std::pair{Dialect::query, "SignatureDoesNotMatch 403"},
        std::pair{Dialect::query_json, "InvalidSignatureException 400"},
        std::pair{Dialect::ec2, "AuthFailure 401"},
        std::pair{Dialect::json, "InvalidSignatureException 400"},
        std::pair{Dialect::rest_json, "InvalidSignatureException 403"},
        std::pair{Dialect::s3, "SignatureDoesNotMatch 403"}}) {
    EXPECT_EQ(refused(Request(kSigned), dialect), words);
  }
}

}  // namespace
}  // namespace rolecall::guard
