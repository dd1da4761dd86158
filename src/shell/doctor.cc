#include "shell/doctor.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>

#include "base/files.h"
#include "base/json.h"
#include "client/config_writer.h"
#include "client/failure.h"

namespace rolecall::shell {
namespace {

constexpr std::string_view severity_word(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      break;
  }
  return "note";
}

// "line 7: why" → 7 and "why".
std::size_t take_line_number(std::string& note) {
  constexpr std::string_view kLine = "line ";
  if (!note.starts_with(kLine)) return 0;
  std::size_t number = 0;
  const char* begin = note.data() + kLine.size();
  const auto [end, error] = std::from_chars(begin, note.data() + note.size(), number);
  if (error != std::errc() || *end != ':') return 0;
  note.erase(0, std::min(note.size(), static_cast<std::size_t>(end - note.data()) + 2));
  return number;
}

void note_unreadable(Examination& in, const std::string& path, const Error& error) {
  std::string why = client::failure_text(error);
  std::size_t line = 0;
  if (error.is_api()) {
    for (const auto& [name, text] : error.api().details) {
      if (name != "note") continue;
      why = text;
      line = take_line_number(why);
    }
  }
  const bool twice = why.find("a second time") != why.npos;
  in.about_file(twice ? "twice" : "unreadable", Severity::error, path, line, why,
                twice ? "keep one of the two; no AWS program reads a file with both"
                      : "no AWS program reads the file as it is");
}

ConfigText read(Examination& in, const std::string& path) {
  ConfigText out;
  out.path = path;
  const auto text = read_file_if_there(path, client::kConfigBytesMax);
  if (!text) {
    note_unreadable(in, path, text.error());
    return out;
  }
  if (!*text) {
    out.parsed.emplace();
    return out;
  }
  out.text = **text;
  out.is_there = true;
  out.lines = ConfigLines::of(out.text);
  auto parsed = client::parse_config(out.text, path);
  if (parsed) {
    out.parsed = std::move(*parsed);
  } else {
    note_unreadable(in, path, parsed.error());
  }
  return out;
}

}  // namespace

void Examination::about_file(std::string_view id, Severity severity, std::string file,
                             std::size_t line, std::string what, std::string advice) {
  findings.push_back({id, severity, std::move(file), line, std::move(what), std::move(advice)});
}

void Examination::about_profile(std::string_view id, Severity severity, std::string_view profile,
                                std::string_view key, std::string what, std::string advice) {
  const std::string section = client::section_of_profile(profile);
  // The credentials file's setting wins, so it is the one that counts.
  std::size_t line = credentials.lines.of_setting(profile, key);
  std::string file = credentials.path;
  if (line == 0) {
    file = config.path;
    // A name may be quoted though it need not be.
    for (const std::string& name :
         {section, "profile \"" + std::string(profile) + "\"", "profile " + std::string(profile)}) {
      if (line == 0) line = config.lines.of_setting(name, key);
      if (line == 0) line = config.lines.of_section(name);
    }
  }
  if (line == 0) {
    file = credentials.path;
    line = credentials.lines.of_section(profile);
  }
  about_file(id, severity, std::move(file), line,
             "profile `" + std::string(profile) + "`: " + std::move(what), std::move(advice));
}

Examination begin_examination(client::Session& session) {
  Examination out{session, {}, {}, {}};
  out.config = read(out, session.environment().config_path());
  out.credentials = read(out, session.environment().credentials_path());
  if (out.config.parsed && out.credentials.parsed) {
    out.profiles = client::Profiles::of(*out.config.parsed, *out.credentials.parsed);
  }
  return out;
}

std::vector<Finding> examine(client::Session& session, Network network) {
  Examination in = begin_examination(session);
  check_permissions(in);
  check_sections(in);
  if (in.profiles) {
    check_profiles(in);
    check_collisions(in);
  }
  check_caches(in);
  check_environment(in);
  if (network == Network::used && in.profiles) check_endpoints(in);
  std::stable_sort(in.findings.begin(), in.findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.severity, a.file, a.line) < std::tie(b.severity, b.file, b.line);
  });
  return std::move(in.findings);
}

std::string findings_text(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings) {
    if (!finding.file.empty()) {
      out += finding.file;
      if (finding.line > 0) out += ":" + std::to_string(finding.line);
      out += ": ";
    }
    out.append(severity_word(finding.severity)).append(": ").append(finding.what);
    out.append(" [").append(finding.id).append("]\n");
    if (!finding.advice.empty()) out.append("  ").append(finding.advice).append("\n");
  }
  return out;
}

std::string findings_json(const std::vector<Finding>& findings) {
  std::string text;
  json::Writer w(text);
  w.begin_object().key("Findings").begin_array();
  for (const Finding& finding : findings) {
    w.begin_object().member("Id", finding.id).member("Severity", severity_word(finding.severity));
    if (!finding.file.empty()) w.member("File", finding.file);
    if (finding.line > 0) w.key("Line").integer(static_cast<std::int64_t>(finding.line));
    w.member("What", finding.what).member("Advice", finding.advice).end_object();
  }
  w.end_array().end_object();
  const auto tree = json::parse(text);
  return (tree ? tree->dump_pretty(4) : text) + "\n";
}

}  // namespace rolecall::shell
