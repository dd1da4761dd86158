// The services that have a service-linked role which CreateServiceLinkedRole can make.
#pragma once

#include <string_view>

namespace rolecall::iam {

struct ServiceRole {
  std::string_view service;  // without ".amazonaws.com"
  std::string_view role;
  std::string_view policy;  // name of an AWS managed policy of path /aws-service-role/
  bool suffix_allowed = false;
};

// nullptr when there is none for that service principal ("ecs.amazonaws.com").
const ServiceRole* find_service_role(std::string_view service);

}  // namespace rolecall::iam
