#include "http/chunked.h"

namespace rolecall::http {
namespace {

// A size line is a few digits; extensions are rare and never long.
constexpr std::uint32_t kSizeLineBytesMax = 512;
// Trailers carry a checksum or two.
constexpr std::uint32_t kTrailerBytesMax = 8 * 1024;
// 15 hex digits: 2^60, far above any limit on a body, and it cannot overflow.
constexpr std::uint32_t kSizeDigitsMax = 15;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_text(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); }

bool is_token(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

ChunkedDecoder::Step ChunkedDecoder::next(std::string_view& bytes, std::string_view& piece) {
  while (state_ != State::done && state_ != State::broken && !bytes.empty()) {
    if (state_ == State::data) {
      piece = bytes.substr(0, left_ < bytes.size() ? static_cast<std::size_t>(left_) : bytes.npos);
      bytes.remove_prefix(piece.size());
      left_ -= piece.size();
      if (left_ == 0) state_ = State::data_return;
      return Step::data;
    }
    state_ = step(bytes.front());
    bytes.remove_prefix(1);
  }
  if (state_ == State::broken) return Step::malformed;
  return state_ == State::done ? Step::end : Step::more;
}

// One byte of what is not data.
ChunkedDecoder::State ChunkedDecoder::step(char c) {
  switch (state_) {
    case State::size: {
      if (const int digit = hex_value(c); digit >= 0) {
        if (++digits_ > kSizeDigitsMax) return State::broken;
        left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
        return State::size;
      }
      if (digits_ == 0) return State::broken;
      overhead_ = digits_;
      if (c == ';') return State::extension;
      return c == '\r' ? State::size_end : State::broken;
    }
    case State::extension:
      if (c == '\r') return State::size_end;
      return is_text(c) && ++overhead_ <= kSizeLineBytesMax ? State::extension : State::broken;
    case State::size_end:
      if (c != '\n') return State::broken;
      digits_ = 0;
      return left_ == 0 ? State::trailer_start : State::data;
    case State::data_return:
      return c == '\r' ? State::data_end : State::broken;
    case State::data_end:
      return c == '\n' ? State::size : State::broken;
    case State::trailer_start:
      if (c == '\r') return State::last_end;
      trailer_colon_ = false;
      return is_token(c) && ++trailers_ <= kTrailerBytesMax ? State::trailer : State::broken;
    case State::trailer:
      if (++trailers_ > kTrailerBytesMax) return State::broken;
      if (c == '\r') return trailer_colon_ ? State::trailer_end : State::broken;
      if (c == ':') trailer_colon_ = true;
      return (trailer_colon_ ? is_text(c) : is_token(c)) ? State::trailer : State::broken;
    case State::trailer_end:
      return c == '\n' ? State::trailer_start : State::broken;
    case State::last_end:
      return c == '\n' ? State::done : State::broken;
    case State::data:
    case State::done:
    case State::broken:
      break;
  }
  return State::broken;
}

}  // namespace rolecall::http
