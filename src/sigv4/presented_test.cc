// Reading the claim: what is understood, and what AWS says to what is not.
#include "sigv4/presented.h"

#include <gtest/gtest.h>

#include <vector>

namespace rolecall::sigv4 {
namespace {

constexpr std::string_view kGood =
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/sts/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=00ff";
const Instant kNow = *parse_basic("20261122T045337Z");

struct Request {
  std::vector<HeaderView> headers = {{"Host", "sts.amazonaws.com"},
                                     {"X-Amz-Date", "20261122T045337Z"}};
  std::string query;
  std::expected<Presented, AuthFailure> parsed(Flavor flavor = Flavor::standard) const {
    return parse({.method = "GET", .path = "/", .query = query, .headers = headers}, flavor);
  }
  AuthFailure failure(Flavor flavor = Flavor::standard) const {
    auto result = parsed(flavor);
    EXPECT_FALSE(result);
    return result ? AuthFailure{} : result.error();
  }
};

Request with_header(std::string_view authorization) {
  Request request;
  request.headers.push_back({"authorization", authorization});
  return request;
}

ApiError error_of(std::string_view authorization, Flavor flavor = Flavor::standard) {
  return to_api_error(with_header(authorization).failure(flavor), flavor);
}

std::string replaced(std::string_view from, std::string_view to) {
  std::string text(kGood);
  return text.replace(text.find(from), from.size(), to);
}

std::string query_form(std::string_view from = "", std::string_view to = "") {
  std::string text =
      "Action=X&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20261122%2F"
      "us-east-1%2Fsts%2Faws4_request&X-Amz-Date=20261122T045337Z&X-Amz-Expires=60"
      "&X-Amz-SignedHeaders=host&X-Amz-Security-Token=a%2Bb%2f&X-Amz-Signature=00ff";
  if (!from.empty()) text.replace(text.find(from), from.size(), to);
  return text;
}

AuthProblem query_problem(std::string_view from, std::string_view to, Flavor flavor = Flavor::s3) {
  Request request;
  request.headers.pop_back();
  request.query = query_form(from, to);
  return request.failure(flavor).problem;
}

TEST(Presented, HeaderForm) {
  Request request = with_header(kGood);
  request.headers.push_back({"X-Amz-Security-Token", " token "});
  const auto presented = request.parsed();
  ASSERT_TRUE(presented);
  EXPECT_EQ(presented->form, Form::header);
  EXPECT_EQ(presented->access_key_id, "AKIDEXAMPLE");
  EXPECT_EQ(presented->date, "20261122");
  EXPECT_EQ(presented->region, "us-east-1");
  EXPECT_EQ(presented->service, "sts");
  EXPECT_EQ(presented->signed_headers, "host;x-amz-date");
  EXPECT_EQ(presented->signature, "00ff");
  EXPECT_EQ(presented->security_token, "token");
  EXPECT_EQ(presented->timestamp, kNow);
  EXPECT_EQ(presented->timestamp_text(), "20261122T045337Z");
  EXPECT_TRUE(presented->is_signed("x-amz-date"));
  EXPECT_FALSE(presented->is_signed("x-amz"));
  EXPECT_FALSE(presented->is_signed(""));
}

TEST(Presented, OtherSpacingsAndTheDateHeader) {
  EXPECT_TRUE(with_header("AWS4-HMAC-SHA256 "
                          "Credential=A/20261122/r/s/aws4_request,SignedHeaders=host,Signature=0")
                  .parsed());
  Request request = with_header(kGood);
  request.headers[1] = {"date", "Sun, 22 Nov 2026 04:53:37 GMT"};
  ASSERT_TRUE(request.parsed());
  EXPECT_EQ(request.parsed()->timestamp_text(), "20261122T045337Z");
}

TEST(Presented, QueryFormIsDecodedAndSurvivesAMove) {
  Request request;
  request.headers.pop_back();
  request.query = query_form();
  auto parsed = request.parsed(Flavor::s3);
  ASSERT_TRUE(parsed);
  const Presented presented = std::move(*parsed);
  EXPECT_EQ(presented.form, Form::query);
  EXPECT_EQ(presented.access_key_id, "AKIDEXAMPLE");
  EXPECT_EQ(presented.security_token, "a+b/");
  EXPECT_EQ(presented.expires_seconds, 60);
  EXPECT_EQ(presented.service, "sts");
}

TEST(Presented, AnonymousAndForeignMechanisms) {
  EXPECT_EQ(Request().failure().problem, AuthProblem::none);
  EXPECT_EQ(to_api_error({}, Flavor::standard).code, "MissingAuthenticationToken");
  EXPECT_EQ(to_api_error({}, Flavor::standard).http_status, 403);
  EXPECT_EQ(to_api_error({}, Flavor::json).code, "MissingAuthenticationTokenException");
  EXPECT_EQ(to_api_error({}, Flavor::s3).code, "AccessDenied");
  EXPECT_EQ(with_header("AWS AKID:sig=").failure().problem, AuthProblem::sigv2);
  EXPECT_EQ(error_of("AWS AKID:sig=", Flavor::s3).code, "InvalidRequest");
  EXPECT_EQ(with_header(replaced("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")).failure().problem,
            AuthProblem::sigv4a);
  EXPECT_EQ(with_header("Bearer x").failure().problem, AuthProblem::unsupported_algorithm);
  EXPECT_EQ(error_of("Bearer x", Flavor::s3).message, "Unsupported Authorization Type");
  Request request;
  request.query = "AWSAccessKeyId=A&Signature=x&Expires=1";
  EXPECT_EQ(request.failure().problem, AuthProblem::sigv2);
  request = with_header(kGood);
  request.query = query_form();
  EXPECT_EQ(request.failure().problem, AuthProblem::several_mechanisms);
  request.query = "X-Amz-Signature=1";
  EXPECT_EQ(request.failure().problem, AuthProblem::several_mechanisms);
  request = with_header(kGood);
  request.headers.push_back({"AUTHORIZATION", kGood});
  EXPECT_EQ(request.failure().problem, AuthProblem::several_mechanisms);
  request = with_header(kGood);
  request.headers.push_back({"x-amz-date", "20261122T045337Z"});
  EXPECT_EQ(request.failure().problem, AuthProblem::several_mechanisms);
}

TEST(Presented, MissingPartsAreAllNamed) {
  Request request = with_header("AWS4-HMAC-SHA256 Credential=");
  request.headers.erase(request.headers.begin() + 1);
  const ApiError error = to_api_error(request.failure(), Flavor::standard);
  EXPECT_EQ(error.code, "IncompleteSignature");
  EXPECT_EQ(error.http_status, 400);
  EXPECT_EQ(error.message,
            "Authorization header requires 'Credential' parameter. Authorization header requires "
            "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
            "Authorization=AWS4-HMAC-SHA256");
  request.headers.pop_back();
  request.query = "X-Amz-Credential=a&X-Amz-Date=b";
  EXPECT_EQ(to_api_error(request.failure(), Flavor::standard).message,
            "AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string "
            "parameters must include 'X-Amz-Signature'. AWS query-string parameters must include "
            "'X-Amz-SignedHeaders'. Re-examine the query-string parameters.");
  EXPECT_EQ(to_api_error(request.failure(Flavor::s3), Flavor::s3).code,
            "AuthorizationQueryParametersError");
  EXPECT_EQ(error_of(replaced("Signature=00ff", "x=y"), Flavor::s3).code,
            "AuthorizationHeaderMalformed");
}

TEST(Presented, MalformedParts) {
  const std::pair<std::string, AuthProblem> cases[] = {
      {replaced("Signature=00ff", "gibberish"), AuthProblem::not_key_value},
      {replaced("Signature=00ff", "Signature=1, Signature=2"), AuthProblem::several_mechanisms},
      {replaced("/sts/", "/"), AuthProblem::malformed_credential},
      {replaced("/sts/", "/a/b/"), AuthProblem::malformed_credential},
      {replaced("AKIDEXAMPLE", ""), AuthProblem::malformed_credential},
      {replaced("aws4_request", "aws5_request"), AuthProblem::wrong_terminator},
      {replaced("/20261122/", "/2026112/"), AuthProblem::malformed_scope_date},
      {replaced("/20261122/", "/20261121/"), AuthProblem::scope_date_mismatch},
      {replaced("host;x-amz-date", "x-amz-date"), AuthProblem::host_not_signed},
      {replaced("host;x-amz-date", "Host;x-amz-date"), AuthProblem::malformed_signed_headers},
      {replaced("host;x-amz-date", "x-amz-date;host"), AuthProblem::malformed_signed_headers},
      {replaced("host;x-amz-date", "host;host"), AuthProblem::malformed_signed_headers},
      {replaced("host;x-amz-date", "host;"), AuthProblem::malformed_signed_headers}};
  for (const auto& [text, problem] : cases) {
    EXPECT_EQ(with_header(text).failure().problem, problem) << text;
    for (const Flavor flavor :
         {Flavor::standard, Flavor::ec2, Flavor::json, Flavor::rest_json, Flavor::s3}) {
      const ApiError error = error_of(text, flavor);
      EXPECT_FALSE(error.code.empty()) << text;
      EXPECT_TRUE(error.http_status == 400 || error.http_status == 403) << text;
      // Nothing of a signature is ever repeated.
      EXPECT_EQ(error.message.find("gibberish"), std::string::npos);
      EXPECT_EQ(error.message.find("00ff"), std::string::npos);
    }
  }
  EXPECT_EQ(error_of(replaced("/20261122/", "/20261121/")).message,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            "HTTP: '20261121' != '20261122', from '20261122T045337Z'.");
  Request request = with_header(kGood);
  for (const char* date : {"2026-11-22T04:53:37Z", "20261122", "", "20261322T045337Z"}) {
    request.headers[1].value = date;
    EXPECT_EQ(request.failure().problem, AuthProblem::malformed_date) << date;
  }
}

TEST(Presented, MalformedQueryForm) {
  EXPECT_EQ(query_problem("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), AuthProblem::sigv4a);
  EXPECT_EQ(query_problem("AWS4-HMAC-SHA256", "x"), AuthProblem::unsupported_algorithm);
  EXPECT_EQ(query_problem("Expires=60", "Expires=x"), AuthProblem::expires_not_number);
  EXPECT_EQ(query_problem("Expires=60", "Expires=6.5"), AuthProblem::expires_not_number);
  EXPECT_EQ(query_problem("Expires=60", "Expires=-1"), AuthProblem::expires_negative);
  EXPECT_EQ(query_problem("Expires=60", "Expires=604801"), AuthProblem::expires_too_long);
  EXPECT_EQ(query_problem("Expires=60", "Expires=99999999999999999999"),
            AuthProblem::expires_too_long);
  EXPECT_EQ(query_problem("X-Amz-Expires=60", "y=60"), AuthProblem::incomplete);
  EXPECT_EQ(query_problem("Action=X", "X-Amz-Date=x"), AuthProblem::several_mechanisms);
  EXPECT_EQ(query_problem("20261122T045337Z", "x"), AuthProblem::malformed_date);
  EXPECT_EQ(query_problem("SignedHeaders=host", "SignedHeaders=x-a"), AuthProblem::host_not_signed);
}

TEST(Presented, S3WantsEveryAmzHeaderSigned) {
  Request request = with_header(kGood);
  request.headers.push_back({"X-Amz-Acl", "public-read"});
  EXPECT_TRUE(request.parsed(Flavor::standard));
  const AuthFailure failure = request.failure(Flavor::s3);
  EXPECT_EQ(failure.problem, AuthProblem::header_not_signed);
  const ApiError error = to_api_error(failure, Flavor::s3);
  EXPECT_EQ(error.code, "AccessDenied");
  EXPECT_EQ(error.details[0].second, "x-amz-acl");
}

TEST(Presented, Time) {
  const auto presented = with_header(kGood).parsed();
  const auto code = [&](std::int64_t seconds, Flavor flavor) {
    const auto error = check_time(*presented, kNow.plus_seconds(seconds), flavor);
    return error ? error->code : "";
  };
  EXPECT_EQ(code(0, Flavor::standard), "");
  EXPECT_EQ(code(900, Flavor::standard), "");
  EXPECT_EQ(code(901, Flavor::standard), "SignatureDoesNotMatch");
  EXPECT_EQ(code(-300, Flavor::standard), "");
  EXPECT_EQ(code(-301, Flavor::standard), "SignatureDoesNotMatch");
  EXPECT_EQ(code(901, Flavor::json), "InvalidSignatureException");
  EXPECT_EQ(code(901, Flavor::ec2), "RequestExpired");
  EXPECT_EQ(code(900, Flavor::s3), "");
  EXPECT_EQ(code(-900, Flavor::s3), "");
  EXPECT_EQ(code(901, Flavor::s3), "RequestTimeTooSkewed");
  EXPECT_EQ(code(-901, Flavor::s3), "RequestTimeTooSkewed");
  EXPECT_EQ(check_time(*presented, kNow.plus_seconds(960), Flavor::standard)->message,
            "Signature expired: 20261122T045337Z is now earlier than 20261122T045437Z "
            "(20261122T050937Z - 15 min.)");
  EXPECT_EQ(check_time(*presented, kNow.plus_seconds(-600), Flavor::standard)->message,
            "Signature not yet current: 20261122T045337Z is still later than 20261122T044837Z "
            "(20261122T044337Z + 5 min.)");
}

TEST(Presented, TimeOfPresignedRequests) {
  Request request;
  request.headers.pop_back();
  request.query = query_form();
  const auto presented = request.parsed(Flavor::s3);
  ASSERT_TRUE(presented);
  EXPECT_FALSE(check_time(*presented, kNow.plus_seconds(60), Flavor::s3));
  const auto expired = check_time(*presented, kNow.plus_seconds(61), Flavor::s3);
  EXPECT_EQ(expired->message, "Request has expired");
  EXPECT_EQ(expired->code, "AccessDenied");
  EXPECT_TRUE(check_time(*presented, kNow.plus_seconds(-901), Flavor::s3));
  EXPECT_FALSE(check_time(*presented, kNow.plus_seconds(600), Flavor::standard));
  EXPECT_TRUE(check_time(*presented, kNow.plus_seconds(901), Flavor::standard));
}

TEST(Presented, Scope) {
  const auto presented = with_header(kGood).parsed();
  EXPECT_FALSE(check_scope(*presented, "sts", "us-east-1", Flavor::standard));
  EXPECT_FALSE(check_scope(*presented, "sts", "", Flavor::standard));
  EXPECT_EQ(check_scope(*presented, "iam", "", Flavor::standard)->message,
            "Credential should be scoped to correct service: 'iam'. ");
  const auto wrong = check_scope(*presented, "sts", "eu-west-1", Flavor::s3);
  EXPECT_EQ(wrong->code, "AuthorizationHeaderMalformed");
  EXPECT_EQ(wrong->message,
            "The authorization header is malformed; the region 'us-east-1' is wrong; expecting "
            "'eu-west-1'");
  EXPECT_EQ(wrong->details[0].second, "eu-west-1");
  EXPECT_TRUE(check_scope(*presented, "s3", "", Flavor::s3));
}

TEST(Presented, RegionsHaveAForm) {
  for (const std::string_view good :
       {"us-east-1", "us-gov-west-1", "ap-southeast-12", "us-isob-east-1", "cn-north-1"}) {
    EXPECT_TRUE(is_region_form(good)) << good;
  }
  for (const std::string_view bad :
       {"", "-", "us-east", "us-1", "us--1", "us-east-", "us-east-1-", "us-east-123", "US-EAST-1",
        "us east 1", "us-east-1a", "-us-east-1", "nowhere", "us-east-1\n"}) {
    EXPECT_FALSE(is_region_form(bad)) << bad;
  }
}

}  // namespace
}  // namespace rolecall::sigv4
