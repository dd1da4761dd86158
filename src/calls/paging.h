// Turning pages as the AWS CLI does: all of them, or up to --max-items with a token to go on.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "wire/shape.h"

namespace rolecall::calls {

struct PageLimits {
  std::optional<std::string> starting_token = {};
  std::optional<std::int64_t> max_items = {};
  std::optional<json::Value> page_size = {};
};

// One call: parameters in, the answer out.
using AskPage = std::function<Result<json::Value>(const json::Value& parameters)>;

// Pages one after the other. `pages` must be paged() and outlive it.
class Pager {
 public:
  Pager(const wire::Pagination& pages, json::Value parameters, PageLimits limits, AskPage ask);

  // The next page, cut to the limits; nullopt after the last one.
  Result<std::optional<json::Value>> next();

  // What to give as --starting-token to go on behind the last page; nullopt when nothing is left.
  const std::optional<std::string>& resume_token() const { return resume_; }
  // What the first page said beside its items.
  const json::Value& kept() const { return kept_; }
  const wire::Pagination& pages() const { return pages_; }

 private:
  using Tokens = std::vector<json::Value>;  // as input_tokens; null for none
  Status start();
  void read_starting_token();
  void put_tokens(const Tokens& tokens);
  Tokens tokens_of(const json::Value& page) const;
  bool has_more(const json::Value& page) const;
  std::string encode(const Tokens& tokens, std::optional<std::int64_t> skip) const;
  void begin_at(json::Value& page, std::int64_t skip) const;

  const wire::Pagination& pages_;
  json::Value parameters_;
  PageLimits limits_;
  AskPage ask_;
  Tokens tokens_, before_;
  std::int64_t skip_ = 0;   // items of the first page that an earlier run has shown
  std::int64_t total_ = 0;  // items shown
  bool first_ = true, done_ = false;
  json::Value kept_ = json::Value::object();
  std::optional<std::string> resume_;
};

// All pages as one answer: their items, what was kept, and NextToken.
Result<json::Value> whole(Pager& pager);

// A path of names ("Contents[-1].Key", "NextMarker || …"); nullptr when it leads nowhere.
const json::Value* look_up(const json::Value& value, std::string_view path);

}  // namespace rolecall::calls
