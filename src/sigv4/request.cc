#include "sigv4/request.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/encoding.h"

namespace rolecall::sigv4 {
namespace {

constexpr std::array<bool, 256> kUnreserved = [] {
  std::array<bool, 256> table{};
  for (const char c :
       std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();

bool unreserved(char c) { return kUnreserved[static_cast<unsigned char>(c)]; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_encoded(std::string& out, char c) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out.push_back('%');
  out.push_back(kDigits[byte >> 4]);
  out.push_back(kDigits[byte & 15]);
}

// Encodes what is there, percent signs included.
void append_encoded_again(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (unreserved(c) || c == '/') {
      out.push_back(c);
    } else {
      append_encoded(out, c);
    }
  }
}

enum class KeepSlash : bool { no, yes };

// Encodes the bytes that `text` stands for, so that clients which leave a character unencoded and
// clients which encode it agree. A '%' that no two hex digits follow stands for itself. '+' is a
// blank, because that is what queries and S3's paths are read as: what is signed is what is read.
void append_encoded_once(std::string& out, std::string_view text, KeepSlash slash) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%' && i + 2 < text.size()) {
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        c = static_cast<char>(high * 16 + low);
        i += 2;
        // An encoded slash is part of a name: whoever sends one has signed one.
        if (unreserved(c)) {
          out.push_back(c);
        } else {
          append_encoded(out, c);
        }
        continue;
      }
    }
    if (unreserved(c) || (c == '/' && slash == KeepSlash::yes)) {
      out.push_back(c);
    } else {
      append_encoded(out, c == '+' ? ' ' : c);
    }
  }
}

// Dot segments and empty segments removed; a trailing slash stays unless nothing is left.
void append_normalized(std::string& out, std::string_view path) {
  if (path.empty() || path == "/") {
    out.push_back('/');
    return;
  }
  const std::size_t start = out.size();
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    const std::string_view segment = path.substr(at, slash - at);
    at = slash + 1;
    if (segment.empty() || segment == ".") continue;
    if (segment == "..") {
      // Every segment written begins with a slash, and segments hold none (they are encoded).
      if (out.size() > start) out.resize(out.rfind('/'));
      continue;
    }
    out.push_back('/');
    append_encoded_again(out, segment);
  }
  if (out.size() == start || path.back() == '/') out.push_back('/');
}

void append_path(std::string& out, const SigningInput& input) {
  switch (input.path_style) {
    case PathStyle::standard:
      return append_normalized(out, input.path);
    case PathStyle::unnormalized:
      return append_encoded_again(out, input.path.empty() ? "/" : input.path);
    case PathStyle::s3:
      return append_encoded_once(out, input.path.empty() ? "/" : input.path, KeepSlash::yes);
  }
}

// A parameter inside the text being written: name is [at, equals), value (equals, end).
struct Parameter {
  std::size_t at, equals, end;
};

