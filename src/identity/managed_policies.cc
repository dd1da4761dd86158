#include "identity/managed_policies.h"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <unordered_map>

#include "base/encoding.h"
#include "base/error.h"
#include "base/ids.h"
#include "policy/kind.h"

// The data file as it is (tools/pack_managed_policies.py says how it is laid out).
asm(".section .rodata\n"
    ".balign 16\n"
    "rolecall_managed_policies_begin:\n"
    ".incbin \"" ROLECALL_MANAGED_POLICIES
    "\"\n"
    "rolecall_managed_policies_end:\n"
    ".byte 0\n"
    ".text\n");
extern "C" const char rolecall_managed_policies_begin[];
extern "C" const char rolecall_managed_policies_end[];

namespace rolecall::identity {
namespace {

// Reads what we packed ourselves: a mistake in it is a broken build, hence the assertions.
class Cursor {
 public:
  explicit Cursor(std::string_view data) : data_(data) {}
  std::string_view take(std::size_t bytes) {
    RC_ASSERT(bytes <= data_.size());
    const std::string_view out = data_.substr(0, bytes);
    data_.remove_prefix(bytes);
    return out;
  }
  template <class T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);  // little-endian hosts only
    return value;
  }
  std::string text() {
    const std::size_t end = data_.find('\0');
    RC_ASSERT(end != std::string_view::npos);
    std::string out(take(end));
    take(1);
    return out;
  }

 private:
  std::string_view data_;
};

std::string unpack(std::string_view packed, std::size_t raw_bytes) {
  std::string raw(raw_bytes, '\0');
  const std::size_t got = ZSTD_decompress(raw.data(), raw.size(), packed.data(), packed.size());
  RC_ASSERT(!ZSTD_isError(got) && got == raw_bytes);
  return raw;
}

struct Block {
  std::string_view packed;
  std::size_t raw_bytes;
};

class Catalogue {
 public:
  Catalogue() {
    Cursor file({rolecall_managed_policies_begin,
                 static_cast<std::size_t>(rolecall_managed_policies_end -
                                          rolecall_managed_policies_begin)});
    RC_ASSERT(file.take(4) == "RCMP" && file.number<std::uint32_t>() == 1);
    const auto count = file.number<std::uint32_t>();
    const auto index_raw = file.number<std::uint32_t>();
    const auto index_packed = file.number<std::uint32_t>();
    blocks_.resize(file.number<std::uint32_t>());
    std::vector<std::uint32_t> packed_bytes;
    for (Block& block : blocks_) {
      block.raw_bytes = file.number<std::uint32_t>();
      packed_bytes.push_back(file.number<std::uint32_t>());
    }
    const std::string index = unpack(file.take(index_packed), index_raw);
    for (std::size_t i = 0; i < blocks_.size(); ++i) blocks_[i].packed = file.take(packed_bytes[i]);
    read_index(index, count);
  }

  const std::vector<AwsManagedPolicy>& policies() const { return policies_; }

  // `arn_tail` is what follows "policy" in the ARN: path and name.
  const AwsManagedPolicy* find(std::string_view arn_tail) const {
    const auto found = by_tail_.find(arn_tail);
    return found == by_tail_.end() ? nullptr : &policies_[found->second];
  }

  PolicyRef document(const AwsManagedPolicy& policy) {
    const auto at = static_cast<std::size_t>(&policy - policies_.data());
    const std::lock_guard lock(mutex_);
    if (!documents_[at]) {
      const std::string raw = unpack(blocks_[policy.block].packed, blocks_[policy.block].raw_bytes);
      RC_ASSERT(policy.text_offset + std::size_t{policy.text_bytes} <= raw.size());
      documents_[at] =
          make_policy(raw.substr(policy.text_offset, policy.text_bytes), policy::Kind::managed);
    }
    return documents_[at];
  }

 private:
  void read_index(const std::string& index, std::size_t count) {
    Cursor entry(index);
    policies_.resize(count);
    documents_.resize(count);
    by_tail_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      AwsManagedPolicy& policy = policies_[i];
      policy.id = entry.text();
      policy.name = entry.text();
      policy.path = entry.text();
      policy.default_version_id = entry.text();
      policy.arn = "arn:aws:iam::aws:policy" + policy.path + policy.name;
      policy.created = Instant::from_seconds(entry.number<std::int64_t>());
      policy.updated = Instant::from_seconds(entry.number<std::int64_t>());
      policy.block = entry.number<std::uint32_t>();
      policy.text_offset = entry.number<std::uint32_t>();
      policy.text_bytes = entry.number<std::uint32_t>();
      RC_ASSERT(policy.block < blocks_.size());
      by_tail_.emplace(std::string_view(policy.arn).substr(std::strlen("arn:aws:iam::aws:policy")),
                       i);
    }
  }

  std::vector<Block> blocks_;
  std::vector<AwsManagedPolicy> policies_;
  std::unordered_map<std::string_view, std::size_t> by_tail_;  // views into policies_
  std::mutex mutex_;
  std::vector<PolicyRef> documents_;  // filled as they are asked for
};

// Constant data, read on first use; never destroyed, so that it outlives every user.
Catalogue& catalogue() {
  static Catalogue& only = *new Catalogue;
  return only;
}

}  // namespace

PolicyRef AwsManagedPolicy::document() const { return catalogue().document(*this); }

std::span<const AwsManagedPolicy> aws_managed_policies() { return catalogue().policies(); }

const AwsManagedPolicy* find_aws_managed_policy(std::string_view arn) {
  const std::optional<ArnView> parsed = ArnView::parse(arn);
  if (!parsed || parsed->service != "iam" || !parsed->region.empty() || parsed->account != "aws" ||
      !parsed->partition.starts_with("aws") || !parsed->resource.starts_with("policy/")) {
    return nullptr;
  }
  return catalogue().find(parsed->resource.substr(std::strlen("policy")));
}

const AwsManagedPolicy* find_aws_managed_policy_by_name(std::string_view name) {
  const auto& all = catalogue().policies();
  const std::string wanted = ascii_lower(name);
  const auto at = std::lower_bound(
      all.begin(), all.end(), wanted,
      [](const AwsManagedPolicy& p, const std::string& w) { return ascii_lower(p.name) < w; });
  return at != all.end() && ascii_lower(at->name) == wanted ? &*at : nullptr;
}

PolicyRef aws_managed_policy_document(std::string_view arn) {
  const AwsManagedPolicy* policy = find_aws_managed_policy(arn);
  return policy ? policy->document() : nullptr;
}

}  // namespace rolecall::identity
