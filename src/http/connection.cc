#include "http/connection.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstring>

#include "base/log.h"
#include "http/response_writer.h"

namespace rolecall::http {
namespace {

// One read usually takes a whole request of an API call: head with signature and session token.
constexpr std::size_t kReadBytes = 8 * 1024;
// What an idle connection may go on holding.
constexpr std::size_t kIdleBufferBytes = 16 * 1024;
// Pieces of an upload: large enough that system calls do not count, small enough for many at once.
constexpr std::size_t kBodyReadBytes = 64 * 1024;
// Until so much of a body has come, its buffer is small.
constexpr std::uint64_t kLargeBodyBytes = 1024 * 1024;
constexpr std::size_t kSmallBodyReadBytes = 8 * 1024;
constexpr std::int64_t kRateGraceSeconds = 30;
// Answers to pipelined requests are sent together up to this.
constexpr std::size_t kBatchBytes = 64 * 1024;
// A body is copied behind its head up to this size; above, both go out in one call uncopied.
constexpr std::size_t kCopiedBodyBytes = 16 * 1024;
// The rest of a refused body is read and thrown away up to this size, to keep the connection.
constexpr std::uint64_t kDrainedBodyBytes = 64 * 1024;
// How long a closing connection reads on, so that the peer gets our answer before a reset.
constexpr int kLingerSeconds = 5;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr unsigned char kTlsHandshakeRecord = 0x16;

std::int64_t monotonic_micros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void write_uuid(Random& random, char* out) {
  std::uint8_t bytes[16];
  random.fill(bytes);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  static constexpr char kHex[] = "0123456789abcdef";
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
    *out++ = kHex[bytes[i] >> 4];
    *out++ = kHex[bytes[i] & 15];
  }
}

}  // namespace

void InputBuffer::consume(std::size_t bytes) {
  begin_ += bytes;
  if (begin_ == end_) begin_ = end_ = 0;
}

std::pair<char*, std::size_t> InputBuffer::prepare(std::size_t bytes) {
  if (capacity_ - end_ < bytes) {
    const std::size_t size = end_ - begin_;
    if (capacity_ - size >= bytes) {
      std::memmove(data_.get(), data_.get() + begin_, size);
    } else {
      const std::size_t grown = std::max(size + bytes, 2 * capacity_);
      auto data = std::make_unique_for_overwrite<char[]>(grown);
      if (size > 0) std::memcpy(data.get(), data_.get() + begin_, size);
      data_ = std::move(data);
      capacity_ = grown;
    }
    begin_ = 0;
    end_ = size;
  }
  return {data_.get() + end_, capacity_ - end_};
}

void InputBuffer::append(std::string_view bytes) {
  if (bytes.empty()) return;
  std::memcpy(prepare(bytes.size()).first, bytes.data(), bytes.size());
  commit(bytes.size());
}

void InputBuffer::shrink(std::size_t keep) {
  if (!empty() || capacity_ <= keep) return;
  data_.reset();
  capacity_ = begin_ = end_ = 0;
}

Connection::Connection(Worker& worker, std::uint64_t id, Socket socket, std::string peer_address,
                       std::uint16_t peer_port)
    : worker_(worker),
      id_(id),
      socket_(std::move(socket)),
      peer_address_(std::move(peer_address)),
      peer_port_(peer_port),
      phase_since_(worker.coarse_now()) {}

void Connection::start() {
  asio::co_spawn(worker_.io().get_executor(), run(shared_from_this()), asio::detached);
}

Awaitable<void> Connection::run(std::shared_ptr<Connection> self) {
  try {
    co_await self->serve();
  } catch (const std::exception& e) {
    log::error("connection ended by an exception", {{"what", e.what()}});
  }
  if (self->in_exchange_) self->complete(0, 0);
  self->exchange_.reset();
  boost::system::error_code ignored;
  self->socket_.close(ignored);
  self->worker_.forget(self->id_);
}

