#include "identity/entities.h"

#include <algorithm>

namespace rolecall::identity {

const PolicyVersion* ManagedPolicy::version(std::int32_t number) const {
  for (const PolicyVersion& version : versions) {
    if (version.number == number) return &version;
  }
  return nullptr;
}

std::string resource_key(std::string_view type, std::string_view name) {
  std::string key;
  key.reserve(type.size() + 1 + name.size());
  key.append(type).append("/").append(name);
  return key;
}

Resource make_resource(std::string type, std::string name) {
  Resource resource;
  resource.table_key = resource_key(type, name);
  resource.type = std::move(type);
  resource.name = std::move(name);
  return resource;
}

namespace {
constexpr auto kByName = [](const std::pair<std::string, std::string>& property,
                            std::string_view name) { return property.first < name; };
}  // namespace

std::string_view Resource::property(std::string_view wanted) const {
  const auto at = std::lower_bound(properties.begin(), properties.end(), wanted, kByName);
  return at != properties.end() && at->first == wanted ? std::string_view(at->second) : "";
}

void Resource::set_property(std::string_view wanted, std::string value) {
  const auto at = std::lower_bound(properties.begin(), properties.end(), wanted, kByName);
  if (at != properties.end() && at->first == wanted) {
    at->second = std::move(value);
  } else {
    properties.emplace(at, std::string(wanted), std::move(value));
  }
}

void Resource::erase_property(std::string_view wanted) {
  const auto at = std::lower_bound(properties.begin(), properties.end(), wanted, kByName);
  if (at != properties.end() && at->first == wanted) properties.erase(at);
}

}  // namespace rolecall::identity
