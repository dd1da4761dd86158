// Request and status heads: however the bytes are cut, the verdict is the same, and what is
// accepted holds no line break that another parser could stumble over.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/client.h"
#include "http/head_parser.h"
#include "http/url.h"

namespace {

using namespace rolecall::http;

void require(bool fact) {
  if (!fact) std::abort();
}

void check_text(std::string_view head, std::string_view text) {
  require(text.empty() ||
          (text.data() >= head.data() && text.data() + text.size() <= head.data() + head.size()));
  require(text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  HeadScanner whole, pieces;
  const auto state = whole.scan(bytes);
  auto cut_state = HeadScanner::State::more;
  for (std::size_t end = 1; end <= size && cut_state == HeadScanner::State::more; ++end)
    cut_state = pieces.scan(bytes.substr(0, end));
  require(size == 0 || state == cut_state);
  if (state != HeadScanner::State::complete) return 0;
  require(whole.length() == pieces.length() && whole.length() <= size);
  const std::string_view head = bytes.substr(0, whole.length());
  require(head.ends_with("\r\n\r\n"));
  std::vector<Header> headers;
  if (const auto line = parse_request_head(head, headers, 100)) {
    require(!line->method.empty() && !line->target.empty());
    check_text(head, line->method);
    if (line->target != "/") check_text(head, line->target);
    check_text(head, line->authority);
    require(!(line->framing.chunked && line->framing.content_length));
    require(headers.size() <= 100);
    for (const Header& header : headers) {
      require(!header.name.empty());
      check_text(head, header.name);
      check_text(head, header.value);
    }
    (void)parse_connect_target(line->target);
    (void)Url::parse(line->target);
  }
  (void)parse_status_head(head, headers, 100);
  return 0;
}
