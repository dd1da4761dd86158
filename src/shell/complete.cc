#include "shell/complete.h"

#include <algorithm>
#include <optional>

#include "calls/arguments.h"
#include "calls/help.h"
#include "calls/names.h"
#include "client/profiles.h"
#include "shell/list_folder.h"
#include "shell/settings.h"
#include "shell/usage.h"

namespace rolecall::shell {
namespace {

using client::HelpOption;
using client::HelpPage;
using Also = Completion::Also;

constexpr std::string_view kOutputs[] = {"json", "text", "table", "yaml", "yaml-stream"};
constexpr std::string_view kColours[] = {"on", "off", "auto"};

class Completer {
 public:
  Completer(std::span<const std::string> words, std::span<const HelpPage* const> pages,
            const client::Environment& environment)
      : words_(words.first(words.size() - 1)),
        typed_(words.back()),
        pages_(pages),
        environment_(environment) {}

  Completion run() {
    if (words_.empty()) {
      commands();
    } else if (words_[0] == "help") {
      help_topics();
    } else if (find_page() != nullptr) {
      in_command();
    } else if (const auto* service = calls::find_service(words_[0])) {
      in_service(*service);
    }
    sort();
    return std::move(out_);
  }

 private:
  // ---- adding ----

  void add(std::string_view text, std::string_view about = {}, std::string_view before = {}) {
    std::string whole = std::string(before).append(text);
    if (whole.starts_with(typed_))
      out_.candidates.push_back({std::move(whole), std::string(about)});
  }
  template <class Texts>
  void add_all(const Texts& texts, std::string_view before = {}) {
    for (const auto& text : texts) add(text, {}, before);
  }
  void sort() {
    auto& all = out_.candidates;
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.text < b.text; });
    all.erase(std::unique(all.begin(), all.end(),
                          [](const auto& a, const auto& b) { return a.text == b.text; }),
              all.end());
  }

  void profiles(std::string_view before) {
    const auto files = client::Profiles::load(environment_);
    if (!files) return;
    for (const auto& profile : files->all()) {
      add(profile.name, files->get(profile.name, "role_arn").value_or(""), before);
    }
  }

  // file://…: the shells see one word there and would complete nothing.
  void file_uris(std::string_view before) {
    const std::string scheme = std::string(before) + "file://";
    if (!std::string_view(typed_).starts_with(scheme)) {
      add("file://", "the value is in a file", before);
      return;
    }
    const std::string path = typed_.substr(scheme.size());
    for (const auto& entry : list_folder(path, environment_)) add(entry, {}, scheme);
  }

  // ---- the words ----

  void commands() {
    if (typed_.starts_with('-')) {
      add("--help");
      add("--version");
      return;
    }
    for (const HelpPage* page : pages_) {
      if (page->name.find(' ') == page->name.npos) add(page->name, page->summary);
    }
    add("help", "a command's page");
    for (const wire::Service* service : wire::all_services()) {
      add(calls::command_of(*service), service->title);
    }
  }

  void help_topics() {
    std::string before;
    for (const auto& word : words_.subspan(1)) {
      if (!word.starts_with('-')) before += word + " ";
    }
    if (words_.back() == "--man-dir") {
      out_.also = Also::folders;
      return;
    }
    for (const HelpPage* page : pages_) {
      if (!page->name.starts_with(before)) continue;
      const std::string_view rest = page->name.substr(before.size());
      if (rest.find(' ') == rest.npos) add(rest, page->summary);
    }
    if (words_.size() == 1) {
      add("--man", "as a manual page");
      add("--man-dir", "write all manual pages there");
    }
  }

  // The page of the longest name that the words spell out.
  const HelpPage* find_page() {
    std::string name;
    const HelpPage* found = nullptr;
    for (std::size_t i = 0; i < words_.size() && !words_[i].starts_with('-'); ++i) {
      name.append(i == 0 ? "" : " ").append(words_[i]);
      for (const HelpPage* page : pages_) {
        if (page->name != name) continue;
        found = page;
        page_words_ = i + 1;
      }
    }
    return found;
  }

