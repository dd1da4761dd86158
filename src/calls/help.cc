#include "calls/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "calls/names.h"

namespace rolecall::calls {
namespace {

constexpr std::size_t kWidth = 80;
constexpr int kNesting = 3;  // how deep a structure's members are listed

std::string_view kind_word(const wire::Shape& shape) {
  switch (shape.kind) {
    case wire::Kind::boolean:
      return "boolean";
    case wire::Kind::integer:
      return "integer";
    case wire::Kind::long_:
      return "long";
    case wire::Kind::floating:
      return "float";
    case wire::Kind::double_:
      return "double";
    case wire::Kind::string:
      return "string";
    case wire::Kind::blob:
      return "blob";
    case wire::Kind::timestamp:
      return "timestamp";
    case wire::Kind::list:
      return "list";
    case wire::Kind::map:
      return "map";
    case wire::Kind::structure:
      break;
  }
  return "structure";
}

// Words separated by `separator`, broken into lines.
void append_filled(std::string& out, std::string_view indent, std::span<const std::string> words,
                   std::string_view separator) {
  std::string line(indent);
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string word = words[i];
    if (i + 1 < words.size()) word += separator;
    if (line.size() + word.size() > kWidth && line.size() > indent.size()) {
      while (line.ends_with(' ')) line.pop_back();
      out += line + "\n";
      line = indent;
    }
    line += word;
  }
  if (line.size() > indent.size()) out += line + "\n";
}

std::string bounds_text(const wire::Shape& shape) {
  const wire::Constraints* c = shape.constraints;
  if (c == nullptr) return {};
  std::string out;
  const bool low = c->min != INT64_MIN, high = c->max != INT64_MAX;
  if (low && high) {
    out = fmt::format("{} to {}", c->min, c->max);
  } else if (low) {
    out = fmt::format("at least {}", c->min);
  } else if (high) {
    out = fmt::format("at most {}", c->max);
  }
  if (!out.empty() && shape.kind == wire::Kind::string) out += " characters";
  if (!out.empty() && (shape.kind == wire::Kind::list || shape.kind == wire::Kind::map)) {
    out += " items";
  }
  if (c->pattern != nullptr)
    out += fmt::format("{}matches {}", out.empty() ? "" : "; ", c->pattern->text);
  return out;
}

void append_shape(std::string& out, const std::string& indent, const wire::Shape& shape,
                  int depth) {
  if (const std::string bounds = bounds_text(shape); !bounds.empty()) {
    out += indent + bounds + "\n";
  }
  if (shape.constraints != nullptr && !shape.constraints->values.empty()) {
    const auto& values = shape.constraints->values;
    append_filled(out, indent, std::vector<std::string>(values.begin(), values.end()), " | ");
  }
  if (depth == 0) return;
  if (shape.kind == wire::Kind::list) {
    out += fmt::format("{}of {}\n", indent, kind_word(*shape.element));
    append_shape(out, indent + "  ", *shape.element, depth - 1);
  }
  if (shape.kind == wire::Kind::map) {
    out += fmt::format("{}of string to {}\n", indent, kind_word(*shape.element));
    append_shape(out, indent + "  ", *shape.element, depth - 1);
  }
  for (const wire::Member& member : shape.members) {
    out += fmt::format("{}{} ({}{})\n", indent, member.name, kind_word(*member.shape),
                       member.required ? ", required" : "");
    append_shape(out, indent + "  ", *member.shape, depth - 1);
  }
}

std::string_view extra_text(Role role) {
  switch (role) {
    case Role::body:
      return "a file's name; the file is sent as it is";
    case Role::outfile:
      return "where the answer's body is saved; `-` is standard output";
    case Role::input_json:
      return "parameters as one JSON object, or file://NAME; other options win over it";
    case Role::skeleton:
      return "print such an object with every parameter and do nothing: [input | output]";
    case Role::starting_token:
      return "go on where an answer's NextToken stopped";
    case Role::page_size:
      return "how many items to ask for at once";
    case Role::max_items:
      return "how many items to print";
    case Role::mfa_outfile:
      return "where the seed is saved; it is not printed then";
    case Role::mfa_method:
      return "what is saved: QRCodePNG | Base32StringSeed";
    case Role::count:
      return "how many instances: N, or MIN:MAX";
    case Role::secondary_addresses:
    case Role::secondary_count:
    case Role::public_address_on:
      return "a shortcut into --network-interfaces";
    default:
      return {};
  }
}

bool is_second_name(Role role) {
  return role == Role::off || role == Role::structure_off || role == Role::public_address_off;
}

std::string usage_of(const Argument& argument) {
  std::string out = argument.positional() ? "<" + argument.name + ">" : "--" + argument.name;
  const bool pair = argument.role == Role::on || argument.role == Role::structure_on ||
                    argument.role == Role::public_address_on;
  if (pair) {
    out += " | --no-" + argument.name;
  } else if (!argument.positional()) {
    out += argument.takes == Takes::many ? " <value> …" : " <value>";
  }
  return argument.required ? out : "[" + out + "]";
}

}  // namespace

