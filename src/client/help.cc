#include "client/help.h"

#include <algorithm>
#include <vector>

namespace rolecall::client {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kOptionColumns = 26;  // where an option's text begins

// When the pages were last read through as a whole: readers of manuals expect a date.
constexpr std::string_view kManualDate = "2026-11-28";

constexpr HelpOption kCommon[] = {
    {"--profile", "NAME", "the profile; default $AWS_PROFILE, else `default`"},
    {"--region", "REGION", "default $AWS_REGION, $AWS_DEFAULT_REGION, else the profile's"},
    {"--endpoint-url", "URL", "ask this address, for the roles on the way as well"},
    {"--ca-bundle", "FILE", "certificates to trust, PEM"},
    {"--no-verify-ssl", "", "do not check the server's certificate"},
    {"--no-cache", "", "open new sessions and keep none"},
};

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out.push_back(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return out;
}

// What a text consists of, in order.
struct Block {
  enum class Kind { heading, paragraph, verbatim } kind;
  std::string text;  // verbatim: lines with their line feeds
};

std::vector<Block> blocks_of(std::string_view text) {
  std::vector<Block> out;
  bool open = false;  // the last block goes on with the next line
  for (const std::string_view line : lines_of(text)) {
    if (line.empty()) {
      open = false;
    } else if (line.starts_with("# ")) {
      out.push_back({Block::Kind::heading, std::string(line.substr(2))});
      open = false;
    } else {
      const auto kind = line.front() == ' ' ? Block::Kind::verbatim : Block::Kind::paragraph;
      if (!open || out.back().kind != kind) {
        out.push_back({kind, {}});
        open = true;
      }
      std::string& into = out.back().text;
      if (kind == Block::Kind::paragraph && !into.empty()) into += ' ';
      into += line;
      if (kind == Block::Kind::verbatim) into += '\n';
    }
  }
  return out;
}

// ---- for a terminal ----

// One column a code point: our texts have no wide ones.
std::size_t width(std::string_view text) {
  std::size_t out = 0;
  for (const char c : text) out += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return out;
}

// Appends `text` filled, every line after the first indented; the first one begins at `column`.
void fill(std::string& out, std::string_view text, std::size_t indent, std::size_t column) {
  bool first = true;
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (word.empty()) continue;
    if (!first && column + 1 + width(word) > kColumns) {
      out.append("\n").append(indent, ' ');
      column = indent;
      first = true;
    }
    if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += width(word);
    first = false;
  }
  out += '\n';
}

void put_block(std::string& out, const Block& block) {
  out += '\n';
  switch (block.kind) {
    case Block::Kind::heading:
      out.append(block.text).append(":");  // the next block begins with the line feed
      break;
    case Block::Kind::verbatim:
      out += block.text;
      break;
    case Block::Kind::paragraph:
      fill(out, block.text, 0, 0);
      break;
  }
}

void put_options(std::string& out, std::string_view title, std::span<const HelpOption> options) {
  if (options.empty()) return;
  out.append("\n").append(title).append(":\n");
  for (const HelpOption& option : options) {
    std::string head = "  " + std::string(option.name);
    if (!option.argument.empty()) head.append(" ").append(option.argument);
    const std::size_t taken = width(head);
    out += head;
    if (taken + 2 > kOptionColumns) {
      out.append("\n").append(kOptionColumns, ' ');
    } else {
      out.append(kOptionColumns - taken, ' ');
    }
    fill(out, option.text, kOptionColumns, kOptionColumns);
  }
}

// The page of the whole program, not of a command.
bool is_program(std::string_view name) { return name.starts_with("rolecall"); }

bool is_command(std::string_view other) { return other.find_first_of("(/.") == other.npos; }

// ---- roff ----

// Letters that roff would read as its own are escaped; a hyphen that is typed must stay one.
void put_roff(std::string& out, std::string_view text) {
  bool bold = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '`') {
      bold = !bold;
      out += bold ? "\\fB" : "\\fR";
    } else if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else if (c == '"') {
      out += "\\(dq";
    } else if (c == '~') {
      out += "\\(ti";
    } else if (c == '^') {
      out += "\\(ha";
    } else if (c == '.' && (i == 0 || text[i - 1] == '\n')) {
      out += "\\&.";
    } else if (c < 0x80) {
      out += text[i];
    } else {
      // UTF-8 by its code point: not every roff reads UTF-8.
      const std::size_t more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
      unsigned point = c & (0x3Fu >> more);
      for (std::size_t k = 0; k < more && i + 1 < text.size(); ++k) {
        point = (point << 6) | (static_cast<unsigned char>(text[++i]) & 0x3Fu);
      }
      constexpr std::string_view kHex = "0123456789ABCDEF";
      out += "\\[u";
      for (int shift = point > 0xFFFF ? 20 : 12; shift >= 0; shift -= 4) {
        out += kHex[(point >> shift) & 0xF];
      }
      out += ']';
    }
  }
}

// Running text, in lines that people and linters can read; roff fills them anyway.
void put_text(std::string& out, std::string text) {
  constexpr std::size_t kLine = 50;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != ' ' || i - begin < kLine) continue;
    text[i] = '\n';
    begin = i + 1;
  }
  put_roff(out, text);
  out += '\n';
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

