#include "sigv4/check.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "base/encoding.h"
#include "base/json.h"
#include "sigv4/key.h"
#include "sigv4/presented.h"
#include "sigv4/verify.h"

namespace rolecall::sigv4 {
namespace {

constexpr std::string_view kTokenParameter = "X-Amz-Security-Token=";

// A request as text, cut into what a signature covers. Views into `text`.
struct RawRequest {
  std::string text;
  std::string method, path, query, body;
  std::vector<std::pair<std::string, std::string>> headers;

  static std::optional<RawRequest> parse(std::string text);
};

std::optional<RawRequest> RawRequest::parse(std::string text) {
  RawRequest out;
  out.text = std::move(text);
  const std::string_view all = out.text;
  std::size_t at = all.find('\n');
  if (at == std::string_view::npos) return std::nullopt;
  // The target may hold raw blanks: it lies between the first and the last one.
  const std::string_view line = trim(all.substr(0, at++));
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last <= first) return std::nullopt;
  out.method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::size_t mark = std::min(target.find('?'), target.size());
  out.path = target.substr(0, mark);
  if (mark < target.size()) out.query = target.substr(mark + 1);
  while (at < all.size()) {
    const std::size_t end = std::min(all.find('\n', at), all.size());
    std::string_view header = all.substr(at, end - at);
    at = end + 1;
    if (header.ends_with('\r')) header.remove_suffix(1);
    if (header.empty()) break;
    if (header.front() == ' ' || header.front() == '\t') {
      if (out.headers.empty()) return std::nullopt;
      out.headers.back().second.append("\n").append(header);
      continue;
    }
    const std::size_t colon = header.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    out.headers.emplace_back(header.substr(0, colon), header.substr(colon + 1));
  }
  if (at < all.size()) out.body = all.substr(at);
  return out;
}

// AWS's services that want the token added after signing (IoT): it is not part of what is signed.
void remove_token(std::string& query) {
  const std::size_t at = query.find(kTokenParameter);
  if (at == std::string::npos) return;
  const std::size_t end = std::min(query.find('&', at), query.size());
  query.erase(at, end - at + (end < query.size() ? 1 : 0));
}

struct Report {
  int passed = 0, failed = 0;
  void failure(std::string_view name, std::string_view stage, std::string_view expected,
               std::string_view got) {
    ++failed;
    fmt::print("FAILED {}: {}\n  expected: {}\n  got:      {}\n", name, stage,
               json::Value::string(std::string(expected)).dump(),
               json::Value::string(std::string(got)).dump());
  }
};

void check_one(const json::Value& vector, Report& report) {
  const std::string name(vector.find_text("id").value_or("(no id)"));
  // As base64, or readable.
  const auto encoded = vector.find_text("request");
  const auto readable = vector.find_text("request_text");
  const auto secret = vector.find_text("secret");
  const auto canonical = vector.find_text("canonical");
  const auto to_sign = vector.find_text("to_sign");
  const auto signature = vector.find_text("signature");
  if ((!encoded && !readable) || !secret || !canonical || !to_sign || !signature) {
    return report.failure(name, "vector", "request, secret, canonical, to_sign, signature", "");
  }
  const auto flag = [&vector](std::string_view key, bool otherwise) {
    const json::Value* value = vector.find(key);
    return value ? value->as_bool() : otherwise;
  };
  const auto text = readable ? std::string(*readable) : base64_decode(*encoded);
  auto request = text ? RawRequest::parse(*text) : std::nullopt;
  if (!request)
    return report.failure(name, "request", "a request", readable.value_or(encoded.value_or("")));
  if (flag("omit_session_token", false)) remove_token(request->query);

  std::vector<HeaderView> headers;
  std::string payload_hash = crypto::sha256_hex(request->body);
  for (const auto& [header, value] : request->headers) {
    headers.push_back({header, value});
    if (equal_ignoring_case(header, "x-amz-content-sha256")) payload_hash = trim(value);
  }
  if (const auto given = vector.find_text("payload_hash")) payload_hash = *given;
  const bool s3 = flag("s3", false);
  const SigningInput input{.method = request->method,
                           .path = request->path,
                           .query = request->query,
                           .headers = headers,
                           .payload_hash = payload_hash,
                           .path_style = s3                        ? PathStyle::s3
                                         : flag("normalize", true) ? PathStyle::standard
                                                                   : PathStyle::unnormalized};
  const auto presented = parse(input, s3 ? Flavor::s3 : Flavor::standard);
  if (!presented) {
    return report.failure(name, "parsing", "a signature",
                          to_api_error(presented.error(), Flavor::standard).message);
  }
  std::string our_canonical, our_to_sign;
  append_canonical_request(our_canonical, input, presented->signed_headers);
  if (our_canonical != *canonical) {
    return report.failure(name, "canonical request", *canonical, our_canonical);
  }
  append_string_to_sign(our_to_sign, presented->timestamp_text(), presented->scope(),
                        our_canonical);
  if (our_to_sign != *to_sign) {
    return report.failure(name, "string to sign", *to_sign, our_to_sign);
  }
  const SigningKey key = SigningKey::derive(Secret(std::string(*secret)), presented->scope());
  const std::string ours = hex_encode(key.sign(our_to_sign));
  if (ours != *signature) return report.failure(name, "signature", *signature, ours);
  if (!verify(*presented, input, key)) {
    return report.failure(name, "verification", *signature, presented->signature);
  }
  ++report.passed;
}

}  // namespace

int run_sigv4_check(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  if (!in) {
    fmt::print(stderr, "cannot read {}\n", file);
    return 2;
  }
  const std::string text = std::move(content).str();
  Report report;
  if (const auto whole = json::parse(text); whole && whole->find("vectors")) {
    for (const json::Value& vector : whole->find("vectors")->items()) check_one(vector, report);
  } else if (whole && whole->is_array()) {
    for (const json::Value& vector : whole->items()) check_one(vector, report);
  } else {
    std::size_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::string_view line = trim(std::string_view(text).substr(at, end - at));
      at = end + 1;
      ++number;
      if (line.empty()) continue;
      const auto vector = json::parse(line);
      if (!vector || !vector->is_object()) {
        fmt::print(stderr, "{}:{}: not a JSON object\n", file, number);
        return 2;
      }
      check_one(*vector, report);
    }
  }
  fmt::print("{} passed, {} failed\n", report.passed, report.failed);
  if (report.passed + report.failed == 0) return 2;
  return report.failed == 0 ? 0 : 1;
}

}  // namespace rolecall::sigv4
