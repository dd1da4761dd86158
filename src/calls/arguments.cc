#include "calls/arguments.h"

#include <algorithm>
#include <charconv>

#include "base/encoding.h"
#include "calls/names.h"
#include "calls/numbers.h"
#include "client/failure.h"

namespace rolecall::calls {
namespace {

constexpr std::string_view kUsage =
    "usage: rolecall [options] <command> <subcommand> [<subcommand> ...] [parameters]\n"
    "To see help text, you can run:\n\n"
    "  rolecall --help\n"
    "  rolecall <command> --help\n"
    "  rolecall <command> <subcommand> --help\n";

constexpr std::string_view kMfaMethods[] = {"QRCodePNG", "Base32StringSeed"};
constexpr std::string_view kSkeletons[] = {"input", "output", "yaml-input"};
constexpr std::string_view kOutputs[] = {"json", "text", "table", "yaml", "yaml-stream", "off"};
constexpr std::string_view kColors[] = {"on", "off", "auto"};
constexpr std::string_view kBinaryFormats[] = {"base64", "raw-in-base64-out"};

struct Global {
  std::string_view name;
  bool takes_value;
  void (*set)(Globals&, std::string);
  std::span<const std::string_view> choices = {};
  bool number = false;
};

std::optional<int> whole(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

const Global kGlobals[] = {
    {"--debug", false, [](Globals& g, std::string) { g.debug = true; }},
    {"--endpoint-url", true,
     [](Globals& g, std::string v) { g.session.endpoint_url = std::move(v); }},
    {"--no-verify-ssl", false, [](Globals& g, std::string) { g.session.verify_tls = false; }},
    {"--no-paginate", false, [](Globals& g, std::string) { g.paginate = false; }},
    {"--output", true, [](Globals& g, std::string v) { g.output = std::move(v); }, kOutputs},
    {"--query", true, [](Globals& g, std::string v) { g.query = std::move(v); }},
    {"--profile", true, [](Globals& g, std::string v) { g.session.profile = std::move(v); }},
    {"--region", true, [](Globals& g, std::string v) { g.session.region = std::move(v); }},
    {"--color", true, [](Globals& g, std::string v) { g.color = std::move(v); }, kColors},
    {"--no-sign-request", false, [](Globals& g, std::string) { g.sign = false; }},
    {"--ca-bundle", true, [](Globals& g, std::string v) { g.session.ca_bundle = std::move(v); }},
    {"--cli-read-timeout",
     true,
     [](Globals& g, std::string v) { g.read_seconds = whole(v); },
     {},
     true},
    {"--cli-connect-timeout",
     true,
     [](Globals& g, std::string v) { g.connect_seconds = whole(v); },
     {},
     true},
    {"--cli-binary-format", true, [](Globals& g, std::string v) { g.binary_format = std::move(v); },
     kBinaryFormats},
    {"--no-cli-pager", false, [](Globals&, std::string) {}},
    {"--cli-auto-prompt", false, [](Globals&, std::string) {}},
    {"--no-cli-auto-prompt", false, [](Globals&, std::string) {}},
    // Ours.
    {"--no-cache", false, [](Globals& g, std::string) { g.session.use_cache = false; }},
    {"--help", false, [](Globals& g, std::string) { g.help = true; }},
};

// Python's argparse: what begins with a dash is an option, but for numbers and texts with blanks.
bool looks_like_option(std::string_view word) {
  if (word.size() < 2 || word.front() != '-') return false;
  if (word.find(' ') != word.npos && word.find('=') == word.npos) return false;
  const bool number = std::ranges::all_of(
      word.substr(1), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  return !number;
}

std::vector<std::string> strings(std::span<const std::string_view> views) {
  return {views.begin(), views.end()};
}

Status set_global(const Global& global, std::string value, Globals& out) {
  if (!global.choices.empty() && std::ranges::find(global.choices, value) == global.choices.end()) {
    return invalid_choice(global.name, value, strings(global.choices));
  }
  if (global.number && !whole(value)) {
    return client::general_failure("invalid literal for int() with base 10: " + python_repr(value));
  }
  global.set(out, std::move(value));
  return {};
}

// ---- the table ----

// The AWS CLI's own words for some negations (customizations/argrename.py).
std::string negation(const wire::Service& service, const std::string& name) {
  if (service.name == "ec2" && name == "disable-api-termination") return "enable-api-termination";
  if (service.name == "ec2" && name == "egress") return "ingress";
  return "no-" + name;
}

void add_member(std::vector<Argument>& table, const wire::Service& service,
                const wire::Member& member) {
  Argument argument;
  argument.name = dashed(member.name);
  // AWS CLI: an argument must not hide a global option (customizations/argrename.py).
  if (service.name == "sns" && argument.name == "endpoint") {
    argument.name = "notification-endpoint";
  }
  argument.member = &member;
  argument.required = member.required && !member.idempotency_token;
  const wire::Shape& shape = *member.shape;
  if (shape.kind == wire::Kind::boolean) {
    argument.takes = Takes::nothing;
    argument.required = false;
    Argument off = argument;
    argument.role = Role::on;
    off.role = Role::off;
    off.name = negation(service, off.name);
    table.push_back(std::move(argument));
    table.push_back(std::move(off));
    return;
  }
  const bool wrapped_bool = service.name == "ec2" && shape.kind == wire::Kind::structure &&
                            shape.members.size() == 1 && shape.members[0].name == "Value" &&
                            shape.members[0].shape->kind == wire::Kind::boolean;
  if (wrapped_bool) {
    Argument off = argument;
    argument.role = Role::structure_on;
    argument.takes = Takes::at_most_one;
    off.role = Role::structure_off;
    off.takes = Takes::nothing;
    off.name = negation(service, off.name);
    table.push_back(std::move(argument));
    table.push_back(std::move(off));
    return;
  }
  if (shape.kind == wire::Kind::list) argument.takes = Takes::many;
  if (shape.kind == wire::Kind::long_) argument.number = Number::integer;
  if (shape.kind == wire::Kind::floating || shape.kind == wire::Kind::double_) {
    argument.number = Number::real;
  }
  table.push_back(std::move(argument));
}

void put(std::vector<Argument>& table, Argument argument) {
  for (Argument& known : table) {
    if (known.name == argument.name) {
      // --max-items stands before IAM's own MaxItems, which it is again without paging.
      argument.member = known.member;
      known = std::move(argument);
      return;
    }
  }
  table.push_back(std::move(argument));
}

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

void add_paging(std::vector<Argument>& table, const wire::Operation& operation) {
  const wire::Pagination& pages = operation.pages;
  if (!pages.paged()) return;
  for (Argument& argument : table) {
    if (argument.member != nullptr && (is_one_of(pages.input_tokens, argument.member->name) ||
                                       argument.member->name == pages.page_size)) {
      argument.hidden = true;
    }
  }
  Number number = Number::integer;
  for (const wire::Member& member : operation.input->members) {
    if (member.name == pages.page_size && member.shape->kind == wire::Kind::string) {
      number = Number::no;
    }
  }
  put(table, {.name = "starting-token", .role = Role::starting_token});
  if (!pages.page_size.empty()) {
    put(table, {.name = "page-size", .role = Role::page_size, .number = number});
  }
  put(table, {.name = "max-items", .role = Role::max_items, .number = number});
}

void add_own(std::vector<Argument>& table, const wire::Operation& operation) {
  if (operation.name == "CreateVirtualMFADevice") {
    table.push_back({.name = "outfile", .role = Role::mfa_outfile, .required = true});
    table.push_back({.name = "bootstrap-method",
                     .role = Role::mfa_method,
                     .required = true,
                     .choices = kMfaMethods});
  }
  if (operation.service->name == "ec2" && operation.name == "RunInstances") {
    std::erase_if(table, [](const Argument& argument) {
      return argument.name == "min-count" || argument.name == "max-count";
    });
    table.push_back({.name = "count", .role = Role::count});
    table.push_back({.name = "secondary-private-ip-addresses",
                     .role = Role::secondary_addresses,
                     .takes = Takes::many});
    table.push_back({.name = "secondary-private-ip-address-count",
                     .role = Role::secondary_count,
                     .number = Number::integer});
    table.push_back({.name = "associate-public-ip-address",
                     .role = Role::public_address_on,
                     .takes = Takes::nothing});
    table.push_back({.name = "no-associate-public-ip-address",
                     .role = Role::public_address_off,
                     .takes = Takes::nothing});
  }
}

// ---- the command line ----

class WordReader {
 public:
  WordReader(std::span<const Argument> arguments, std::span<const std::string> words)
      : arguments_(arguments), words_(words), found_(arguments.size()) {}

  Result<std::vector<Given>> run() {
    while (at_ < words_.size()) {
      const std::string& word = words_[at_];
      if (!only_values_ && word == "--") {
        only_values_ = true;
        ++at_;
      } else if (!only_values_ && looks_like_option(word)) {
        RC_CHECK(option(word));
      } else {
        ++at_;
        if (!take_positional(word)) unknown_.push_back(word);
      }
    }
    RC_CHECK(check_required());
    if (!unknown_.empty()) return unknown_options(unknown_);
    std::vector<Given> out;
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      if (found_[i]) out.push_back({&arguments_[i], std::move(*found_[i])});
    }
    return out;
  }

 private:
  // The argument of that name, or the only one that begins so.
  Result<std::optional<std::size_t>> find(std::string_view name) const {
    std::vector<std::size_t> begins;
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      if (arguments_[i].positional()) continue;
      if (arguments_[i].name == name) return std::optional(i);
      if (arguments_[i].name.starts_with(name)) begins.push_back(i);
    }
    if (begins.empty() || name.empty()) return std::optional<std::size_t>();
    if (begins.size() == 1) return std::optional(begins.front());
    std::string names;
    for (const std::size_t i : begins)
      names += (names.empty() ? "--" : ", --") + arguments_[i].name;
    return usage_error("ambiguous option: --" + std::string(name) + " could match " + names);
  }

  Status option(const std::string& word) {
    const std::size_t equals = word.find('=');
    const std::string text = word.substr(0, equals);
    std::optional<std::string> attached;
    if (equals != word.npos) attached = word.substr(equals + 1);
    std::optional<std::size_t> found;
    if (text.starts_with("--")) {
      RC_TRY(found, find(std::string_view(text).substr(2)));
    }
    if (!found) {
      unknown_.push_back(word);
      ++at_;
      return {};
    }
    ++at_;
    const Argument& argument = arguments_[*found];
    const std::string name = "argument --" + argument.name + ": ";
    std::vector<std::string> values;
    if (argument.takes == Takes::nothing) {
      if (attached)
        return usage_error(name + "ignored explicit argument " + python_repr(*attached));
    } else if (attached) {
      values.push_back(std::move(*attached));
    } else {
      const std::size_t most = argument.takes == Takes::many ? words_.size() : 1;
      while (values.size() < most && at_ < words_.size() && !looks_like_option(words_[at_])) {
        values.push_back(words_[at_++]);
      }
      if (argument.takes == Takes::one && values.empty()) {
        return usage_error(name + "expected one argument");
      }
    }
    for (const std::string& value : values) RC_CHECK(check_value(argument, name, value));
    forget_opposite(argument);
    found_[*found] = std::move(values);
    return {};
  }

  static Status check_value(const Argument& argument, const std::string& name,
                            const std::string& value) {
    if (argument.number == Number::integer && !integer_of(value)) {
      return usage_error(name + "invalid int value: " + python_repr(value));
    }
    if (argument.number == Number::real && !real_of(value)) {
      return usage_error(name + "invalid float value: " + python_repr(value));
    }
    if (!argument.choices.empty() &&
        std::ranges::find(argument.choices, value) == argument.choices.end()) {
      return invalid_choice("--" + argument.name, value, strings(argument.choices));
    }
    return {};
  }

  // --x after --no-x: the last one counts.
  void forget_opposite(const Argument& argument) {
    if (argument.role != Role::on && argument.role != Role::off) return;
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      const bool pair = arguments_[i].role == Role::on || arguments_[i].role == Role::off;
      if (pair && arguments_[i].member == argument.member) found_[i].reset();
    }
  }

