// Policies that take part in a decision, as the engine takes them and with where they come from.
#pragma once

#include <string_view>
#include <vector>

#include "identity/stored_policy.h"
#include "policy/decision.h"

namespace rolecall::standing {

// On what a policy is.
enum class Holder : std::uint8_t { other, user, group, role };

struct PolicySource {
  identity::PolicyRef document = nullptr;  // keeps `refs` valid
  Holder holder = Holder::other;
  std::string_view holder_name = {};
  bool is_inline = false;
};

// Names are views into the state's entities: they live as long as the state does. An inline
// policy's name, a managed one's ARN, an organization policy's name.
struct PolicyList {
  std::vector<policy::PolicyRef> refs;
  std::vector<PolicySource> sources;  // one for each of refs
  void add(std::string_view name, PolicySource source);
  bool empty() const { return refs.empty(); }
};

}  // namespace rolecall::standing
