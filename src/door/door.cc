#include "door/door.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/log.h"
#include "door/exchanges.h"
#include "door/internal.h"
#include "services/ec2/module.h"
#include "services/iam/module.h"
#include "services/s3/module.h"
#include "services/sts/module.h"
#include "wire/hosts.h"

namespace rolecall::door {

ServiceEntry::ServiceEntry(const services::Module& module) : module_(module) {
  const auto gaps = services::gaps(module);
  for (const auto& gap : gaps) log::error("a service is not whole", {{"gap", gap}});
  RC_ASSERT(gaps.empty());
  for (const wire::Operation& operation : module_.model->operations) {
    const auto found =
        std::ranges::find(module_.operations, operation.name, &services::Binding::name);
    by_place_.push_back(found == module_.operations.end() ? nullptr : &*found);
  }
}

const services::Binding* ServiceEntry::find(const wire::Operation& operation) const {
  return by_place_[static_cast<std::size_t>(&operation - module_.model->operations.data())];
}

Door::Door(DoorParts parts) : parts_(std::move(parts)), authenticator_(parts_.sessions) {
  for (const auto& module : {iam::module(), sts::module(), s3::module(), ec2::module()}) {
    services_.emplace_back(module);
  }
}

const ServiceEntry* Door::entry(std::string_view service) const {
  for (const auto& entry : services_) {
    if (entry.name() == service) return &entry;
  }
  return nullptr;
}

// An AWS host says which service is called; behind any other name the credential scope does. What
// says nothing is S3's, whose anonymous callers send nothing else, unless it is a form post.
Target Door::locate(const Arrival& arrival) const {
  Target target;
  wire::ServiceHints hints;
  const std::string scope = scope_service(arrival);
  if (auto host = wire::parse_host(arrival.host)) {
    // A local name is a service's or a bucket's only if nothing was signed for another service.
    if (host->local && !scope.empty() && scope != host->service) return {scope, "", ""};
    return {std::move(host->service), std::move(host->region), std::move(host->bucket)};
  }
  hints.scope_service = scope;
  if (const auto header = arrival.find("x-amz-target")) hints.target = *header;
  hints.host = arrival.host;
  if (const wire::Service* service = wire::find_service(hints)) {
    target.service = service->name;
  } else if (scope.empty()) {
    const auto type = arrival.find("content-type");
    const bool form =
        arrival.method == "POST" && type && type->starts_with("application/x-www-form-urlencoded");
    const bool asks = form || arrival.query.starts_with("Action=");
    target.service = asks ? "sts" : "s3";
    target.guessed = asks;
  } else {
    target.service = scope;
  }
  return target;
}

std::variant<std::unique_ptr<http::Exchange>, http::Response> Door::accept(
    const http::RequestHead& head) {
  if (is_internal(head.target)) return accept_internal(parts_, counters_, head);
  const Arrival arrival(head);
  Target target = locate(arrival);
  if (parts_.healthy && !parts_.healthy()) {
    // What cannot be written down is not done.
    auto flight = new_flight(head, arrival, target);
    return encode_error(
        *flight, ApiError::service_unavailable("The service cannot record calls at the moment."));
  }
  if (target.service == "s3" && arrival.method == "PUT") {
    const wire::RequestView view{arrival.method, arrival.path, arrival.query, arrival.headers, {}};
    std::optional<std::string_view> bucket;
    if (!target.bucket.empty()) bucket = target.bucket;
    auto route = wire::route(*wire::service_named("s3"), view, bucket);
    if (route && route->operation->streaming_input) {
      return accept_upload(head, target, arrival, std::move(*route));
    }
  }
  if (head.content_length && *head.content_length > kBufferedBodyBytesMax) {
    return refuse_size(head, arrival, target);
  }
  return std::make_unique<BufferedExchange>(*this, head, std::move(target));
}

http::Response Door::refuse_body(const http::RequestHead& head, const Arrival& arrival,
                                 const Target& target, ApiError error) {
  counters_.requests.fetch_add(1, std::memory_order_relaxed);
  http::Response response = encode_error(*new_flight(head, arrival, target), std::move(error));
  response.close = true;
  return response;
}

http::Response Door::refuse_size(const http::RequestHead& head, const Arrival& arrival,
                                 const Target& target) {
  return refuse_body(head, arrival, target,
                     ApiError::make(413, "RequestEntityTooLarge",
                                    "The request body is larger than this operation takes."));
}

http::Response Door::refuse_busy(const http::RequestHead& head, const Arrival& arrival,
                                 const Target& target) {
  return refuse_body(
      head, arrival, target,
      target.service == "s3"
          ? ApiError::make(503, "SlowDown", "Please reduce your request rate.")
          : ApiError::service_unavailable("Too many large requests are on their way."));
}

// Who sends an unsigned form is told so in the words of the service it is meant for.
void Door::locate_by_form(Target& target, const Arrival& arrival, std::string_view body) {
  wire::Form form;
  if (!form.add(arrival.query) || !form.add(body)) return;
  form.sort();
  const auto action = form.text("Action");
  const auto version = form.text("Version");
  if (!action || !*action || !version) return;
  const wire::Service* service =
      wire::find_service({.action = **action, .version = version->value_or("")});
  if (service != nullptr) target.service = service->name;
}

BufferedExchange::BufferedExchange(Door& door, const http::RequestHead& head, Target target)
    : door_(door), head_(head), target_(std::move(target)), share_(door.body_budget_) {}

std::optional<http::Response> BufferedExchange::on_body(std::string_view piece) {
  const std::size_t size = body_.size() + piece.size();
  if (size > kBufferedBodyBytesMax) return door_.refuse_size(head_, Arrival(head_), target_);
  if (size > body_.capacity()) {
    // Memory is taken for what has come, not for what was announced.
    std::size_t capacity = std::max(size, body_.capacity() * 2);
    if (head_.content_length) capacity = std::min<std::size_t>(capacity, *head_.content_length);
    if (!share_.grow_to(capacity)) return door_.refuse_busy(head_, Arrival(head_), target_);
    body_.reserve(capacity);
  }
  body_.append(piece);
  return std::nullopt;
}

void BufferedExchange::on_end(http::Reply reply) {
  if (target_.guessed) door_.locate_by_form(target_, Arrival(head_), body_);
  door_.run(head_, target_, body_, std::move(reply));
}

}  // namespace rolecall::door