Awaitable<void> Connection::serve() {
  const Limits& limits = worker_.shared().options.limits;
  while (!dead_) {
    if (sniff_ && !in_.empty()) {
      sniff_ = false;
      if (static_cast<unsigned char>(in_.view().front()) == kTlsHandshakeRecord) {
        if (!co_await handshake()) co_return;
        continue;
      }
    }
    // RFC 9112 section 2.2: an empty line before the request line is ignored.
    if (scanner_.length() == 0 && in_.view().starts_with("\r\n")) in_.consume(2);
    const bool only_return = in_.view() == "\r";
    const auto state =
        in_.empty() || only_return ? HeadScanner::State::more : scanner_.scan(in_.view());
    if (state == HeadScanner::State::malformed) {
      const HeadError error{400, "malformed head"};
      co_await refuse(&error);
      co_return;
    }
    if (state == HeadScanner::State::complete) {
      if (scanner_.length() > limits.head_bytes) {
        const HeadError error{431, "the head is too large"};
        co_await refuse(&error);
        co_return;
      }
      if (!co_await serve_request()) co_return;
      continue;
    }
    if (const auto error = head_overrun()) {
      co_await refuse(&*error);
      co_return;
    }
    if (!flush_now()) {
      if (!co_await flush()) co_return;
    }
    if (in_.empty()) {
      if (closing_) break;
      in_.shrink(kIdleBufferBytes);
      set_phase(Phase::idle);
    } else if (phase_ != Phase::head) {
      set_phase(Phase::head);
    }
    const auto [into, size] = in_.prepare(kReadBytes);
    std::size_t got = 0;
    if (tls_)
      got = co_await receive(into, size);
    else
      got = co_await receive_raw(into, size);  // a frame less on the common path
    in_.commit(got);
    if (timed_out_ && phase_ == Phase::head) {
      const HeadError error{408, "the head took too long"};
      co_await refuse(&error);
      co_return;
    }
    if (got == 0) break;
  }
  co_await close_after_flush(false);
}

std::optional<HeadError> Connection::head_overrun() const {
  const Limits& limits = worker_.shared().options.limits;
  if (!scanner_.first_line_seen() && in_.view().size() > limits.target_bytes + 64)
    return HeadError{414, "the request target is too long"};
  if (in_.view().size() > limits.head_bytes) return HeadError{431, "the head is too large"};
  return std::nullopt;
}

// From a complete head in in_ to its answer in out_ or on its way. False: the connection is over.
Awaitable<bool> Connection::serve_request() {
  const std::size_t head_length = scanner_.length();
  scanner_.reset();
  const std::string_view head = in_.view().substr(0, head_length);
  const auto line = read_head(head);
  if (!line) {
    const HeadError error = line.error();
    co_await refuse(&error);
    co_return false;
  }
  set_head(*line);
  // The head stays in place behind begin_: nothing moves in_ until the exchange is over.
  std::string_view rest = in_.view().substr(head_length);
  if (line->method == "CONNECT") co_return co_await open_tunnel(head_length);

  ask_application();
  Fed fed = Fed::complete;
  const bool has_body = framing_.chunked || body_left_ > 0;
  if (has_body) {
    if (answer_) {
      fed = Fed::refused;
    } else {
      guarded([&] { exchange_->on_start(Flow(worker_.mailbox(), id_, serial_)); });
      fed = answer_ ? Fed::refused : feed(rest);
      if (fed == Fed::more) fed = co_await read_body(rest);
    }
  }
  // Who asks whether to go on is told, even with nothing to go on with: botocore takes a final
  // answer in that place for the last word on its connection, and reads the next one wrongly.
  const bool told_nothing = framing_.expect_continue && !has_body && answer_;
  if (framing_.expect_continue && !has_body && !answer_) out_ += kContinue;
  if (fed == Fed::broken) co_return false;
  if (fed == Fed::timed_out) {
    answer_ = error_response(408, "the body took too long");
  } else if (fed == Fed::malformed) {
    answer_ = error_response(400, "malformed chunked body");
  } else if (fed == Fed::too_large) {
    answer_ = error_response(413, "the body is too large");
  } else if (fed == Fed::complete && !answer_) {
    guarded([&] { exchange_->on_end(Reply(worker_.mailbox(), id_, serial_)); });
    if (!answer_) {
      if (!flush_now()) {
        if (!co_await flush()) co_return false;
      }
      set_phase(Phase::answer);
      while (!answer_ && !dead_) co_await wait_for_wake();
      if (dead_) co_return false;
    }
  }
  // A small rest of a refused body is read and dropped; with a large one the connection ends.
  const bool drain = fed == Fed::refused && !framing_.chunked && !framing_.expect_continue &&
                     body_left_ <= kDrainedBodyBytes;
  const bool keep_alive = framing_.keep_alive && !answer_->close && !closing_ && !told_nothing &&
                          (fed == Fed::complete || drain);
  if (!answer_at_once(keep_alive)) {
    const bool sent = co_await send_body();
    if (!sent) co_return false;
  }
  const bool body_unread = fed != Fed::complete;
  end_exchange(rest, head_length);
  if (!keep_alive) {
    co_await close_after_flush(body_unread || !in_.empty());
    co_return false;
  }
  if (drain && body_left_ > 0) {
    const bool drained = co_await drain_body();
    co_return drained;
  }
  if (out_.size() >= kBatchBytes && !flush_now()) {
    const bool flushed = co_await flush();
    co_return flushed;
  }
  co_return true;
}

