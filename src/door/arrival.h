// What is called: the service, and for S3 the bucket, from the host and the credential scope.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "sigv4/request.h"
#include "wire/message.h"

namespace rolecall::door {

// A head in the shapes that sigv4 and wire read. Views into the head, which must outlive it.
struct Arrival {
  explicit Arrival(const http::RequestHead& head);

  std::string_view method, path, query;
  std::string_view host;  // without port
  std::vector<sigv4::HeaderView> signed_view;
  std::vector<wire::HeaderView> headers;

  std::optional<std::string_view> find(std::string_view name) const;
};

struct Target {
  std::string service;  // signing name: "iam", "sts", "s3" …
  std::string region;   // from the host; empty when it does not say
  std::string bucket;   // virtual-hosted S3; empty for path style
  // Neither host, scope nor header says which service: what the body asks for may still tell.
  bool guessed = false;
};

// The service in the credential scope that the request claims, unverified; "" when it claims none.
std::string scope_service(const Arrival& arrival);

}  // namespace rolecall::door
