// One connection: sniff, handshake, then request after request, answers in order. Lives on its
// worker's thread only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/chunked.h"
#include "http/head_parser.h"
#include "http/worker.h"

namespace rolecall::http {

// Bytes received and not yet used. What was returned by view() stays in place until consume().
class InputBuffer {
 public:
  std::string_view view() const { return {data_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  void consume(std::size_t bytes);
  // Room for at least `bytes` more behind the view. Moves the view.
  std::pair<char*, std::size_t> prepare(std::size_t bytes);
  void commit(std::size_t bytes) { end_ += bytes; }
  void append(std::string_view bytes);
  // Gives memory back when an idle connection holds more than `keep`.
  void shrink(std::size_t keep);

 private:
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Worker& worker, std::uint64_t id, Socket socket, std::string peer_address,
             std::uint16_t peer_port);

  void start();
  void deliver(internal::Mailbox::Message&& message);
  void check_timeout(Instant now);
  bool is_too_slow(Instant now) const;
  void stop_when_idle();
  void force_close();

 private:
  enum class Phase { idle, handshake, head, body, answer, write, linger };
  enum class Fed { more, complete, refused, malformed, too_large, timed_out, broken };

  // connection.cc: the course of requests
  static Awaitable<void> run(std::shared_ptr<Connection> self);
  Awaitable<void> serve();
  std::optional<HeadError> head_overrun() const;
  Awaitable<bool> serve_request();
  Awaitable<bool> open_tunnel(std::size_t head_length);
  // Coroutines here take scalars, views and pointers, and hold no braced assignment (`x = {}`) and
  // no co_await inside && or ?: : gcc 12 corrupts the frame.
  Awaitable<bool> refuse(const HeadError* error);
  void start_refusal(const HeadError& error);
  Fed feed(std::string_view& bytes);
  Awaitable<Fed> read_body(std::string_view& rest);
  Awaitable<bool> drain_body();
  Response error_response(int status, std::string_view reason) const;
  std::expected<RequestLine, HeadError> read_head(std::string_view head);
  std::optional<HeadError> tunnel_refusal(std::string& host) const;
  bool encode_head(bool keep_alive);
  void set_head(const RequestLine& line);
  void start_head();
  void end_exchange(std::string_view rest, std::size_t head_length);
  template <class Call>
  void guarded(Call call);
  void ask_application();
  bool answer_at_once(bool keep_alive);
  Awaitable<bool> send_body();
  Awaitable<bool> write_answer(bool keep_alive);
  void complete(int status, std::uint64_t bytes_out);
  void set_phase(Phase phase);
  Awaitable<void> wait_for_wake();
  void wake();

  // connection_io.cc: bytes in and out
  Awaitable<std::size_t> receive_raw(char* into, std::size_t size);
  Awaitable<std::size_t> receive(char* into, std::size_t size);
  Awaitable<bool> handshake();
  // True when all of out_ went at once.
  bool flush_now();
  Awaitable<bool> flush();
  // Sends out_ and then `body`, in one call as far as the socket takes it.
  Awaitable<bool> send(std::string_view body, bool more_follows);
  Awaitable<bool> send_raw(std::string_view first, std::string_view second, int flags);
  Awaitable<bool> wait_writable();
  Awaitable<bool> send_file(const FileBody& file);
  Awaitable<void> close_after_flush(bool linger);
  std::ptrdiff_t send_some(std::string_view first, std::string_view second, int flags);

  Worker& worker_;
  const std::uint64_t id_;
  Socket socket_;
  const std::string peer_address_;
  const std::uint16_t peer_port_;
  std::string tunnel_host_;
  std::unique_ptr<TlsSession> tls_;
  std::unique_ptr<char[]> tls_input_;

  InputBuffer in_;
  std::string out_;
  HeadScanner scanner_;
  std::vector<Header> headers_;
  Framing framing_;
  RequestHead head_;
  char request_id_[36];
  std::unique_ptr<Exchange> exchange_;
  std::optional<Response> answer_;
  ChunkedDecoder decoder_;
  std::uint64_t serial_ = 0, body_left_ = 0, body_received_ = 0, body_sent_ = 0;
  std::int64_t started_micros_ = 0;
  std::unique_ptr<char[]> body_buffer_;

  std::move_only_function<void()> waiter_;
  Phase phase_ = Phase::idle;
  Instant phase_since_;
  Instant body_since_;  // when its first byte was due
  bool sniff_ = true, timed_out_ = false, dead_ = false, closing_ = false, paused_ = false;
  bool in_exchange_ = false;
};

}  // namespace rolecall::http
