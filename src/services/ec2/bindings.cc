// The table of EC2's operations.
#include "services/ec2/module.h"
#include "services/ec2/operations.h"

namespace rolecall::ec2 {

std::span<const services::Binding> bindings() {
  using services::serve;
  static const services::Binding table[] = {
      serve(run_instances),
      serve(describe_instances),
      serve(describe_instance_status),
      serve(start_instances),
      serve(stop_instances),
      serve(terminate_instances),
      serve(create_tags),
      serve(delete_tags),
      serve(describe_tags),
      serve(associate_iam_instance_profile),
      serve(disassociate_iam_instance_profile),
      serve(describe_iam_instance_profile_associations),
      serve(describe_regions),
      serve(describe_availability_zones),
      serve(describe_vpcs),
      serve(describe_subnets),
      serve(describe_security_groups),
      serve(describe_images),
      serve(describe_instance_types),
  };
  return table;
}

}  // namespace rolecall::ec2
