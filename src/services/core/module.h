// A service as a value: all that the centre knows of it. The front door and the guard are given
// modules and know no service by name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/core/binding.h"
#include "services/core/call.h"
#include "wire/shape.h"

namespace rolecall::services {

// What a resource of the authorization facts turned out to be. Pointers live as long as call.state.
struct ResolvedResource {
  std::string arn = "*";
  AccountId account;                               // owner; empty: the caller's account
  const identity::StoredPolicy* policy = nullptr;  // resource-based or trust policy
  const identity::Tags* tags = nullptr;            // aws:ResourceTag/…
  // Condition keys that come from the resource (iam:ResourceTag is made from `tags` by the guard).
  std::vector<std::pair<std::string, std::vector<std::string>>> keys = {};
  std::string shown = {};  // how a refusal prints it ("user bea" in IAM); empty: the ARN
};

// A resource type of models/<service>.auth.json. `id`: the texts found at the fact's member paths;
// an empty text where the call left one out. An ApiError when it must exist and does not
// (NoSuchBucket); a service that must not tell resolves what is not there to the ARN it would have.
struct ResourceType {
  std::string_view name;
  Result<ResolvedResource> (*find)(std::span<const std::string> id, const Call& call);
  // How a refusal prints it, where that is not the ARN; "" is the ARN too.
  std::string (*show)(std::span<const std::string> id, const Call& call) = nullptr;
};

struct Module {
  const wire::Service* model;
  std::span<const Binding> operations;
  std::span<const ResourceType> resources = {};

  // The resource that a fact of type `type` speaks of; "*" is no resource. A Fault when the module
  // has no such type, which gaps() tells at start.
  Result<ResolvedResource> resolve(std::string_view type, std::span<const std::string> id,
                                   const Call& call) const;
};

// What is missing between the model and the module, a sentence each; empty when every served
// operation is bound exactly once, nothing else is bound, and every resource type that the
// authorization facts name can be found. A server does not start with a gap.
std::vector<std::string> gaps(const Module& module);

}  // namespace rolecall::services
