// What some operations need done to their parameters and answers; the AWS CLI does it in
// customizations/ and botocore in handlers.py.
#include <algorithm>

#include "base/encoding.h"
#include "calls/parameters.h"
#include "calls/validate.h"
#include "crypto/hash.h"

namespace rolecall::calls {
namespace {

constexpr std::string_view kBucketPattern = R"(^[a-zA-Z0-9.\-_]{1,255}$)";

json::Value* find(json::Value& object, std::string_view name) {
  for (json::Member& member : object.members()) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

void remove(json::Value& object, std::string_view name) {
  std::erase_if(object.members(), [&](const json::Member& member) { return member.name == name; });
}

bool has_member(const wire::Operation& operation, std::string_view name) {
  return std::ranges::any_of(operation.input->members,
                             [&](const wire::Member& member) { return member.name == name; });
}

Status check_bucket(const json::Value& parameters) {
  const json::Value* bucket = parameters.find("Bucket");
  if (bucket == nullptr || !bucket->is_string()) return {};
  const std::string& name = bucket->text();
  const bool good = !name.empty() && name.size() <= 255 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  });
  if (good) return {};
  if (name.starts_with("arn:")) {
    return validation_failure("Invalid bucket name \"" + name +
                              "\": access points and Outposts buckets are not supported");
  }
  return validation_failure("Invalid bucket name \"" + name +
                            "\": Bucket name must match the regex \"" +
                            std::string(kBucketPattern) + "\"");
}

Status check_metadata(const json::Value& parameters) {
  const json::Value* metadata = parameters.find("Metadata");
  if (metadata == nullptr) return {};
  const auto is_ascii = [](std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  };
  for (const json::Member& member : metadata->members()) {
    if (is_ascii(member.name) && is_ascii(member.value.text())) continue;
    return validation_failure("Non ascii characters found in S3 metadata for key \"" + member.name +
                              "\", value: \"" + member.value.text() +
                              "\".  \nS3 metadata can only contain ASCII characters. ");
  }
  return {};
}

// A customer's key goes over as base64, with its digest.
void encode_customer_key(json::Value& parameters, const std::string& prefix) {
  json::Value* key = find(parameters, prefix + "Key");
  if (key == nullptr || !key->is_string() || parameters.find(prefix + "KeyMD5") != nullptr) return;
  const std::string bytes = key->text();
  const auto digest = crypto::md5(bytes);
  *key = json::Value::string(base64_encode(bytes));
  parameters.add(prefix + "KeyMD5",
                 json::Value::string(base64_encode(std::string_view(
                     reinterpret_cast<const char*>(digest.data()), digest.size()))));
}

void encode_copy_source(json::Value& parameters) {
  json::Value* source = find(parameters, "CopySource");
  if (source == nullptr || !source->is_string()) return;
  std::string_view text = source->text();
  const std::size_t version = text.rfind("?versionId=");
  std::string out = percent_encode(text.substr(0, version), Slash::keep);
  if (version != text.npos) out += text.substr(version);
  *source = json::Value::string(std::move(out));
}

bool lists_keys(const wire::Operation& operation) {
  return operation.name == "ListObjects" || operation.name == "ListObjectsV2" ||
         operation.name == "ListObjectVersions";
}

Status prepare_s3(const wire::Operation& operation, json::Value& parameters, bool& encoded_keys) {
  RC_CHECK(check_bucket(parameters));
  if (has_member(operation, "Metadata")) RC_CHECK(check_metadata(parameters));
  for (const char* prefix : {"SSECustomer", "CopySourceSSECustomer"}) {
    if (has_member(operation, std::string(prefix) + "KeyMD5")) {
      encode_customer_key(parameters, prefix);
    }
  }
  if (operation.name == "CopyObject" || operation.name == "UploadPartCopy") {
    encode_copy_source(parameters);
  }
  // XML 1.0 cannot say every key; percent-encoded it can.
  if (lists_keys(operation) && parameters.find("EncodingType") == nullptr) {
    parameters.add("EncodingType", json::Value::string("url"));
    encoded_keys = true;
  }
  return {};
}

// With interface shortcuts, what else belongs to the interface must stand in it.
void move_into_interface(json::Value& parameters) {
  json::Value* interfaces = find(parameters, "NetworkInterfaces");
  if (interfaces == nullptr || interfaces->items().empty()) return;
  json::Value& interface = interfaces->items().front();
  const bool shortcut = interface.find("PrivateIpAddresses") != nullptr ||
                        interface.find("SecondaryPrivateIpAddressCount") != nullptr ||
                        interface.find("AssociatePublicIpAddress") != nullptr;
  if (!shortcut) return;
  constexpr std::pair<std::string_view, std::string_view> kMoved[] = {
      {"SubnetId", "SubnetId"},
      {"SecurityGroupIds", "Groups"},
      {"Ipv6AddressCount", "Ipv6AddressCount"},
      {"Ipv6Addresses", "Ipv6Addresses"},
  };
  for (const auto& [from, to] : kMoved) {
    json::Value* value = find(parameters, from);
    if (value == nullptr) continue;
    remove(interface, to);
    interface.add(std::string(to), std::move(*value));
    remove(parameters, from);
  }
  if (json::Value* address = find(parameters, "PrivateIpAddress")) {
    json::Value primary = json::Value::object(), list = json::Value::array();
    primary.add("PrivateIpAddress", std::move(*address));
    primary.add("Primary", json::Value::boolean(true));
    list.push(std::move(primary));
    remove(interface, "PrivateIpAddresses");
    interface.add("PrivateIpAddresses", std::move(list));
    remove(parameters, "PrivateIpAddress");
  }
}

void prepare_run_instances(json::Value& parameters) {
  for (const char* name : {"MaxCount", "MinCount"}) {
    if (parameters.find(name) == nullptr) parameters.add(name, json::Value::integer(1));
  }
  if (json::Value* data = find(parameters, "UserData"); data != nullptr && data->is_string()) {
    *data = json::Value::string(base64_encode(data->text()));
  }
  move_into_interface(parameters);
}

void decode(json::Value* value) {
  if (value == nullptr || !value->is_string()) return;
  if (auto text = percent_decode(value->text(), Plus::space)) {
    *value = json::Value::string(std::move(*text));
  }
}

}  // namespace

Status prepare(const wire::Operation& operation, json::Value& parameters, Random& random,
               bool& encoded_keys) {
  for (const wire::Member& member : operation.input->members) {
    if (member.idempotency_token && parameters.find(member.name) == nullptr) {
      parameters.add(std::string(member.name), json::Value::string(random.uuid()));
    }
  }
  if (operation.service->dialect == wire::Dialect::s3)
    return prepare_s3(operation, parameters, encoded_keys);
  if (operation.service->name == "ec2" && operation.name == "RunInstances") {
    prepare_run_instances(parameters);
  }
  return {};
}

void decode_keys(const wire::Operation& operation, json::Value& answer) {
  if (!lists_keys(operation)) return;
  for (const char* name : {"Delimiter", "Marker", "NextMarker", "Prefix", "StartAfter", "KeyMarker",
                           "NextKeyMarker"}) {
    decode(find(answer, name));
  }
  constexpr std::pair<std::string_view, std::string_view> kNested[] = {
      {"Contents", "Key"},
      {"Versions", "Key"},
      {"DeleteMarkers", "Key"},
      {"CommonPrefixes", "Prefix"},
  };
  for (const auto& [list, name] : kNested) {
    json::Value* items = find(answer, list);
    if (items == nullptr) continue;
    for (json::Value& item : items->items()) decode(find(item, name));
  }
}

}  // namespace rolecall::calls
