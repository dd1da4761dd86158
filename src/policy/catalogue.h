// AWS's published actions, resource types and condition keys: a constant table, embedded in the
// program from data/access-catalogue.txt (its first line says where that comes from). Deciding uses
// the action numbers only (action_names.h); the rest serves validate() and lint().
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace rolecall::policy {

struct CatalogueKey {
  std::string_view name;  // may hold placeholders: "aws:ResourceTag/${TagKey}"
  std::string_view type;  // "String", "ArrayOfString", "ARN", "Bool", "Date", "Numeric", …
};
struct CatalogueResource {
  std::string_view name, arn;
  std::vector<std::uint16_t> keys;
};
struct CatalogueAction {
  std::string_view name;   // as AWS writes it, without the service
  std::string_view level;  // letters L R W P T
  std::vector<std::uint16_t> resources, keys;
};
struct CatalogueService {
  std::string_view name;  // lower case
  std::vector<CatalogueKey> keys;
  std::vector<CatalogueResource> resources;
  std::vector<CatalogueAction> actions;  // sorted by folded name
  // `folded` without the service; nullptr when there is none.
  const CatalogueAction* find(std::string_view folded) const;
};

// The embedded text.
std::string_view catalogue_text();
// Sorted by name; parsed at the first call (some 10 ms), then kept. Thread-safe.
const std::vector<CatalogueService>& catalogue();
const CatalogueService* find_service(std::string_view folded_name);

}  // namespace rolecall::policy