std::expected<RequestLine, HeadError> Connection::read_head(std::string_view head) {
  const Limits& limits = worker_.shared().options.limits;
  auto line = parse_request_head(head, headers_, limits.header_count);
  if (line && line->target.size() > limits.target_bytes)
    return std::unexpected(HeadError{414, "the request target is too long"});
  if (line && line->framing.content_length.value_or(0) > limits.body_bytes)
    return std::unexpected(HeadError{413, "the body is too large"});
  return line;
}

void Connection::set_head(const RequestLine& line) {
  framing_ = line.framing;
  start_head();
  head_.method = line.method;
  head_.target = line.target;
  head_.authority = line.authority;
  head_.minor_version = line.minor_version;
  head_.headers = headers_;
  head_.content_length = framing_.content_length;
  head_.chunked = framing_.chunked;
  body_left_ = framing_.content_length.value_or(0);
}

// What is known before anything could be read, and a clean slate for the rest.
void Connection::start_head() {
  write_uuid(worker_.shared().random, request_id_);
  head_ = RequestHead{.tls = tls_ != nullptr,
                      .tunnel_host = tunnel_host_,
                      .peer_address = peer_address_,
                      .peer_port = peer_port_,
                      .request_id = std::string_view(request_id_, sizeof request_id_),
                      .received = worker_.shared().clock.now(),
                      .thread_index = worker_.index()};
  ++serial_;
  in_exchange_ = true;
  paused_ = false;
  body_left_ = body_received_ = body_sent_ = 0;
  decoder_ = {};
  answer_.reset();
  started_micros_ = monotonic_micros();
  worker_.stats().requests.add();
}

void Connection::end_exchange(std::string_view rest, std::size_t head_length) {
  complete(answer_->status, body_sent_);
  exchange_.reset();
  answer_.reset();
  if (body_buffer_) {
    // All of in_ was used; what lies behind the body is in the body's buffer.
    in_.consume(in_.view().size());
    in_.append(rest);
    body_buffer_.reset();
  } else {
    in_.consume(head_length);
    in_.consume(in_.view().size() - rest.size());
  }
}

void Connection::complete(int status, std::uint64_t bytes_out) {
  in_exchange_ = false;
  if (status > 0 && status < 600) worker_.stats().by_status[static_cast<std::size_t>(status)].add();
  const auto& on_complete = worker_.shared().options.on_complete;
  if (!on_complete) return;
  on_complete(head_, {.status = status,
                      .bytes_in = body_received_,
                      .bytes_out = bytes_out,
                      .duration_micros = monotonic_micros() - started_micros_});
}

