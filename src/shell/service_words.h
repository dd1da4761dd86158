// Services, operations and parameters as they are typed: `iam create-role --role-name`.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/help.h"
#include "wire/shape.h"

namespace rolecall::shell {

struct ServiceWord {
  std::string_view word;  // "s3api" for S3's operations, as in the AWS CLI
  const wire::Service* service;
};
std::span<const ServiceWord> service_words();
const ServiceWord* find_service_word(std::string_view word);

// "AssumeRoleWithSAML" → "assume-role-with-saml"
std::string kebab_case(std::string_view name);
const wire::Operation* find_operation_word(const wire::Service& service, std::string_view word);
// By option, "--role-name"; nullptr when the operation has none such.
const wire::Member* find_parameter(const wire::Operation* operation, std::string_view option);
// "required, string"
std::string parameter_about(const wire::Member& member);
// An enum's values, of a list's elements too.
std::span<const std::string_view> values_of(const wire::Shape& shape);
// The options that every call has.
std::span<const client::HelpOption> service_call_options();

}  // namespace rolecall::shell
