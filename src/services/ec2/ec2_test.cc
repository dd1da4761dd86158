// EC2's operations as plain functions over a state.
#include <gtest/gtest.h>

#include <set>

#include "services/core/testing.h"
#include "services/ec2/filters.h"
#include "services/ec2/module.h"
#include "services/ec2/network.h"
#include "services/ec2/operations.h"
#include "services/ec2/records.h"

namespace rolecall::ec2 {
namespace {

const AccountId kDev = AccountId::from_number(111122223333);
const AccountId kProd = AccountId::from_number(444455556666);
using Texts = std::vector<std::string>;

class Ec2 : public testing::Test {
 protected:
  Ec2() {
    ask_.refuse = [](const services::Question& q) {
      return ApiError::make(403, "UnauthorizedOperation",
                            "no " + services::testing::FakeAsk::text(q));
    };
    for (AccountId id : {kDev, kProd}) {
      identity::AccountInfo info;
      info.id = id;
      state_.apply_one(identity::PutAccount{info});
    }
  }
  Call call() {
    return Call{caller_, state_, now_, *random_, ask_, account_, region_, "aws", "", "", ""};
  }
  template <class In, class Out>
  Result<Out> read(Result<Out> (*f)(const In&, const Call&), const In& in) {
    return f(in, call());
  }
  template <class In, class Out>
  Result<Out> write(Result<Change<Out>> (*f)(const In&, const Call&), const In& in) {
    auto change = f(in, call());
    if (!change) return change.error();
    state_.apply(change->events);
    return std::move(change->output);
  }
  template <class T>
  static std::string code(const Result<T>& r) {
    return r ? "(success)" : r.error().is_api() ? r.error().api().code : r.error().text();
  }
  RunInstancesInput launch(int count = 1) {
    RunInstancesInput in;
    in.image_id = "ami-12345678";
    in.instance_type = "t3.micro";
    in.min_count = count;
    in.max_count = count;
    return in;
  }
  std::string run() {
    auto out = write(run_instances, launch());
    EXPECT_TRUE(out.has_value()) << code(out);
    return out ? *(*out->instances)[0].instance_id : "";
  }
  Texts ids(const DescribeInstancesInput& in = {}) {
    auto out = read(describe_instances, in);
    if (!out) return {code(out)};
    Texts all;
    for (const auto& reservation : *out->reservations) {
      for (const auto& instance : *reservation.instances) all.push_back(*instance.instance_id);
    }
    return all;
  }
  static DescribeInstancesInput filter(std::string name, Texts values) {
    DescribeInstancesInput in;
    in.filters.emplace().push_back({std::move(name), std::move(values)});
    return in;
  }