// Exceptions are programming errors; they cost their request, not the server.
template <class Call>
void Connection::guarded(Call call) {
  try {
    call();
  } catch (const std::exception& e) {
    log::error("request handler threw", {{"request_id", head_.request_id}, {"what", e.what()}});
    answer_ = error_response(500, "internal error");
    answer_->close = true;
  }
}

void Connection::ask_application() {
  guarded([&] {
    auto decision = worker_.shared().application(head_);
    if (auto* refusal = std::get_if<Response>(&decision))
      answer_ = std::move(*refusal);
    else
      exchange_ = std::move(std::get<std::unique_ptr<Exchange>>(decision));
    RC_ASSERT(answer_ || exchange_);
  });
}

// Hands the front of `bytes` to the exchange, until it is used up, refused or paused.
Connection::Fed Connection::feed(std::string_view& bytes) {
  const std::uint64_t limit = worker_.shared().options.limits.body_bytes;
  while (!paused_) {
    std::string_view piece;
    if (framing_.chunked) {
      const auto step = decoder_.next(bytes, piece);
      if (step == ChunkedDecoder::Step::more) return Fed::more;
      if (step == ChunkedDecoder::Step::end) return Fed::complete;
      if (step == ChunkedDecoder::Step::malformed) return Fed::malformed;
    } else {
      if (body_left_ == 0) return Fed::complete;
      if (bytes.empty()) return Fed::more;
      piece = bytes.substr(
          0, body_left_ < bytes.size() ? static_cast<std::size_t>(body_left_) : bytes.npos);
      bytes.remove_prefix(piece.size());
      body_left_ -= piece.size();
    }
    body_received_ += piece.size();
    if (body_received_ > limit) return Fed::too_large;
    guarded([&] {
      if (auto refusal = exchange_->on_body(piece)) answer_ = std::move(*refusal);
    });
    if (answer_) return Fed::refused;
  }
  return Fed::more;
}

// The body beyond what came with the head. `rest` is what has been received and not yet used.
Awaitable<Connection::Fed> Connection::read_body(std::string_view& rest) {
  if (framing_.expect_continue && rest.empty() && body_received_ == 0) out_ += kContinue;
  if (!flush_now()) {
    if (!co_await flush()) co_return Fed::broken;
  }
  std::size_t capacity = 0;
  body_since_ = worker_.coarse_now();
  for (;;) {
    if (paused_) {
      set_phase(Phase::answer);
      while (paused_ && !dead_ && !answer_) co_await wait_for_wake();
      if (dead_) co_return Fed::broken;
      if (answer_) co_return Fed::refused;
      const Fed fed = feed(rest);
      if (fed != Fed::more) co_return fed;
      continue;
    }
    // Thousands of small bodies may be on their way at once, so a buffer grows with what has come.
    const std::size_t fitting =
        body_received_ < kLargeBodyBytes ? kSmallBodyReadBytes : kBodyReadBytes;
    if (capacity < fitting) {
      capacity =
          framing_.chunked || body_left_ > fitting ? fitting : static_cast<std::size_t>(body_left_);
      body_buffer_ = std::make_unique_for_overwrite<char[]>(capacity);
    }
    // Never reads past a body whose length is known.
    const std::size_t wanted =
        framing_.chunked || body_left_ > capacity ? capacity : static_cast<std::size_t>(body_left_);
    set_phase(Phase::body);
    const std::size_t got = co_await receive(body_buffer_.get(), wanted);
    if (got == 0) co_return timed_out_ ? Fed::timed_out : Fed::broken;
    rest = std::string_view(body_buffer_.get(), got);
    const Fed fed = feed(rest);
    if (fed != Fed::more) co_return fed;
  }
}

