#include "standing/policy_list.h"

#include <utility>

namespace rolecall::standing {

void PolicyList::add(std::string_view name, PolicySource source) {
  refs.push_back({&source.document->compiled(), name});
  sources.push_back(std::move(source));
}

}  // namespace rolecall::standing
