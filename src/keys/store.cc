#include "keys/store.h"

#include <algorithm>
#include <array>

#include "crypto/hash.h"

namespace rolecall::keys {
namespace {

constexpr std::string_view kId = "access_key_id=", kSecret = "secret_access_key=",
                           kToken = "session_token=", kAccount = "account_id=";

// Printable ASCII without blanks: what AWS's keys are made of, and what keeps them one line each.
bool is_field(std::string_view text) {
  if (text.size() > kFieldBytesMax) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

// The value of a line that begins with `name`; nullopt (and nothing taken) when it does not.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  const std::size_t end = text.find('\n');
  if (end == text.npos) return std::nullopt;
  const std::string_view value = text.substr(name.size(), end - name.size());
  text.remove_prefix(end + 1);
  return value;
}

bool equal(std::string_view a, std::string_view b) { return crypto::equal_constant_time(a, b); }

}  // namespace

std::string_view backend_name(Backend backend) {
  switch (backend) {
    case Backend::keyring:
      return "keyring";
    case Backend::secret_service:
      return "secret-service";
    case Backend::file:
      break;
  }
  return "file";
}

std::optional<Backend> parse_backend(std::string_view name) {
  for (const Backend backend : kBackends) {
    if (backend_name(backend) == name) return backend;
  }
  return std::nullopt;
}

Status check(const std::string& name, const Entry& entry) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; };
  if (name.empty() || name.size() > kNameBytesMax ||
      std::any_of(name.begin(), name.end(), control)) {
    return fault("a name has 1 to 255 bytes and no control characters");
  }
  if (entry.access_key_id.empty() || !is_field(entry.access_key_id)) {
    return fault("that is no access key id");
  }
  if (entry.secret_key.empty() || !is_field(entry.secret_key.reveal())) {
    return fault("that is no secret access key");
  }
  if (entry.token && !is_field(entry.token->reveal())) return fault("that is no session token");
  if (!is_field(entry.account_id)) return fault("that is no account id");
  return {};
}

bool same(const Entry& a, const Entry& b) {
  const auto token = [](const Entry& entry) {
    return entry.token ? entry.token->reveal() : std::string_view();
  };
  return a.access_key_id == b.access_key_id && a.token.has_value() == b.token.has_value() &&
         equal(a.secret_key.reveal(), b.secret_key.reveal()) && equal(token(a), token(b)) &&
         a.account_id == b.account_id;
}

Secret format_entry(const Entry& entry) {
  const std::string_view token = entry.token ? entry.token->reveal() : std::string_view();
  std::string out;
  // At once: a string that grows leaves its bytes behind.
  out.reserve(96 + entry.access_key_id.size() + entry.secret_key.reveal().size() + token.size() +
              entry.account_id.size());
  const auto line = [&out](std::string_view name, std::string_view value) {
    out.append(name).append(value).push_back('\n');
  };
  line(kId, entry.access_key_id);
  line(kSecret, entry.secret_key.reveal());
  if (entry.token) line(kToken, token);
  if (!entry.account_id.empty()) line(kAccount, entry.account_id);
  return Secret(std::move(out));
}

std::optional<Entry> parse_entry(std::string_view text) {
  const auto id = take_line(text, kId);
  if (!id || id->empty() || !is_field(*id)) return std::nullopt;
  const auto secret = take_line(text, kSecret);
  if (!secret || secret->empty() || !is_field(*secret)) return std::nullopt;
  Entry out{std::string(*id), Secret(std::string(*secret))};
  if (const auto token = take_line(text, kToken)) {
    if (!is_field(*token)) return std::nullopt;
    out.token = Secret(std::string(*token));
  }
  if (const auto account = take_line(text, kAccount)) {
    if (account->empty() || !is_field(*account)) return std::nullopt;
    out.account_id = *account;
  }
  if (!text.empty()) return std::nullopt;
  return out;
}

}  // namespace rolecall::keys
