#include "base/ids.h"

namespace rolecall {

std::optional<AccountId> AccountId::parse(std::string_view text) {
  if (text.size() != 12) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return from_number(value);
}

AccountId AccountId::from_number(std::uint64_t value) {
  RC_ASSERT(value < 1'000'000'000'000ull);
  AccountId id;
  id.value_ = value;
  return id;
}

std::string AccountId::text() const {
  if (empty()) return {};
  std::string out(12, '0');
  std::uint64_t rest = value_;
  for (std::size_t i = 12; i-- > 0; rest /= 10) out[i] = static_cast<char>('0' + rest % 10);
  return out;
}

std::optional<ArnView> ArnView::parse(std::string_view text) {
  std::string_view fields[5];
  std::size_t begin = 0;
  for (auto& field : fields) {
    const std::size_t colon = text.find(':', begin);
    if (colon == std::string_view::npos) return std::nullopt;
    field = text.substr(begin, colon - begin);
    begin = colon + 1;
  }
  if (fields[0] != "arn") return std::nullopt;
  return ArnView{fields[1], fields[2], fields[3], fields[4], text.substr(begin)};
}

std::string_view ArnView::resource_type() const {
  return resource.substr(0, resource.find_first_of("/:"));
}

std::string_view ArnView::resource_id() const {
  const std::size_t cut = resource.find_first_of("/:");
  return cut == std::string_view::npos ? resource : resource.substr(cut + 1);
}

std::string_view ArnView::resource_name() const {
  const std::size_t slash = resource.rfind('/');
  return slash == std::string_view::npos ? resource : resource.substr(slash + 1);
}

std::string make_arn(std::string_view partition, std::string_view service, std::string_view region,
                     AccountId account, std::string_view resource) {
  std::string out;
  out.reserve(24 + partition.size() + service.size() + region.size() + resource.size());
  out.append("arn:").append(partition).append(":").append(service).append(":").append(region);
  out.append(":").append(account.text()).append(":").append(resource);
  return out;
}

std::string_view partition_of_region(std::string_view region) {
  if (region.starts_with("cn-")) return "aws-cn";
  if (region.starts_with("us-gov-")) return "aws-us-gov";
  if (region.starts_with("us-isob-")) return "aws-iso-b";
  if (region.starts_with("us-isof-")) return "aws-iso-f";
  if (region.starts_with("eu-isoe-")) return "aws-iso-e";
  if (region.starts_with("us-iso-")) return "aws-iso";
  if (region.starts_with("eusc-")) return "aws-eusc";
  return "aws";
}

}  // namespace rolecall
