#include "services/core/module.h"

#include <algorithm>

namespace rolecall::services {
namespace {

const ResourceType* find_type(const Module& module, std::string_view name) {
  const auto found = std::ranges::find(module.resources, name, &ResourceType::name);
  return found == module.resources.end() ? nullptr : &*found;
}

}  // namespace

Result<ResolvedResource> Module::resolve(std::string_view type, std::span<const std::string> id,
                                         const Call& call) const {
  if (type == "*") return ResolvedResource{};
  const ResourceType* known = find_type(*this, type);
  if (known == nullptr) {
    return fault(std::string(model->name) + ": unknown resource type `" + std::string(type) + "`");
  }
  RC_TRY(ResolvedResource out, known->find(id, call));
  if (known->show != nullptr) out.shown = known->show(id, call);
  return out;
}

std::vector<std::string> gaps(const Module& module) {
  std::vector<std::string> out;
  const std::string service(module.model->name);
  for (const wire::Operation& operation : module.model->operations) {
    const std::string name = service + ":" + std::string(operation.name);
    const auto bound = std::ranges::count(module.operations, operation.name, &Binding::name);
    if (operation.served && bound == 0) {
      out.push_back(name + " is served and bound to no function");
    }
    if (!operation.served && bound > 0) out.push_back(name + " is bound and not served");
    if (bound > 1) out.push_back(name + " is bound more than once");
    if (!operation.served) continue;
    for (const wire::AuthAction& fact : operation.authorization.actions) {
      if (fact.resource != "*" && find_type(module, fact.resource) == nullptr) {
        out.push_back(name + " is asked for a `" + std::string(fact.resource) +
                      "`, which the service cannot find");
      }
    }
  }
  for (const Binding& binding : module.operations) {
    if (module.model->find(binding.name) == nullptr) {
      out.push_back(service + " has no operation " + std::string(binding.name) +
                    ", which is bound");
    }
  }
  for (std::size_t i = 0; i < module.resources.size(); ++i) {
    if (find_type(module, module.resources[i].name) != &module.resources[i]) {
      out.push_back(service + " has two resource types `" + std::string(module.resources[i].name) +
                    "`");
    }
  }
  return out;
}

}  // namespace rolecall::services
