#include "services/iam/qr_code.h"

#include <cstdint>
#include <memory>

#ifdef ROLECALL_HAVE_QRENCODE
#include <qrencode.h>

#include "crypto/checksum.h"
#endif

namespace rolecall::iam {

#ifdef ROLECALL_HAVE_QRENCODE
namespace {

constexpr int kPixelsPerModule = 4;
constexpr int kQuietModules = 4;  // ISO/IEC 18004: the margin that readers need

void append_u32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

// A PNG chunk: length, type and data, their CRC (PNG specification, 5.3).
void append_chunk(std::string& out, std::string_view type, std::string_view data) {
  append_u32(out, static_cast<std::uint32_t>(data.size()));
  std::string body(type);
  body += data;
  out += body;
  append_u32(out, crypto::crc32(body));
}

// zlib's format with stored blocks (RFC 1950, RFC 1951 3.2.4): the picture is small enough not to
// need compressing.
std::string zlib_stored(std::string_view bytes) {
  constexpr std::size_t kBlockMax = 65'535;
  std::string out("\x78\x01", 2);
  std::uint32_t a = 1, b = 0;  // Adler-32
  for (const char c : bytes) {
    a = (a + static_cast<unsigned char>(c)) % 65'521;
    b = (b + a) % 65'521;
  }
  do {
    const std::string_view block = bytes.substr(0, kBlockMax);
    bytes.remove_prefix(block.size());
    const auto length = static_cast<std::uint16_t>(block.size());
    out.push_back(bytes.empty() ? '\x01' : '\x00');
    for (const std::uint16_t v : {length, static_cast<std::uint16_t>(~length)}) {
      out.push_back(static_cast<char>(v & 0xFF));
      out.push_back(static_cast<char>(v >> 8));
    }
    out += block;
  } while (!bytes.empty());
  append_u32(out, (b << 16) | a);
  return out;
}

// One bit a pixel, grey: 0 is black.
std::string png_of(const QRcode& code) {
  const int pixels = (code.width + 2 * kQuietModules) * kPixelsPerModule;
  std::string rows;
  for (int y = 0; y < pixels; ++y) {
    rows.push_back('\0');  // no filter
    std::string row(static_cast<std::size_t>((pixels + 7) / 8), '\xFF');
    for (int x = 0; x < pixels; ++x) {
      const int column = x / kPixelsPerModule - kQuietModules;
      const int line = y / kPixelsPerModule - kQuietModules;
      if (column < 0 || line < 0 || column >= code.width || line >= code.width) continue;
      if (code.data[line * code.width + column] & 1) {
        char& byte = row[static_cast<std::size_t>(x / 8)];
        byte = static_cast<char>(byte & ~(0x80 >> (x % 8)));
      }
    }
    rows += row;
  }
  std::string header;
  append_u32(header, static_cast<std::uint32_t>(pixels));
  append_u32(header, static_cast<std::uint32_t>(pixels));
  header += std::string("\x01\x00\x00\x00\x00", 5);  // 1 bit, grey, no interlace
  std::string out("\x89PNG\r\n\x1a\n", 8);
  append_chunk(out, "IHDR", header);
  append_chunk(out, "IDAT", zlib_stored(rows));
  append_chunk(out, "IEND", "");
  return out;
}

}  // namespace

std::string qr_code_png(std::string_view text) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeString8bit(std::string(text).c_str(), 0, QR_ECLEVEL_M), &QRcode_free);
  return code ? png_of(*code) : "";
}
#else
std::string qr_code_png(std::string_view) { return ""; }
#endif

}  // namespace rolecall::iam
