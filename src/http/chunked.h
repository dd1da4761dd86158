// Takes the chunked transfer coding off a body, in place.
#pragma once

#include <cstdint>
#include <string_view>

namespace rolecall::http {

// Extensions and trailers are checked for form, bounded, and dropped.
//   ChunkedDecoder decoder;
//   for (std::string_view piece; (step = decoder.next(bytes, piece)) == Step::data;) use(piece);
class ChunkedDecoder {
 public:
  enum class Step { data, more, end, malformed };
  // Takes from the front of `bytes`. data: `piece` is a part of the body, within `bytes` as it was.
  // more: all of `bytes` was used. end: what is left in `bytes` follows the body.
  Step next(std::string_view& bytes, std::string_view& piece);

 private:
  enum class State {
    size,
    extension,
    size_end,
    data,
    data_return,
    data_end,
    trailer_start,
    trailer,
    trailer_end,
    last_end,
    done,
    broken
  };
  State step(char c);

  State state_ = State::size;
  std::uint64_t left_ = 0;      // of the chunk
  std::uint32_t digits_ = 0;    // of its size
  std::uint32_t overhead_ = 0;  // bytes of the current size line
  std::uint32_t trailers_ = 0;  // bytes of all trailers
  bool trailer_colon_ = false;
};

}  // namespace rolecall::http
