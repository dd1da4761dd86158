#include "http/client.h"

#include <map>
#include <mutex>

#include "base/encoding.h"
#include "http/chunked.h"
#include "http/client_socket.h"
#include "http/head_parser.h"
#include "http/url.h"

namespace rolecall::http {
namespace {

// A server of ours or AWS answers with a few KiB of headers at most.
constexpr std::size_t kHeadBytesMax = 64 * 1024;
constexpr std::size_t kHeaderCountMax = 256;
constexpr std::size_t kReadBytes = 32 * 1024;
// A body up to this size travels in the same segment as its head.
constexpr std::size_t kCopiedBodyBytes = 64 * 1024;
// Idle connections kept for one origin.
constexpr std::size_t kIdlePerOriginMax = 64;

// One try over one connection.
struct Attempt {
  ClientSocket& socket;
  const Patience& patience;
  const ClientOptions& options;
  bool head_request = false;
  std::string buffer = {};  // received and not yet used
  bool anything_received = false;
  bool reusable = false;
  bool hand_over = false;  // the body goes to on_body
};

Status read_more(Attempt& attempt, bool& closed) {
  const std::size_t used = attempt.buffer.size();
  attempt.buffer.resize(used + kReadBytes);
  auto got = attempt.socket.read(attempt.buffer.data() + used, kReadBytes, attempt.patience);
  attempt.buffer.resize(used + (got ? *got : 0));
  if (!got) return std::move(got).error();
  closed = *got == 0;
  if (!closed) attempt.anything_received = true;
  return {};
}

// A server sends one or two of them; one that never comes to an answer would hold us for ever.
constexpr int kInterimAnswersMax = 16;

// The status line and headers of the final answer; 1xx answers before it are skipped.
Result<Framing> read_head(Attempt& attempt, ClientResponse& response) {
  for (int interim = 0;; ++interim) {
    if (interim > kInterimAnswersMax) return fault("the server sends interim answers without end");
    HeadScanner scanner;
    for (;;) {
      const auto state =
          attempt.buffer.empty() ? HeadScanner::State::more : scanner.scan(attempt.buffer);
      if (state == HeadScanner::State::complete) break;
      if (state == HeadScanner::State::malformed) return fault("the answer's head is malformed");
      if (attempt.buffer.size() > kHeadBytesMax) return fault("the answer's head is too large");
      bool closed = false;
      RC_CHECK(read_more(attempt, closed));
      if (closed) return fault("the server closed the connection without an answer");
    }
    std::vector<Header> headers;
    const std::string_view head = std::string_view(attempt.buffer).substr(0, scanner.length());
    const auto line = parse_status_head(head, headers, kHeaderCountMax);
    if (!line) return fault("the answer's head is malformed: " + std::string(line.error().reason));
    response.status = line->status;
    response.reason = line->reason;
    response.headers.clear();
    for (const Header& header : headers) response.headers.emplace_back(header.name, header.value);
    const Framing framing = line->framing;
    attempt.buffer.erase(0, scanner.length());
    if (response.status >= 200) return framing;
    if (response.status == 101) return fault("the server changed the protocol unasked");
  }
}

Status take_piece(Attempt& attempt, ClientResponse& response, std::string_view piece) {
  if (attempt.hand_over) {
    if (!attempt.options.on_body(piece)) return fault("the call was ended by its caller");
    return {};
  }
  if (piece.size() > attempt.options.body_bytes_max - response.body.size())
    return fault("the answer is larger than " + std::to_string(attempt.options.body_bytes_max) +
                 " bytes");
  response.body += piece;
  return {};
}

Status read_chunked(Attempt& attempt, ClientResponse& response) {
  ChunkedDecoder decoder;
  for (;;) {
    std::string_view bytes = attempt.buffer, piece;
    auto step = ChunkedDecoder::Step::more;
    while ((step = decoder.next(bytes, piece)) == ChunkedDecoder::Step::data)
      RC_CHECK(take_piece(attempt, response, piece));
    if (step == ChunkedDecoder::Step::malformed) return fault("the answer's chunks are malformed");
    attempt.buffer.erase(0, attempt.buffer.size() - bytes.size());
    if (step == ChunkedDecoder::Step::end) return {};
    bool closed = false;
    RC_CHECK(read_more(attempt, closed));
    if (closed) return fault("the answer was cut off");
  }
}

Status read_body(Attempt& attempt, const Framing& framing, ClientResponse& response) {
  attempt.reusable = framing.keep_alive;
  if (attempt.head_request || response.status == 204 || response.status == 304) return {};
  if (framing.chunked) return read_chunked(attempt, response);
  std::uint64_t left = framing.content_length.value_or(~std::uint64_t{0});
  if (!framing.content_length) attempt.reusable = false;
  if (framing.content_length && !attempt.hand_over) {
    if (left > attempt.options.body_bytes_max)
      return fault("the answer is larger than " + std::to_string(attempt.options.body_bytes_max) +
                   " bytes");
    response.body.reserve(static_cast<std::size_t>(left));
  }
  while (left > 0) {
    const std::size_t take = std::min<std::uint64_t>(left, attempt.buffer.size());
    if (take > 0) {
      RC_CHECK(take_piece(attempt, response, std::string_view(attempt.buffer).substr(0, take)));
      attempt.buffer.erase(0, take);
      left -= take;
      continue;
    }
    bool closed = false;
    RC_CHECK(read_more(attempt, closed));
    if (closed && framing.content_length) return fault("the answer was cut off");
    if (closed) return {};
  }
  return {};
}

Status send_source(Attempt& attempt, BodySource& source) {
  RC_CHECK(source.rewind());
  std::string piece(kCopiedBodyBytes, '\0');
  for (std::uint64_t left = source.size(); left > 0;) {
    const std::size_t wanted = std::min<std::uint64_t>(left, piece.size());
    RC_TRY(const std::size_t got, source.read(piece.data(), wanted));
    // The length was announced: fewer bytes than that cannot be made up for.
    if (got == 0) return fault("the body became shorter while it was sent");
    RC_CHECK(attempt.socket.write(std::string_view(piece).substr(0, got), attempt.patience));
    left -= got;
  }
  return {};
}

Result<ClientResponse> do_attempt(Attempt& attempt, const std::string& head,
                                  const std::string& body, BodySource* source) {
  ClientResponse response;
  Status sent;
  if (source) {
    sent = attempt.socket.write(head, attempt.patience);
    if (sent) sent = send_source(attempt, *source);
  } else if (body.size() <= kCopiedBodyBytes) {
    sent = attempt.socket.write(head + body, attempt.patience);
  } else {
    sent = attempt.socket.write(head, attempt.patience);
    if (sent) sent = attempt.socket.write(body, attempt.patience);
  }
  // A server may refuse in the middle of an upload and close: its answer is still to be read.
  auto framing = read_head(attempt, response);
  if (!framing) return sent ? std::move(framing).error() : std::move(sent).error();
  const ClientOptions& options = attempt.options;
  attempt.hand_over = options.on_body && (!options.on_head || options.on_head(response));
  RC_CHECK(read_body(attempt, *framing, response));
  if (!sent || !attempt.buffer.empty()) attempt.reusable = false;
  return response;
}

bool is_field_text(std::string_view text) {
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return false;
  return true;
}

Result<std::string> request_head(const ClientRequest& request, const Url& url,
                                 const std::optional<Url>& proxy) {
  bool host_given = false;
  std::string head = request.method + " ";
  if (proxy && !url.tls) head += "http://" + url.authority();
  head += url.target + " HTTP/1.1\r\n";
  std::string fields;
  for (const auto& [name, value] : request.headers) {
    // SAFETY: a value from a file or a user must not become a header of its own.
    if (name.empty() || name.find_first_of(" :\r\n\t") != name.npos || !is_field_text(value))
      return fault("the header `" + name + "` cannot be sent");
    if (equal_ignoring_case(name, "content-length")) continue;
    if (equal_ignoring_case(name, "host")) host_given = true;
    fields += name + ": " + value + "\r\n";
  }
  if (!is_field_text(request.method) || request.method.empty() ||
      request.method.find(' ') != std::string::npos)
    return fault("the method cannot be sent");
  if (!host_given) head += "Host: " + url.authority() + "\r\n";
  head += fields;
  const std::uint64_t length = request.source ? request.source->size() : request.body.size();
  if (length > 0 || request.method == "POST" || request.method == "PUT")
    head += "Content-Length: " + std::to_string(length) + "\r\n";
  if (proxy && !url.tls && !proxy->user_info.empty())
    head += "Proxy-Authorization: Basic " +
            base64_encode(percent_decode(proxy->user_info).value_or("")) + "\r\n";
  return head + "\r\n";
}

Status open_tunnel(ClientSocket& socket, const Url& url, const Url& proxy,
                   const ClientOptions& options, const Patience& patience) {
  const std::string there =
      (url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]") + ":" +
      std::to_string(url.port);
  std::string head = "CONNECT " + there + " HTTP/1.1\r\nHost: " + there + "\r\n";
  if (!proxy.user_info.empty())
    head += "Proxy-Authorization: Basic " +
            base64_encode(percent_decode(proxy.user_info).value_or("")) + "\r\n";
  RC_CHECK(socket.write(head + "\r\n", patience));
  Attempt attempt{socket, patience, options};
  ClientResponse response;
  RC_TRY([[maybe_unused]] const Framing framing, read_head(attempt, response));
  if (response.status / 100 != 2)
    return fault("the proxy `" + proxy.authority() + "` answered " +
                 std::to_string(response.status) + " to CONNECT `" + there + "`");
  if (!attempt.buffer.empty()) return fault("the proxy spoke before TLS began");
  return {};
}

}  // namespace

class ConnectionPool::Impl {
 public:
  std::unique_ptr<ClientSocket> take(const std::string& origin) {
    const std::lock_guard lock(mutex_);
    auto& idle = idle_[origin];
    while (!idle.empty()) {
      auto socket = std::move(idle.back());
      idle.pop_back();
      if (socket->still_idle()) return socket;
    }
    return nullptr;
  }

