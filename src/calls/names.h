// Names as the AWS CLI spells them: "iam create-virtual-mfa-device --role-name".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wire/shape.h"

namespace rolecall::calls {

// CreateVirtualMFADevice → create-virtual-mfa-device, AssumeRoleWithSAML → assume-role-with-saml,
// PolicyARNs → policy-arns: botocore's rules, vector by vector in names.json.
std::string dashed(std::string_view name);

// "s3api" is S3, the others are called like their models; nullptr for anything else.
const wire::Service* find_service(std::string_view word);
// The other way round.
std::string_view command_of(const wire::Service& service);

// "get-role" → GetRole, whether it is modelled or not; nullptr when the service has none such.
const wire::Operation* find_operation(const wire::Service& service, std::string_view word);
std::vector<std::string> operation_words(const wire::Service& service);

// Up to three of `choices` that look like `word`, the likeliest first (Python's difflib at 0.8,
// which is what the AWS CLI asks).
std::vector<std::string> close_matches(std::string_view word, std::span<const std::string> choices);

}  // namespace rolecall::calls