// Reads the announced rest of a refused body, so that the next head is found behind it.
Awaitable<bool> Connection::drain_body() {
  if (!flush_now()) {
    if (!co_await flush()) co_return false;
  }
  while (body_left_ > 0) {
    if (in_.empty()) {
      set_phase(Phase::body);
      const auto [into, size] = in_.prepare(kReadBytes);
      const std::size_t got = co_await receive(into, size);
      if (got == 0) co_return false;
      in_.commit(got);
    }
    const std::size_t drop = std::min<std::uint64_t>(body_left_, in_.view().size());
    in_.consume(drop);
    body_left_ -= drop;
  }
  co_return true;
}

Response Connection::error_response(int status, std::string_view reason) const {
  const auto& shape = worker_.shared().options.shape_error;
  Response response = shape ? shape(status, reason, head_.request_id)
                            : Response{.status = status,
                                       .headers = {{"Content-Type", "text/plain"}},
                                       .body = std::string(reason) + "\n"};
  return response;
}

// Before any application is asked: answer, and end the connection, for nobody knows any more where
// the next request would begin.
Awaitable<bool> Connection::refuse(const HeadError* error) {
  start_refusal(*error);
  const bool written = co_await write_answer(false);
  if (!written) co_return false;
  complete(answer_->status, body_sent_);
  co_await close_after_flush(true);
  co_return false;
}

void Connection::start_refusal(const HeadError& error) {
  framing_ = {};
  headers_.clear();
  start_head();
  answer_ = error_response(error.status, error.reason);
}

// Why the CONNECT in head_ is refused; else `host` is its host in lower case.
std::optional<HeadError> Connection::tunnel_refusal(std::string& host) const {
  const Shared& shared = worker_.shared();
  const auto target = parse_connect_target(head_.target);
  if (tls_ || !tunnel_host_.empty()) return HeadError{400, "CONNECT within a tunnel"};
  if (!target || framing_.chunked || framing_.content_length.value_or(0) > 0)
    return HeadError{400, "malformed CONNECT"};
  if (!shared.tls)
    return HeadError{501, "no certificates are configured, so no tunnel can be opened"};
  for (const char c : target->host) host += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (!shared.options.tunnel_allowed || !shared.options.tunnel_allowed(host, target->port))
    return HeadError{403, "no tunnel is opened to this host"};
  return std::nullopt;
}

// The HTTPS-proxy mode: we are the host at the other end of the tunnel.
Awaitable<bool> Connection::open_tunnel(std::size_t head_length) {
  std::string host;
  const auto error = tunnel_refusal(host);
  if (error) {
    answer_ = error_response(error->status, error->reason);
    const bool written = co_await write_answer(false);
    if (!written) co_return false;
    complete(answer_->status, body_sent_);
    co_await close_after_flush(true);
    co_return false;
  }
  out_ += "HTTP/1.1 200 Connection Established\r\n\r\n";
  worker_.stats().tunnels.add();
  complete(200, 0);
  in_.consume(head_length);
  tunnel_host_ = std::move(host);
  sniff_ = true;
  bool sent = flush_now();
  if (!sent) sent = co_await flush();
  co_return sent;
}

// Puts the answer's head into out_. False: no body follows.
bool Connection::encode_head(bool keep_alive) {
  if (!headers_are_clean(*answer_)) {
    log::error("response header with a control character", {{"request_id", head_.request_id}});
    answer_ = Response{.status = 500};
  }
  const auto* text = std::get_if<std::string>(&answer_->body);
  const std::uint64_t length = text ? text->size() : std::get<FileBody>(answer_->body).length();
  const bool head_only = head_.method == "HEAD" || !status_has_body(answer_->status);
  append_response_head(
      out_, *answer_,
      {.keep_alive = keep_alive,
       .minor_version = head_.minor_version,
       .date_line = worker_.date_line(),
       .server_line = worker_.shared().server_line,
       .content_length = head_only ? answer_->content_length_override.value_or(length) : length});
  body_sent_ = head_only ? 0 : length;
  return body_sent_ > 0;
}

// Puts a small answer into out_ as a whole. False: send_body() must follow.
bool Connection::answer_at_once(bool keep_alive) {
  if (!encode_head(keep_alive)) return true;
  const auto* text = std::get_if<std::string>(&answer_->body);
  if (text == nullptr || text->size() > kCopiedBodyBytes) return false;
  out_ += *text;
  return true;
}

