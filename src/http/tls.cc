#include "http/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <mutex>
#include <unordered_map>

namespace rolecall::http {
namespace {

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
void free_chain(STACK_OF(X509) * chain) { sk_X509_pop_free(chain, X509_free); }
using BioPtr = std::unique_ptr<BIO, Free<BIO_free>>;
using X509Ptr = std::unique_ptr<X509, Free<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using ChainPtr = std::unique_ptr<STACK_OF(X509), Free<free_chain>>;
using ContextPtr = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, Free<SSL_free>>;

// Hosts whose parsed certificates are kept. A client of ours speaks to a few dozen service hosts;
// a peer that invents names only makes us parse again.
constexpr std::size_t kParsedHostsMax = 512;

struct Parsed {
  std::shared_ptr<const CertificatePem> source;  // what this was parsed from
  X509Ptr leaf;
  ChainPtr chain;
  KeyPtr key;
};

BioPtr reader(std::string_view pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

std::shared_ptr<const Parsed> parse(std::shared_ptr<const CertificatePem> pem) {
  auto parsed = std::make_shared<Parsed>();
  const BioPtr chain = reader(pem->chain);
  parsed->leaf.reset(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr));
  parsed->chain.reset(sk_X509_new_null());
  while (X509* next = PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr))
    sk_X509_push(parsed->chain.get(), next);
  const BioPtr key = reader(pem->private_key.reveal());
  parsed->key.reset(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!parsed->leaf || !parsed->key) return nullptr;
  parsed->source = std::move(pem);
  return parsed;
}

// AWS clients speak HTTP/1.1; a client that offers only h2 is left to do without ALPN.
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_length,
                    const unsigned char* offered, unsigned int offered_length, void*) {
  static constexpr unsigned char kProtocols[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, kProtocols, sizeof kProtocols - 1, offered,
                            offered_length) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return lower;
}

}  // namespace

class TlsContext::Impl {
 public:
  Impl(ContextPtr context, std::shared_ptr<CertificateSource> source)
      : context_(std::move(context)), source_(std::move(source)) {}

  SSL_CTX* get() { return context_.get(); }

  std::shared_ptr<const Parsed> certificate_for(const std::string& host) {
    auto pem = source_->leaf_for(host);
    if (!pem) return nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = parsed_.find(host);
          found != parsed_.end() && found->second->source == pem)
        return found->second;
    }
    auto parsed = parse(std::move(pem));
    if (!parsed) return nullptr;
    const std::lock_guard lock(mutex_);
    if (parsed_.size() >= kParsedHostsMax) parsed_.clear();
    parsed_[host] = parsed;
    return parsed;
  }

 private:
  ContextPtr context_;
  std::shared_ptr<CertificateSource> source_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const Parsed>> parsed_;
};

class TlsSession::Impl {
 public:
  Impl(TlsContext& tls, std::string host) : Impl(tls.impl().get()) {
    context = &tls.impl();
    fallback_host = std::move(host);
    SSL_set_accept_state(ssl.get());
    SSL_set_cert_cb(ssl.get(), &Impl::choose_certificate, this);
  }

  explicit Impl(SSL_CTX* settings) {
    ssl.reset(SSL_new(settings));
    RC_ASSERT(ssl != nullptr);
    in = BIO_new(BIO_s_mem());
    out = BIO_new(BIO_s_mem());
    RC_ASSERT(in != nullptr && out != nullptr);
    BIO_set_mem_eof_return(in, -1);
    SSL_set_bio(ssl.get(), in, out);
  }

  static int choose_certificate(SSL* ssl, void* self_pointer) {
    auto& self = *static_cast<Impl*>(self_pointer);
    const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    const std::string host =
        name != nullptr && *name != '\0' ? lower_case(name) : self.fallback_host;
    const auto certificate = self.context->certificate_for(host);
    if (!certificate) return 0;
    return SSL_use_cert_and_key(ssl, certificate->leaf.get(), certificate->key.get(),
                                certificate->chain.get(), 1);
  }

  Step step_for(int result) {
    const int error = SSL_get_error(ssl.get(), result);
    if (error == SSL_ERROR_SSL) {
      const char* text = ERR_reason_error_string(ERR_peek_error());
      reason = text != nullptr ? text : "protocol error";
    }
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return Step::more;
    return Step::failed;
  }

