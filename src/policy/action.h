// An action name prepared for deciding: folded and hashed once, used many times.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rolecall::policy {

// Real names stay below 100; SimulatePrincipalPolicy's parameter ends at 128.
inline constexpr std::size_t kActionBytesMax = 128;

// "s3:GetObject". Made once per operation (a route table holds them) or per request from text; no
// allocation either way. Immutable, copyable (about 280 bytes: pass by reference).
//   static const auto kGetRole = *Action::parse("iam:GetRole");
class Action {
 public:
  // nullopt unless it is "vendor:name" with neither part empty, one colon and at most
  // kActionBytesMax bytes. Case is kept for texts; matching ignores it (Rule 301).
  static std::optional<Action> parse(std::string_view text);

  std::string_view text() const { return {text_.data(), size_}; }
  std::string_view folded() const { return {folded_.data(), size_}; }
  std::string_view service() const { return {folded_.data(), service_size_}; }   // folded
  std::string_view name() const { return folded().substr(service_size_ + 1u); }  // folded
  // Of the folded text; 0 is possible but means nothing.
  std::uint64_t hash() const { return hash_; }
  std::uint64_t service_hash() const { return service_hash_; }
  // Position in the catalogue of known actions, or kUnknown.
  std::uint16_t id() const { return id_; }
  static constexpr std::uint16_t kUnknown = 0xFFFF;
  // The services whose calls have rules of their own, told apart once.
  enum class Service : std::uint8_t { other, iam, sts, s3, kms };
  Service known_service() const { return known_service_; }

 private:
  struct Token {};

 public:
  // For parse() only. The texts stay as they are: parse() fills them.
  explicit Action(Token) {}  // NOLINT(cppcoreguidelines-pro-type-member-init)

 private:
  std::uint64_t hash_ = 0;
  std::uint64_t service_hash_ = 0;
  std::uint16_t id_ = kUnknown;
  Service known_service_ = Service::other;
  std::uint8_t size_ = 0;
  std::uint8_t service_size_ = 0;
  // Followed by zeros up to the next multiple of eight bytes.
  std::array<char, kActionBytesMax> text_;
  std::array<char, kActionBytesMax> folded_;
};

}  // namespace rolecall::policy
