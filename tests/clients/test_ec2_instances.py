"""EC2 with plain boto3: instances as records, apart by account and region, every resource asked about."""
import json

import pytest

from conftest import ACCOUNTS, error_of

LAUNCH = dict(ImageId="ami-12345678", InstanceType="t3.micro", MinCount=1, MaxCount=1)
DEV = ACCOUNTS["dev"]


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


@pytest.fixture
def ec2(server):
    return server.client("ec2")


def instances(client, **more):
    return [i["InstanceId"] for r in client.describe_instances(**more)["Reservations"] for i in r["Instances"]]


def test_accounts_and_regions_are_apart(server):
    west = server.client("ec2", region="us-west-1")
    made = west.run_instances(**LAUNCH)["Instances"][0]
    assert made["State"] == {"Code": 0, "Name": "pending"}
    assert instances(west) == [made["InstanceId"]]
    assert instances(server.client("ec2", region="us-east-1")) == []
    assert instances(server.client("ec2", "prod", region="us-west-1")) == []
    code, status, message = error_of(server.client("ec2", "prod", region="us-west-1").describe_instances, InstanceIds=[made["InstanceId"]])
    assert (code, status) == ("InvalidInstanceID.NotFound", 400) and made["InstanceId"] in message


def test_life_of_an_instance(ec2):
    id = ec2.run_instances(**LAUNCH)["Instances"][0]["InstanceId"]
    stopping = ec2.stop_instances(InstanceIds=[id])["StoppingInstances"][0]
    assert (stopping["PreviousState"]["Name"], stopping["CurrentState"]["Name"]) == ("running", "stopping")
    assert instances(ec2, Filters=[{"Name": "instance-state-name", "Values": ["stopped"]}]) == [id]
    assert ec2.start_instances(InstanceIds=[id])["StartingInstances"][0]["CurrentState"]["Name"] == "pending"
    assert ec2.describe_instance_status(InstanceIds=[id])["InstanceStatuses"][0]["InstanceStatus"]["Status"] == "ok"
    ending = ec2.terminate_instances(InstanceIds=[id])["TerminatingInstances"][0]
    assert ending["CurrentState"] == {"Code": 32, "Name": "shutting-down"}
    assert error_of(ec2.start_instances, InstanceIds=[id])[0] == "IncorrectInstanceState"


def test_dry_run_tells_without_doing(server, ec2):
    assert error_of(ec2.run_instances, DryRun=True, **LAUNCH)[:2] == ("DryRunOperation", 412)
    assert error_of(ec2.describe_instances, DryRun=True)[:2] == ("DryRunOperation", 412)
    nobody = server.client("ec2", user=server.make_user("nobody"))
    code, status, message = error_of(nobody.run_instances, DryRun=True, **LAUNCH)
    assert (code, status) == ("UnauthorizedOperation", 403)
    assert message.startswith("You are not authorized to perform this operation. User: ") and "Encoded authorization failure message: " in message
    assert instances(ec2) == []


def test_every_resource_of_a_launch_counts(server, ec2):
    small = {"StringEquals": {"ec2:InstanceType": "t3.micro"}}
    kinds = ["network-interface", "security-group", "subnet", "volume"]
    rest = [f"arn:aws:ec2:*:{DEV}:{kind}/*" for kind in kinds] + ["arn:aws:ec2:*::image/*"]
    user = server.make_user("launcher", policy=policy(
        allow("ec2:RunInstances", f"arn:aws:ec2:*:{DEV}:instance/*", Condition=small), allow("ec2:RunInstances", rest)))
    launcher = server.client("ec2", user=user)
    launcher.run_instances(**LAUNCH)
    assert error_of(launcher.run_instances, **{**LAUNCH, "InstanceType": "m5.large"})[0] == "UnauthorizedOperation"
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "team", "Value": "blue"}]}]
    assert "ec2:CreateTags" in error_of(launcher.run_instances, TagSpecifications=tags, **LAUNCH)[2]
    without = server.client("ec2", user=server.make_user("half", policy=policy(allow("ec2:RunInstances", rest))))
    assert error_of(without.run_instances, **LAUNCH)[0] == "UnauthorizedOperation"


