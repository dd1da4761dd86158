// What other families need to know of service-specific credentials.
#pragma once

#include "services/iam/directory.h"

namespace rolecall::iam {

bool has_service_credentials(const identity::Account& account, const identity::User& user);

}  // namespace rolecall::iam
