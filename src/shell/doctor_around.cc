// The doctor on what surrounds the files: variables that win over them, addresses, the clock.
#include <cstdlib>
#include <set>

#include "client/credentials.h"
#include "client/endpoint.h"
#include "client/failure.h"
#include "client/transport.h"
#include "shell/doctor.h"

namespace rolecall::shell {
namespace {

constexpr client::CallTimeouts kTimeouts{2'000, 4'000};
constexpr std::size_t kAddressesMax = 8;
constexpr std::int64_t kSkewRefusedSeconds = 300;  // a signature is good for five minutes
constexpr std::int64_t kSkewNoticedSeconds = 60;

void check_keys(Examination& in) {
  const auto& environment = in.environment();
  const auto id = environment.get_filled("AWS_ACCESS_KEY_ID");
  const bool has_secret = environment.get_filled("AWS_SECRET_ACCESS_KEY").has_value();
  if (id.has_value() != has_secret) {
    in.about_file("environment-half-key", Severity::error, "", 0,
                  std::string("the environment has ") +
                      (id ? "AWS_ACCESS_KEY_ID without AWS_SECRET_ACCESS_KEY"
                          : "AWS_SECRET_ACCESS_KEY without AWS_ACCESS_KEY_ID"),
                  "set both, or unset both");
    return;
  }
  if (!id) return;
  if (const auto chosen = in.session.chosen_profile();
      chosen && !in.session.ignores_environment_keys()) {
    in.about_file("environment-keys", Severity::warning, "", 0,
                  "AWS_ACCESS_KEY_ID (" + *id + ") wins over AWS_PROFILE (" + *chosen + ")",
                  "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN");
  } else {
    in.about_file("environment-keys", Severity::note, "", 0,
                  "AWS_ACCESS_KEY_ID (" + *id + ") wins over every profile but that of --profile",
                  "unset it where profiles shall count");
  }
  const auto text = environment.get_filled("AWS_CREDENTIAL_EXPIRATION");
  const auto end = text ? client::parse_expiration(*text) : std::nullopt;
  if (end && *end <= in.session.clock().now()) {
    in.about_file("environment-expired", Severity::error, "", 0,
                  "the keys in the environment ended " + *text, "leave this shell, or unset them");
  }
}

void check_choice(Examination& in) {
  const auto& environment = in.environment();
  const auto profile = environment.get("AWS_PROFILE");
  const auto old = environment.get("AWS_DEFAULT_PROFILE");
  if (profile && old && *profile != *old) {
    in.about_file("environment-differs", Severity::warning, "", 0,
                  "AWS_PROFILE (" + *profile + ") and AWS_DEFAULT_PROFILE (" + *old +
                      ") differ: the AWS CLI v2 takes the first, v1 and boto3 the second",
                  "unset AWS_DEFAULT_PROFILE");
  }
  const auto region = environment.get("AWS_REGION");
  const auto old_region = environment.get("AWS_DEFAULT_REGION");
  if (region && old_region && *region != *old_region) {
    in.about_file("environment-differs", Severity::warning, "", 0,
                  "AWS_REGION (" + *region + ") and AWS_DEFAULT_REGION (" + *old_region +
                      ") differ: the AWS CLI v2 takes the first, v1 and boto3 the second",
                  "set both to the same");
  }
  if (!in.profiles) return;
  if (const auto chosen = in.session.chosen_profile();
      chosen && in.profiles->find(*chosen) == nullptr) {
    in.about_file("environment-profile", Severity::error, "", 0,
                  "the chosen profile `" + *chosen + "` does not exist",
                  chosen->empty() ? "unset AWS_PROFILE: empty is not unset"
                                  : "rolecall profiles lists those there are");
  }
}

void check_overrides(Examination& in) {
  const auto& environment = in.environment();
  if (environment.get_filled("AWS_WEB_IDENTITY_TOKEN_FILE") &&
      environment.get_filled("AWS_ROLE_ARN") && !in.session.ignores_environment_keys()) {
    in.about_file(
        "environment-role", Severity::note, "", 0,
        "AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE win over SSO, processes and keys of "
        "every profile but that of --profile",
        "unset them where profiles shall count");
  }
  const auto url = environment.get_filled("AWS_ENDPOINT_URL");
  if (!url || !in.profiles) return;
  for (const client::Section& section : in.profiles->all()) {
    const auto own = in.profiles->get(section.name, "endpoint_url");
    if (!own || *own == *url) continue;
    in.about_profile("environment-endpoint", Severity::warning, section.name, "endpoint_url",
                     "AWS_ENDPOINT_URL (" + *url + ") wins over its endpoint_url (" + *own + ")",
                     "unset AWS_ENDPOINT_URL");
  }
}

// Where anybody's sessions are opened.
struct Address {
  std::string url, profile;
  bool is_builtin;
};

std::vector<Address> addresses(Examination& in) {
  std::vector<Address> out;
  std::set<std::string> seen;
  const auto add = [&](const std::string& profile) {
    if (out.size() >= kAddressesMax) return;
    const auto target = client::sts_target(in.session, profile);
    if (target && seen.insert(target->url).second) {
      out.push_back({target->url, profile, target->is_builtin});
    }
  };
  if (in.profiles->find(in.session.profile()) != nullptr) add(in.session.profile());
  for (const client::Section& section : in.profiles->all()) add(section.name);
  return out;
}

void check_clock(Examination& in, const Address& address, const http::ClientResponse& answer) {
  const auto date = answer.find("Date");
  const auto theirs = date ? parse_http_date(*date) : std::nullopt;
  if (!theirs) return;
  const std::int64_t ahead = in.session.clock().now().seconds() - theirs->seconds();
  const std::int64_t skew = std::abs(ahead);
  if (skew < kSkewNoticedSeconds) return;
  in.about_file("clock-skew", skew >= kSkewRefusedSeconds ? Severity::error : Severity::warning, "",
                0,
                "this clock is " + std::to_string(skew) + " seconds " +
                    (ahead > 0 ? "ahead of" : "behind") + " that of " + address.url,
                skew >= kSkewRefusedSeconds
                    ? "signatures are refused from five minutes on: set the clock (timedatectl)"
                    : "set the clock (timedatectl)");
}

}  // namespace

void check_environment(Examination& in) {
  check_keys(in);
  check_choice(in);
  check_overrides(in);
}

void check_endpoints(Examination& in) {
  for (const Address& address : addresses(in)) {
    // Any answer will do, a refusal too: this call is not signed.
    const auto answer = client::fetch(in.session, {"GET", address.url + "/"},
                                      client::Proxy::of_environment, kTimeouts);
    if (answer) {
      check_clock(in, address, *answer);
      continue;
    }
    in.about_profile("endpoint-unreachable", Severity::error, address.profile, "endpoint_url",
                     address.url + " does not answer: " + client::failure_text(answer.error()),
                     address.is_builtin ? "is there a network, or a proxy to name (HTTPS_PROXY)?"
                                        : "is the server running, and is the address right?");
  }
}

}  // namespace rolecall::shell
