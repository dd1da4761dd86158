#include "identity/organization.h"

#include <algorithm>

namespace rolecall::identity {
namespace {

// Units nest five deep ("Quotas for AWS Organizations"). SAFETY: a log that has units in a circle
// makes no endless way.
constexpr std::size_t kWayMax = 16;

}  // namespace

bool OrganizationInfo::is_enabled(std::string_view policy_type) const {
  return std::find(enabled_policy_types.begin(), enabled_policy_types.end(), policy_type) !=
         enabled_policy_types.end();
}

OrganizationMember make_member(AccountId account) {
  OrganizationMember out;
  out.account = account;
  out.table_key = account.text();
  return out;
}

std::string_view PolicyTarget::node() const {
  return std::string_view(table_key).substr(table_key.find('/') + 1);
}

const OrganizationMember* Organization::member(AccountId account) const {
  return account.empty() ? nullptr : members.find(account.text());
}

std::vector<std::string_view> Organization::way_to(AccountId account) const {
  std::vector<std::string_view> way;
  const OrganizationMember* there = member(account);
  std::string_view id = there == nullptr ? std::string_view() : std::string_view(there->parent);
  while (!id.empty() && way.size() < kWayMax) {
    way.push_back(id);
    const OrganizationUnit* unit = units.find(id);
    id = unit == nullptr ? std::string_view() : std::string_view(unit->parent);
  }
  std::reverse(way.begin(), way.end());
  return way;
}

}  // namespace rolecall::identity
