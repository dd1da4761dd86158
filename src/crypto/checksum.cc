#include "crypto/checksum.h"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "base/encoding.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace rolecall::crypto {
namespace {

// Reversed (reflected) polynomials, as the catalogue of CRC algorithms writes them.
constexpr std::uint32_t kCrc32Poly = 0xEDB88320u;              // CRC-32/ISO-HDLC
constexpr std::uint32_t kCrc32cPoly = 0x82F63B78u;             // CRC-32/ISCSI
constexpr std::uint64_t kCrc64NvmePoly = 0x9A6C9329AC4BC9B5u;  // CRC-64/NVME

template <class T>
using Tables = std::array<std::array<T, 256>, 16>;

// Sixteen tables: bytes are taken sixteen at a time, each looked up in the table of its distance.
template <class T>
constexpr Tables<T> make_tables(T poly) {
  Tables<T> tables{};
  for (unsigned i = 0; i < 256; ++i) {
    T crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) ? poly : T{0});
    tables[0][i] = crc;
  }
  for (unsigned k = 1; k < 16; ++k) {
    for (unsigned i = 0; i < 256; ++i) {
      const T before = tables[k - 1][i];
      tables[k][i] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}

constexpr Tables<std::uint32_t> kCrc32Tables = make_tables(kCrc32Poly);
constexpr Tables<std::uint32_t> kCrc32cTables = make_tables(kCrc32cPoly);
constexpr Tables<std::uint64_t> kCrc64Tables = make_tables(kCrc64NvmePoly);

std::uint64_t load64(const char* p) {  // little-endian machines only; see the assertion below
  std::uint64_t value;
  std::memcpy(&value, p, sizeof value);
  return value;
}
static_assert(std::endian::native == std::endian::little, "the CRC loops load little-endian words");

// `crc` is the register itself (already complemented).
template <class T>
T by_tables(const Tables<T>& t, T crc, const char* p, std::size_t n) {
  while (n >= 16) {
    const std::uint64_t a = load64(p) ^ crc;
    const std::uint64_t b = load64(p + 8);
    crc = t[15][a & 0xFF] ^ t[14][(a >> 8) & 0xFF] ^ t[13][(a >> 16) & 0xFF] ^
          t[12][(a >> 24) & 0xFF] ^ t[11][(a >> 32) & 0xFF] ^ t[10][(a >> 40) & 0xFF] ^
          t[9][(a >> 48) & 0xFF] ^ t[8][a >> 56] ^ t[7][b & 0xFF] ^ t[6][(b >> 8) & 0xFF] ^
          t[5][(b >> 16) & 0xFF] ^ t[4][(b >> 24) & 0xFF] ^ t[3][(b >> 32) & 0xFF] ^
          t[2][(b >> 40) & 0xFF] ^ t[1][(b >> 48) & 0xFF] ^ t[0][b >> 56];
    p += 16;
    n -= 16;
  }
  for (; n > 0; --n, ++p) crc = (crc >> 8) ^ t[0][(crc ^ static_cast<unsigned char>(*p)) & 0xFF];
  return crc;
}

// Multiplication of polynomials modulo the CRC's, in reflected form (x^0 is the top bit).
template <class T>
constexpr T multiply(T a, T b, T poly) {
  T product = 0;
  for (int bit = 0; bit < static_cast<int>(sizeof(T) * 8); ++bit) {
    if (a & (T{1} << (sizeof(T) * 8 - 1 - static_cast<unsigned>(bit)))) product ^= b;
    b = (b >> 1) ^ ((b & 1) ? poly : T{0});
  }
  return product;
}

// x^bits modulo the polynomial.
template <class T>
constexpr T power_of_x(std::uint64_t bits, T poly) {
  T result = T{1} << (sizeof(T) * 8 - 1);  // 1
  T square = T{1} << (sizeof(T) * 8 - 2);  // x
  for (; bits > 0; bits >>= 1) {
    if (bits & 1) result = multiply(result, square, poly);
    square = multiply(square, square, poly);
  }
  return result;
}

// Valid for complemented CRCs too: the complements of both cancel out.
template <class T>
T combine(T a, T b, std::uint64_t b_bytes, T poly) {
  if (b_bytes == 0) return a;
  // x^(8n), without overflow for any n.
  T shift = power_of_x<T>(b_bytes, poly);
  for (int i = 0; i < 3; ++i) shift = multiply(shift, shift, poly);
  return multiply(shift, a, poly) ^ b;
}

#if defined(__x86_64__)
bool has_crc32c_instruction() {
  static const bool has = __builtin_cpu_supports("sse4.2");
  return has;
}
bool has_carryless_multiply() {
  static const bool has = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
  return has;
}

__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::uint32_t crc, const char* p,
                                                               std::size_t n) {
  std::uint64_t wide = crc;
  for (; n >= 8; n -= 8, p += 8) wide = _mm_crc32_u64(wide, load64(p));
  crc = static_cast<std::uint32_t>(wide);
  for (; n > 0; --n, ++p) crc = _mm_crc32_u8(crc, static_cast<unsigned char>(*p));
  return crc;
}