Awaitable<bool> Connection::send_body() {
  bool sent = false;
  if (const auto* file = std::get_if<FileBody>(&answer_->body)) {
    sent = co_await send_file(*file);
  } else {
    const std::string_view text = std::get<std::string>(answer_->body);
    sent = co_await send(text, false);
  }
  co_return sent;
}

Awaitable<bool> Connection::write_answer(bool keep_alive) {
  if (answer_at_once(keep_alive)) co_return true;
  const bool sent = co_await send_body();
  co_return sent;
}

void Connection::deliver(internal::Mailbox::Message&& message) {
  using Kind = internal::Mailbox::Kind;
  if (message.serial != serial_ || !in_exchange_) return;
  switch (message.kind) {
    case Kind::pause:
      paused_ = true;
      return;
    case Kind::resume:
      paused_ = false;
      break;
    case Kind::answer:
      if (!answer_) answer_ = std::move(message.response);
      break;
    case Kind::abandoned:
      if (answer_) return;
      log::error("request was given up without an answer", {{"request_id", head_.request_id}});
      answer_ = error_response(500, "internal error");
      break;
  }
  wake();
}

void Connection::set_phase(Phase phase) {
  phase_ = phase;
  phase_since_ = worker_.coarse_now();
  timed_out_ = false;
}

// A peer that sends, but hardly.
bool Connection::is_too_slow(Instant now) const {
  if (phase_ != Phase::body) return false;
  const std::int64_t seconds = now.seconds() - body_since_.seconds() - kRateGraceSeconds;
  return seconds > 0 && body_received_ < static_cast<std::uint64_t>(seconds) *
                                             worker_.shared().options.limits.bytes_per_second_min;
}

void Connection::check_timeout(Instant now) {
  const Timeouts& limits = worker_.shared().options.timeouts;
  int seconds = 0;
  switch (phase_) {
    case Phase::idle:
      seconds = limits.keep_alive_idle;
      break;
    case Phase::handshake:
      seconds = limits.handshake;
      break;
    case Phase::head:
      seconds = limits.head;
      break;
    case Phase::body:
      seconds = limits.body_idle;
      break;
    case Phase::answer:
      seconds = limits.answer;
      break;
    case Phase::write:
      seconds = limits.write_stall;
      break;
    case Phase::linger:
      seconds = kLingerSeconds;
      break;
  }
  // The stamp may be a sweep older than the event, so a sweep is added.
  const std::int64_t limit_micros =
      std::int64_t{seconds} * 1'000'000 +
      std::int64_t{worker_.shared().options.sweep_interval_millis} * 1'000;
  if (now.micros - phase_since_.micros <= limit_micros && !is_too_slow(now)) return;
  if (phase_ != Phase::idle && phase_ != Phase::linger) worker_.stats().timeouts.add();
  if (phase_ == Phase::answer) {
    if (!answer_) answer_ = error_response(503, "no answer in time");
    wake();
  } else if (phase_ == Phase::write) {
    force_close();
  } else {
    timed_out_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
  }
  phase_since_ = now;
}

void Connection::stop_when_idle() {
  closing_ = true;
  boost::system::error_code ignored;
  if (phase_ == Phase::idle || phase_ == Phase::handshake) socket_.cancel(ignored);
}

void Connection::force_close() {
  dead_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
  wake();
}

Awaitable<void> Connection::wait_for_wake() {
  using Token = asio::use_awaitable_t<Executor>;
  co_await asio::async_initiate<const Token, void()>(
      [this](auto handler) {
        waiter_ = [handler = std::move(handler)]() mutable { std::move(handler)(); };
      },
      Token{});
}

// The coroutine goes on from the loop, never inside whoever calls this.
void Connection::wake() {
  if (auto waiter = std::exchange(waiter_, nullptr)) asio::post(worker_.io(), std::move(waiter));
}

}  // namespace rolecall::http
