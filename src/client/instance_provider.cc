// The instance metadata service: IMDSv2, and IMDSv1 where the token is not known there.
#include <charconv>

#include "base/encoding.h"
#include "client/answers.h"
#include "client/failure.h"
#include "client/provider.h"
#include "client/transport.h"

namespace rolecall::client {
namespace {

constexpr std::string_view kTokenPath = "/latest/api/token";
constexpr std::string_view kRolesPath = "/latest/meta-data/iam/security-credentials/";
constexpr std::size_t kRoleNameBytesMax = 256;

struct Imds {
  std::string url;
  CallTimeouts timeouts;
  int attempts = 1;
  bool v1_allowed = true;
};

int positive_number(const std::optional<std::string>& text, int otherwise) {
  int value = 0;
  if (!text) return otherwise;
  const char* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, value);
  return parsed.ec == std::errc() && parsed.ptr == end && value > 0 && value < 1'000 ? value
                                                                                     : otherwise;
}

Imds imds_of(const Lookup& lookup, const Profiles& files) {
  const Environment& environment = lookup.session.environment();
  const std::string profile = lookup.session.profile();
  const auto take = [&](const char* variable, std::string_view key) {
    auto value = environment.get_filled(variable);
    return value ? value : files.get(profile, key);
  };
  Imds out;
  const auto mode =
      take("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode");
  const bool v6 =
      (mode && equal_ignoring_case(*mode, "ipv6")) ||
      equal_ignoring_case(take("AWS_IMDS_USE_IPV6", "imds_use_ipv6").value_or(""), "true");
  out.url = take("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint")
                .value_or(v6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254");
  while (out.url.ends_with('/')) out.url.pop_back();
  const int seconds =
      positive_number(take("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout"), 1);
  out.timeouts = {.connect_millis = seconds * 1'000, .total_millis = seconds * 1'000};
  out.attempts = positive_number(
      take("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts"), 1);
  out.v1_allowed = !equal_ignoring_case(
      take("AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled").value_or(""), "true");
  return out;
}

class Service {
 public:
  Service(Session& session, const Imds& imds) : session_(session), imds_(imds) {}

  // nullopt: no credentials here; why() says why.
  std::optional<Credentials> ask() {
    if (!take_token()) return std::nullopt;
    const auto roles = get(kRolesPath);
    if (!roles) return std::nullopt;
    const std::string_view role = trim(std::string_view(*roles).substr(0, roles->find('\n')));
    if (role.empty() || role.size() > kRoleNameBytesMax) {
      why_ = "the instance has no role";
      return std::nullopt;
    }
    role_ = role;
    const auto answer = get(std::string(kRolesPath) + percent_encode(role));
    if (!answer) return std::nullopt;
    auto out = parse_instance_answer(*answer);
    if (!out) why_ = "the answer for role " + role_ + " holds no credentials";
    return out;
  }
  const std::string& why() const { return why_; }
  const std::string& role() const { return role_; }

 private:
  std::optional<http::ClientResponse> send(http::ClientRequest request) {
    for (int attempt = 1;; ++attempt) {
      auto answer = client::fetch(session_, request, Proxy::none, imds_.timeouts);
      if (answer && answer->status < 500) return std::move(*answer);
      if (attempt >= imds_.attempts) {
        why_ = answer ? "status " + std::to_string(answer->status) : answer.error().text();
        return std::nullopt;
      }
    }
  }

  bool take_token() {
    http::ClientRequest request{"PUT", imds_.url + std::string(kTokenPath), {}, {}};
    request.headers.emplace_back("x-aws-ec2-metadata-token-ttl-seconds", "21600");
    const auto answer = send(request);
    if (answer && answer->status == 200) {
      token_ = answer->body;
      if (token_.find_first_of("\r\n") == token_.npos) return true;
      why_ = "the token is not a legal header value";
      return false;
    }
    // 400 is a refusal; a service that does not know the token (or is silent) may be an old one.
    if (answer) why_ = "no token: status " + std::to_string(answer->status);
    const bool old =
        !answer || answer->status == 403 || answer->status == 404 || answer->status == 405;
    return old && imds_.v1_allowed;
  }

  std::optional<std::string> get(std::string_view path) {
    http::ClientRequest request{"GET", imds_.url + std::string(path), {}, {}};
    if (!token_.empty()) request.headers.emplace_back("x-aws-ec2-metadata-token", token_);
    auto answer = send(request);
    if (!answer) return std::nullopt;
    if (answer->status != 200) {
      why_ = "status " + std::to_string(answer->status) + " for " + std::string(path);
      return std::nullopt;
    }
    return std::move(answer->body);
  }

  Session& session_;
  const Imds& imds_;
  std::string token_, why_, role_;
};

class InstanceSource final : public Source {
 public:
  InstanceSource(Imds imds, Credentials first, std::string role)
      : imds_(std::move(imds)), kept_(std::move(first)), role_(std::move(role)) {}
  std::string_view method() const override { return "iam-role"; }
  std::string identity() const override { return "instance:" + imds_.url + "/" + role_; }
  void describe(std::vector<Hop>& hops) const override {
    hops.push_back({"", std::string(method()), role_, "at " + imds_.url});
  }
  Result<Credentials> fetch(Session& session) override {
    const Instant now = session.clock().now();
    if (kept_.expires && now.plus_seconds(kRenewBeforeSeconds) < *kept_.expires) return kept_;
    if (auto newer = Service(session, imds_).ask()) kept_ = std::move(*newer);
    // Credentials near their end are extended by the service itself, sometimes late: while they
    // are the newest there are, they are used.
    return kept_;
  }

 private:
  Imds imds_;
  Credentials kept_;
  std::string role_;
};

class InstanceProvider final : public Provider {
 public:
  std::string_view method() const override { return "iam-role"; }
  Result<std::unique_ptr<Source>> load(const Lookup& lookup, std::string& why) const override {
    if (lookup.session.environment().is_true("AWS_EC2_METADATA_DISABLED")) {
      why = "AWS_EC2_METADATA_DISABLED is true";
      return std::unique_ptr<Source>();
    }
    RC_TRY(const Profiles* files, lookup.session.profiles());
    Imds imds = imds_of(lookup, *files);
    Service service(lookup.session, imds);
    auto found = service.ask();
    if (!found) {
      why = imds.url + ": " + service.why();
      return std::unique_ptr<Source>();
    }
    return std::unique_ptr<Source>(
        std::make_unique<InstanceSource>(std::move(imds), std::move(*found), service.role()));
  }
};

}  // namespace

const Provider& instance_provider() {
  static const InstanceProvider provider;
  return provider;
}

}  // namespace rolecall::client
