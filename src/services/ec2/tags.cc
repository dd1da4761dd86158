// CreateTags, DeleteTags, DescribeTags: on instances and on the default network.
#include <fmt/format.h>

#include <algorithm>

#include "services/ec2/errors.h"
#include "services/ec2/filters.h"
#include "services/ec2/network.h"
#include "services/ec2/operations.h"
#include "services/ec2/records.h"

namespace rolecall::ec2 {

namespace {

constexpr std::size_t kTagsMax = 50;          // "Tag restrictions"
constexpr std::size_t kResourcesMax = 1'000;  // API page of CreateTags

std::string_view resource_type(std::string_view id) {
  if (id.starts_with("i-")) return "instance";
  if (id.starts_with("vpc-")) return "vpc";
  if (id.starts_with("subnet-")) return "subnet";
  if (id.starts_with("sg-")) return "security-group";
  return "";
}

bool is_of_network(const DefaultNetwork& network, std::string_view id) {
  return id == network.vpc_id || id == network.group_id || network.subnet(id) != nullptr;
}

// The record that holds the tags of `id`, made if there is none yet.
Result<identity::Resource> taggable(const Call& call, const std::string& id) {
  const std::string_view type = resource_type(id);
  if (type.empty()) {
    return ApiError::make(400, "InvalidID", fmt::format("The ID '{}' is not valid", id));
  }
  if (type == "instance") {
    RC_TRY(auto found, named_instances(call, {id}));
    return *found.front();
  }
  if (!is_of_network(default_network(call.account, call.region), id)) {
    if (type == "vpc") {
      return ApiError::make(400, "InvalidVpcID.NotFound",
                            fmt::format("The vpc ID '{}' does not exist", id));
    }
    if (type == "subnet") {
      return ApiError::make(400, "InvalidSubnetID.NotFound",
                            fmt::format("The subnet ID '{}' does not exist", id));
    }
    return ApiError::make(400, "InvalidGroup.NotFound",
                          fmt::format("The security group '{}' does not exist", id));
  }
  if (const identity::Account* account = call.state.account(call.account)) {
    const auto* held = account->resources.find(identity::resource_key(kTagsType, id));
    if (held != nullptr) return *held;
  }
  identity::Resource made = identity::make_resource(std::string(kTagsType), id);
  made.arn = make_ec2_arn(call, fmt::format("{}/{}", type, id));
  made.region = call.region;
  made.created = call.now;
  return made;
}

std::optional<ApiError> check_count(const std::vector<std::string>& resources) {
  if (resources.size() <= kResourcesMax) return std::nullopt;
  return invalid_parameter_value("The maximum number of resources of one call is 1000");
}

}  // namespace

Result<Change<CreateTagsOutput>> create_tags(const CreateTagsInput& in, const Call& call) {
  if (in.dry_run.value_or(false)) return dry_run_operation();
  if (auto wrong = check_count(in.resources)) return *wrong;
  RC_TRY(identity::Tags tags, checked_tags(in.tags));
  Change<CreateTagsOutput> out;
  for (const std::string& id : in.resources) {
    RC_TRY(identity::Resource record, taggable(call, id));
    for (const auto& tag : tags) {
      auto at = std::find_if(record.tags.begin(), record.tags.end(),
                             [&tag](const auto& t) { return t.key == tag.key; });
      if (at == record.tags.end()) {
        record.tags.push_back(tag);
      } else {
        at->value = tag.value;
      }
    }
    if (record.tags.size() > kTagsMax) {
      return ApiError::make(400, "TagLimitExceeded",
                            "The maximum number of Tags for a resource has been reached.");
    }
    out.events.push_back(put(call, std::move(record)));
  }
  return out;
}

Result<Change<DeleteTagsOutput>> delete_tags(const DeleteTagsInput& in, const Call& call) {
  if (in.dry_run.value_or(false)) return dry_run_operation();
  if (auto wrong = check_count(in.resources)) return *wrong;
  Change<DeleteTagsOutput> out;
  for (const std::string& id : in.resources) {
    RC_TRY(identity::Resource record, taggable(call, id));
    if (!in.tags || in.tags->empty()) {
      record.tags.clear();
    } else {
      std::erase_if(record.tags, [&in](const auto& held) {
        return std::any_of(in.tags->begin(), in.tags->end(), [&held](const Tag& tag) {
          // A value, even an empty one, must be the tag's own; none matches any.
          return tag.key == held.key && (!tag.value || *tag.value == held.value);
        });
      });
    }
    out.events.push_back(put(call, std::move(record)));
  }
  return out;
}

Result<DescribeTagsOutput> describe_tags(const DescribeTagsInput& in, const Call& call) {
  if (in.dry_run.value_or(false)) return dry_run_operation();
  RC_TRY(PageRequest page, read_page(in.max_results, in.next_token, false, 5, 1000, ""));
  struct Row {
    std::string position, id, type, key, value;
  };
  std::vector<Row> rows;
  const identity::Account* account = call.state.account(call.account);
  if (account != nullptr) {
    for (std::string_view type : {kInstanceType, kTagsType}) {
      const auto& table = account->resources;
      for (auto it = table.lower_bound(identity::resource_key(type, ""));
           it != table.end() && (*it)->type == type; ++it) {
        const identity::Resource& r = **it;
        if (r.region != call.region || (type == kInstanceType && is_faded(r, call.now))) continue;
        for (const auto& tag : r.tags) {
          rows.push_back({r.name + "/" + tag.key, r.name, std::string(resource_type(r.name)),
                          tag.key, tag.value});
        }
      }
    }
  }
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return a.position < b.position; });
  DescribeTagsOutput out;
  auto& list = out.tags.emplace();
  std::string last;
  for (const Row& row : rows) {
    if (row.position <= page.after) continue;
    RC_TRY(bool wanted,
           passes(in.filters,
                  [&row](std::string_view name) -> std::optional<std::vector<std::string>> {
                    if (name == "key" || name == "tag-key") return std::vector{row.key};
                    if (name == "value" || name == "tag-value") return std::vector{row.value};
                    if (name == "resource-id") return std::vector{row.id};
                    if (name == "resource-type") return std::vector{row.type};
                    return tag_filter(name, {{row.key, row.value}});
                  }));
    if (!wanted) continue;
    if (list.size() == page.max) {
      out.next_token = page_token(last);
      break;
    }
    last = row.position;
    list.push_back({row.key, row.id, row.type, row.value});
  }
  return out;
}

}  // namespace rolecall::ec2
