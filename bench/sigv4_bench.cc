// The cost of one signature check: an AssumeRole request, form-encoded POST with a 400-byte
// session token, from header views to the proof. Target: 3 µs with a cached key, 5 underived
// (reference machine: 2 cores EPYC Zen 3).
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/random.h"
#include "crypto/certificate.h"
#include "crypto/checksum.h"
#include "crypto/seal.h"
#include "sigv4/chunked.h"
#include "sigv4/sign.h"
#include "sigv4/verify.h"

using namespace rolecall;

namespace {

struct AssumeRole {
  std::string body =
      "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2Fops"
      "&RoleSessionName=botocore-session-1795323217";
  sigv4::Credentials credentials{"ASIAROLECALLEXAMPLE1",
                                 Secret("rolecall/secret+KEY/for+bench/vectors001"),
                                 std::string(400, 'T')};
  std::string hash = crypto::sha256_hex(body);
  sigv4::SignedRequest signature;
  std::vector<sigv4::HeaderView> headers = {
      {"Host", "sts.amazonaws.com"},
      {"Accept-Encoding", "identity"},
      {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
      {"User-Agent", "Boto3/1.26.27 Python/3.11.2 Linux/6.1.0 Botocore/1.29.27"},
      {"Content-Length", "140"}};
  sigv4::SigningInput input{.method = "POST", .path = "/", .headers = {}, .payload_hash = hash};

  AssumeRole() {
    // What botocore signs: not Accept-Encoding nor Content-Length.
    const std::vector<sigv4::HeaderView> signed_headers = {headers[0], headers[2]};
    input.headers = signed_headers;
    signature =
        sigv4::sign(input, credentials, {"us-east-1", "sts"}, Instant::from_seconds(1'795'323'217));
    for (const auto& [name, value] : signature.headers) headers.push_back({name, value});
    input.headers = headers;
  }
};

void verify_cached(benchmark::State& state) {
  AssumeRole request;
  sigv4::SigningKeyCache cache;
  for (auto _ : state) {
    const std::string hash = crypto::sha256_hex(request.body);
    sigv4::SigningInput input = request.input;
    input.payload_hash = hash;
    auto presented = sigv4::parse(input, sigv4::Flavor::standard);
    const auto& key =
        cache.get(presented->access_key_id, request.credentials.secret_key, presented->scope());
    auto verified = sigv4::verify(*presented, input, key);
    if (!verified) state.SkipWithError("not verified");
    benchmark::DoNotOptimize(verified);
  }
}
BENCHMARK(verify_cached);

void verify_derived(benchmark::State& state) {
  AssumeRole request;
  for (auto _ : state) {
    const std::string hash = crypto::sha256_hex(request.body);
    sigv4::SigningInput input = request.input;
    input.payload_hash = hash;
    auto presented = sigv4::parse(input, sigv4::Flavor::standard);
    const auto key = sigv4::SigningKey::derive(request.credentials.secret_key, presented->scope());
    auto verified = sigv4::verify(*presented, input, key);
    if (!verified) state.SkipWithError("not verified");
    benchmark::DoNotOptimize(verified);
  }
}
BENCHMARK(verify_derived);

void parse_only(benchmark::State& state) {
  AssumeRole request;
  for (auto _ : state) {
    auto presented = sigv4::parse(request.input, sigv4::Flavor::standard);
    benchmark::DoNotOptimize(presented);
  }
}
BENCHMARK(parse_only);

void canonical_only(benchmark::State& state) {
  AssumeRole request;
  const auto presented = sigv4::parse(request.input, sigv4::Flavor::standard);
  std::string out;
  for (auto _ : state) {
    out.clear();
    sigv4::append_canonical_request(out, request.input, presented->signed_headers);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(canonical_only);

// The floor: the three hashes that no implementation saves.
void hashes_only(benchmark::State& state) {
  AssumeRole request;
  const crypto::HmacKey key("key");
  for (auto _ : state) {
    benchmark::DoNotOptimize(crypto::sha256(request.body));
    benchmark::DoNotOptimize(crypto::sha256(request.signature.canonical_request));
    benchmark::DoNotOptimize(key.mac(request.signature.string_to_sign));
  }
}
BENCHMARK(hashes_only);

void seal_session(benchmark::State& state) {
  const auto random = make_system_random();
  const auto key = crypto::SealingKey::generate(1, *random);
  const std::string plain(220, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(key.seal(plain, "session", *random));
}
BENCHMARK(seal_session);

void open_session(benchmark::State& state) {
  const auto random = make_system_random();
  const auto key = crypto::SealingKey::generate(1, *random);
  const std::string sealed = key.seal(std::string(220, 'x'), "session", *random);
  for (auto _ : state) benchmark::DoNotOptimize(key.open(sealed, "session"));
}
BENCHMARK(open_session);

template <crypto::ChecksumAlgorithm kAlgorithm>
void checksum(benchmark::State& state) {
  const std::string bytes(1 << 20, 'x');
  for (auto _ : state) {
    crypto::Checksum sum(kAlgorithm);
    sum.update(bytes);
    benchmark::DoNotOptimize(sum.finish());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) << 20);
}
BENCHMARK(checksum<crypto::ChecksumAlgorithm::crc32>);
BENCHMARK(checksum<crypto::ChecksumAlgorithm::crc32c>);
BENCHMARK(checksum<crypto::ChecksumAlgorithm::crc64nvme>);
BENCHMARK(checksum<crypto::ChecksumAlgorithm::sha1>);
BENCHMARK(checksum<crypto::ChecksumAlgorithm::sha256>);

void decode_chunks(benchmark::State& state) {
  const sigv4::CredentialScope scope{"20261122", "us-east-1", "s3"};
  const auto key = sigv4::SigningKey::derive(Secret("secret"), scope);
  const std::string seed(64, '0');
  const auto mode = sigv4::PayloadMode::streaming_signed;
  sigv4::ChunkedEncoder encoder(mode, "20261122T045337Z", scope, seed, key);
  const std::string chunk(64 << 10, 'x');
  std::string body;
  for (int i = 0; i < 16; ++i) body += encoder.chunk(chunk);
  body += encoder.finish();
  for (auto _ : state) {
    sigv4::ChunkedDecoder decoder({.mode = mode, .decoded_bytes = 1 << 20}, "20261122T045337Z",
                                  scope, seed, key);
    std::string_view rest = body;
    while (!rest.empty()) {
      auto piece = decoder.next(rest);
      if (!piece) state.SkipWithError("refused");
      benchmark::DoNotOptimize(piece);
    }
    if (!decoder.finish()) state.SkipWithError("unfinished");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) << 20);
}
BENCHMARK(decode_chunks);

void issue_certificate(benchmark::State& state) {
  const auto random = make_system_random();
  const crypto::Validity validity{Instant::from_seconds(1'790'000'000),
                                  Instant::from_seconds(1'820'000'000)};
  const auto ca = crypto::CertificateAuthority::create("bench", validity, *random);
  for (auto _ : state) {
    auto leaf = ca->issue({{"sts.amazonaws.com"}, {}, validity}, *random);
    benchmark::DoNotOptimize(leaf);
  }
}
BENCHMARK(issue_certificate);

}  // namespace
