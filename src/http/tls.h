// TLS over buffers: OpenSSL's records in and out, no sockets. tls.cc is the only file that sees
// OpenSSL's SSL.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/server.h"

namespace rolecall::http {

// One per server; thread-safe. Keeps certificates parsed, by host.
class TlsContext {
 public:
  static Result<std::unique_ptr<TlsContext>> create(std::shared_ptr<CertificateSource> source);
  ~TlsContext();

  class Impl;
  Impl& impl() { return *impl_; }

 private:
  explicit TlsContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// What a client trusts. Thread-safe.
class TlsTrust {
 public:
  // `ca_bundle`: a PEM file; empty: the system's authorities. `verify` false trusts anybody.
  static Result<std::unique_ptr<TlsTrust>> create(const std::string& ca_bundle, bool verify);
  ~TlsTrust();

  class Impl;
  Impl& impl() { return *impl_; }

 private:
  explicit TlsTrust(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// One side of one connection.
class TlsSession {
 public:
  enum class Step { done, more, failed };

  // `fallback_host`: whose certificate is shown to a client without SNI. `context` outlives it.
  TlsSession(TlsContext& context, std::string fallback_host);
  // The client's side: the peer must prove to be `host` (name or address). `trust` outlives it.
  TlsSession(TlsTrust& trust, const std::string& host);
  ~TlsSession();

  // What came from the peer.
  void feed(std::string_view records);
  // What must go to the peer, and that it has gone.
  std::string_view output() const;
  void consume_output(std::size_t bytes);

  Step handshake();
  // done: `got` bytes were decrypted (0: the peer said goodbye); more: feed() first.
  Step read(char* into, std::size_t size, std::size_t& got);
  // Encrypts all of it into output().
  bool write(std::string_view plain);
  void say_goodbye();
  // In words, after a client's handshake has failed.
  std::string failure() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rolecall::http
