#include "sigv4/presented.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <span>

#include "base/encoding.h"

namespace rolecall::sigv4 {

using Parsed = std::expected<Presented, AuthFailure>;

namespace {

constexpr std::size_t kOffendingMax = 256;  // of the caller's text repeated in a message

std::string clipped(std::string_view text) { return std::string(text.substr(0, kOffendingMax)); }

bool is_date(std::string_view text) {
  return text.size() == 8 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The headers a signature needs, found in one pass.
struct Found {
  const HeaderView* authorization = nullptr;
  const HeaderView* amz_date = nullptr;
  const HeaderView* date = nullptr;
  const HeaderView* token = nullptr;
  bool duplicate = false;
};

Found find_headers(std::span<const HeaderView> headers) {
  Found found;
  const auto take = [&found](const HeaderView*& slot, const HeaderView& header) {
    if (slot) found.duplicate = true;
    slot = &header;
  };
  for (const HeaderView& header : headers) {
    switch (header.name.size()) {
      case 4:
        if (equal_ignoring_case(header.name, "date")) take(found.date, header);
        break;
      case 10:
        if (equal_ignoring_case(header.name, "x-amz-date")) take(found.amz_date, header);
        break;
      case 13:
        if (equal_ignoring_case(header.name, "authorization")) take(found.authorization, header);
        break;
      case 20:
        if (equal_ignoring_case(header.name, "x-amz-security-token")) take(found.token, header);
        break;
      default:
        break;
    }
  }
  return found;
}

// The query parameters of a presigned request, undecoded; data() is null for an absent one.
struct QueryParameters {
  std::string_view algorithm, credential, date, expires, signed_headers, signature, token;
  bool sigv2_key = false, sigv2_signature = false;
  bool duplicate = false;
  bool any() const {
    return algorithm.data() || credential.data() || signature.data() || signed_headers.data();
  }
};

QueryParameters find_parameters(std::string_view query) {
  QueryParameters found;
  // Most requests carry their signature in a header: one search settles those.
  if (query.find("X-Amz-") == std::string_view::npos &&
      query.find("AWSAccessKeyId=") == std::string_view::npos) {
    return found;
  }
  const auto take = [&found](std::string_view& slot, std::string_view value) {
    if (slot.data()) found.duplicate = true;
    slot = value;
  };
  for (std::size_t at = 0; at <= query.size();) {
    const std::size_t end = std::min(query.find('&', at), query.size());
    const std::string_view pair = query.substr(at, end - at);
    at = end + 1;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view name = pair.substr(0, equals);
    // Never null, so that an empty value differs from an absent one.
    const std::string_view value =
        equals < pair.size() ? pair.substr(equals + 1) : pair.substr(equals);
    if (name == "AWSAccessKeyId") found.sigv2_key = true;
    if (name == "Signature") found.sigv2_signature = true;
    if (!name.starts_with("X-Amz-")) continue;
    const std::string_view rest = name.substr(6);
    if (rest == "Algorithm") take(found.algorithm, value);
    if (rest == "Credential") take(found.credential, value);
    if (rest == "Date") take(found.date, value);
    if (rest == "Expires") take(found.expires, value);
    if (rest == "SignedHeaders") take(found.signed_headers, value);
    if (rest == "Signature") take(found.signature, value);
    if (rest == "Security-Token") take(found.token, value);
  }
  return found;
}

bool well_formed_list(std::string_view signed_headers) {
  std::string_view previous;
  std::size_t count = 0;
  for (std::size_t at = 0; at <= signed_headers.size();) {
    const std::size_t end = std::min(signed_headers.find(';', at), signed_headers.size());
    const std::string_view name = signed_headers.substr(at, end - at);
    at = end + 1;
    if (name.empty() || name <= previous || ++count > kSignedHeadersMax) return false;
    for (const char c : name) {
      if ((c >= 'A' && c <= 'Z') || c <= ' ' || c == ':') return false;
    }
    previous = name;
  }
  return true;
}

}  // namespace

bool Presented::is_signed(std::string_view name) const {
  for (std::size_t at = 0; at <= signed_headers.size();) {
    const std::size_t end = std::min(signed_headers.find(';', at), signed_headers.size());
    if (end - at == name.size() && equal_ignoring_case(signed_headers.substr(at, end - at), name)) {
      return true;
    }
    at = end + 1;
  }
  return false;
}

// Builds one Presented or says what is wrong with the claim.
struct PresentedParser {
  const SigningInput& input;
  Flavor flavor;
  Found headers = {};
  QueryParameters query = {};
  Presented out = {};
  AuthFailure failure = {};