// Parameters are encoded straight into `out` in the order they came; only when that order is
// wrong (presigned requests are usually in order) they are written again.
bool append_query(std::string& out, std::string_view query) {
  if (query.empty()) return true;
  std::array<Parameter, 24> few;
  std::vector<Parameter> many;
  std::size_t count = 0;
  const std::size_t start = out.size();
  for (std::size_t at = 0; at <= query.size();) {
    const std::size_t end = std::min(query.find('&', at), query.size());
    const std::string_view pair = query.substr(at, end - at);
    at = end + 1;
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::size_t resume = out.size();
    if (count > 0) out.push_back('&');
    Parameter p{};
    p.at = out.size();
    append_encoded_once(out, pair.substr(0, equals), KeepSlash::no);
    if (std::string_view(out).substr(p.at) == "X-Amz-Signature") {
      out.resize(resume);
      continue;
    }
    p.equals = out.size();
    out.push_back('=');
    if (equals < pair.size()) append_encoded_once(out, pair.substr(equals + 1), KeepSlash::no);
    p.end = out.size();
    if (count < few.size()) {
      few[count] = p;
    } else {
      if (count == few.size()) many.assign(few.begin(), few.end());
      if (count >= kQueryParametersMax) return false;
      many.push_back(p);
    }
    ++count;
  }
  const std::span<Parameter> all =
      count > few.size() ? std::span<Parameter>(many) : std::span<Parameter>(few.data(), count);
  std::string_view text = out;
  const auto before = [&text](const Parameter& a, const Parameter& b) {
    const int names =
        text.substr(a.at, a.equals - a.at).compare(text.substr(b.at, b.equals - b.at));
    if (names != 0) return names < 0;
    return text.substr(a.equals, a.end - a.equals) < text.substr(b.equals, b.end - b.equals);
  };
  if (std::is_sorted(all.begin(), all.end(), before)) return true;
  std::sort(all.begin(), all.end(), before);
  const std::string unsorted = out.substr(start);
  out.resize(start);
  for (const Parameter& p : all) {
    if (out.size() > start) out.push_back('&');
    out.append(unsorted, p.at - start, p.end - p.at);
  }
  return true;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Ends trimmed, inner runs of blanks (folded lines among them) made one space.
void append_header_value(std::string& out, std::string_view value) {
  while (!value.empty() && is_blank(value.front())) value.remove_prefix(1);
  while (!value.empty() && is_blank(value.back())) value.remove_suffix(1);
  // Most values hold no blank at all; this loop is made of vector instructions.
  unsigned char low = 0;
  for (const char c : value)
    low |= static_cast<unsigned char>(static_cast<unsigned char>(c) <= ' ');
  if (!low) {
    out.append(value);
    return;
  }
  bool blank = false;
  for (const char c : value) {
    if (is_blank(c)) {
      blank = true;
      continue;
    }
    if (blank) out.push_back(' ');
    blank = false;
    out.push_back(c);
  }
}

bool same_name(std::string_view lower, std::string_view name) {
  if (lower.size() != name.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c) != lower[i]) return false;
  }
  return true;
}

bool append_headers(std::string& out, std::span<const HeaderView> headers,
                    std::string_view signed_headers) {
  std::size_t count = 0;
  for (std::size_t at = 0; at <= signed_headers.size();) {
    if (++count > kSignedHeadersMax) return false;
    const std::size_t end = std::min(signed_headers.find(';', at), signed_headers.size());
    const std::string_view name = signed_headers.substr(at, end - at);
    at = end + 1;
    out.append(name);
    out.push_back(':');
    bool first = true;
    for (const HeaderView& header : headers) {
      if (!same_name(name, header.name)) continue;
      if (!first) out.push_back(',');
      first = false;
      append_header_value(out, header.value);
    }
    out.push_back('\n');
  }
  return true;
}

}  // namespace

PathStyle path_style_of(std::string_view signing_name) {
  return signing_name.starts_with("s3") ? PathStyle::s3 : PathStyle::standard;
}

std::optional<PayloadMode> payload_mode(std::string_view content_sha256) {
  if (content_sha256 == kUnsignedPayload) return PayloadMode::unsigned_body;
  if (content_sha256 == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD") return PayloadMode::streaming_signed;
  if (content_sha256 == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER") {
    return PayloadMode::streaming_signed_trailer;
  }
  if (content_sha256 == "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
    return PayloadMode::streaming_unsigned_trailer;
  }
  const bool digest =
      content_sha256.size() == 64 && std::all_of(content_sha256.begin(), content_sha256.end(),
                                                 [](char c) { return hex_digit(c) >= 0; });
  if (digest) return PayloadMode::signed_body;
  return std::nullopt;
}

bool append_canonical_request(std::string& out, const SigningInput& input,
                              std::string_view signed_headers) {
  out.append(input.method);
  out.push_back('\n');
  append_path(out, input);
  out.push_back('\n');
  if (!append_query(out, input.query)) return false;
  out.push_back('\n');
  if (!append_headers(out, input.headers, signed_headers)) return false;
  out.push_back('\n');
  out.append(signed_headers);
  out.push_back('\n');
  out.append(input.payload_hash);
  return true;
}

void append_string_to_sign(std::string& out, std::string_view timestamp,
                           const CredentialScope& scope, std::string_view canonical_request) {
  std::array<char, 64> hash;
  crypto::hex_into(crypto::sha256(canonical_request), hash.data());
  out.append(kAlgorithm);
  out.push_back('\n');
  out.append(timestamp);
  out.push_back('\n');
  out.append(scope.date).push_back('/');
  out.append(scope.region).push_back('/');
  out.append(scope.service).push_back('/');
  out.append(kTerminator).push_back('\n');
  out.append(hash.data(), hash.size());
}

}  // namespace rolecall::sigv4
