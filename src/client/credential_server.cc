#include "client/credential_server.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/encoding.h"
#include "base/json.h"
#include "client/chain.h"
#include "client/failure.h"
#include "crypto/hash.h"
#include "http/server.h"

namespace rolecall::client {
namespace {

constexpr std::size_t kTokenCharacters = 43;  // 256 bits of 64 letters
constexpr std::size_t kWaitingMax = 256;      // requests; more are turned away
constexpr std::string_view kProfilePath = "/profile/";
constexpr std::string_view kTokenAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

http::Response answer(int status, std::string body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
          .body = std::move(body)};
}

http::Response refusal(int status, std::string_view code, std::string_view message) {
  std::string body;
  json::Writer(body).begin_object().member("code", code).member("message", message).end_object();
  return answer(status, std::move(body));
}

}  // namespace

class CredentialServer::Impl {
 public:
  Impl(Options options, Environment environment, const Clock& clock, Random& random)
      : options_(std::move(options)),
        environment_(std::move(environment)),
        clock_(clock),
        random_(random),
        token_(random.text(kTokenCharacters, kTokenAlphabet)),
        server_({}, clock, random, [this](const http::RequestHead& head) { return accept(head); }),
        worker_([this] { work(); }) {}

  ~Impl() {
    server_.stop();
    server_.join();
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    worker_.join();
  }

  Status start() { return server_.start(); }
  std::uint16_t port() const { return server_.port(); }
  const std::string& token() const { return token_; }

 private:
  struct Asked {
    std::optional<std::string> profile;  // nullopt: the session's own
    http::Reply reply;
  };

  class Waiting final : public http::Exchange {
   public:
    Waiting(Impl& impl, std::optional<std::string> profile)
        : impl_(impl), profile_(std::move(profile)) {}
    std::optional<http::Response> on_body(std::string_view) override {
      return refusal(400, "BadRequest", "no body is expected");
    }
    void on_end(http::Reply reply) override { impl_.push({profile_, std::move(reply)}); }

   private:
    Impl& impl_;
    std::optional<std::string> profile_;
  };

  std::variant<std::unique_ptr<http::Exchange>, http::Response> accept(
      const http::RequestHead& head) {
    // SAFETY: any program of this machine, and any web page in a browser, can send requests here;
    // the token is what only the served program has.
    if (!crypto::equal_constant_time(head.find("Authorization").value_or(""), token_)) {
      return refusal(403, "AccessDenied", "the authorization token is missing or wrong");
    }
    if (head.method != "GET") return refusal(405, "MethodNotAllowed", "only GET");
    const std::string_view path = head.target.substr(0, head.target.find('?'));
    if (path == "/") return std::make_unique<Waiting>(*this, std::nullopt);
    if (path.starts_with(kProfilePath)) {
      auto name = percent_decode(path.substr(kProfilePath.size()));
      if (name && !name->empty()) return std::make_unique<Waiting>(*this, std::move(name));
    }
    return refusal(404, "NotFound", "ask for / or /profile/NAME");
  }

  void push(Asked asked) {
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.size() < kWaitingMax) {
        waiting_.push_back(std::move(asked));
        wake_.notify_one();
        return;
      }
    }
    asked.reply(refusal(503, "Busy", "too many requests are waiting"));
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      Asked asked = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      asked.reply(find(asked.profile));
      lock.lock();
    }
  }

  http::Response find(const std::optional<std::string>& profile) {
    Options options = options_;
    if (profile) options.profile = profile;
    // Files are read anew: a profile changed meanwhile counts.
    Session session(std::move(options), environment_, clock_, random_);
    session.set_mfa_prompt([](const std::string&) -> Result<std::string> {
      return general_failure("Cannot refresh credentials: MFA token required.");
    });
    const auto found = find_credentials(session);
    if (!found) return refusal(500, "CredentialsNotFound", failure_report(found.error()));
    std::string body;
    json::Writer w(body);
    const Credentials& keys = found->credentials;
    w.begin_object().member("AccessKeyId", keys.access_key_id);
    w.member("SecretAccessKey", keys.secret_key.reveal());
    w.member("Token", keys.token ? keys.token->reveal() : "");
    // Clients demand an end; for keys without one they should ask again now and then.
    const Instant end = keys.expires ? *keys.expires : clock_.now().plus_seconds(3'600);
    w.member("Expiration", format_iso8601(end));
    if (!keys.account_id.empty()) w.member("AccountId", keys.account_id);
    w.end_object();
    return answer(200, std::move(body));
  }

  Options options_;
  Environment environment_;
  const Clock& clock_;
  Random& random_;
  const std::string token_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Asked> waiting_;
  bool stopping_ = false;
  http::Server server_;
  std::thread worker_;
};

CredentialServer::CredentialServer() = default;
CredentialServer::~CredentialServer() = default;

Result<std::unique_ptr<CredentialServer>> CredentialServer::start(Options options,
                                                                  Environment environment,
                                                                  const Clock& clock,
                                                                  Random& random) {
  std::unique_ptr<CredentialServer> out(new CredentialServer());
  out->impl_ = std::make_unique<Impl>(std::move(options), std::move(environment), clock, random);
  RC_CHECK(out->impl_->start());
  return out;
}

std::string CredentialServer::url() const {
  return "http://127.0.0.1:" + std::to_string(impl_->port()) + "/";
}
const std::string& CredentialServer::token() const { return impl_->token(); }

}  // namespace rolecall::client