// Folding with carry-less multiplication (Gopal et al., "Fast CRC Computation for Generic
// Polynomials Using PCLMULQDQ Instruction", Intel 2009). 64 bytes are folded at a time into four
// 128-bit remainders, those into one, and its sixteen bytes go through the tables.
// In reflected form a 64x64 product comes out one bit low, hence the -1 of the exponents; the
// constants are x^n mod P as 64-bit reflected numbers.
template <class T>
constexpr std::uint64_t fold_constant(std::uint64_t exponent, T poly) {
  // A 32-bit remainder in reflected form sits in the upper half of the 64-bit coefficient word.
  return static_cast<std::uint64_t>(power_of_x<T>(exponent, poly)) << (64 - sizeof(T) * 8);
}

struct FoldConstants {
  std::uint64_t low_64, high_64;  // distance 64 bytes
  std::uint64_t low_16, high_16;  // distance 16 bytes
};
template <class T>
constexpr FoldConstants fold_constants(T poly) {
  return {fold_constant<T>(512 + 64 - 1, poly), fold_constant<T>(512 - 1, poly),
          fold_constant<T>(128 + 64 - 1, poly), fold_constant<T>(128 - 1, poly)};
}
constexpr FoldConstants kCrc32Fold = fold_constants<std::uint32_t>(kCrc32Poly);
constexpr FoldConstants kCrc64Fold = fold_constants<std::uint64_t>(kCrc64NvmePoly);

inline __m128i load(const char* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

__attribute__((target("pclmul,sse4.1"))) inline __m128i fold(__m128i x, __m128i k, __m128i next) {
  return _mm_xor_si128(
      _mm_xor_si128(_mm_clmulepi64_si128(x, k, 0x00), _mm_clmulepi64_si128(x, k, 0x11)), next);
}

template <class T>
__attribute__((target("pclmul,sse4.1"))) T by_folding(const FoldConstants& c,
                                                      const Tables<T>& tables, T crc, const char* p,
                                                      std::size_t n) {
  __m128i x0 = _mm_xor_si128(load(p), _mm_set_epi64x(0, static_cast<long long>(crc)));
  __m128i x1 = load(p + 16), x2 = load(p + 32), x3 = load(p + 48);
  p += 64;
  n -= 64;
  const __m128i far =
      _mm_set_epi64x(static_cast<long long>(c.high_64), static_cast<long long>(c.low_64));
  for (; n >= 64; n -= 64, p += 64) {
    x0 = fold(x0, far, load(p));
    x1 = fold(x1, far, load(p + 16));
    x2 = fold(x2, far, load(p + 32));
    x3 = fold(x3, far, load(p + 48));
  }
  const __m128i near =
      _mm_set_epi64x(static_cast<long long>(c.high_16), static_cast<long long>(c.low_16));
  x1 = fold(x0, near, x1);
  x2 = fold(x1, near, x2);
  x3 = fold(x2, near, x3);
  for (; n >= 16; n -= 16, p += 16) x3 = fold(x3, near, load(p));
  std::array<char, 16> rest;
  _mm_storeu_si128(reinterpret_cast<__m128i*>(rest.data()), x3);
  crc = by_tables(tables, T{0}, rest.data(), rest.size());
  return by_tables(tables, crc, p, n);
}
#endif

constexpr std::size_t kFoldBytesMin = 128;  // below, setting up costs more than it saves

struct Names {
  std::string_view name, header;
};
constexpr std::array<Names, 5> kNames = {{{"CRC32", "x-amz-checksum-crc32"},
                                          {"CRC32C", "x-amz-checksum-crc32c"},
                                          {"CRC64NVME", "x-amz-checksum-crc64nvme"},
                                          {"SHA1", "x-amz-checksum-sha1"},
                                          {"SHA256", "x-amz-checksum-sha256"}}};

template <class T>
std::string big_endian(T value) {
  std::string out(sizeof(T), '\0');
  for (std::size_t i = sizeof(T); i-- > 0; value = static_cast<T>(value >> 8)) {
    out[i] = static_cast<char>(value & 0xFF);
  }
  return out;
}

}  // namespace

