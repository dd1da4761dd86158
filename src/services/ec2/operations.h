// EC2's operations, one family a file. What an answer tells is of the caller's account and the
// region that the request was signed for: regions are apart.
#pragma once

#include "models/ec2.h"
#include "services/core/call.h"

namespace rolecall::ec2 {

using services::Call;
using services::Change;

// run_instances.cc
Result<Change<RunInstancesOutput>> run_instances(const RunInstancesInput&, const Call&);
// describe_instances.cc
Result<DescribeInstancesOutput> describe_instances(const DescribeInstancesInput&, const Call&);
Result<DescribeInstanceStatusOutput> describe_instance_status(const DescribeInstanceStatusInput&,
                                                              const Call&);
// state_changes.cc
Result<Change<StartInstancesOutput>> start_instances(const StartInstancesInput&, const Call&);
Result<Change<StopInstancesOutput>> stop_instances(const StopInstancesInput&, const Call&);
Result<Change<TerminateInstancesOutput>> terminate_instances(const TerminateInstancesInput&,
                                                             const Call&);
// tags.cc
Result<Change<CreateTagsOutput>> create_tags(const CreateTagsInput&, const Call&);
Result<Change<DeleteTagsOutput>> delete_tags(const DeleteTagsInput&, const Call&);
Result<DescribeTagsOutput> describe_tags(const DescribeTagsInput&, const Call&);
// profiles.cc
Result<Change<AssociateIamInstanceProfileOutput>> associate_iam_instance_profile(
    const AssociateIamInstanceProfileInput&, const Call&);
Result<Change<DisassociateIamInstanceProfileOutput>> disassociate_iam_instance_profile(
    const DisassociateIamInstanceProfileInput&, const Call&);
Result<DescribeIamInstanceProfileAssociationsOutput> describe_iam_instance_profile_associations(
    const DescribeIamInstanceProfileAssociationsInput&, const Call&);
// places.cc
Result<DescribeRegionsOutput> describe_regions(const DescribeRegionsInput&, const Call&);
Result<DescribeAvailabilityZonesOutput> describe_availability_zones(
    const DescribeAvailabilityZonesInput&, const Call&);
Result<DescribeVpcsOutput> describe_vpcs(const DescribeVpcsInput&, const Call&);
Result<DescribeSubnetsOutput> describe_subnets(const DescribeSubnetsInput&, const Call&);
Result<DescribeSecurityGroupsOutput> describe_security_groups(const DescribeSecurityGroupsInput&,
                                                              const Call&);
// images.cc
Result<DescribeImagesOutput> describe_images(const DescribeImagesInput&, const Call&);
Result<DescribeInstanceTypesOutput> describe_instance_types(const DescribeInstanceTypesInput&,
                                                            const Call&);

}  // namespace rolecall::ec2
