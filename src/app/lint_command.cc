#include "app/lint_command.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <ostream>
#include <vector>

#include "app/vector_file.h"
#include "policy/lint.h"
#include "policy/principals.h"

namespace rolecall::app {
namespace {

using policy::Diagnostic;
using policy::Kind;
using policy::Severity;

enum class Format { text, json, sarif };

struct Options {
  std::optional<Kind> kind;
  Format format = Format::text;
  bool check = false;
  std::vector<std::string> files;
};

struct Found {
  std::string file;
  Diagnostic diagnostic;
  std::uint32_t character = 0;  // the column in characters; the diagnostic counts bytes
};

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "";
}

// Statements with a principal make a resource policy; without any resource a trust policy.
Kind guess_kind(std::string_view text) {
  if (policy::list_principals(text).empty()) return Kind::inline_;
  const auto document = json::parse(text);
  const json::Value* statements = document ? document->find("Statement") : nullptr;
  if (statements == nullptr) return Kind::resource;
  const auto has_resource = [](const json::Value& statement) {
    return statement.find("Resource") != nullptr || statement.find("NotResource") != nullptr;
  };
  const bool resource =
      has_resource(*statements) ||
      std::any_of(statements->items().begin(), statements->items().end(), has_resource);
  return resource ? Kind::resource : Kind::trust;
}

void print_text(const std::vector<Found>& all, std::ostream& out) {
  for (const auto& [file, it, character] : all) {
    out << file << ':' << it.line << ':' << it.column << ": " << severity_name(it.severity) << ": "
        << it.message << " [" << it.code << "]\n";
    if (!it.advice.empty()) out << "    " << it.advice << '\n';
  }
}

void print_json(const std::vector<Found>& all, std::ostream& out) {
  std::string text;
  json::Writer w(text);
  w.begin_array();
  for (const auto& [file, it, character] : all) {
    w.begin_object().member("file", file);
    w.key("line").integer(it.line).key("column").integer(it.column);
    w.member("severity", severity_name(it.severity)).member("code", it.code);
    w.member("message", it.message);
    if (!it.advice.empty()) w.member("advice", it.advice);
    w.end_object();
  }
  w.end_array();
  out << text << '\n';
}

// A relative reference or path with what a URI may not hold percent-encoded.
std::string uri_of(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::uint32_t character_column(std::string_view text, const Diagnostic& at) {
  for (std::uint32_t line = 1; line < at.line; ++line) {
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  const std::string_view before = text.substr(0, at.column - 1);
  const auto characters = std::count_if(before.begin(), before.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  });
  return static_cast<std::uint32_t>(characters) + 1;
}

// SARIF 2.1.0, the least that code hosts want.
void print_sarif(const std::vector<Found>& all, std::ostream& out) {
  std::string text;
  json::Writer w(text);
  w.begin_object().member("version", "2.1.0");
  w.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
  w.key("runs").begin_array().begin_object();
  w.key("tool").begin_object().key("driver").begin_object();
  w.member("name", "rolecall lint");
  std::vector<std::string> rules;
  for (const auto& found : all) rules.push_back(found.diagnostic.code);
  std::sort(rules.begin(), rules.end());
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
  w.key("rules").begin_array();
  for (const auto& rule : rules) w.begin_object().member("id", rule).end_object();
  w.end_array().end_object().end_object();
  w.member("columnKind", "unicodeCodePoints");
  w.key("results").begin_array();
  for (const auto& [file, it, character] : all) {
    w.begin_object().member("ruleId", it.code);
    w.key("ruleIndex")
        .integer(std::lower_bound(rules.begin(), rules.end(), it.code) - rules.begin());
    w.member("level", severity_name(it.severity));
    w.key("message").begin_object();
    w.member("text", it.advice.empty() ? it.message : it.message + "; " + it.advice).end_object();
    w.key("locations").begin_array().begin_object().key("physicalLocation").begin_object();
    w.key("artifactLocation").begin_object().member("uri", uri_of(file)).end_object();
    w.key("region").begin_object().key("startLine").integer(it.line);
    w.key("startColumn").integer(character).end_object();
    w.end_object().end_object().end_array().end_object();
  }
  w.end_array().end_object().end_array().end_object();
  out << text << '\n';
}

bool names_code(const json::Value* expected, std::string_view code) {
  if (expected == nullptr || expected->is_null()) return true;
  if (expected->is_string()) return expected->text() == code;
  return std::any_of(expected->items().begin(), expected->items().end(),
                     [&](const json::Value& item) { return item.text() == code; });
}

Status check_file(const std::string& path, std::ostream& out, std::size_t& passed,
                  std::size_t& failed) {
  RC_TRY(const std::string text, read_file(path));
  const auto file = json::parse(text);
  const json::Value* documents = file ? file->find("documents") : nullptr;
  if (documents == nullptr || !documents->is_array()) {
    return fault(path + ": no list of `documents`");
  }
  for (const json::Value& item : documents->items()) {
    const std::string name(item.find_text("name").value_or(""));
    const auto kind = policy::parse_kind(item.find_text("kind").value_or(""));
    const auto document = item.find_text("document");
    const json::Value* valid = item.find("valid");
    if (!kind || !document || valid == nullptr) return fault(path + ": `" + name + "` is no case");
    policy::ValidateOptions options;
    options.bucket = "b";
    const auto error = policy::validate(*kind, *document, options);
    const auto message = item.find_text("message");
    const bool good = valid->as_bool() ? !error
                                       : error && names_code(item.find("error"), error->code) &&
                                             (!message || *message == error->message);
    ++(good ? passed : failed);
    if (!good)
      out << name << '\t' << (error ? error->code + ": " + error->message : "valid") << '\n';
  }
  return {};
}

std::optional<Options> read_options(std::span<const std::string> args, std::ostream& err) {
  Options options;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const std::string& arg = args[i];
    const auto value = [&]() -> std::string { return i + 1 < args.size() ? args[++i] : ""; };
    if (arg == "--check") {
      options.check = true;
    } else if (arg == "--kind") {
      const std::string name = value();
      options.kind = policy::parse_kind(name);
      if (!options.kind) {
        err << "rolecall lint: no kind `" << name << "`\n";
        return std::nullopt;
      }
    } else if (arg == "--format") {
      const std::string name = value();
      if (name != "text" && name != "json" && name != "sarif") {
        err << "rolecall lint: no format `" << name << "`\n";
        return std::nullopt;
      }
      options.format = name == "json"    ? Format::json
                       : name == "sarif" ? Format::sarif
                                         : Format::text;
    } else if (arg.starts_with("-")) {
      err << "rolecall lint: unknown option `" << arg << "`\n";
      return std::nullopt;
    } else {
      options.files.push_back(arg);
    }
  }
  if (options.files.empty()) {
    err << "usage: rolecall lint FILE… [--kind identity|resource|trust|scp|rcp|managed|inline|"
           "boundary|session|bucket|queue|topic|key] [--format text|json|sarif] [--check]\n";
    return std::nullopt;
  }
  return options;
}

}  // namespace

int run_lint(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  const auto options = read_options(args, err);
  if (!options) return 2;
  int status = 0;
  if (options->check) {
    std::size_t passed = 0, failed = 0;
    for (const std::string& file : options->files) {
      if (auto done = check_file(file, out, passed, failed); !done) {
        err << "rolecall lint: " << done.error().text() << '\n';
        status = 3;
      }
    }
    out << passed << " passed, " << failed << " failed\n";
    return status == 0 && failed > 0 ? 1 : status;
  }
  std::vector<Found> all;
  for (const std::string& file : options->files) {
    const auto text = read_file(file);
    if (!text) {
      err << "rolecall lint: " << text.error().text() << '\n';
      status = 3;
      continue;
    }
    const Kind kind = options->kind.value_or(guess_kind(*text));
    for (auto& diagnostic : policy::lint(kind, *text)) {
      if (diagnostic.severity == Severity::error && status == 0) status = 1;
      const std::uint32_t character = character_column(*text, diagnostic);
      all.push_back({file, std::move(diagnostic), character});
    }
  }
  if (options->format == Format::text) print_text(all, out);
  if (options->format == Format::json) print_json(all, out);
  if (options->format == Format::sarif) print_sarif(all, out);
  return status;
}

}  // namespace rolecall::app