  TlsContext::Impl* context = nullptr;  // the server's
  std::string fallback_host;
  SslPtr ssl;
  BIO* in = nullptr;   // owned by ssl
  BIO* out = nullptr;  // owned by ssl
  std::size_t gone = 0;
  std::string reason;
};

class TlsTrust::Impl {
 public:
  explicit Impl(ContextPtr context) : context_(std::move(context)) {}
  SSL_CTX* get() { return context_.get(); }

 private:
  ContextPtr context_;
};

TlsTrust::TlsTrust(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsTrust::~TlsTrust() = default;

Result<std::unique_ptr<TlsTrust>> TlsTrust::create(const std::string& ca_bundle, bool verify) {
  ContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (!context) return fault("could not set up TLS");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (verify) {
    const int loaded = ca_bundle.empty()
                           ? SSL_CTX_set_default_verify_paths(context.get())
                           : SSL_CTX_load_verify_file(context.get(), ca_bundle.c_str());
    ERR_clear_error();
    if (loaded != 1)
      return fault("could not read certificate authorities from `" + ca_bundle + "`");
  }
  return std::unique_ptr<TlsTrust>(new TlsTrust(std::make_unique<Impl>(std::move(context))));
}

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::~TlsContext() = default;

Result<std::unique_ptr<TlsContext>> TlsContext::create(std::shared_ptr<CertificateSource> source) {
  ContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (!context) return fault("could not set up TLS");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                         SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context.get(), select_protocol, nullptr);
  return std::unique_ptr<TlsContext>(
      new TlsContext(std::make_unique<Impl>(std::move(context), std::move(source))));
}

TlsSession::TlsSession(TlsContext& context, std::string fallback_host)
    : impl_(std::make_unique<Impl>(context, std::move(fallback_host))) {}
TlsSession::TlsSession(TlsTrust& trust, const std::string& host)
    : impl_(std::make_unique<Impl>(trust.impl().get())) {
  SSL* ssl = impl_->ssl.get();
  SSL_set_connect_state(ssl);
  X509_VERIFY_PARAM* wanted = SSL_get0_param(ssl);
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1) return;  // an address has no SNI
  ERR_clear_error();
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  SSL_set1_host(ssl, host.c_str());
  SSL_set_tlsext_host_name(ssl, host.c_str());
}
TlsSession::~TlsSession() = default;

std::string TlsSession::failure() const {
  const long verdict = SSL_get_verify_result(impl_->ssl.get());
  if (verdict != X509_V_OK)
    return std::string("the certificate is not trusted: ") + X509_verify_cert_error_string(verdict);
  return impl_->reason.empty() ? "the peer closed the connection" : impl_->reason;
}

void TlsSession::feed(std::string_view records) {
  if (!records.empty()) BIO_write(impl_->in, records.data(), static_cast<int>(records.size()));
}

std::string_view TlsSession::output() const {
  char* data = nullptr;
  const long size = BIO_get_mem_data(impl_->out, &data);
  if (size <= 0) return {};
  return std::string_view(data, static_cast<std::size_t>(size)).substr(impl_->gone);
}

void TlsSession::consume_output(std::size_t bytes) {
  impl_->gone += bytes;
  if (!output().empty()) return;
  (void)BIO_reset(impl_->out);
  impl_->gone = 0;
}

TlsSession::Step TlsSession::handshake() {
  const int result = SSL_do_handshake(impl_->ssl.get());
  return result == 1 ? Step::done : impl_->step_for(result);
}

TlsSession::Step TlsSession::read(char* into, std::size_t size, std::size_t& got) {
  got = 0;
  const int result = SSL_read_ex(impl_->ssl.get(), into, size, &got);
  if (result == 1) return Step::done;
  if (SSL_get_error(impl_->ssl.get(), result) == SSL_ERROR_ZERO_RETURN) return Step::done;
  return impl_->step_for(result);
}

bool TlsSession::write(std::string_view plain) {
  while (!plain.empty()) {
    std::size_t written = 0;
    if (SSL_write_ex(impl_->ssl.get(), plain.data(), plain.size(), &written) != 1) {
      ERR_clear_error();
      return false;
    }
    plain.remove_prefix(written);
  }
  return true;
}

void TlsSession::say_goodbye() {
  SSL_shutdown(impl_->ssl.get());
  ERR_clear_error();
}

}  // namespace rolecall::http