std::string about(const Argument& argument) {
  if (const std::string_view text = extra_text(argument.role); !text.empty()) {
    return std::string(text);
  }
  std::string out = argument.required ? "required, " : "";
  return out += argument.member == nullptr ? "" : kind_word(*argument.member->shape);
}

std::span<const std::string_view> values_of(const wire::Shape& shape) {
  const wire::Shape& text = shape.kind == wire::Kind::list ? *shape.element : shape;
  if (text.kind != wire::Kind::string || text.constraints == nullptr) return {};
  return text.constraints->values;
}

std::string services_help() {
  std::string out = "Services (rolecall SERVICE --help lists their operations):\n\n";
  for (const wire::Service* service : wire::all_services()) {
    out += fmt::format("  {:<14} {}\n", command_of(*service), service->title);
  }
  return out;
}

std::string service_help(const wire::Service& service) {
  const std::string_view command = command_of(service);
  std::string out = fmt::format("rolecall {} - {}\n\n", command, service.title);
  out +=
      fmt::format("Usage: rolecall {} OPERATION [--parameter value …]\n\nOperations:\n", command);
  std::vector<std::string> others;
  for (const wire::Operation& operation : service.operations) {
    if (operation.input == nullptr) {
      others.push_back(dashed(operation.name));
    } else {
      out += "  " + dashed(operation.name) + "\n";
    }
  }
  if (!others.empty()) {
    out += "\nNot modelled here, so they cannot be called:\n";
    append_filled(out, "  ", others, ", ");
  }
  return out + fmt::format("\nrolecall {} OPERATION --help lists its parameters.\n", command);
}

std::string operation_help(const wire::Operation& operation) {
  const std::string_view command = command_of(*operation.service);
  const std::string word = dashed(operation.name);
  if (operation.input == nullptr) {
    return fmt::format("rolecall {} {}: {} is not modelled here, so it cannot be called.\n",
                       command, word, operation.name);
  }
  const auto table = arguments_of(operation);
  std::string out = fmt::format("rolecall {} {} - {} of {}\n\nUsage:\n", command, word,
                                operation.name, operation.service->title);
  std::vector<std::string> usage;
  for (const Argument& argument : table) {
    if (!argument.hidden && !is_second_name(argument.role)) usage.push_back(usage_of(argument));
  }
  out += fmt::format("  rolecall {} {}\n", command, word);
  append_filled(out, "      ", usage, " ");
  out += "\nParameters:\n";
  for (const Argument& argument : table) {
    if (argument.hidden || is_second_name(argument.role)) continue;
    std::string title = argument.positional() ? argument.name : "--" + argument.name;
    if (argument.role == Role::on || argument.role == Role::structure_on) {
      title += " | --no-" + argument.name;
    }
    const std::string_view extra = extra_text(argument.role);
    const bool own = argument.member == nullptr || !extra.empty();
    out += fmt::format("  {}{}{}\n", title,
                       own ? "" : fmt::format(" ({})", kind_word(*argument.member->shape)),
                       argument.required ? " [required]" : "");
    if (!extra.empty()) out += fmt::format("      {}\n", extra);
    if (!own) append_shape(out, "      ", *argument.member->shape, kNesting);
  }
  if (operation.pages.paged()) {
    out += "\nAll pages are asked for, one after the other; --no-paginate asks for one.\n";
  }
  if (!operation.served) {
    out += "\nRolecall's own server does not serve this operation; AWS does.\n";
  }
  return out +
         "\nLists are words one after the other; structures JSON or Key=value,Key=value; "
         "file://NAME\n"
         "takes a value from a file. Global options: --profile --region --endpoint-url --output\n"
         "--query --no-paginate --no-sign-request --no-verify-ssl --ca-bundle --debug --color\n"
         "--cli-connect-timeout --cli-read-timeout --cli-binary-format.\n";
}

}  // namespace rolecall::calls
