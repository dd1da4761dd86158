// Any bytes as a request: parsing the claim and canonicalising must neither crash nor depend on
// anything but the bytes, and what we sign ourselves must verify.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "sigv4/sign.h"
#include "sigv4/verify.h"

using namespace rolecall;

namespace {

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

}  // namespace

// First line: style and method; second: path; third: query; then headers, "name:value".
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto style = static_cast<sigv4::PathStyle>(static_cast<unsigned char>(rest.front()) % 3);
  rest.remove_prefix(1);
  sigv4::SigningInput input;
  input.path_style = style;
  input.method = take_line(rest);
  input.path = take_line(rest);
  input.query = take_line(rest);
  input.payload_hash = sigv4::kUnsignedPayload;
  std::vector<sigv4::HeaderView> headers;
  while (!rest.empty() && headers.size() < 50) {
    const std::string_view line = take_line(rest);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    headers.push_back({line.substr(0, colon), line.substr(colon + 1)});
  }
  input.headers = headers;

  for (const auto flavor : {sigv4::Flavor::standard, sigv4::Flavor::s3}) {
    const auto presented = sigv4::parse(input, flavor);
    if (!presented) {
      RC_ASSERT(!sigv4::to_api_error(presented.error(), flavor).code.empty());
      continue;
    }
    const auto key = sigv4::SigningKey::derive(Secret("secret"), presented->scope());
    const auto verified = sigv4::verify(*presented, input, key);
    if (!verified) RC_ASSERT(!sigv4::to_api_error(verified.error(), flavor).message.empty());
    (void)sigv4::check_time(*presented, Instant::from_seconds(1'800'000'000), flavor);
  }

  // Sign the same request ourselves, without what would be in the way.
  std::erase_if(headers, [](const sigv4::HeaderView& header) {
    const auto name = header.name;
    return name.size() < 3 || name.size() == 4 || (name[0] | 0x20) == 'x' || name.size() == 13 ||
           name.find_first_of("; \t\r\v\f") != std::string_view::npos ||
           name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-") !=
               std::string_view::npos;
  });
  if (input.query.find("X-Amz-") != std::string_view::npos) return 0;
  headers.push_back({"Host", "example"});
  input.headers = headers;
  const sigv4::Credentials credentials{"AKID", Secret("secret"), "token"};
  const Instant now = Instant::from_seconds(1'800'000'000);
  std::string probe;
  if (!sigv4::append_canonical_request(probe, input, "host")) return 0;
  const auto result = sigv4::sign(input, credentials, {"us-east-1", "s3"}, now);
  for (const auto& [name, value] : result.headers) headers.push_back({name, value});
  input.headers = headers;
  const auto presented = sigv4::parse(input, sigv4::Flavor::s3);
  RC_ASSERT(presented.has_value());
  const auto key = sigv4::SigningKey::derive(credentials.secret_key, presented->scope());
  RC_ASSERT(sigv4::verify(*presented, input, key).has_value());
  return 0;
}
