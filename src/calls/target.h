// Where a service is asked, for the chosen profile.
#pragma once

#include "base/result.h"
#include "client/endpoint.h"
#include "client/session.h"
#include "wire/shape.h"

namespace rolecall::calls {

// "You must specify a region." (253) for services that have an address in each.
Result<client::Target> target_of(client::Session& session, const wire::Service& service);

}  // namespace rolecall::calls
