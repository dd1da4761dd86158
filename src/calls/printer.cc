#include "calls/printer.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <ostream>
#include <sstream>

#include "base/shown.h"
#include "client/failure.h"

namespace rolecall::calls {
namespace {

std::size_t terminal_width() {
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

void make_shown(json::Value& value) {
  switch (value.kind()) {
    case json::Kind::string:
      value = json::Value::string(shown(value.text(), Lines::kept));
      return;
    case json::Kind::array:
      for (json::Value& item : value.items()) make_shown(item);
      return;
    case json::Kind::object:
      for (json::Member& member : value.members()) {
        member.name = shown(member.name);
        make_shown(member.value);
      }
      return;
    default:
      return;
  }
}

// Python's exceptions become the AWS CLI's last line, 255.
ApiError plain(const Error& error) {
  return client::general_failure(error.is_api() ? error.api().message : error.fault().what);
}

}  // namespace

Result<Printer> Printer::create(const Globals& globals, client::Session& session,
                                std::string_view operation_name, std::ostream& out) {
  std::string name = globals.output.value_or("");
  if (name.empty()) name = session.environment().get("AWS_DEFAULT_OUTPUT").value_or("");
  if (name.empty()) name = session.setting("output");
  if (name.empty()) name = "json";
  const auto format = render::parse_format(name);
  if (!format) return client::general_failure("Unknown output type: " + name);
  Printer printer(out, *format);
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  printer.options_.title = operation_name;
  printer.to_terminal_ = terminal;
  if (terminal) printer.options_.width = terminal_width();
  printer.options_.colour = globals.color == "on" || (terminal && globals.color != "off");
  if (globals.query) {
    auto query = jmespath::Expression::compile(*globals.query);
    if (!query) {
      return client::usage_failure(
          "Bad value for --query " + *globals.query + ": " +
          (query.error().is_api() ? query.error().api().message : query.error().text()));
    }
    printer.query_ = std::move(*query);
  }
  return printer;
}

Result<json::Value> Printer::queried(json::Value answer) const {
  if (!query_) return answer;
  auto found = query_->search(answer);
  if (!found) return plain(found.error());
  return found;
}

Status Printer::print(json::Value answer) {
  RC_TRY(const json::Value shown, queried(std::move(answer)));
  const Status written = write(shown);
  if (!written) return plain(written.error());
  return {};
}

// A terminal is shown no control characters of the answer's; a pipe gets the AWS CLI's bytes.
Status Printer::write(const json::Value& answer) const {
  if (!to_terminal_) return render::write(*out_, answer, format_, options_);
  if (format_ == render::Format::text || format_ == render::Format::table) {
    json::Value safe = answer;
    make_shown(safe);
    return render::write(*out_, safe, format_, options_);
  }
  // JSON and YAML quote such characters themselves, but for those beyond ASCII; none of the
  // formats' own bytes is one of those.
  std::ostringstream text;
  RC_CHECK(render::write(text, answer, format_, options_));
  *out_ << rolecall::shown(text.view(), Lines::kept);
  return {};
}

Status Printer::print_pages(Pager& pager) {
  if (format_ == render::Format::text) return text_pages(pager);
  if (format_ == render::Format::yaml_stream) {
    for (;;) {
      RC_TRY(auto page, pager.next());
      if (!page) return {};
      RC_CHECK(print(std::move(*page)));
      out_->flush();
    }
  }
  RC_TRY(json::Value answer, whole(pager));
  return print(std::move(answer));
}

// Each page's items, the first one with what holds for all of them; the token is a line at the end.
Status Printer::text_pages(Pager& pager) {
  for (bool first = true;; first = false) {
    RC_TRY(auto page, pager.next());
    if (!page) break;
    json::Value shown = first ? pager.kept() : json::Value::object();
    for (const auto name : pager.pages().items) {
      const json::Value* items = look_up(*page, name);
      shown.add(std::string(name), items == nullptr ? json::Value::null() : *items);
    }
    RC_CHECK(print(std::move(shown)));
    out_->flush();
  }
  if (!pager.resume_token()) return {};
  json::Value token = json::Value::object(), named = json::Value::object();
  token.add("NextToken", json::Value::string(*pager.resume_token()));
  named.add("NextToken", std::move(token));
  return print(std::move(named));
}

}  // namespace rolecall::calls