  const HelpOption* find_option(const HelpPage& page, std::string_view name) const {
    const auto in = [&](std::span<const HelpOption> options) -> const HelpOption* {
      for (const HelpOption& option : options) {
        if (has_name(option, name)) return &option;
      }
      return nullptr;
    };
    const HelpOption* own = in(page.options);
    if (own != nullptr || page.common == client::CommonOptions::hidden) return own;
    return in(client::common_options());
  }

  void in_command() {
    const HelpPage& page = *find_page();
    std::vector<std::string> positional;
    bool is_program = false;
    const HelpOption* open = nullptr;
    for (const auto& word : words_.subspan(page_words_)) {
      if (is_program) {
        positional.push_back(word);
      } else if (open != nullptr) {
        open = nullptr;
      } else if (word == "--") {
        is_program = true;
        positional.clear();
      } else if (word.starts_with('-') && word.size() > 1) {
        open = find_option(page, word);
        if (open != nullptr && open->argument.empty()) open = nullptr;
      } else {
        positional.push_back(word);
      }
    }
    if (is_program) {
      out_.also = positional.empty() ? Also::programs : Also::files;
    } else if (open != nullptr) {
      option_value(*open, words_.back(), {});
    } else if (typed_.starts_with('-')) {
      const std::size_t equals = typed_.find('=');
      if (equals == typed_.npos) return options(page);
      const std::string name = typed_.substr(0, equals);
      const HelpOption* option = find_option(page, name);
      if (option != nullptr) option_value(*option, name, name + "=");
    } else {
      parts(page);
      for (const std::string_view place : usage_places(page, positional)) placeholder(place, {});
    }
  }

  // "s3" → cp, ls: the pages of its parts.
  void parts(const HelpPage& page) {
    const std::string before = std::string(page.name) + " ";
    for (const HelpPage* other : pages_) {
      if (!other->name.starts_with(before)) continue;
      const std::string_view rest = other->name.substr(before.size());
      if (rest.find(' ') == rest.npos) add(rest, other->summary);
    }
  }

  void options(const HelpPage& page) {
    const auto each = [&](std::span<const HelpOption> all) {
      for (const HelpOption& option : all) {
        for (const std::string_view name : names_of(option)) {
          if (name.starts_with("--")) add(name, option.text);
        }
      }
    };
    each(page.options);
    if (page.common == client::CommonOptions::shown) each(client::common_options());
    add("--help", "this command's page");
  }

  void option_value(const HelpOption& option, std::string_view name, std::string_view before) {
    if (name == "--profile") return profiles(before);
    if (name == "--region") return add_all(regions(), before);
    if (!option.values.empty()) return add_all(split_blanks(option.values), before);
    if (name == "--output") return add_all(kOutputs, before);
    if (name == "--color") return add_all(kColours, before);
    placeholder(option.argument, before);
  }

  // A word of a usage line, or what an option's argument is called.
  void placeholder(std::string_view place, std::string_view before) {
    if (place.ends_with("…")) place.remove_suffix(std::string_view("…").size());
    if (place.starts_with('[') && place.ends_with(']')) place = place.substr(1, place.size() - 2);
    if (place == "PROFILE") return profiles(before);
    if (place == "REGION") return add_all(regions(), before);
    if (place == "SETTING") return add_all(profile_settings(), before);
    if (place == "DIR" || place == "FOLDER") return void(out_.also = Also::folders);
    if (place == "file://FILE") return file_uris(before);
    if (place.starts_with("s3://") || place == "SOURCE" || place == "TARGET") {
      add("s3://", "a bucket's");
    }
    if (place == "FILE" || place == "PATH" || place == "SOURCE" || place == "TARGET") {
      out_.also = Also::files;
    } else if (place == "-") {
      return;  // standard input: nobody asks for it by Tab
    } else if (place.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ<") == place.npos) {
      for (const std::string_view word : split_at(place, '|')) add(word, {}, before);
    }
  }

