// `whoami`: who the server says it is, until when, and the way that led there.
#include <ostream>

#include "base/json.h"
#include "base/shown.h"
#include "client/arguments.h"
#include "client/chain.h"
#include "client/commands.h"
#include "client/failure.h"
#include "client/sts.h"

namespace rolecall::client {
namespace {

std::string_view outcome_word(Looked::Outcome outcome) {
  switch (outcome) {
    case Looked::Outcome::taken:
      return "taken";
    case Looked::Outcome::failed:
      return "failed";
    case Looked::Outcome::skipped:
      break;
  }
  return "no";
}

void explain(const Session& session, std::ostream& out) {
  out << "looked at\n";
  for (const Looked& looked : session.looked()) {
    out << "  " << shown(looked.profile) << ": " << looked.method << ": "
        << outcome_word(looked.outcome);
    if (!looked.why.empty()) out << ": " << shown(looked.why);
    out << '\n';
  }
}

void print_text(const CallerIdentity& who, const Credentials& keys, const std::vector<Hop>& hops,
                const Target& target, Console& console) {
  std::ostream& out = console.out;
  out << "account   " << shown(who.account) << '\n'
      << "arn       " << shown(who.arn) << '\n'
      << "user id   " << shown(who.user_id) << '\n'
      << "key       " << shown(keys.access_key_id) << '\n';
  if (keys.expires) {
    out << "expires   " << format_iso8601(*keys.expires) << ", in "
        << duration_words(keys.expires->seconds() - console.clock.now().seconds()) << '\n';
  }
  out << "asked     " << target.url << ", region " << target.region << '\n';
  std::string_view label = "chain     ";
  for (const Hop& hop : hops) {
    out << label << hop.method;
    if (!hop.profile.empty()) out << " of profile `" << shown(hop.profile) << '`';
    out << ": " << shown(hop.what);
    if (!hop.note.empty()) out << " (" << shown(hop.note) << ')';
    out << '\n';
    label = "       →  ";
  }
}

void print_json(const CallerIdentity& who, const Credentials& keys, const std::vector<Hop>& hops,
                const Session& session, bool explained, std::ostream& out) {
  std::string text;
  json::Writer w(text);
  w.begin_object().member("UserId", who.user_id).member("Account", who.account);
  w.member("Arn", who.arn).member("AccessKeyId", keys.access_key_id);
  if (keys.expires) w.member("Expiration", format_iso8601(*keys.expires));
  w.key("Chain").begin_array();
  for (const Hop& hop : hops) {
    w.begin_object().member("Profile", hop.profile).member("Method", hop.method);
    w.member("What", hop.what).member("Note", hop.note).end_object();
  }
  w.end_array();
  if (explained) {
    w.key("LookedAt").begin_array();
    for (const Looked& looked : session.looked()) {
      w.begin_object().member("Profile", looked.profile).member("Method", looked.method);
      w.member("Outcome", outcome_word(looked.outcome)).member("Why", looked.why).end_object();
    }
    w.end_array();
  }
  w.end_object();
  const auto tree = json::parse(text);
  out << (tree ? tree->dump_pretty(4) : text) << '\n';
}

Result<int> whoami(const Arguments& arguments, Session& session, Console& console) {
  const std::string output = arguments.value("--output").value_or("text");
  if (output != "text" && output != "json") {
    return usage_failure("argument --output: whoami answers text or json");
  }
  if (!arguments.positional().empty()) {
    return usage_failure("Unknown options: " + arguments.positional().front());
  }
  RC_TRY(Found found, find_credentials(session));
  RC_TRY(const Target target, sts_target(session, session.profile()));
  auto who = get_caller_identity(session, found.credentials, target);
  if (!who && found.credentials.token && is_session_refused(who.error())) {
    // A kept session that the server no longer takes: once more with a new one.
    found.source->forget(session);
    RC_TRY(found.credentials, found.source->fetch(session));
    who = get_caller_identity(session, found.credentials, target);
  }
  if (!who) {
    return with_note(who.error(), "as: " + found.credentials.access_key_id + ", at: " + target.url +
                                      ", region " + target.region);
  }
  std::vector<Hop> hops;
  found.source->describe(hops);
  const bool explained = arguments.has("--explain");
  if (output == "json") {
    print_json(*who, found.credentials, hops, session, explained, console.out);
  } else {
    print_text(*who, found.credentials, hops, target, console);
    if (explained) explain(session, console.out);
  }
  return 0;
}

}  // namespace

int run_whoami(Words words, Console& console) {
  constexpr OptionSpec kSpecs[] = {{"--explain", false}};
  const auto arguments = Arguments::parse(words, kSpecs);
  if (!arguments) return report(arguments.error(), console);
  Session session(arguments->options(), console.environment, console.clock, console.random);
  const auto result = whoami(*arguments, session, console);
  if (result) return *result;
  if (arguments->has("--explain")) explain(session, console.out);
  return report(result.error(), console);
}

}  // namespace rolecall::client