  bool take_positional(const std::string& word) {
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      if (!arguments_[i].positional() || found_[i]) continue;
      found_[i] = std::vector{word};
      return true;
    }
    return false;
  }

  // With a skeleton to print or a whole input given as JSON nothing else must be there.
  bool requires_nothing() const {
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      if (!found_[i]) continue;
      if (arguments_[i].role == Role::input_json) return true;
      if (arguments_[i].role == Role::skeleton) {
        return found_[i]->empty() || found_[i]->front() != "output";
      }
    }
    return false;
  }

  Status check_required() const {
    if (requires_nothing()) return {};
    std::string missing;
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      if (!arguments_[i].required || found_[i]) continue;
      if (!missing.empty()) missing += ", ";
      missing += (arguments_[i].positional() ? "" : "--") + arguments_[i].name;
    }
    if (missing.empty()) return {};
    return usage_error("the following arguments are required: " + missing);
  }

  std::span<const Argument> arguments_;
  std::span<const std::string> words_;
  std::vector<std::optional<std::vector<std::string>>> found_;
  std::vector<std::string> unknown_;
  std::size_t at_ = 0;
  bool only_values_ = false;
};

}  // namespace

std::vector<Argument> arguments_of(const wire::Operation& operation) {
  std::vector<Argument> table;
  const auto& members = operation.input->members;
  for (std::size_t i = 0; i <= members.size(); ++i) {
    if (!operation.body_member.empty() && i == operation.body_member_at) {
      table.push_back({.name = dashed(operation.body_member), .role = Role::body});
    }
    if (i < members.size()) add_member(table, *operation.service, members[i]);
  }
  if (operation.streaming_output) {
    table.push_back({.name = "outfile", .role = Role::outfile, .required = true});
  }
  add_paging(table, operation);
  add_own(table, operation);
  if (!operation.streaming_output && operation.name != "CreateVirtualMFADevice") {
    table.push_back({.name = "cli-input-json", .role = Role::input_json});
    table.push_back({.name = "generate-cli-skeleton",
                     .role = Role::skeleton,
                     .takes = Takes::at_most_one,
                     .choices = kSkeletons});
  }
  return table;
}