  void give(const std::string& origin, std::unique_ptr<ClientSocket> socket) {
    const std::lock_guard lock(mutex_);
    auto& idle = idle_[origin];
    if (idle.size() < kIdlePerOriginMax) idle.push_back(std::move(socket));
  }

  // Reading a bundle of authorities takes longer than most calls: once for each.
  Result<std::shared_ptr<TlsTrust>> trust(const std::string& ca_bundle, bool verify) {
    const std::lock_guard lock(mutex_);
    auto& known = trust_[{ca_bundle, verify}];
    if (!known) {
      RC_TRY(known, TlsTrust::create(ca_bundle, verify));
    }
    return known;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<std::unique_ptr<ClientSocket>>> idle_;
  std::map<std::pair<std::string, bool>, std::shared_ptr<TlsTrust>> trust_;
};

ConnectionPool::ConnectionPool() : impl_(std::make_unique<Impl>()) {}
ConnectionPool::~ConnectionPool() = default;

std::optional<std::string_view> ClientResponse::find(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (equal_ignoring_case(key, name)) return value;
  return std::nullopt;
}

Result<ClientResponse> fetch(const ClientRequest& request, const ClientOptions& options) {
  const auto url = Url::parse(request.url);
  if (!url || !url->user_info.empty()) return fault("`" + request.url + "` is not a URL to fetch");
  std::optional<Url> proxy;
  if (!options.proxy.empty()) {
    proxy = Url::parse(options.proxy);
    if (!proxy || proxy->tls) return fault("`" + options.proxy + "` is not a proxy's URL");
  }
  RC_TRY(const std::string head, request_head(request, *url, proxy));
  const Patience patience(options.idle_timeout_millis, options.total_timeout_millis,
                          options.cancel_fd);
  ConnectionPool own_pool;
  ConnectionPool::Impl& pool = (options.pool ? *options.pool : own_pool).impl();
  const std::string origin = (url->tls ? "https://" : "http://") + url->authority() + " " +
                             options.proxy + " " + options.ca_bundle +
                             (options.verify_tls ? "" : " unverified");
  auto socket = pool.take(origin);
  const bool reused = socket != nullptr;
  for (bool first = reused;; first = false) {
    if (!socket) {
      const Url& peer = proxy ? *proxy : *url;
      RC_TRY(socket,
             ClientSocket::connect(peer.host, peer.port, options.connect_timeout_millis, patience));
      if (url->tls) {
        if (proxy) RC_CHECK(open_tunnel(*socket, *url, *proxy, options, patience));
        RC_TRY(auto trust, pool.trust(options.ca_bundle, options.verify_tls));
        RC_CHECK(socket->start_tls(std::move(trust), url->host, patience));
      }
    }
    Attempt attempt{*socket, patience, options, request.method == "HEAD"};
    auto response = do_attempt(attempt, head, request.body, request.source);
    if (response && attempt.reusable && options.pool) pool.give(origin, std::move(socket));
    // A kept connection may have been closed by the server just as we wrote: nothing was served.
    if (response || !first || attempt.anything_received) {
      if (response) return response;
      return fault(request.method + " " + request.url.substr(0, request.url.find('?')) + ": " +
                   response.error().text());
    }
    socket.reset();
  }
}

namespace {

bool is_exempt(const Url& url, std::string_view list) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view entry = list.substr(0, comma);
    list = comma == list.npos ? std::string_view() : list.substr(comma + 1);
    while (entry.starts_with(' ')) entry.remove_prefix(1);
    while (entry.ends_with(' ')) entry.remove_suffix(1);
    if (entry == "*") return true;
    if (const std::size_t colon = entry.rfind(':');
        colon != entry.npos && entry.find(':') == colon) {
      if (entry.substr(colon + 1) != std::to_string(url.port)) continue;
      entry = entry.substr(0, colon);
    }
    if (entry.starts_with('.')) entry.remove_prefix(1);
    if (entry.empty() || entry.size() > url.host.size()) continue;
    const std::string_view host = url.host;
    const std::string_view tail = host.substr(host.size() - entry.size());
    if (!equal_ignoring_case(tail, entry)) continue;
    if (tail.size() == host.size() || host[host.size() - tail.size() - 1] == '.') return true;
  }
  return false;
}

}  // namespace

std::string proxy_for(
    std::string_view text,
    const std::function<std::optional<std::string>(std::string_view name)>& environment) {
  const auto url = Url::parse(text);
  if (!url) return {};
  const auto either = [&](std::string_view lower, std::string_view upper) {
    auto value = environment(lower);
    if (!value && !upper.empty()) value = environment(upper);
    return value.value_or("");
  };
  if (is_exempt(*url, either("no_proxy", "NO_PROXY"))) return {};
  std::string proxy = url->tls ? either("https_proxy", "HTTPS_PROXY") : either("http_proxy", "");
  if (proxy.empty()) proxy = either("all_proxy", "ALL_PROXY");
  if (!proxy.empty() && proxy.find("://") == proxy.npos) proxy = "http://" + proxy;
  return proxy;
}

}  // namespace rolecall::http