  // ---- SERVICE OPERATION --parameter ----

  void in_service(const wire::Service& service) {
    if (words_.size() == 1) {
      if (typed_.starts_with('-')) return call_options();
      for (const wire::Operation& operation : service.operations) {
        if (operation.input != nullptr) add(calls::dashed(operation.name));
      }
      return;
    }
    const wire::Operation* operation = calls::find_operation(service, words_[1]);
    if (operation != nullptr && operation->input != nullptr) {
      arguments_ = calls::arguments_of(*operation);
    }
    const std::string& last = words_.back();
    if (words_.size() > 2 && last.starts_with("--") && last.find('=') == last.npos &&
        takes_value(last)) {
      return argument_value(last, {});
    }
    const std::size_t equals = typed_.find('=');
    if (typed_.starts_with("--") && equals != typed_.npos) {
      const std::string name = typed_.substr(0, equals);
      return argument_value(name, name + "=");
    }
    if (typed_.empty() || typed_.starts_with('-')) return call_options();
    // A further word of a list.
    for (std::size_t i = words_.size(); i-- > 2;) {
      if (words_[i].starts_with("--")) return argument_value(words_[i], {});
    }
  }

  // By option, "--role-name".
  const calls::Argument* find_argument(std::string_view option) const {
    if (!option.starts_with("--")) return nullptr;
    const auto found = std::ranges::find(arguments_, option.substr(2), &calls::Argument::name);
    return found == arguments_.end() ? nullptr : &*found;
  }

  bool takes_value(std::string_view name) const {
    for (const calls::GlobalOption& option : globals_) {
      if (option.name == name) return option.takes_value;
    }
    const calls::Argument* argument = find_argument(name);
    return argument != nullptr && argument->takes != calls::Takes::nothing;
  }

  void call_options() {
    for (const calls::Argument& argument : arguments_) {
      if (!argument.hidden && !argument.positional()) {
        add("--" + argument.name, calls::about(argument));
      }
    }
    for (const calls::GlobalOption& option : globals_) add(option.name);
  }

  void argument_value(std::string_view name, std::string_view before) {
    for (const calls::GlobalOption& option : globals_) {
      if (option.name != name) continue;
      if (name == "--ca-bundle") return void(out_.also = Also::files);
      const HelpOption known{name, {}, {}};
      return option.choices.empty() ? option_value(known, name, before)
                                    : add_all(option.choices, before);
    }
    const calls::Argument* argument = find_argument(name);
    if (argument == nullptr) return;
    if (argument->role == calls::Role::body || argument->role == calls::Role::mfa_outfile) {
      return void(out_.also = Also::files);
    }
    if (!argument->choices.empty()) return add_all(argument->choices, before);
    if (argument->role == calls::Role::input_json) return file_uris(before);
    if (argument->member == nullptr) return;
    const wire::Shape& shape = *argument->member->shape;
    const auto values = calls::values_of(shape);
    if (!values.empty()) return add_all(values, before);
    if (!shape.sensitive || typed_.starts_with("f")) file_uris(before);
  }

  std::span<const std::string> words_;
  const std::string& typed_;
  std::span<const HelpPage* const> pages_;
  const client::Environment& environment_;
  std::size_t page_words_ = 0;
  const std::vector<calls::GlobalOption> globals_ = calls::global_options();
  std::vector<calls::Argument> arguments_;
  Completion out_;
};

}  // namespace

Completion complete(std::span<const std::string> words, std::span<const HelpPage* const> pages,
                    const client::Environment& environment) {
  if (words.empty()) return {};
  return Completer(words, pages, environment).run();
}

}  // namespace rolecall::shell