  identity::State state_;
  identity::Caller caller_;
  Instant now_ = Instant::from_seconds(1'800'000'000);
  std::unique_ptr<Random> random_ = make_seeded_random(5);
  services::testing::FakeAsk ask_;
  AccountId account_ = kDev;
  std::string region_ = "us-west-1";
};

TEST_F(Ec2, accounts_and_regions_are_apart) {
  const std::string dev = run();
  account_ = kProd;
  EXPECT_TRUE(ids().empty());
  const std::string prod = run();
  EXPECT_EQ(ids(), Texts{prod});
  account_ = kDev;
  EXPECT_EQ(ids(), Texts{dev});
  region_ = "us-east-1";
  EXPECT_TRUE(ids().empty());
  DescribeInstancesInput in;
  in.instance_ids = Texts{dev};
  EXPECT_EQ(ids(in), Texts{"InvalidInstanceID.NotFound"});
}

TEST_F(Ec2, running_answers_pending_and_then_runs) {
  auto out = *write(run_instances, launch(3));
  ASSERT_EQ(out.instances->size(), 3u);
  const Instance& first = (*out.instances)[0];
  EXPECT_EQ(first.state->name, "pending");
  EXPECT_TRUE(is_id(*first.instance_id, "i-"));
  EXPECT_TRUE(is_id(*out.reservation_id, "r-"));
  EXPECT_EQ(first.subnet_id, default_network(kDev, region_).subnets[0].id);
  EXPECT_TRUE(first.private_ip_address->starts_with("172.31."));
  EXPECT_EQ((*out.instances)[2].ami_launch_index, 2);
  auto told = *read(describe_instances, DescribeInstancesInput{});
  ASSERT_EQ(told.reservations->size(), 1u);
  EXPECT_EQ((*(*told.reservations)[0].instances)[1].state->name, "running");
}

TEST_F(Ec2, states_change_and_tell_where_from) {
  const std::string id = run();
  StopInstancesInput stop;
  stop.instance_ids = {id};
  auto stopped = *write(stop_instances, stop);
  EXPECT_EQ((*stopped.stopping_instances)[0].previous_state->name, "running");
  EXPECT_EQ((*stopped.stopping_instances)[0].current_state->name, "stopping");
  EXPECT_EQ(ids(filter("instance-state-name", {"stopped"})), Texts{id});
  stopped = *write(stop_instances, stop);
  EXPECT_EQ((*stopped.stopping_instances)[0].current_state->code, 80);
  StartInstancesInput start;
  start.instance_ids = {id};
  EXPECT_EQ((*write(start_instances, start)->starting_instances)[0].current_state->name, "pending");
  TerminateInstancesInput end;
  end.instance_ids = {id};
  auto ended = *write(terminate_instances, end);
  EXPECT_EQ((*ended.terminating_instances)[0].current_state->code, 32);
  EXPECT_EQ(code(write(start_instances, start)), "IncorrectInstanceState");
  auto again = *write(terminate_instances, end);  // idempotent
  EXPECT_EQ((*again.terminating_instances)[0].previous_state->name, "terminated");
  EXPECT_EQ(ids(), Texts{id});
  now_ = now_.plus_seconds(3601);
  EXPECT_TRUE(ids().empty());
  run();
  EXPECT_EQ(state_.account(kDev)->resources.size(), 1u);  // the faded record went
}

TEST_F(Ec2, protected_instances_stay) {
  auto in = launch();
  in.disable_api_termination = true;
  in.disable_api_stop = true;
  const std::string id = *(*write(run_instances, in)->instances)[0].instance_id;
  const std::string other = run();
  TerminateInstancesInput end;
  end.instance_ids = {other, id};
  EXPECT_EQ(code(write(terminate_instances, end)), "OperationNotPermitted");
  EXPECT_EQ(ids(filter("instance-state-name", {"running"})).size(), 2u);
  StopInstancesInput stop;
  stop.instance_ids = {id};
  EXPECT_EQ(code(write(stop_instances, stop)), "OperationNotPermitted");
}

// Rule 110: each resource is asked about, and one refusal is enough.
TEST_F(Ec2, a_launch_asks_about_all_it_touches) {
  auto in = launch();
  TagSpecification tags;
  tags.resource_type = "instance";
  tags.tags.emplace().push_back({"team", "blue"});
  in.tag_specifications.emplace().push_back(tags);
  in.dry_run = true;
  EXPECT_EQ(code(write(run_instances, in)), "DryRunOperation");
  const DefaultNetwork network = default_network(kDev, region_);
  const std::string arn = "arn:aws:ec2:us-west-1:111122223333:";
  const Texts all = {
      "ec2:RunInstances " + arn + "instance/*",
      "ec2:RunInstances " + arn + "network-interface/*",
      "ec2:RunInstances " + arn + "security-group/" + network.group_id,
      "ec2:RunInstances " + arn + "subnet/" + network.subnets[0].id,
      "ec2:RunInstances " + arn + "volume/*",
      "ec2:RunInstances arn:aws:ec2:us-west-1::image/ami-12345678",
      "ec2:CreateTags " + arn + "instance/*",
  };
  for (const auto& question : all) EXPECT_TRUE(ask_.was_asked(question)) << question;
  EXPECT_EQ(ask_.key_of(all[0], "ec2:InstanceType"), Texts{"t3.micro"});
  EXPECT_EQ(ask_.key_of(all[0], "aws:RequestTag/team"), Texts{"blue"});
  EXPECT_EQ(ask_.key_of(all[6], "ec2:CreateAction"), Texts{"RunInstances"});
  in.dry_run = false;
  for (const auto& question : all) {
    ask_.denied = {question};
    EXPECT_EQ(code(write(run_instances, in)), "UnauthorizedOperation") << question;
  }
  EXPECT_TRUE(ids().empty());
}

TEST_F(Ec2, profiles_want_pass_role) {
  auto role = std::make_shared<identity::Role>();
  role->name = "app";
  role->arn = "arn:aws:iam::111122223333:role/app";
  auto profile = std::make_shared<identity::InstanceProfile>();
  profile->name = "app";
  profile->id = "AIPAEXAMPLE";
  profile->arn = "arn:aws:iam::111122223333:instance-profile/app";
  profile->role_name = "app";
  state_.apply({identity::Put<identity::Role>{kDev, role},
                identity::Put<identity::InstanceProfile>{kDev, profile}});
  auto in = launch();
  in.iam_instance_profile.emplace().name = "app";
  const std::string pass = "iam:PassRole " + role->arn;
  ask_.denied = {pass};
  EXPECT_EQ(code(write(run_instances, in)), "UnauthorizedOperation");
  ask_.denied.clear();
  auto out = *write(run_instances, in);
  EXPECT_EQ(ask_.key_of(pass, "iam:PassedToService"), Texts{"ec2.amazonaws.com"});
  EXPECT_EQ((*out.instances)[0].iam_instance_profile->arn, profile->arn);
  auto listed = *read(describe_iam_instance_profile_associations,
                      DescribeIamInstanceProfileAssociationsInput{});
  ASSERT_EQ(listed.iam_instance_profile_associations->size(), 1u);
  AssociateIamInstanceProfileInput associate;
  associate.instance_id = *(*out.instances)[0].instance_id;
  associate.iam_instance_profile.arn = profile->arn;
  EXPECT_EQ(code(write(associate_iam_instance_profile, associate)), "IncorrectState");
  DisassociateIamInstanceProfileInput away;
  away.association_id = *(*listed.iam_instance_profile_associations)[0].association_id;
  ask_.denied = {"ec2:DisassociateIamInstanceProfile"};
  EXPECT_EQ(code(write(disassociate_iam_instance_profile, away)), "UnauthorizedOperation");
  ask_.denied.clear();
  EXPECT_EQ(write(disassociate_iam_instance_profile, away)->iam_instance_profile_association->state,
            "disassociating");
  EXPECT_EQ(code(write(disassociate_iam_instance_profile, away)), "InvalidAssociationID.NotFound");
  ask_.denied = {pass};
  EXPECT_EQ(code(write(associate_iam_instance_profile, associate)), "UnauthorizedOperation");
  ask_.denied.clear();
  EXPECT_TRUE(write(associate_iam_instance_profile, associate));
  in.iam_instance_profile->name = "ghost";
  EXPECT_EQ(code(write(run_instances, in)), "InvalidParameterValue");
}

TEST_F(Ec2, bad_launches) {
  auto refuse = [&](auto change) {
    auto in = launch();
    change(in);
    return code(write(run_instances, in));
  };
  EXPECT_EQ(refuse([](auto& in) { in.image_id.reset(); }), "MissingParameter");
  EXPECT_EQ(refuse([](auto& in) { in.image_id = "ami-xyz"; }), "InvalidAMIID.Malformed");
  EXPECT_EQ(refuse([](auto& in) { in.min_count = 0; }), "InvalidParameterValue");
  EXPECT_EQ(refuse([](auto& in) { in.min_count = 2; }), "InvalidParameterValue");
  EXPECT_EQ(refuse([](auto& in) { in.min_count = in.max_count = 101; }), "InstanceLimitExceeded");
  EXPECT_EQ(refuse([](auto& in) { in.instance_type = "big"; }), "InvalidParameterValue");
  EXPECT_EQ(refuse([](auto& in) { in.subnet_id = "subnet-12345678"; }), "InvalidSubnetID.NotFound");
  EXPECT_EQ(refuse([](auto& in) { in.security_group_ids = Texts{"sg-12345678"}; }),
            "InvalidGroup.NotFound");
  EXPECT_EQ(refuse([](auto& in) { in.key_name = "k"; }), "InvalidKeyPair.NotFound");
  EXPECT_EQ(refuse([](auto& in) { in.launch_template.emplace(); }), "UnsupportedOperation");
  EXPECT_EQ(refuse([](auto& in) { in.placement.emplace().availability_zone = "us-east-1a"; }),
            "InvalidParameterValue");
  EXPECT_TRUE(ids().empty());
}

TEST_F(Ec2, a_client_token_launches_once) {
  auto in = launch(2);
  in.client_token = "token";
  auto first = *write(run_instances, in);
  auto second = *write(run_instances, in);
  EXPECT_EQ(first.reservation_id, second.reservation_id);
  EXPECT_EQ(ids().size(), 2u);
  in.image_id = "ami-87654321";
  EXPECT_EQ(code(write(run_instances, in)), "IdempotentParameterMismatch");
}

TEST_F(Ec2, filters_and_pages) {
  for (int i = 0; i < 7; ++i) run();
  EXPECT_EQ(ids(filter("instance-type", {"t3.*"})).size(), 7u);
  EXPECT_TRUE(ids(filter("instance-type", {"m5.*", "t2.?icro"})).empty());
  EXPECT_EQ(ids(filter("colour", {"red"})), Texts{"InvalidParameterValue"});
  DescribeInstancesInput in;
  in.max_results = 5;
  auto page = *read(describe_instances, in);
  EXPECT_EQ(page.reservations->size(), 5u);
  in.next_token = page.next_token;
  page = *read(describe_instances, in);
  EXPECT_EQ(page.reservations->size(), 2u);
  EXPECT_FALSE(page.next_token.has_value());
  in.next_token = "!";
  EXPECT_EQ(code(read(describe_instances, in)), "InvalidNextToken");
  in = {};
  in.max_results = 4;
  EXPECT_EQ(code(read(describe_instances, in)), "InvalidParameterValue");
  in.max_results = 5;
  in.instance_ids = Texts{run()};
  EXPECT_EQ(code(read(describe_instances, in)), "InvalidParameterCombination");
  in = {};
  in.instance_ids = Texts{"nonsense"};
  EXPECT_EQ(code(read(describe_instances, in)), "InvalidInstanceID.Malformed");
  in = {};
  in.dry_run = true;
  EXPECT_EQ(code(read(describe_instances, in)), "DryRunOperation");
}

TEST_F(Ec2, patterns) {
  EXPECT_TRUE(matches_pattern("*", ""));
  EXPECT_TRUE(matches_pattern("a*c?", "abbbcd"));
  EXPECT_FALSE(matches_pattern("a*c?", "abbbc"));
  EXPECT_TRUE(matches_pattern("a\\*", "a*"));
  EXPECT_FALSE(matches_pattern("a\\*", "ab"));
  EXPECT_FALSE(matches_pattern("A", "a"));
  EXPECT_TRUE(matches_pattern("*ab*ab*", "xxabyyabzz"));
}

TEST_F(Ec2, tags) {
  const std::string id = run();
  const std::string vpc = default_network(kDev, region_).vpc_id;
  CreateTagsInput in;
  in.resources = {id, vpc};
  in.tags = {{"Name", "web"}, {"team", "blue"}};
  ASSERT_TRUE(write(create_tags, in));
  EXPECT_EQ(ids(filter("tag:Name", {"we*"})), Texts{id});
  EXPECT_EQ(ids(filter("tag-key", {"team"})), Texts{id});
  EXPECT_EQ(read(describe_tags, DescribeTagsInput{})->tags->size(), 4u);
  EXPECT_EQ((*read(describe_vpcs, DescribeVpcsInput{})->vpcs)[0].tags->size(), 2u);
  DeleteTagsInput away;
  away.resources = {id};
  away.tags = std::vector<Tag>{{"Name", "other"}, {"team", {}}};
  ASSERT_TRUE(write(delete_tags, away));
  EXPECT_EQ(ids(filter("tag:Name", {"web"})), Texts{id});
  EXPECT_TRUE(ids(filter("tag-key", {"team"})).empty());
  in.tags = {{"aws:x", "y"}};
  EXPECT_EQ(code(write(create_tags, in)), "InvalidParameterValue");
  in.tags = {{"a", "b"}};
  in.resources = {"i-12345678"};
  EXPECT_EQ(code(write(create_tags, in)), "InvalidInstanceID.NotFound");
  in.resources = {"vpc-12345678"};
  EXPECT_EQ(code(write(create_tags, in)), "InvalidVpcID.NotFound");
  in.resources = {"what-12345678"};
  EXPECT_EQ(code(write(create_tags, in)), "InvalidID");
}

TEST_F(Ec2, places) {
  auto regions = *read(describe_regions, DescribeRegionsInput{});
  EXPECT_EQ(regions.regions->size(), 17u);  // those an account need not opt in to
  DescribeRegionsInput all;
  all.all_regions = true;
  EXPECT_GT(read(describe_regions, all)->regions->size(), 25u);
  DescribeRegionsInput bad;
  bad.region_names = Texts{"mars-1"};
  EXPECT_EQ(code(read(describe_regions, bad)), "InvalidParameterValue");
  auto zones = *read(describe_availability_zones, DescribeAvailabilityZonesInput{});
  ASSERT_EQ(zones.availability_zones->size(), 2u);
  EXPECT_EQ((*zones.availability_zones)[1].zone_name, "us-west-1c");
  EXPECT_EQ(read(describe_subnets, DescribeSubnetsInput{})->subnets->size(), 2u);
  EXPECT_EQ((*read(describe_security_groups, DescribeSecurityGroupsInput{})->security_groups)[0]
                .group_name,
            "default");
  DescribeSecurityGroupsInput none;
  none.group_ids = Texts{"sg-12345678"};
  EXPECT_EQ(code(read(describe_security_groups, none)), "InvalidGroup.NotFound");
  const std::string vpc = *(*read(describe_vpcs, DescribeVpcsInput{})->vpcs)[0].vpc_id;
  account_ = kProd;
  EXPECT_NE((*read(describe_vpcs, DescribeVpcsInput{})->vpcs)[0].vpc_id, vpc);
}

TEST_F(Ec2, images_and_types) {
  auto images = *read(describe_images, DescribeImagesInput{});
  ASSERT_FALSE(images.images->empty());
  DescribeImagesInput own;
  own.owners = Texts{"self"};
  EXPECT_TRUE(read(describe_images, own)->images->empty());
  DescribeImagesInput one;
  one.image_ids = Texts{"ami-12345678"};
  EXPECT_EQ(code(read(describe_images, one)), "InvalidAMIID.NotFound");
  DescribeInstanceTypesInput types;
  types.instance_types = Texts{"t3.micro"};
  EXPECT_EQ((*read(describe_instance_types, types)->instance_types)[0].memory_info->size_in_mi_b,
            1024);
  types.instance_types = Texts{"z9.huge"};
  EXPECT_EQ(code(read(describe_instance_types, types)), "InvalidInstanceType");
}

TEST_F(Ec2, status_is_of_what_runs) {
  const std::string id = run();
  auto out = *read(describe_instance_status, DescribeInstanceStatusInput{});
  ASSERT_EQ(out.instance_statuses->size(), 1u);
  EXPECT_EQ((*out.instance_statuses)[0].instance_status->status, "ok");
  StopInstancesInput stop;
  stop.instance_ids = {id};
  ASSERT_TRUE(write(stop_instances, stop));
  EXPECT_TRUE(
      read(describe_instance_status, DescribeInstanceStatusInput{})->instance_statuses->empty());
  DescribeInstanceStatusInput all;
  all.include_all_instances = true;
  EXPECT_EQ(read(describe_instance_status, all)->instance_statuses->size(), 1u);
}

TEST_F(Ec2, resolver_tells_what_is_asked_about) {
  const auto resolve = [](std::string_view type, std::span<const std::string> id, const Call& c) {
    return module().resolve(type, id, c);
  };
  const std::string id = run();
  CreateTagsInput tags;
  tags.resources = {id};
  tags.tags = {{"team", "blue"}};
  ASSERT_TRUE(write(create_tags, tags));
  const Texts ids{id}, ghost{"i-12345678"}, bad{"x"};
  auto found = *resolve("instance", ids, call());
  EXPECT_EQ(found.arn, "arn:aws:ec2:us-west-1:111122223333:instance/" + id);
  EXPECT_EQ(found.tags->size(), 1u);
  EXPECT_EQ(resolve("instance", ghost, call())->tags, nullptr);
  EXPECT_EQ(code(resolve("instance", bad, call())), "InvalidInstanceID.Malformed");
  account_ = kProd;  // another account's instance is nobody's here
  EXPECT_EQ(resolve("instance", ids, call())->tags, nullptr);
  EXPECT_TRUE(resolve("instance", ids, call())->arn.find("444455556666") != std::string::npos);
}

TEST(Module, HasNoGaps) { EXPECT_EQ(services::gaps(module()), std::vector<std::string>{}); }

}  // namespace
}  // namespace rolecall::ec2
