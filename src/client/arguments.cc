#include "client/arguments.h"

#include "client/failure.h"

namespace rolecall::client {
namespace {

// Of the AWS CLI's global options those that mean something here, and those that may stand in
// people's scripts and change nothing.
constexpr OptionSpec kGlobal[] = {
    {"--profile"},         {"--region"},
    {"--endpoint-url"},    {"--ca-bundle"},
    {"--output"},          {"--query"},
    {"--color"},           {"--no-verify-ssl", false},
    {"--no-cache", false}, {"--no-cli-pager", false},
    {"--help", false},
};

const OptionSpec* find_spec(std::span<const OptionSpec> specs, std::string_view name) {
  for (const OptionSpec& spec : specs) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

}  // namespace

Result<Arguments> Arguments::parse(std::span<const std::string> words,
                                   std::span<const OptionSpec> specs) {
  Arguments out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      out.command_.assign(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
      break;
    }
    if (!word.starts_with("--")) {
      out.positional_.push_back(word);
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const OptionSpec* spec = find_spec(specs, name);
    if (spec == nullptr) spec = find_spec(kGlobal, name);
    if (spec == nullptr) return usage_failure("Unknown options: " + word);
    std::string value;
    if (spec->takes_value) {
      if (equals != word.npos) {
        value = word.substr(equals + 1);
      } else if (i + 1 < words.size() && !words[i + 1].starts_with("--")) {
        value = words[++i];
      } else {
        return usage_failure("argument " + name + ": expected one argument");
      }
    } else if (equals != word.npos) {
      return usage_failure("argument " + name + ": ignored explicit argument");
    }
    out.values_[name] = value;
  }
  out.options_.profile = out.value("--profile");
  out.options_.region = out.value("--region");
  out.options_.endpoint_url = out.value("--endpoint-url");
  out.options_.ca_bundle = out.value("--ca-bundle");
  out.options_.verify_tls = !out.has("--no-verify-ssl");
  out.options_.use_cache = !out.has("--no-cache");
  return out;
}

std::optional<std::string> Arguments::value(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

}  // namespace rolecall::client
