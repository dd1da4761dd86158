#include "shell/complete.h"

#include <algorithm>
#include <optional>

#include "client/profiles.h"
#include "shell/list_folder.h"
#include "shell/service_words.h"
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
    } else if (const auto* service = find_service_word(words_[0])) {
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
    for (const ServiceWord& service : service_words()) add(service.word, service.service->title);
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

  void in_service(const ServiceWord& service) {
    if (words_.size() == 1) {
      if (typed_.starts_with('-')) return service_options(nullptr);
      for (const wire::Operation& operation : service.service->operations) {
        if (operation.input != nullptr) add(kebab_case(operation.name));
      }
      return;
    }
    const wire::Operation* operation = find_operation_word(*service.service, words_[1]);
    const std::string& last = words_.back();
    if (words_.size() > 2 && last.starts_with("--") && last.find('=') == last.npos &&
        takes_value(operation, last)) {
      return parameter_value(operation, last, {});
    }
    const std::size_t equals = typed_.find('=');
    if (typed_.starts_with("--") && equals != typed_.npos) {
      const std::string name = typed_.substr(0, equals);
      return parameter_value(operation, name, name + "=");
    }
    if (typed_.empty() || typed_.starts_with('-')) return service_options(operation);
    // A further word of a list.
    for (std::size_t i = words_.size(); i-- > 2;) {
      if (words_[i].starts_with("--")) return parameter_value(operation, words_[i], {});
    }
  }

  bool takes_value(const wire::Operation* operation, std::string_view name) const {
    for (const HelpOption& option : service_call_options()) {
      if (option.name == name) return !option.argument.empty();
    }
    const wire::Member* member = find_parameter(operation, name);
    return member != nullptr && member->shape->kind != wire::Kind::boolean;
  }

  void service_options(const wire::Operation* operation) {
    if (operation != nullptr && operation->input != nullptr) {
      for (const wire::Member& member : operation->input->members) {
        add("--" + kebab_case(member.name), parameter_about(member));
        if (member.shape->kind == wire::Kind::boolean) add("--no-" + kebab_case(member.name));
      }
    }
    for (const HelpOption& option : service_call_options()) add(option.name, option.text);
  }

  void parameter_value(const wire::Operation* operation, std::string_view name,
                       std::string_view before) {
    for (const HelpOption& option : service_call_options()) {
      if (option.name == name) return option_value(option, name, before);
    }
    const wire::Member* member = find_parameter(operation, name);
    if (member == nullptr) return;
    const auto values = values_of(*member->shape);
    if (!values.empty()) return add_all(values, before);
    if (!member->shape->sensitive || typed_.starts_with("f")) file_uris(before);
  }

  std::span<const std::string> words_;
  const std::string& typed_;
  std::span<const HelpPage* const> pages_;
  const client::Environment& environment_;
  std::size_t page_words_ = 0;
  Completion out_;
};

}  // namespace

Completion complete(std::span<const std::string> words, std::span<const HelpPage* const> pages,
                    const client::Environment& environment) {
  if (words.empty()) return {};
  return Completer(words, pages, environment).run();
}

}  // namespace rolecall::shell
