// The chunked coding: cut anywhere, the body and the verdict are the same; what was accepted can be
// encoded again and decodes to itself.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/chunked.h"

namespace {

using rolecall::http::ChunkedDecoder;

struct Outcome {
  ChunkedDecoder::Step step = ChunkedDecoder::Step::more;
  std::string body;
  std::size_t used = 0;
  bool operator==(const Outcome&) const = default;
};

Outcome decode(std::string_view bytes, std::size_t piece_size) {
  Outcome outcome;
  ChunkedDecoder decoder;
  for (std::size_t at = 0; at < bytes.size(); at += piece_size) {
    std::string_view rest = bytes.substr(at, piece_size), piece;
    const std::size_t before = rest.size();
    while ((outcome.step = decoder.next(rest, piece)) == ChunkedDecoder::Step::data)
      outcome.body += piece;
    outcome.used += before - rest.size();
    if (outcome.step != ChunkedDecoder::Step::more) break;
  }
  return outcome;
}

void require(bool fact) {
  if (!fact) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Outcome whole = decode(bytes, size + 1);
  for (const std::size_t piece_size : {1u, 2u, 7u}) require(decode(bytes, piece_size) == whole);
  require(whole.body.size() <= size);
  if (whole.step != ChunkedDecoder::Step::end) return 0;
  std::string again;
  if (!whole.body.empty()) {
    char length[24];
    std::snprintf(length, sizeof length, "%zx\r\n", whole.body.size());
    again = length + whole.body + "\r\n";
  }
  again += "0\r\n\r\n";
  const Outcome second = decode(again, again.size());
  require(second.step == ChunkedDecoder::Step::end && second.body == whole.body);
  return 0;
}
