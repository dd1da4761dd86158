// Which operation a request asks for.
#include <fmt/format.h>

#include "base/encoding.h"
#include "wire/protocol.h"

namespace rolecall::wire {
namespace {

ApiError unserved(const Operation& operation) {
  return ApiError::not_implemented(
      fmt::format("{}:{} is not served here; docs/coverage.md lists what is",
                  operation.service->name, operation.name));
}

Result<Route> found(Route route, const Operation& operation) {
  route.operation = &operation;
  return route;
}

bool is_form(const RequestView& request) {
  const auto type = request.header("content-type");
  return !type || trim(*type).empty() ||
         starts_with_ignoring_case(trim(*type), "application/x-www-form-urlencoded");
}

Result<Route> route_form(Route route, const RequestView& request) {
  RC_CHECK(route.form.add(request.query));
  if (is_form(request)) RC_CHECK(route.form.add(request.body));
  route.form.sort();
  RC_TRY(auto action, route.form.text("Action"));
  RC_TRY(auto version, route.form.text("Version"));
  if (!action || action->empty()) {
    return ApiError::make(400, "MissingAction", "The request must contain the parameter Action");
  }
  const Operation* operation = route.service->find(*action);
  if (route.protocol == Protocol::ec2) {
    // EC2 answers every dated version of its API; only the newest is modelled.
    if (operation) return found(std::move(route), *operation);
    return ApiError::make(400, "InvalidAction",
                          fmt::format("The action {} is not valid for this web service.", *action));
  }
  if (!operation || !version || *version != route.service->version) {
    return ApiError::make(400, "InvalidAction",
                          fmt::format("Could not find operation {} for version {}", *action,
                                      version ? *version : "NO_VERSION_SPECIFIED"));
  }
  return found(std::move(route), *operation);
}

Result<Route> route_target(Route route, const RequestView& request) {
  const auto target = trim(request.header("x-amz-target").value_or(""));
  const auto dot = target.rfind('.');
  if (dot != std::string_view::npos && target.substr(0, dot) == route.service->target_prefix) {
    if (const Operation* operation = route.service->find(target.substr(dot + 1))) {
      return found(std::move(route), *operation);
    }
  }
  return ApiError::make(400, "UnknownOperationException", "");
}

// Matches a raw path against "/{Bucket}/{Key+}"; fills labels when it does.
bool match_path(std::string_view uri, std::string_view path, Plus plus, Labels* labels) {
  while (!uri.empty()) {
    if (!uri.starts_with('/') || !path.starts_with('/')) return false;
    uri.remove_prefix(1);
    path.remove_prefix(1);
    const auto piece = uri.substr(0, uri.find('/'));
    const bool greedy = piece.ends_with("+}");
    // A greedy label holds everything left, slashes too, and at least one character.
    const auto text = greedy ? path : path.substr(0, path.find('/'));
    uri.remove_prefix(piece.size());
    path.remove_prefix(text.size());
    if (!piece.starts_with('{')) {
      if (text != piece) return false;
      continue;
    }
    if (text.empty()) return false;
    if (labels) {
      auto decoded = percent_decode(text, plus);
      if (!decoded || !is_valid_utf8(*decoded)) return false;
      labels->emplace_back(piece.substr(1, piece.size() - (greedy ? 3 : 2)), std::move(*decoded));
    }
  }
  return path.empty();
}

bool has_pair(const std::vector<QueryPair>& query, std::string_view key, std::string_view value) {
  for (const auto& pair : query) {
    if (pair.key == key && (value.empty() || pair.value == value)) return true;
  }
  return false;
}

// How closely an operation fits the query string and headers; nullopt when it does not.
std::optional<std::size_t> fit(const Operation& operation, const RequestView& request,
                               const std::vector<QueryPair>& query) {
  for (const auto& [key, value] : operation.literals) {
    if (!has_pair(query, key, value)) return std::nullopt;
  }
  for (const auto key : operation.needs_query) {
    if (!has_pair(query, key, {})) return std::nullopt;
  }
  for (const auto name : operation.needs_headers) {
    if (!request.header(name)) return std::nullopt;
  }
  return 4 * operation.literals.size() + 2 * operation.needs_query.size() +
         operation.needs_headers.size();
}

Result<Route> route_rest(Route route, const RequestView& request,
                         std::optional<std::string_view> bucket) {
  RC_TRY(route.query, parse_query(request.query));
  // One form of path for both styles of addressing.
  std::string with_bucket;
  std::string_view path = request.path.empty() ? "/" : request.path;
  if (bucket) {
    with_bucket = fmt::format("/{}{}", *bucket, path);
    path = with_bucket;
  }
  // S3 reads '+' in a key's path as a blank, as in a query.
  const Plus plus = route.service->dialect == Dialect::s3 ? Plus::space : Plus::literal;
  // "/bucket/" is the bucket, not the empty key in it.
  if (route.service->dialect == Dialect::s3 && path.size() > 1 &&
      path.find('/', 1) == path.size() - 1) {
    path.remove_suffix(1);
  }
  const Operation* best = nullptr;
  std::size_t best_fit = 0;
  bool path_known = false;
  for (const auto& operation : route.service->operations) {
    if (operation.method != request.method) {
      path_known = path_known || match_path(operation.uri, path, plus, nullptr);
      continue;
    }
    if (!match_path(operation.uri, path, plus, nullptr)) continue;
    path_known = true;
    const auto fits = fit(operation, request, route.query);
    // Of two alike (GetBucketLifecycle and …Configuration) the served one counts, then the first.
    if (fits &&
        (!best || *fits > best_fit || (*fits == best_fit && operation.served && !best->served))) {
      best = &operation;
      best_fit = *fits;
    }
  }
  if (!best) {
    if (route.service->dialect != Dialect::s3) {
      return ApiError::make(404, "UnknownOperationException", "");
    }
    if (!path_known) {
      return ApiError::make(400, "InvalidURI", "Couldn't parse the specified URI.");
    }
    return ApiError::make(405, "MethodNotAllowed",
                          "The specified method is not allowed against this resource.");
  }
  if (!match_path(best->uri, path, plus, &route.labels)) {
    return ApiError::make(400, "InvalidURI", "Couldn't parse the specified URI.");
  }
  return found(std::move(route), *best);
}

}  // namespace

Protocol protocol_of(const Service& service, const RequestView& request) {
  if (service.protocols.size() == 1) return service.protocol();
  const bool target = request.header("x-amz-target").has_value();
  for (const auto protocol : service.protocols) {
    const bool json = protocol == Protocol::json_1_0 || protocol == Protocol::json_1_1;
    if (json == target) return protocol;
  }
  return service.protocol();
}

Result<Route> route(const Service& service, const RequestView& request,
                    std::optional<std::string_view> bucket) {
  RC_TRY(auto any, route_any(service, request, bucket));
  if (!any.operation->served) return unserved(*any.operation);
  return any;
}

Result<Route> route_any(const Service& service, const RequestView& request,
                        std::optional<std::string_view> bucket) {
  Route start;
  start.service = &service;
  start.protocol = protocol_of(service, request);
  switch (start.protocol) {
    case Protocol::query:
    case Protocol::ec2:
      return route_form(std::move(start), request);
    case Protocol::json_1_0:
    case Protocol::json_1_1:
      return route_target(std::move(start), request);
    case Protocol::rest_xml:
    case Protocol::rest_json:
      return route_rest(std::move(start), request, bucket);
  }
  return fault("a service without a protocol");
}

}  // namespace rolecall::wire
