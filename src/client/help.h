// Help pages: one text for `--help` and for the manual page, so that they cannot differ.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace rolecall::client {

struct HelpOption {
  std::string_view name;      // "--format", or "-o, --output"
  std::string_view argument;  // "FORMAT"; "" for none
  std::string_view text;
  std::string_view values = {};  // what it may be, for completion: "json text table"
};

// Options that every client command knows: --profile, --region and so on.
enum class CommonOptions { shown, hidden };

// A view of constants; what it refers to must outlive it.
//
// Texts are paragraphs with blank lines between them. A line that begins with a blank is kept as it
// is, every other paragraph is filled. In `about`, a line `# Files` begins a section that stands
// after the options. `code` between backticks is bold in the manual.
struct HelpPage {
  std::string_view name;                    // "exec"; a part of a command is "s3 cp"
  std::string_view summary;                 // one line, small first letter, no full stop
  std::span<const std::string_view> usage;  // whole lines: "rolecall exec -- COMMAND…"
  std::string_view about;
  std::span<const HelpOption> options;
  std::string_view examples;                   // lines as they are typed
  std::span<const std::string_view> see_also;  // commands ("creds"), manual pages ("aws(1)"), files
  CommonOptions common = CommonOptions::shown;
};

// The options that CommonOptions::shown stands for.
std::span<const HelpOption> common_options();

// For a terminal, 80 columns.
std::string format_help(const HelpPage& page);
// Roff with the man macros, for `man`, groff and mandoc.
std::string format_man(const HelpPage& page);

}  // namespace rolecall::client
