// What a request costs in http/ before and after the application, without sockets.
#include <benchmark/benchmark.h>

#include "http/chunked.h"
#include "http/head_parser.h"
#include "http/response_writer.h"

namespace {

using namespace rolecall::http;

// The head that boto3 sends for a call with temporary credentials.
const std::string kHead =
    "POST / HTTP/1.1\r\nHost: sts.us-east-1.amazonaws.com\r\nAccept-Encoding: identity\r\n"
    "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
    "User-Agent: Boto3/1.26.27 Python/3.11.2 Linux/6.1 Botocore/1.29.27\r\n"
    "X-Amz-Date: 20261122T050000Z\r\nX-Amz-Security-Token: " +
    std::string(400, 'T') +
    "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=ASIAEXAMPLEEXAMPLE12/20261122/us-east-1/sts/"
    "aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=" +
    std::string(64, 'a') + "\r\nContent-Length: 43\r\n\r\n";

void head(benchmark::State& state) {
  std::vector<Header> headers;
  for (auto _ : state) {
    HeadScanner scanner;
    benchmark::DoNotOptimize(scanner.scan(kHead));
    benchmark::DoNotOptimize(parse_request_head(kHead, headers, 200));
  }
}
BENCHMARK(head);

void answer(benchmark::State& state) {
  const Response response{.headers = {{"x-amzn-RequestId", "c15c0289-ec2d-4a91-a7ec-8e65a18debbe"},
                                      {"Content-Type", "text/xml"}},
                          .body = std::string(800, 'x')};
  std::string out;
  for (auto _ : state) {
    out.clear();
    benchmark::DoNotOptimize(headers_are_clean(response));
    append_response_head(out, response,
                         {.date_line = "Date: Sun, 22 Nov 2026 05:00:00 GMT\r\n",
                          .server_line = "Server: rolecall\r\n",
                          .content_length = 800});
    out += std::get<std::string>(response.body);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(answer);

void chunks(benchmark::State& state) {
  std::string text;
  for (int i = 0; i < 16; ++i) text += "10000\r\n" + std::string(65536, 'x') + "\r\n";
  text += "0\r\n\r\n";
  for (auto _ : state) {
    ChunkedDecoder decoder;
    std::string_view bytes = text, piece;
    while (decoder.next(bytes, piece) == ChunkedDecoder::Step::data)
      benchmark::DoNotOptimize(piece);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(chunks);

}  // namespace
