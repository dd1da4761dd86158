// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or …_FULL_URI: an endpoint that a container, or
// `rolecall exec --server`, is given.
#include <chrono>
#include <thread>

#include "base/files.h"
#include "client/answers.h"
#include "client/failure.h"
#include "client/provider.h"
#include "client/transport.h"
#include "http/url.h"

namespace rolecall::client {
namespace {

constexpr std::string_view kEcsAddress = "http://169.254.170.2";
constexpr std::string_view kError = "Error when retrieving credentials from container-role: ";
constexpr CallTimeouts kTimeouts{.connect_millis = 2'000, .total_millis = 4'000};
constexpr int kAttempts = 3;
constexpr std::size_t kTokenBytesMax = 64 * 1024;

// http is for addresses of this machine and of ECS and EKS; anything else must be https.
bool is_allowed(const http::Url& url) {
  if (url.tls) return true;
  for (const std::string_view host :
       {"169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost", "::1"}) {
    if (url.host == host) return true;
  }
  // 127.0.0.0/8, four numbers: "127.evil.example" is none.
  return url.host.starts_with("127.") && url.host.find_first_not_of("0123456789.") == url.host.npos;
}

Result<std::string> authorization(const Environment& environment) {
  std::string token;
  if (auto path = environment.get_filled("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
    RC_TRY(const auto text, read_file_if_there(*path, kTokenBytesMax));
    if (!text) return general_failure("[Errno 2] No such file or directory: '" + *path + "'");
    token = *text;
  } else {
    token = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
  }
  if (token.find_first_of("\r\n") != token.npos) {
    return general_failure("Auth token value is not a legal header value");
  }
  return token;
}

class ContainerSource final : public Source {
 public:
  explicit ContainerSource(std::string url) : url_(std::move(url)) {}
  std::string_view method() const override { return "container-role"; }
  std::string identity() const override { return "container:" + url_; }
  void describe(std::vector<Hop>& hops) const override {
    hops.push_back({"", std::string(method()), url_, key_id_});
  }

  Result<Credentials> fetch(Session& session) override {
    const auto url = http::Url::parse(url_);
    if (!url || !is_allowed(*url)) {
      return general_failure(
          "Unsupported host '" + (url ? url->host : url_) +
          "'.  Can only retrieve metadata from a loopback address or one of these hosts: "
          "169.254.170.2, 169.254.170.23, fd00:ec2::23, localhost");
    }
    RC_TRY(const std::string token, authorization(session.environment()));
    http::ClientRequest request{"GET", url_, {{"Accept", "application/json"}}, {}};
    if (!token.empty()) request.headers.emplace_back("Authorization", token);
    for (int attempt = 1;; ++attempt) {
      auto answer = client::fetch(session, request, Proxy::none, kTimeouts);
      if (answer && answer->status == 200) {
        RC_TRY(Credentials out, parse_container_answer(answer->body));
        key_id_ = out.access_key_id;
        return out;
      }
      if (attempt == kAttempts || (answer && answer->status < 500)) {
        Error error = general_failure(
            std::string(kError) +
            (answer ? "Received non 200 response " + std::to_string(answer->status) +
                          " from container metadata: " + answer->body.substr(0, 500)
                    : answer.error().text()));
        return with_note(std::move(error), "at: " + url_);
      }
      std::this_thread::sleep_for(std::chrono::seconds(1));
    }
  }

 private:
  std::string url_, key_id_;
};

class ContainerProvider final : public Provider {
 public:
  std::string_view method() const override { return "container-role"; }
  Result<std::unique_ptr<Source>> load(const Lookup& lookup, std::string& why) const override {
    const Environment& environment = lookup.session.environment();
    std::string url;
    if (auto path = environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
      url = std::string(kEcsAddress) + *path;
    } else if (auto full = environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
      url = *full;
    } else {
      why = "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor …_FULL_URI is set";
      return std::unique_ptr<Source>();
    }
    return std::unique_ptr<Source>(std::make_unique<ContainerSource>(std::move(url)));
  }
};

}  // namespace

const Provider& container_provider() {
  static const ContainerProvider provider;
  return provider;
}

}  // namespace rolecall::client
