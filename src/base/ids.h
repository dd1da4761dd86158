// Strings with a meaning, each its own type so that they cannot be mistaken for each other.
#pragma once

#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rolecall {

// A 12-digit AWS account number, kept as a number: cheap to copy, compare and hash.
class AccountId {
 public:
  AccountId() = default;  // no account; empty() is true and text() is ""
  static std::optional<AccountId> parse(std::string_view twelve_digits);
  // Precondition: value < 10^12.
  static AccountId from_number(std::uint64_t value);

  bool empty() const { return value_ == kNone; }
  std::string text() const;
  std::uint64_t number() const { return value_; }
  auto operator<=>(const AccountId&) const = default;

 private:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  std::uint64_t value_ = kNone;
};

// "arn:partition:service:region:account:resource" cut at its first five colons.
// Views into the text it was parsed from, which must outlive it.
struct ArnView {
  std::string_view partition, service, region, account, resource;
  // nullopt unless there are six fields and the first is "arn". Fields may be empty.
  static std::optional<ArnView> parse(std::string_view text);
  // For "role/path/name": the type is "role"; for "bucket/key" the caller knows better.
  std::string_view resource_type() const;
  // What follows the first '/' or ':' of the resource, or all of it when there is none.
  std::string_view resource_id() const;
  // The last '/'-separated part of the resource.
  std::string_view resource_name() const;
};

std::string make_arn(std::string_view partition, std::string_view service, std::string_view region,
                     AccountId account, std::string_view resource);

// The partition a region belongs to: "aws" unless its name starts with cn-, us-gov-, us-iso….
std::string_view partition_of_region(std::string_view region);

}  // namespace rolecall

template <>
struct std::hash<rolecall::AccountId> {
  std::size_t operator()(const rolecall::AccountId& id) const noexcept {
    return std::hash<std::uint64_t>{}(id.number() * 0x9E3779B97F4A7C15ull);
  }
};