std::vector<GlobalOption> global_options() {
  std::vector<GlobalOption> out;
  for (const Global& global : kGlobals) {
    out.push_back({global.name, global.takes_value, global.choices});
  }
  return out;
}

Result<Globals> take_globals(std::vector<std::string>& words) {
  Globals out;
  std::vector<std::string> rest;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      rest.insert(rest.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
      break;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const auto known = std::ranges::find(kGlobals, name, &Global::name);
    if (known == std::end(kGlobals)) {
      rest.push_back(word);
      continue;
    }
    std::string value;
    if (!known->takes_value) {
      if (equals != word.npos) {
        return usage_error("argument " + name + ": ignored explicit argument " +
                           python_repr(word.substr(equals + 1)));
      }
    } else if (equals != word.npos) {
      value = word.substr(equals + 1);
    } else if (i + 1 < words.size() && !looks_like_option(words[i + 1])) {
      value = words[++i];
    } else {
      return usage_error("argument " + name + ": expected one argument");
    }
    RC_CHECK(set_global(*known, std::move(value), out));
  }
  words = std::move(rest);
  const auto& url = out.session.endpoint_url;
  if (url && url->find("://") == url->npos) {
    return client::usage_failure("Bad value for --endpoint-url \"" + *url +
                                 "\": scheme is missing.  Must be of the form http://<hostname>/ "
                                 "or https://<hostname>/");
  }
  return out;
}

