// Tags of IAM's entities (Rule 64): at most 50, keys unique without case, "aws:" reserved.
#pragma once

#include "models/iam.h"
#include "services/iam/directory.h"
#include "services/iam/limits.h"

namespace rolecall::iam {

// The tags of a new entity, checked.
Result<identity::Tags> checked_tags(const std::vector<Tag>& given);
// What Tag… makes of the tags there are: a key that differs only in case is taken over with its
// value (seen in AWS), everything else is added.
Result<identity::Tags> merged_tags(identity::Tags tags, const std::vector<Tag>& given);
identity::Tags without_tags(identity::Tags tags, const std::vector<std::string>& keys);

}  // namespace rolecall::iam
