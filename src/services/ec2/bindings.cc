// The table of EC2's operations.
#include "services/ec2/operations.h"

namespace rolecall::ec2 {

std::span<const services::Binding> bindings() {
  using services::read;
  using services::write;
  static const services::Binding table[] = {
      write("RunInstances", run_instances),
      read("DescribeInstances", describe_instances),
      read("DescribeInstanceStatus", describe_instance_status),
      write("StartInstances", start_instances),
      write("StopInstances", stop_instances),
      write("TerminateInstances", terminate_instances),
      write("CreateTags", create_tags),
      write("DeleteTags", delete_tags),
      read("DescribeTags", describe_tags),
      write("AssociateIamInstanceProfile", associate_iam_instance_profile),
      write("DisassociateIamInstanceProfile", disassociate_iam_instance_profile),
      read("DescribeIamInstanceProfileAssociations", describe_iam_instance_profile_associations),
      read("DescribeRegions", describe_regions),
      read("DescribeAvailabilityZones", describe_availability_zones),
      read("DescribeVpcs", describe_vpcs),
      read("DescribeSubnets", describe_subnets),
      read("DescribeSecurityGroups", describe_security_groups),
      read("DescribeImages", describe_images),
      read("DescribeInstanceTypes", describe_instance_types),
  };
  return table;
}

}  // namespace rolecall::ec2
