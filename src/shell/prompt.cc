#include "shell/prompt.h"

#include <ostream>

#include "base/ids.h"
#include "client/arguments.h"
#include "client/chain.h"
#include "client/failure.h"
#include "client/key_store.h"
#include "shell/commands.h"

namespace rolecall::shell {
namespace {

constexpr std::int64_t kSoonSeconds = 300;
constexpr std::size_t kTemplateBytesMax = 4096;
constexpr int kHopsMax = 16;  // the chain itself finds loops

std::string last_part(std::string_view text) {
  return std::string(text.substr(text.rfind('/') + 1));
}

void role_of(PromptFacts& facts, std::string_view role_arn) {
  const auto arn = ArnView::parse(role_arn);
  if (!arn) return;
  facts.account = arn->account;
  facts.role = last_part(arn->resource);
}

// Credentials whose owner is known only by asking: the machine's own over the network, a key that
// is not named in its line by opening the store, which may want a passphrase.
bool must_be_asked(client::Session& session, std::string profile) {
  const auto files = session.profiles();
  for (int hops = 0; files && hops < kHopsMax; ++hops) {
    if ((*files)->get(profile, "credential_source").value_or("Environment") != "Environment") {
      return true;
    }
    const auto line = client::parse_key_line(
        session.environment(), (*files)->get(profile, "credential_process").value_or(""));
    if (line && line->key_id.empty()) return true;
    const auto source = (*files)->get(profile, "source_profile");
    if (!source || *source == profile) return false;
    profile = *source;
  }
  return false;
}

// Of the three that keep sessions the one that the chain would take.
std::unique_ptr<client::Source> session_source(client::Session& session,
                                               const std::string& profile) {
  if (must_be_asked(session, profile)) return nullptr;
  for (const client::Provider* provider :
       {&client::assume_role_provider(), &client::web_identity_provider(),
        &client::sso_provider()}) {
    auto source = client::ask(*provider, {session, profile, false});
    if (!source) return nullptr;  // configured and broken: `rolecall whoami` says how
    if (*source) return std::move(*source);
  }
  return nullptr;
}

class Template {
 public:
  Template(std::string_view text, const PromptFacts& facts)
      : text_(text.substr(0, kTemplateBytesMax)), facts_(facts) {}

  std::string run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\\' && at_ + 1 < text_.size()) {
        out() += text_[at_ + 1];
        at_ += 2;
      } else if (c == '[' && !in_group_) {
        in_group_ = true;
        lacks_ = false;
        ++at_;
      } else if (c == ']' && in_group_) {
        in_group_ = false;
        if (!lacks_) whole_ += group_;
        group_.clear();
        ++at_;
      } else if (c == '{' && placeholder()) {
      } else {
        out() += c;
        ++at_;
      }
    }
    // A bracket that nobody closed is a letter.
    if (in_group_) whole_ += "[" + group_;
    return whole_;
  }

 private:
  std::string& out() { return in_group_ ? group_ : whole_; }

  bool placeholder() {
    const std::size_t close = text_.find('}', at_);
    if (close == text_.npos) return false;
    const std::string_view name = text_.substr(at_ + 1, close - at_ - 1);
    std::string value;
    if (name == "profile") {
      value = facts_.profile;
    } else if (name == "account") {
      value = facts_.account;
    } else if (name == "role") {
      value = facts_.role;
    } else if (name == "region") {
      value = facts_.region;
    } else if (name == "left") {
      value = left_text(facts_.left);
    } else if (name == "mark") {
      value = mark_text(facts_.left);
    } else {
      return false;
    }
    lacks_ = lacks_ || value.empty();
    out() += value;
    at_ = close + 1;
    return true;
  }

  std::string_view text_;
  const PromptFacts& facts_;
  std::size_t at_ = 0;
  bool in_group_ = false, lacks_ = false;
  std::string whole_, group_;
};

}  // namespace

std::string left_text(std::optional<std::int64_t> left) {
  if (!left) return {};
  if (*left <= 0) return "expired";
  if (*left < 60) return std::to_string(*left) + "s";
  if (*left < 2 * 3600) return std::to_string(*left / 60) + "m";
  return std::to_string(*left / 3600) + "h";
}

std::string_view mark_text(std::optional<std::int64_t> left) {
  if (!left || *left > kSoonSeconds) return "";
  return *left > 0 ? "!" : "✗";
}

std::optional<PromptFacts> prompt_facts(client::Session& session) {
  const client::Environment& environment = session.environment();
  const std::int64_t now = session.clock().now().seconds();
  PromptFacts facts;
  // Within `rolecall exec` the keys are in the environment, and this says whose they are.
  const auto given = environment.get_filled("ROLECALL_PROFILE");
  const bool has_keys = environment.get_filled("AWS_ACCESS_KEY_ID").has_value() &&
                        !session.ignores_environment_keys();
  const auto chosen = session.chosen_profile();
  if (!given && !chosen && !has_keys) return std::nullopt;
  facts.profile = chosen && !has_keys ? *chosen : given.value_or(chosen.value_or("env"));

  const auto files = session.profiles();
  if (!files) return facts;
  const auto setting = [&](std::string_view key) {
    return (*files)->get(facts.profile, key).value_or("");
  };
  role_of(facts, setting("role_arn"));
  if (facts.role.empty()) facts.role = setting("sso_role_name");
  for (const char* key : {"sso_account_id", "aws_account_id"}) {
    if (facts.account.empty()) facts.account = setting(key);
  }
  if (const auto region = session.region()) facts.region = *region;
  if (facts.region.empty()) facts.region = setting("region");

  if (has_keys) {
    const auto text = environment.get_filled("AWS_CREDENTIAL_EXPIRATION");
    const auto end = text ? client::parse_expiration(*text) : std::nullopt;
    if (end) facts.left = end->seconds() - now;
    return facts;
  }
  const auto source = session_source(session, facts.profile);
  const auto kept = source == nullptr ? std::nullopt : source->kept_session(session);
  if (kept && kept->credentials.expires) facts.left = kept->credentials.expires->seconds() - now;
  return facts;
}

std::string format_prompt(std::string_view text, const PromptFacts& facts) {
  return Template(text, facts).run();
}

int run_prompt(client::Words words, client::Console& console) {
  constexpr client::OptionSpec kSpecs[] = {{"--format"}};
  const auto arguments = client::Arguments::parse(words, kSpecs);
  if (!arguments) return client::report(arguments.error(), console);
  if (!arguments->positional().empty()) {
    return client::report(
        client::usage_failure("Unknown options: " + arguments->positional().front()), console);
  }
  client::Session session(arguments->options(), console.environment, console.clock, console.random);
  const auto facts = prompt_facts(session);
  // A prompt is no place for complaints: without a profile it is empty.
  if (!facts) return 0;
  console.out << format_prompt(arguments->value("--format").value_or(std::string(kPromptTemplate)),
                               *facts);
  return 0;
}

}  // namespace rolecall::shell