Result<std::vector<Given>> read_words(std::span<const Argument> arguments,
                                      std::span<const std::string> words) {
  return WordReader(arguments, words).run();
}

ApiError usage_error(std::string_view message) {
  return client::usage_failure(std::string(kUsage) + "\nrolecall: error: " + std::string(message) +
                               "\n");
}

ApiError unknown_options(std::span<const std::string> words) {
  std::string listed;
  for (const auto& word : words) listed.append(listed.empty() ? "" : ", ").append(word);
  return client::usage_failure(std::string(kUsage) + "\nUnknown options: " + listed + "\n");
}

ApiError invalid_choice(std::string_view argument, std::string_view word,
                        std::span<const std::string> choices) {
  std::string text = "argument " + std::string(argument) + ": Invalid choice, valid choices are:\n";
  for (std::size_t i = 0; i < choices.size(); ++i) {
    text += i % 2 == 0 ? "\n" : " | ";
    text += choices[i];
    if (choices[i].size() < 40) text.append(40 - choices[i].size(), ' ');
  }
  const auto close = close_matches(word, choices);
  if (!close.empty()) {
    text.append("\n\n\nInvalid choice: ").append(python_repr(word)).append(", maybe you meant:\n");
    for (const auto& choice : close) text.append("\n  * ").append(choice);
  }
  return usage_error(text);
}

}  // namespace rolecall::calls