std::optional<ChecksumAlgorithm> checksum_algorithm(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (equal_ignoring_case(name, kNames[i].name)) return static_cast<ChecksumAlgorithm>(i);
  }
  return std::nullopt;
}

std::optional<ChecksumAlgorithm> checksum_algorithm_of_header(std::string_view header_name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (equal_ignoring_case(header_name, kNames[i].header)) {
      return static_cast<ChecksumAlgorithm>(i);
    }
  }
  return std::nullopt;
}

std::string_view checksum_name(ChecksumAlgorithm algorithm) {
  return kNames[std::to_underlying(algorithm)].name;
}

std::string_view checksum_header(ChecksumAlgorithm algorithm) {
  return kNames[std::to_underlying(algorithm)].header;
}

std::uint32_t crc32(std::string_view bytes, std::uint32_t before) {
#if defined(__x86_64__)
  if (bytes.size() >= kFoldBytesMin && has_carryless_multiply()) {
    return ~by_folding(kCrc32Fold, kCrc32Tables, ~before, bytes.data(), bytes.size());
  }
#endif
  return ~by_tables(kCrc32Tables, ~before, bytes.data(), bytes.size());
}

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) {
#if defined(__x86_64__)
  if (has_crc32c_instruction()) return ~by_instruction(~before, bytes.data(), bytes.size());
#endif
  return ~by_tables(kCrc32cTables, ~before, bytes.data(), bytes.size());
}

std::uint64_t crc64nvme(std::string_view bytes, std::uint64_t before) {
#if defined(__x86_64__)
  if (bytes.size() >= kFoldBytesMin && has_carryless_multiply()) {
    return ~by_folding(kCrc64Fold, kCrc64Tables, ~before, bytes.data(), bytes.size());
  }
#endif
  return ~by_tables(kCrc64Tables, ~before, bytes.data(), bytes.size());
}

std::uint32_t crc32_combine(std::uint32_t a, std::uint32_t b, std::uint64_t b_bytes) {
  return combine(a, b, b_bytes, kCrc32Poly);
}
std::uint32_t crc32c_combine(std::uint32_t a, std::uint32_t b, std::uint64_t b_bytes) {
  return combine(a, b, b_bytes, kCrc32cPoly);
}
std::uint64_t crc64nvme_combine(std::uint64_t a, std::uint64_t b, std::uint64_t b_bytes) {
  return combine(a, b, b_bytes, kCrc64NvmePoly);
}

Checksum::Checksum(ChecksumAlgorithm algorithm) : algorithm_(algorithm) {
  switch (algorithm) {
    case ChecksumAlgorithm::sha1:
      state_.emplace<Sha1>();
      break;
    case ChecksumAlgorithm::sha256:
      state_.emplace<Sha256>();
      break;
    default:
      state_.emplace<std::uint64_t>(0);
      break;
  }
}

void Checksum::update(std::string_view bytes) {
  switch (algorithm_) {
    case ChecksumAlgorithm::crc32: {
      auto& crc = std::get<std::uint64_t>(state_);
      crc = crc32(bytes, static_cast<std::uint32_t>(crc));
      break;
    }
    case ChecksumAlgorithm::crc32c: {
      auto& crc = std::get<std::uint64_t>(state_);
      crc = crc32c(bytes, static_cast<std::uint32_t>(crc));
      break;
    }
    case ChecksumAlgorithm::crc64nvme: {
      auto& crc = std::get<std::uint64_t>(state_);
      crc = crc64nvme(bytes, crc);
      break;
    }
    case ChecksumAlgorithm::sha1:
      std::get<Sha1>(state_).update(bytes);
      break;
    case ChecksumAlgorithm::sha256:
      std::get<Sha256>(state_).update(bytes);
      break;
  }
}

std::string Checksum::finish() {
  switch (algorithm_) {
    case ChecksumAlgorithm::crc32:
    case ChecksumAlgorithm::crc32c:
      return big_endian(static_cast<std::uint32_t>(std::get<std::uint64_t>(state_)));
    case ChecksumAlgorithm::crc64nvme:
      return big_endian(std::get<std::uint64_t>(state_));
    case ChecksumAlgorithm::sha1: {
      const Sha1Digest digest = std::get<Sha1>(state_).finish();
      return std::string(as_text(digest));
    }
    case ChecksumAlgorithm::sha256: {
      const Sha256Digest digest = std::get<Sha256>(state_).finish();
      return std::string(as_text(digest));
    }
  }
  return {};
}

std::string Checksum::finish_base64() { return base64_encode(finish()); }

}  // namespace rolecall::crypto
