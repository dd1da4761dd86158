#include "door/internal.h"

#include "base/json.h"
#include "base/log.h"
#include "door/simulate.h"
#include "door/visitor.h"

namespace rolecall::door {
namespace {

constexpr std::string_view kPrefix = "/_rolecall/";
constexpr std::size_t kBodyBytesMax = 4'096;  // {"advance_seconds": N}
// A hundred years either way: beyond it dates stop fitting the formats that clients parse.
constexpr std::int64_t kAdvanceSecondsMax = 100LL * 366 * 86'400;

http::Response json_answer(int status, std::string body) {
  body.push_back('\n');
  return {
      .status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
}

http::Response problem(int status, std::string_view message) {
  std::string body;
  json::Writer(body).begin_object().member("message", message).end_object();
  return json_answer(status, std::move(body));
}

http::Response failed(const Error& error) {
  log::error("internal request failed", {{"why", error.text()}});
  return problem(500, error.text());  // these paths are for the person who started the server
}

http::Response health(const DoorParts& parts) {
  const bool well = !parts.healthy || parts.healthy();
  std::string body =
      well ? "{\"status\":\"ok\"" : "{\"status\":\"refusing\",\"why\":\"the disk refuses writes\"";
  if (!parts.health_details.empty()) body.append(",").append(parts.health_details);
  body.push_back('}');
  return json_answer(well ? 200 : 503, std::move(body));
}

http::Response decision(const DoorParts& parts, std::string_view id) {
  auto record = parts.archive.decision(id);
  if (!record) return problem(404, "no decision with that id is kept");
  return json_answer(200, std::move(*record));
}

// {"allowed": …, "record": {…}}
http::Response simulation(const DoorParts& parts, std::string_view query) {
  auto asked = parse_simulation_query(query);
  if (!asked) return problem(400, asked.error().api().message);
  const auto snapshot = parts.writer.snapshot();
  auto told = simulate(*asked, *snapshot, parts.clock.now(),
                       {parts.decisions, parts.messages, parts.random});
  if (!told) {
    return told.error().is_api() ? problem(400, told.error().api().message) : failed(told.error());
  }
  std::string body;
  json::Writer w(body);
  w.begin_object().key("allowed").boolean(told->allowed).key("record").raw(told->record);
  w.end_object();
  return json_answer(200, std::move(body));
}

http::Response audit(const DoorParts& parts, std::string_view query) {
  auto lines = parts.archive.audit_lines(query);
  if (!lines) {
    return lines.error().is_api() ? problem(400, lines.error().api().message)
                                  : failed(lines.error());
  }
  return {.headers = {{"Content-Type", "application/x-ndjson"}}, .body = std::move(*lines)};
}

http::Response move_clock(DevControls& dev, std::string_view body) {
  const auto document = json::parse(body);
  const json::Value* member = document ? document->find("advance_seconds") : nullptr;
  const auto seconds = member != nullptr ? member->as_integer() : std::nullopt;
  if (!seconds || *seconds > kAdvanceSecondsMax || *seconds < -kAdvanceSecondsMax) {
    return problem(400, "expected {\"advance_seconds\": N}");
  }
  if (auto status = dev.advance_seconds(*seconds); !status) {
    return status.error().is_api() ? problem(400, status.error().api().message)
                                   : failed(status.error());
  }
  return json_answer(200, "{}");
}

// Gathers a small body and answers.
class Post final : public http::Exchange {
 public:
  explicit Post(std::move_only_function<http::Response(std::string_view)> act)
      : act_(std::move(act)) {}
  std::optional<http::Response> on_body(std::string_view piece) override {
    body_.append(piece);
    if (body_.size() > kBodyBytesMax) return problem(413, "the body is too large");
    return std::nullopt;
  }
  void on_end(http::Reply reply) override { reply(act_(body_)); }

 private:
  std::string body_;
  std::move_only_function<http::Response(std::string_view)> act_;
};

}  // namespace

bool is_internal(std::string_view target) { return target.starts_with(kPrefix); }

std::variant<std::unique_ptr<http::Exchange>, http::Response> accept_internal(
    const DoorParts& parts, const DoorCounters&, const http::RequestHead& head) {
  std::string_view path = head.target.substr(kPrefix.size());
  std::string_view query;
  if (const std::size_t mark = path.find('?'); mark != path.npos) {
    query = path.substr(mark + 1);
    path = path.substr(0, mark);
  }
  const bool get = head.method == "GET" || head.method == "HEAD";
  if (const auto why = refuse_visitor(head, {.only_loopback = parts.dev != nullptr})) {
    return problem(403, *why);
  }
  const auto answer = [&](http::Response response) -> http::Response { return response; };
  if (path == "live" && get) return answer(json_answer(200, "{\"status\":\"live\"}"));
  if ((path == "health" || path == "ready") && get) return answer(health(parts));
  if (path == "metrics" && get) {
    return answer({.headers = {{"Content-Type", "text/plain; version=0.0.4"}},
                   .body = parts.metrics ? parts.metrics() : std::string()});
  }
  if (parts.dev != nullptr) {
    DevControls& dev = *parts.dev;
    if (path.starts_with("decisions/") && get) return answer(decision(parts, path.substr(10)));
    if (path == "simulate" && get) return answer(simulation(parts, query));
    if (path == "audit" && get) return answer(audit(parts, query));
    if (path == "reset" && head.method == "POST") {
      return std::make_unique<Post>([&dev](std::string_view) {
        auto status = dev.reset();
        if (status) return json_answer(200, "{}");
        // Most likely objects were there at the start, whose bytes could not be put back.
        log::warning("no reset", {{"why", status.error().text()}});
        return problem(409, status.error().text());
      });
    }
    if (path == "clock" && head.method == "POST") {
      return std::make_unique<Post>(
          [&dev](std::string_view body) { return move_clock(dev, body); });
    }
  }
  return answer(problem(404, "there is nothing here"));
}

}  // namespace rolecall::door