def test_tags_decide_who_may_end_what(server, ec2):
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "owner", "Value": "bea"}]}]
    own = ec2.run_instances(TagSpecifications=tags, **LAUNCH)["Instances"][0]["InstanceId"]
    other = ec2.run_instances(**LAUNCH)["Instances"][0]["InstanceId"]
    user = server.make_user("bea", policy=policy(
        allow("ec2:TerminateInstances", Condition={"StringEquals": {"aws:ResourceTag/owner": "${aws:username}"}})))
    bea = server.client("ec2", user=user)
    assert error_of(bea.terminate_instances, InstanceIds=[other])[0] == "UnauthorizedOperation"
    assert error_of(bea.terminate_instances, InstanceIds=[own, other])[0] == "UnauthorizedOperation"
    bea.terminate_instances(InstanceIds=[own])


def test_passing_a_role_is_a_right_of_its_own(server, ec2):
    iam = server.client("iam")
    trust = policy({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=json.dumps(trust))
    iam.create_instance_profile(InstanceProfileName="app")
    iam.add_role_to_instance_profile(InstanceProfileName="app", RoleName="app")
    launch = dict(IamInstanceProfile={"Name": "app"}, **LAUNCH)
    made = ec2.run_instances(**launch)["Instances"][0]
    assert made["IamInstanceProfile"]["Arn"] == f"arn:aws:iam::{DEV}:instance-profile/app"
    runner = server.client("ec2", user=server.make_user("runner", policy=policy(allow("ec2:*"))))
    runner.run_instances(**LAUNCH)
    assert "iam:PassRole" in error_of(runner.run_instances, **launch)[2]
    association = ec2.describe_iam_instance_profile_associations()["IamInstanceProfileAssociations"][0]
    assert ec2.disassociate_iam_instance_profile(AssociationId=association["AssociationId"])["IamInstanceProfileAssociation"]["State"] == "disassociating"


def test_tags(ec2):
    id = ec2.run_instances(**LAUNCH)["Instances"][0]["InstanceId"]
    ec2.create_tags(Resources=[id], Tags=[{"Key": "Name", "Value": "web"}])
    assert ec2.describe_tags()["Tags"] == [{"Key": "Name", "ResourceId": id, "ResourceType": "instance", "Value": "web"}]
    assert instances(ec2, Filters=[{"Name": "tag:Name", "Values": ["w*"]}]) == [id]
    ec2.delete_tags(Resources=[id], Tags=[{"Key": "Name"}])
    assert ec2.describe_tags()["Tags"] == []
    assert error_of(ec2.create_tags, Resources=["i-12345678"], Tags=[{"Key": "a", "Value": "b"}])[0] == "InvalidInstanceID.NotFound"


def test_places(server, ec2):
    assert "us-west-1" in [r["RegionName"] for r in ec2.describe_regions()["Regions"]]
    assert ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"] == "us-east-1a"
    vpc = ec2.describe_vpcs()["Vpcs"][0]
    assert vpc["IsDefault"] and vpc["CidrBlock"] == "172.31.0.0/16"
    assert len(ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]) == 6
    assert ec2.describe_security_groups()["SecurityGroups"][0]["GroupName"] == "default"
    assert server.client("ec2", "prod").describe_vpcs()["Vpcs"][0]["VpcId"] != vpc["VpcId"]


def test_mistakes(ec2):
    assert error_of(ec2.describe_instances, InstanceIds=["nonsense"])[0] == "InvalidInstanceID.Malformed"
    assert error_of(ec2.describe_instances, Filters=[{"Name": "colour", "Values": ["red"]}])[0] == "InvalidParameterValue"
    assert error_of(ec2.run_instances, **{**LAUNCH, "ImageId": "ami-xyz"})[0] == "InvalidAMIID.Malformed"
    assert error_of(ec2.run_instances, SubnetId="subnet-12345678", **LAUNCH)[0] == "InvalidSubnetID.NotFound"
    assert error_of(ec2.run_instances, KeyName="mine", **LAUNCH)[0] == "InvalidKeyPair.NotFound"