// "s3 cp" → "rolecall-s3-cp"
std::string manual_name(std::string_view name) {
  std::string out = is_program(name) ? "" : "rolecall-";
  out += name;
  for (char& c : out) {
    if (c == ' ') c = '-';
  }
  return out;
}

void put_heading(std::string& out, std::string_view title) {
  out += ".SH ";
  put_roff(out, upper(title));
  out += '\n';
}

void put_verbatim(std::string& out, std::string_view text) {
  out += ".nf\n.RS 4\n";
  const auto lines = lines_of(text);
  std::size_t indent = text.npos;  // what all have in common: roff indents by itself
  for (const auto line : lines) {
    if (!line.empty()) indent = std::min(indent, line.find_first_not_of(' '));
  }
  for (const auto line : lines) {
    put_roff(out, line.substr(std::min(indent, line.size())));
    out += '\n';
  }
  out += ".RE\n.fi\n";
}

void put_manual_block(std::string& out, const Block& block, bool after_heading) {
  if (block.kind == Block::Kind::heading) return put_heading(out, block.text);
  if (!after_heading) out += ".PP\n";
  if (block.kind == Block::Kind::verbatim) return put_verbatim(out, block.text);
  put_text(out, block.text);
}

void put_manual_options(std::string& out, std::string_view title,
                        std::span<const HelpOption> options) {
  if (options.empty()) return;
  put_heading(out, title);
  for (const HelpOption& option : options) {
    out += ".TP\n\\fB";
    put_roff(out, option.name);
    out += "\\fR";
    if (!option.argument.empty()) {
      out += " \\fI";
      put_roff(out, option.argument);
      out += "\\fR";
    }
    out += '\n';
    put_text(out, std::string(option.text));
  }
}

// The blocks of `about` up to its first heading stand before the options, the others after.
std::size_t first_heading(const std::vector<Block>& blocks) {
  std::size_t at = 0;
  while (at < blocks.size() && blocks[at].kind != Block::Kind::heading) ++at;
  return at;
}

}  // namespace

std::span<const HelpOption> common_options() { return kCommon; }

std::string format_help(const HelpPage& page) {
  std::string out = is_program(page.name) ? "" : "rolecall ";
  out.append(page.name).append(": ").append(page.summary).append("\n\n");
  for (std::size_t i = 0; i < page.usage.size(); ++i) {
    out.append(i == 0 ? "Usage: " : "       ").append(page.usage[i]).append("\n");
  }
  const auto blocks = blocks_of(page.about);
  const std::size_t later = first_heading(blocks);
  for (std::size_t i = 0; i < later; ++i) put_block(out, blocks[i]);
  put_options(out, "Options", page.options);
  if (page.common == CommonOptions::shown) put_options(out, "Common options", kCommon);
  for (std::size_t i = later; i < blocks.size(); ++i) put_block(out, blocks[i]);
  if (!page.examples.empty()) {
    out += "\nExamples:\n";
    for (const auto line : lines_of(page.examples)) {
      out.append(line.empty() ? "" : "  ").append(line).append("\n");
    }
  }
  if (!page.see_also.empty()) {
    std::string names;
    for (const auto other : page.see_also) {
      names.append(names.empty() ? "" : ", ").append(is_command(other) ? "rolecall " : "");
      names.append(other);
    }
    out += "\nSee also: ";
    fill(out, names, 10, 10);
  }
  return out;
}

std::string format_man(const HelpPage& page) {
  const std::string name = manual_name(page.name);
  std::string out = ".TH ";
  put_roff(out, upper(name));
  out += " 1 \"" + std::string(kManualDate) + "\" \"rolecall\" \"Rolecall\"\n.nh\n.SH NAME\n";
  put_roff(out, name);
  out += " \\- ";
  put_roff(out, page.summary);
  out += "\n.SH SYNOPSIS\n.nf\n";
  for (const auto line : page.usage) {
    put_roff(out, line);
    out += '\n';
  }
  out += ".fi\n";
  const auto blocks = blocks_of(page.about);
  const std::size_t later = first_heading(blocks);
  if (later > 0) put_heading(out, "Description");
  for (std::size_t i = 0; i < later; ++i) put_manual_block(out, blocks[i], i == 0);
  put_manual_options(out, "Options", page.options);
  if (page.common == CommonOptions::shown) put_manual_options(out, "Common options", kCommon);
  for (std::size_t i = later; i < blocks.size(); ++i) {
    put_manual_block(out, blocks[i], i > later && blocks[i - 1].kind == Block::Kind::heading);
  }
  if (!page.examples.empty()) {
    put_heading(out, "Examples");
    put_verbatim(out, page.examples);
  }
  if (!page.see_also.empty()) {
    put_heading(out, "See also");
    for (std::size_t i = 0; i < page.see_also.size(); ++i) {
      const std::string_view other = page.see_also[i];
      put_roff(out, is_command(other) ? manual_name(other) + "(1)" : std::string(other));
      out += i + 1 < page.see_also.size() ? ",\n" : "\n";
    }
  }
  return out;
}

}  // namespace rolecall::client