  std::unexpected<AuthFailure> fail(AuthProblem problem, std::string_view offending = {}) {
    failure.problem = problem;
    failure.form = out.form;
    failure.offending = clipped(offending);
    return std::unexpected(std::move(failure));
  }

  Parsed run() {
    headers = find_headers(input.headers);
    query = find_parameters(input.query);
    if (headers.authorization && (query.any() || headers.duplicate)) {
      return fail(AuthProblem::several_mechanisms);
    }
    if (headers.authorization) return from_header(headers.authorization->value);
    if (query.any()) return from_query();
    if (query.sigv2_key && query.sigv2_signature) return fail(AuthProblem::sigv2);
    return fail(AuthProblem::none);
  }

  Parsed from_header(std::string_view value) {
    value = trim(value);
    const std::size_t space = std::min(value.find(' '), value.size());
    const std::string_view algorithm = value.substr(0, space);
    failure.authorization = clipped(algorithm);
    if (algorithm == "AWS") return fail(AuthProblem::sigv2);
    if (algorithm.starts_with("AWS4-ECDSA-")) return fail(AuthProblem::sigv4a, algorithm);
    if (algorithm != kAlgorithm) return fail(AuthProblem::unsupported_algorithm, algorithm);
    std::string_view credential, signed_headers, signature;
    for (std::size_t at = space; at < value.size();) {
      const std::size_t end = std::min(value.find(',', at), value.size());
      const std::string_view component = trim(value.substr(at, end - at));
      at = end + 1;
      if (component.empty()) continue;
      const std::size_t equals = component.find('=');
      if (equals == std::string_view::npos) {
        // AWS repeats the component only as a hash: it may be a secret in the wrong place.
        const auto digest = crypto::sha256(component);
        return fail(AuthProblem::not_key_value, base64_encode(as_text(digest)));
      }
      const std::string_view name = component.substr(0, equals);
      std::string_view* const slot = name == "Credential"      ? &credential
                                     : name == "SignedHeaders" ? &signed_headers
                                     : name == "Signature"     ? &signature
                                                               : nullptr;
      if (!slot) continue;
      if (slot->data()) return fail(AuthProblem::several_mechanisms);
      *slot = component.substr(equals + 1);
    }
    if (credential.empty()) failure.missing |= kMissingCredential;
    if (signature.empty()) failure.missing |= kMissingSignature;
    if (signed_headers.empty()) failure.missing |= kMissingSignedHeaders;
    if (!headers.amz_date && !headers.date) failure.missing |= kMissingDate;
    if (failure.missing) return fail(AuthProblem::incomplete);
    out.signed_headers = signed_headers;
    out.signature = signature;
    if (headers.token) out.security_token = trim(headers.token->value);
    if (!date_from_headers()) {
      return fail(AuthProblem::malformed_date,
                  (headers.amz_date ? headers.amz_date : headers.date)->value);
    }
    return finish(credential);
  }

  bool date_from_headers() {
    if (headers.amz_date) return set_timestamp(trim(headers.amz_date->value));
    const std::string_view text = trim(headers.date->value);
    auto at = parse_basic(text);
    if (!at) at = parse_http_date(text);
    // RFC 5322's ways to say GMT; botocore writes the first.
    for (const std::string_view zone : {"-0000", "+0000", "UTC"}) {
      if (!at && text.ends_with(zone)) {
        at = parse_http_date(std::string(text.substr(0, text.size() - zone.size())) + "GMT");
      }
    }
    if (!at) at = parse_iso8601(text);
    return at && set_timestamp(format_basic(*at));
  }

  bool set_timestamp(std::string_view basic) {
    const auto at = parse_basic(basic);
    if (!at || basic.size() != out.timestamp_text_.size()) return false;
    out.timestamp = *at;
    std::copy(basic.begin(), basic.end(), out.timestamp_text_.begin());
    return true;
  }

