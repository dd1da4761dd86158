// What the parts of plan() share. For this room only.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "identity/state.h"
#include "seed/reader.h"
#include "seed/seed.h"

namespace rolecall::seed {

inline constexpr std::string_view kPartition = "aws";  // the file describes accounts of this one

// The state as it will be, the events so far, and what was wrong.
struct Planner {
  const Seed& seed;
  identity::State next;
  Effects effects;
  identity::Events events = {};
  Problems problems = {};
  // Unique ids of roles that the file adds: trust policies may name roles that come later.
  std::map<std::string, std::string, std::less<>> new_role_ids = {};

  void emit(identity::Event event) {
    next.apply_one(event);
    events.push_back(std::move(event));
  }
  template <class T>
  void put(AccountId account, T entity) {
    emit(identity::Put<T>{account, std::make_shared<const T>(std::move(entity))});
  }
  const Account* account_named(std::string_view name) const;
};

// documents.cc
// The text as IAM stores a trust policy (Rule 372); notes principals that are not there.
std::string stored_trust(Planner& planner, const Document& trust);
// The text as S3 stores a bucket's policy; likewise.
std::string stored_bucket_policy(Planner& planner, const Document& policy);
identity::PolicyRef document_of(const Document& document, policy::Kind kind);
// True when it had to change.
bool assign(identity::PolicyRef& to, std::string text, policy::Kind kind);

// plan_organization.cc
void plan_organization(Planner& planner, const Organization& organization);

}  // namespace rolecall::seed
