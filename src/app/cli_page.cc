// A command as CLI11 knows it → a help page.
#include <CLI/CLI.hpp>

#include "app/command_pages.h"

namespace rolecall::app {
namespace {

std::string joined(const std::vector<std::string>& names, std::string_view dashes,
                   std::string before) {
  for (const auto& name : names) {
    if (!before.empty()) before += ", ";
    before.append(dashes).append(name);
  }
  return before;
}

// "ID:ACCESS_KEY_ID:SECRET"; CLI11's own names of types say nothing to people.
std::string argument_of(const CLI::Option& option) {
  if (option.get_expected_max() == 0) return {};  // a flag
  const std::string type = option.get_type_name();
  if (type.empty() || type.starts_with("TEXT")) return "TEXT";
  if (type.starts_with("INT") || type.starts_with("UINT")) return "NUMBER";
  return type;
}

// Lines of the footer that are one sentence stay in one paragraph; indented ones are kept.
std::string about_of(const CLI::App& command) {
  std::string out;
  bool verbatim = false, first = true;
  const std::string footer = command.get_footer();
  std::string_view text = footer;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    const bool is_verbatim = line.starts_with(' ');
    if (!first && is_verbatim != verbatim) out += '\n';
    out.append(line).append("\n");
    verbatim = is_verbatim;
    first = false;
  }
  return out;
}

}  // namespace

std::unique_ptr<OwnedPage> page_of(const CLI::App& command) {
  auto out = std::make_unique<OwnedPage>();
  std::string usage = "rolecall " + command.get_name();
  bool has_options = false;
  for (const CLI::Option* option : command.get_options()) {
    if (option == command.get_help_ptr()) continue;
    if (option->get_positional()) {
      usage += " " + option->get_name();
      continue;
    }
    std::string name = joined(option->get_snames(), "-", {});
    name = joined(option->get_lnames(), "--", std::move(name));
    const std::string argument = argument_of(*option);
    if (option->get_required()) {
      usage += " --" + option->get_lnames().front() + (argument.empty() ? "" : " " + argument);
    } else {
      has_options = true;
    }
    std::string text = option->get_description();
    if (!option->get_default_str().empty()) text += "; default " + option->get_default_str();
    if (option->get_items_expected_max() > 1) text += " (repeatable)";
    out->options.push_back(
        {out->keep(std::move(name)), out->keep(argument), out->keep(std::move(text))});
  }
  if (has_options) usage += " [OPTION…]";
  out->usage = {out->keep(std::move(usage))};
  out->page.name = out->keep(command.get_name());
  out->page.summary = out->keep(command.get_description());
  out->page.usage = out->usage;
  out->page.about = out->keep(about_of(command));
  out->page.options = out->options;
  out->page.common = client::CommonOptions::hidden;
  return out;
}

}  // namespace rolecall::app