  Parsed from_query() {
    out.form = Form::query;
    if (query.duplicate) return fail(AuthProblem::several_mechanisms);
    if (query.algorithm.empty()) failure.missing |= kMissingAlgorithm;
    if (query.credential.empty()) failure.missing |= kMissingCredential;
    if (query.signature.empty()) failure.missing |= kMissingSignature;
    if (query.signed_headers.empty()) failure.missing |= kMissingSignedHeaders;
    if (query.date.empty()) failure.missing |= kMissingDate;
    // Other services go by the date alone; see check_time.
    if (query.expires.empty() && flavor == Flavor::s3) failure.missing |= kMissingExpires;
    if (failure.missing) return fail(AuthProblem::incomplete);

    out.decoded_ = std::make_unique_for_overwrite<char[]>(input.query.size());
    char* free = out.decoded_.get();
    const auto decode = [&free](std::string_view text) {
      char* const start = free;
      for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr ==
                text.data() + i + 3) {
          *free++ = static_cast<char>(value);
          i += 2;
        } else {
          *free++ = text[i] == '+' ? ' ' : text[i];
        }
      }
      return std::string_view(start, static_cast<std::size_t>(free - start));
    };
    const std::string_view algorithm = decode(query.algorithm);
    failure.authorization = clipped(algorithm);
    if (algorithm.starts_with("AWS4-ECDSA-")) return fail(AuthProblem::sigv4a, algorithm);
    if (algorithm != kAlgorithm) return fail(AuthProblem::unsupported_algorithm, algorithm);
    out.signed_headers = decode(query.signed_headers);
    out.signature = decode(query.signature);
    if (query.token.data()) out.security_token = decode(query.token);
    const std::string_view date = decode(query.date);
    if (!set_timestamp(date)) return fail(AuthProblem::malformed_date, date);
    if (query.expires.data()) {
      const std::string_view expires = decode(query.expires);
      std::int64_t seconds = 0;
      const auto [end, error] =
          std::from_chars(expires.data(), expires.data() + expires.size(), seconds);
      if (error == std::errc::result_out_of_range && end == expires.data() + expires.size()) {
        return fail(expires.starts_with('-') ? AuthProblem::expires_negative
                                             : AuthProblem::expires_too_long,
                    expires);
      }
      if (error != std::errc{} || end != expires.data() + expires.size()) {
        return fail(AuthProblem::expires_not_number, expires);
      }
      if (seconds < 0) return fail(AuthProblem::expires_negative, expires);
      if (seconds > kPresignExpiresSecondsMax) return fail(AuthProblem::expires_too_long, expires);
      out.expires_seconds = seconds;
    }
    return finish(decode(query.credential));
  }

  Parsed finish(std::string_view credential) {
    std::array<std::string_view, 5> parts;
    std::size_t count = 0;
    for (std::size_t at = 0; at <= credential.size(); ++count) {
      const std::size_t end = std::min(credential.find('/', at), credential.size());
      if (count < parts.size()) parts[count] = credential.substr(at, end - at);
      at = end + 1;
    }
    if (count != parts.size() || parts[0].empty()) {
      return fail(AuthProblem::malformed_credential, credential);
    }
    out.access_key_id = parts[0];
    out.date = parts[1];
    out.region = parts[2];
    out.service = parts[3];
    if (parts[4] != kTerminator) return fail(AuthProblem::wrong_terminator, parts[4]);
    if (!is_date(out.date)) return fail(AuthProblem::malformed_scope_date, out.date);
    if (out.date != out.timestamp_text().substr(0, 8)) {
      failure.other = out.timestamp_text();
      return fail(AuthProblem::scope_date_mismatch, out.date);
    }
    if (!well_formed_list(out.signed_headers)) {
      return fail(AuthProblem::malformed_signed_headers, out.signed_headers);
    }
    if (!out.is_signed("host")) return fail(AuthProblem::host_not_signed);
    if (flavor == Flavor::s3) {
      for (const HeaderView& header : input.headers) {
        if (starts_with_ignoring_case(header.name, "x-amz-") && !out.is_signed(header.name)) {
          return fail(AuthProblem::header_not_signed, ascii_lower(header.name));
        }
      }
    } else if (!out.is_signed("x-amz-target")) {
      // It names the operation: unsigned, it could be changed on the way.
      for (const HeaderView& header : input.headers) {
        if (equal_ignoring_case(header.name, "x-amz-target")) {
          return fail(AuthProblem::header_not_signed, "x-amz-target");
        }
      }
    }
    return std::move(out);
  }
};

Parsed parse(const SigningInput& input, Flavor flavor) {
  PresentedParser parser{.input = input, .flavor = flavor};
  return parser.run();
}

}  // namespace rolecall::sigv4
