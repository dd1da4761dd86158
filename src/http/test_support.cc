#include "http/test_support.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

namespace rolecall::http::test {

RawClient::RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{10, 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
}

RawClient::~RawClient() { ::close(fd_); }

void RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server may close early; the answer tells
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void RawClient::trickle(std::string_view bytes) {
  for (const char& c : bytes) send({&c, 1});
}

bool RawClient::fill() {
  char piece[64 * 1024];
  const ssize_t got = ::recv(fd_, piece, sizeof piece, 0);
  if (got < 0) {
    EXPECT_NE(errno, EAGAIN) << "nothing came in 10 s";
    return false;
  }
  buffer_.append(piece, static_cast<std::size_t>(got));
  return got > 0;
}

std::string RawClient::read_until(std::string_view end) {
  std::size_t at;
  while ((at = buffer_.find(end)) == buffer_.npos)
    if (!fill()) return std::exchange(buffer_, {});
  std::string text = buffer_.substr(0, at + end.size());
  buffer_.erase(0, text.size());
  return text;
}

std::string RawClient::read_answer(bool head_request) {
  std::string answer = read_until("\r\n\r\n");
  const std::size_t field = answer.find("Content-Length: ");
  if (head_request || field == answer.npos) return answer;
  const std::size_t length = std::stoul(answer.substr(field + 16));
  while (buffer_.size() < length)
    if (!fill()) break;
  answer += buffer_.substr(0, length);
  buffer_.erase(0, length);
  return answer;
}

std::string RawClient::read_all() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

void RawClient::shut_down_writing() { ::shutdown(fd_, SHUT_WR); }

void RawClient::reset() {
  const linger hard{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(fd_);
  fd_ = -1;
}

int status_of(std::string_view answer) {
  if (!answer.starts_with("HTTP/1.1 ") || answer.size() < 12) return 0;
  return std::stoi(std::string(answer.substr(9, 3)));
}

std::string body_of(std::string_view answer) {
  const std::size_t at = answer.find("\r\n\r\n");
  return at == answer.npos ? "" : std::string(answer.substr(at + 4));
}

class TestExchange final : public Exchange {
 public:
  TestExchange(TestServer& server, const RequestHead& head) : server_(server), head_(head) {
    ++server_.exchanges_alive;
  }
  ~TestExchange() override { --server_.exchanges_alive; }

  void on_start(Flow flow) override { flow_ = std::move(flow); }

  std::optional<Response> on_body(std::string_view piece) override {
    if (head_.target == "/refuse-body") return Response{.status = 403, .body = "no\n"};
    if (head_.target == "/pause") {
      flow_->pause();
      const std::lock_guard lock(server_.mutex_);
      server_.flows_.push_back(*flow_);
      server_.changed_.notify_all();
    }
    body_ += piece;
    return std::nullopt;
  }

  void on_end(Reply reply) override {
    const std::string_view target = head_.target;
    if (target == "/later") {
      const std::lock_guard lock(server_.mutex_);
      server_.later_.push_back(std::move(reply));
      server_.changed_.notify_all();
    } else if (target == "/throw") {
      throw std::runtime_error("thrown on purpose");
    } else if (target != "/drop") {
      reply(answer());
    }
  }

 private:
  std::size_t number() const { return std::stoul(std::string(head_.target.substr(6))); }

  Response answer() {
    const std::string_view target = head_.target;
    Response response{.headers = {{"Content-Type", "text/plain"}}};
    if (target == "/hello" || target == "/close") {
      response.body = "hello\n";
      response.close = target == "/close";
    } else if (target == "/echo" || target == "/pause") {
      response.body = std::move(body_);
    } else if (target == "/split") {
      response.headers.emplace_back("X-Bad", "a\r\nSet-Cookie: b");
    } else if (target == "/nothing") {
      response.status = 204;
    } else if (target.starts_with("/big?")) {
      response.body = std::string(std::stoul(std::string(target.substr(5))), 'x');
    } else if (target.starts_with("/file?")) {
      std::FILE* file = std::tmpfile();
      std::string bytes(number() + 4, 'f');
      bytes[3] = '<';
      bytes.back() = '>';
      std::fwrite(bytes.data(), 1, bytes.size(), file);
      std::fflush(file);
      response.body = FileBody(::dup(fileno(file)), 3, number());
      std::fclose(file);
    } else if (target == "/head") {
      std::string text = std::string(head_.method) + " " + std::string(head_.authority) +
                         (head_.tls ? " tls" : " plain") + " [" + std::string(head_.tunnel_host) +
                         "]\n";
      for (const Header& header : head_.headers)
        text += std::string(header.name) + "=" + std::string(header.value) + "\n";
      response.body = std::move(text);
    } else {
      response.status = 404;
    }
    if (head_.method == "HEAD") response.content_length_override = 12345;
    return response;
  }

  TestServer& server_;
  const RequestHead& head_;
  std::string body_;
  std::optional<Flow> flow_;
};

TestServer::TestServer(ServerOptions options) {
  options.timeout_clock = &timeout_clock_;
  options.sweep_interval_millis = 5;
  options.on_complete = [this](const RequestHead& head, const ServerOptions::Completed& done) {
    const std::lock_guard lock(mutex_);
    log_.push_back({std::string(head.method), std::string(head.target), done.status, done.bytes_in,
                    done.bytes_out, head.tls, std::string(head.tunnel_host)});
    changed_.notify_all();
  };
  server_ = std::make_unique<Server>(
      std::move(options), clock_, *random_,
      [this](const RequestHead& head) -> std::variant<std::unique_ptr<Exchange>, Response> {
        if (head.target == "/refuse") return Response{.status = 403, .body = "refused\n"};
        return std::make_unique<TestExchange>(*this, head);
      });
  const Status started = server_->start();
  EXPECT_TRUE(started) << started.error().text();
}

TestServer::~TestServer() {
  // Nobody will answer these any more; a stopping server would wait for them.
  {
    const std::lock_guard lock(mutex_);
    later_.clear();
  }
  server_.reset();
}

std::string TestServer::url(std::string_view target, bool tls) const {
  return (tls ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(port()) +
         std::string(target);
}

Reply TestServer::next_later() {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(10), [&] { return !later_.empty(); }));
  Reply reply = std::move(later_.front());
  later_.erase(later_.begin());
  return reply;
}

Flow TestServer::next_flow() {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(10), [&] { return !flows_.empty(); }));
  Flow flow = flows_.front();
  flows_.erase(flows_.begin());
  return flow;
}

