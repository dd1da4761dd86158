#include "shell/service_words.h"

namespace rolecall::shell {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr client::HelpOption kCallOptions[] = {
    {"--profile", "PROFILE", "the profile"},
    {"--region", "REGION", "the region"},
    {"--endpoint-url", "URL", "ask this address"},
    {"--output", "FORMAT", "how the answer is printed", "json text table yaml yaml-stream"},
    {"--query", "JMESPATH", "what of the answer is printed"},
    {"--cli-input-json", "file://FILE", "parameters as JSON"},
    {"--no-paginate", "", "the first page only"},
    {"--ca-bundle", "FILE", "certificates to trust"},
    {"--no-verify-ssl", "", "do not check the server's certificate"},
    {"--help", "", "what the operation takes"},
};

}  // namespace

std::span<const ServiceWord> service_words() {
  static const std::vector<ServiceWord> words = [] {
    std::vector<ServiceWord> out;
    for (const wire::Service* service : wire::all_services()) {
      out.push_back({service->name == "s3" ? std::string_view("s3api") : service->name, service});
    }
    return out;
  }();
  return words;
}

const ServiceWord* find_service_word(std::string_view word) {
  for (const ServiceWord& service : service_words()) {
    if (service.word == word) return &service;
  }
  return nullptr;
}

std::string kebab_case(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (i > 0 && is_upper(c)) {
      const char before = name[i - 1];
      const bool begins_word = i + 1 < name.size() && is_lower(name[i + 1]);
      // "ARNs" and the like stay one word.
      const bool plural = i + 2 == name.size() && name[i + 1] == 's' && is_upper(before);
      if (is_lower(before) || is_digit(before) || (begins_word && !plural)) out.push_back('-');
    }
    out.push_back(lower(c));
  }
  return out;
}

const wire::Operation* find_operation_word(const wire::Service& service, std::string_view word) {
  for (const wire::Operation& operation : service.operations) {
    if (operation.input != nullptr && kebab_case(operation.name) == word) return &operation;
  }
  return nullptr;
}

const wire::Member* find_parameter(const wire::Operation* operation, std::string_view option) {
  if (operation == nullptr || operation->input == nullptr || !option.starts_with("--")) {
    return nullptr;
  }
  option.remove_prefix(2);
  for (const wire::Member& member : operation->input->members) {
    if (kebab_case(member.name) == option) return &member;
  }
  return nullptr;
}

std::string parameter_about(const wire::Member& member) {
  std::string out = member.required ? "required, " : "";
  switch (member.shape->kind) {
    case wire::Kind::boolean:
      return out + "yes or no";
    case wire::Kind::integer:
    case wire::Kind::long_:
    case wire::Kind::floating:
    case wire::Kind::double_:
      return out + "number";
    case wire::Kind::string:
      return out + (values_of(*member.shape).empty() ? "string" : "one of a few");
    case wire::Kind::blob:
      return out + "bytes";
    case wire::Kind::timestamp:
      return out + "time";
    case wire::Kind::list:
      return out + "list";
    case wire::Kind::map:
      return out + "map";
    case wire::Kind::structure:
      return out + "structure";
  }
  return out;
}

std::span<const std::string_view> values_of(const wire::Shape& shape) {
  const wire::Shape* text = &shape;
  if (shape.kind == wire::Kind::list && shape.element != nullptr) text = shape.element;
  if (text->kind != wire::Kind::string || text->constraints == nullptr) return {};
  return text->constraints->values;
}

std::span<const client::HelpOption> service_call_options() { return kCallOptions; }

}  // namespace rolecall::shell
