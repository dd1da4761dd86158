// The policies AWS itself publishes (arn:aws:iam::aws:policy/…): read-only, the same for every
// account, kept compressed inside the program and unpacked as they are asked for.
//
//   const AwsManagedPolicy* p = find_aws_managed_policy("arn:aws:iam::aws:policy/ReadOnlyAccess");
//   if (p) use(p->document()->text());
//
// All functions may be called from any thread. Returned pointers live as long as the program.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "identity/stored_policy.h"

namespace rolecall::identity {

struct AwsManagedPolicy {
  std::string name;
  std::string path;                // "/", "/service-role/", "/aws-service-role/", "/job-function/"
  std::string arn;                 // partition "aws"
  std::string id;                  // ANPA…, made from the ARN: the source has none
  std::string default_version_id;  // "v23"
  Instant created;
  Instant updated;                                           // when the default version was made
  std::uint32_t block = 0, text_offset = 0, text_bytes = 0;  // where its text is in the data

  // The default version, the only one we know; unpacked and kept on the first call.
  PolicyRef document() const;
};

// In the order of names, without case. The first call reads the index (about a millisecond).
std::span<const AwsManagedPolicy> aws_managed_policies();

// By ARN, exact; the partition may be any that AWS has (arn:aws-cn:iam::aws:policy/…). nullptr:
// there is none.
const AwsManagedPolicy* find_aws_managed_policy(std::string_view arn);
// By name, without case (names are unique over all paths).
const AwsManagedPolicy* find_aws_managed_policy_by_name(std::string_view name);

// find + document(); null when there is none.
PolicyRef aws_managed_policy_document(std::string_view arn);

}  // namespace rolecall::identity