std::vector<Logged> TestServer::log() {
  const std::lock_guard lock(mutex_);
  return log_;
}

std::vector<Logged> TestServer::wait_for_log(std::size_t lines) {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(
      changed_.wait_for(lock, std::chrono::seconds(10), [&] { return log_.size() >= lines; }));
  return log_;
}

namespace {

std::string to_pem(const std::function<void(BIO*)>& write) {
  BIO* bio = BIO_new(BIO_s_mem());
  write(bio);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return pem;
}

X509* make_certificate(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key,
                       long serial) {
  X509* made = X509_new();
  X509_set_version(made, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made), serial);
  X509_gmtime_adj(X509_getm_notBefore(made), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made), 3600);
  X509_set_pubkey(made, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(made, X509_get_subject_name(issuer ? issuer : made));
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer ? issuer : made, made, nullptr, nullptr, 0);
  const auto add = [&](int nid, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    X509_add_ext(made, extension, -1);
    X509_EXTENSION_free(extension);
  };
  add(NID_basic_constraints, issuer ? "critical,CA:FALSE" : "critical,CA:TRUE");
  if (issuer) add(NID_subject_alt_name, "DNS:" + name + ",IP:127.0.0.1");
  X509_sign(made, issuer_key, EVP_sha256());
  return made;
}

}  // namespace

struct TestAuthority::Keys {
  EVP_PKEY* ca_key = EVP_EC_gen("P-256");
  EVP_PKEY* leaf_key = EVP_EC_gen("P-256");
  X509* ca = make_certificate("test authority", ca_key, nullptr, ca_key, 1);
  long serial = 2;
  ~Keys() {
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(leaf_key);
    X509_free(ca);
  }
};

TestAuthority::TestAuthority() : keys_(std::make_unique<Keys>()) {
  char path[] = "/tmp/rolecall-http-test-XXXXXX";
  const int fd = ::mkstemp(path);
  bundle_ = path;
  const std::string pem = to_pem([&](BIO* bio) { PEM_write_bio_X509(bio, keys_->ca); });
  EXPECT_EQ(::write(fd, pem.data(), pem.size()), static_cast<ssize_t>(pem.size()));
  ::close(fd);
}

TestAuthority::~TestAuthority() { ::unlink(bundle_.c_str()); }

std::shared_ptr<const CertificatePem> TestAuthority::leaf_for(std::string_view host) {
  if (host == "refused.example") return nullptr;
  const std::lock_guard lock(mutex_);
  auto& leaf = leaves_[std::string(host)];
  if (leaf) return leaf;
  X509* made = make_certificate(host.empty() ? "localhost" : std::string(host), keys_->leaf_key,
                                keys_->ca, keys_->ca_key, keys_->serial++);
  leaf = std::make_shared<CertificatePem>(to_pem([&](BIO* bio) {
                                            PEM_write_bio_X509(bio, made);
                                            PEM_write_bio_X509(bio, keys_->ca);
                                          }),
                                          Secret(to_pem([&](BIO* bio) {
                                            PEM_write_bio_PrivateKey(bio, keys_->leaf_key, nullptr,
                                                                     nullptr, 0, nullptr, nullptr);
                                          })));
  X509_free(made);
  return leaf;
}

}  // namespace rolecall::http::test
