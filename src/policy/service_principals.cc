// Which service principals there are (Rule 45): AWS has no published list, so a name counts as
// known when its first or last part is a service of the access catalogue or one of these.
#include <algorithm>
#include <array>
#include <string>

#include "policy/action_names.h"
#include "policy/problem.h"

namespace rolecall::policy {
namespace {

// Parts of service principals that are no prefix of actions. Sorted.
constexpr std::array<std::string_view, 76> kFurther = {
    "airflow-env",
    "amazonmq",
    "application-cost-profiler",
    "application-insights",
    "aws-artifact-account-sync",
    "billingconsole",
    "billingreports",
    "capacity-reservation-fleet",
    "cassandra-streams",
    "clientvpn",
    "clientvpn-connections",
    "cloudwatch-crossaccount",
    "codecatalyst-runner",
    "cognito-identity-us-gov",
    "config-conforms",
    "config-multiaccountsetup",
    "costalerts",
    "deepcomposer",
    "deeplens",
    "deepracer",
    "diode",
    "directoryservice",
    "discovery-datasync",
    "dms-fleet-advisor",
    "ec2-images",
    "ec2fastlaunch",
    "ec2fleet",
    "ec2scheduled",
    "ec2sqlha",
    "ecs-compute",
    "ecs-tasks",
    "edgelambda",
    "eks-connector",
    "eks-fargate",
    "eks-fargate-pods",
    "eks-nodegroup",
    "emrwal",
    "greengrassv2",
    "internetmonitor",
    "iot1click",
    "iotroborunner",
    "iotthingsgraph",
    "ipam",
    "jellyfish",
    "lexv2",
    "location",
    "macie",
    "managedservices",
    "marketplace",
    "metering-marketplace",
    "migrationhub",
    "mobilehub",
    "monitoring",
    "nat-gateway",
    "neptune",
    "networkinsights",
    "nimblestudio",
    "opensearchservice",
    "partnercentral-selling",
    "pinpoint",
    "privatelink",
    "rds-preview",
    "role-anywhere",
    "s2svpn",
    "securityhubv2",
    "servicecatalog-appregistry",
    "spot",
    "spotfleet",
    "sumerian",
    "supplychain",
    "tagging",
    "transitgateway",
    "tts",
    "vmie",
    "vpc-flow-logs",
    "vpcflowlogs",
};
static_assert(std::is_sorted(kFurther.begin(), kFurther.end()));

bool is_known_part(std::string_view part) {
  if (part.empty()) return false;
  if (std::binary_search(kFurther.begin(), kFurther.end(), part)) return true;
  const auto [first, last] = action_ids_with_prefix(std::string(part) + ":");
  return first < last;
}

bool is_host_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

}  // namespace

bool is_service_principal(std::string_view text) {
  if (!is_host_text(text)) return false;
  // amazon.com itself has no services but Alexa's; ec2.amazon.com is a slip.
  if (text == "alexa-appkit.amazon.com" || text == "alexa-connectedhome.amazon.com") return true;
  if (text.ends_with(".aws.internal")) return text.size() > 13;
  for (const std::string_view suffix : {".amazonaws.com", ".amazonaws.com.cn"}) {
    if (!text.ends_with(suffix)) continue;
    const std::string_view name = text.substr(0, text.size() - suffix.size());
    // "logs.eu-west-1" is known by its first part, "delivery.logs" by its last.
    return is_known_part(name.substr(0, name.find('.'))) ||
           is_known_part(name.substr(name.rfind('.') + 1));
  }
  return false;
}

}  // namespace rolecall::policy
