#include "calls/paging.h"

#include <algorithm>

#include "base/encoding.h"
#include "calls/numbers.h"
#include "client/failure.h"

namespace rolecall::calls {
namespace {

bool is_true(const json::Value* value) {
  if (value == nullptr) return false;
  switch (value->kind()) {
    case json::Kind::null:
      return false;
    case json::Kind::boolean:
      return value->as_bool();
    case json::Kind::number:
      return value->as_double().value_or(0) != 0;
    case json::Kind::string:
      return !value->text().empty();
    case json::Kind::array:
      return !value->items().empty();
    case json::Kind::object:
      break;
  }
  return !value->members().empty();
}

const json::Value* follow(const json::Value& from, std::string_view path) {
  const json::Value* at = &from;
  while (at != nullptr && !path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    std::string_view name = path.substr(0, dot);
    path.remove_prefix(std::min(dot + 1, path.size()));
    const bool last_item = name.ends_with("[-1]");
    if (last_item) name.remove_suffix(4);
    at = at->find(name);
    if (at != nullptr && last_item) at = at->items().empty() ? nullptr : &at->items().back();
  }
  return at;
}

json::Value& member_of(json::Value& object, std::string_view name) {
  for (json::Member& member : object.members()) {
    if (member.name == name) return member.value;
  }
  return object.add(std::string(name), json::Value::null());
}

void remove(json::Value& object, std::string_view name) {
  std::erase_if(object.members(), [&](const json::Member& member) { return member.name == name; });
}

std::int64_t count(const json::Value* items) {
  return items == nullptr ? 0 : static_cast<std::int64_t>(items->items().size());
}

}  // namespace

const json::Value* look_up(const json::Value& value, std::string_view path) {
  const std::size_t bar = path.find(" || ");
  const json::Value* found = follow(value, path.substr(0, bar));
  if (bar == path.npos || is_true(found)) return found;
  return look_up(value, path.substr(bar + 4));
}

Pager::Pager(const wire::Pagination& pages, json::Value parameters, PageLimits limits, AskPage ask)
    : pages_(pages),
      parameters_(std::move(parameters)),
      limits_(std::move(limits)),
      ask_(std::move(ask)),
      tokens_(pages.input_tokens.size()) {}

Result<std::optional<json::Value>> Pager::next() {
  if (done_) return std::optional<json::Value>();
  if (first_) RC_CHECK(start());
  RC_TRY(json::Value page, ask_(parameters_));
  std::int64_t skipped = 0;
  if (first_) {
    first_ = false;
    if (limits_.starting_token) {
      skipped = skip_;
      begin_at(page, skip_);
    }
    for (const auto name : pages_.kept) {
      const json::Value* value = look_up(page, name);
      kept_.add(std::string(name), value == nullptr ? json::Value::null() : *value);
    }
  }
  const std::string_view items = pages_.items.empty() ? "" : pages_.items.front();
  const std::int64_t here = items.empty() ? 0 : count(look_up(page, items));
  if (limits_.max_items && total_ + here > *limits_.max_items) {
    const std::int64_t keep = std::max<std::int64_t>(0, *limits_.max_items - total_);
    member_of(page, items).items().resize(static_cast<std::size_t>(keep));
    resume_ = encode(tokens_, keep + skipped);
    done_ = true;
    return std::optional(std::move(page));
  }
  total_ += here;
  tokens_ = has_more(page) ? tokens_of(page) : Tokens(pages_.input_tokens.size());
  if (std::ranges::all_of(tokens_, &json::Value::is_null)) {
    done_ = true;
  } else if (limits_.max_items && total_ == *limits_.max_items) {
    resume_ = encode(tokens_, std::nullopt);
    done_ = true;
  } else {
    const auto same = [](const json::Value& a, const json::Value& b) {
      return a.dump() == b.dump();
    };
    if (std::ranges::equal(before_, tokens_, same)) {
      return client::general_failure(
          "Error during pagination: The same next token was received twice: " +
          base64_decode(encode(tokens_, std::nullopt)).value_or(""));
    }
    put_tokens(tokens_);
    before_ = tokens_;
  }
  return std::optional(std::move(page));
}

Status Pager::start() {
  if (limits_.starting_token) {
    read_starting_token();
    put_tokens(tokens_);
  }
  if (limits_.page_size) {
    remove(parameters_, pages_.page_size);
    parameters_.add(std::string(pages_.page_size), *limits_.page_size);
  }
  return {};
}

// Ours and the AWS CLI's: base64 of a JSON object. Anything else is the service's own token.
void Pager::read_starting_token() {
  const std::string& text = *limits_.starting_token;
  const auto decoded = base64_decode(text);
  const auto parsed = json::parse(decoded.value_or(""));
  if (parsed && parsed->is_object()) {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const json::Value* token = parsed->find(pages_.input_tokens[i]);
      if (token != nullptr) tokens_[i] = *token;
    }
    const json::Value* skip = parsed->find("boto_truncate_amount");
    if (skip != nullptr) skip_ = std::max<std::int64_t>(0, skip->as_integer().value_or(0));
  } else {
    tokens_.front() = json::Value::string(text);
  }
}

void Pager::put_tokens(const Tokens& tokens) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    remove(parameters_, pages_.input_tokens[i]);
    if (!tokens[i].is_null()) parameters_.add(std::string(pages_.input_tokens[i]), tokens[i]);
  }
}

bool Pager::has_more(const json::Value& page) const {
  return pages_.more.empty() || is_true(look_up(page, pages_.more));
}

Pager::Tokens Pager::tokens_of(const json::Value& page) const {
  Tokens out;
  for (const auto path : pages_.output_tokens) {
    const json::Value* token = look_up(page, path);
    out.push_back(is_true(token) ? *token : json::Value::null());
  }
  out.resize(pages_.input_tokens.size());
  return out;
}

// Byte for byte the AWS CLI's: either program goes on where the other stopped.
std::string Pager::encode(const Tokens& tokens, std::optional<std::int64_t> skip) const {
  std::string out = "{";
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i > 0) out += ", ";
    json::append_quoted(out, pages_.input_tokens[i]);
    out += ": " + tokens[i].dump();
  }
  if (skip) out += ", \"boto_truncate_amount\": " + std::to_string(*skip);
  return base64_encode(out + "}");
}

void Pager::begin_at(json::Value& page, std::int64_t skip) const {
  for (std::size_t i = 0; i < pages_.items.size(); ++i) {
    json::Value& items = member_of(page, pages_.items[i]);
    if (!items.is_array()) continue;
    auto& list = items.items();
    // Only the first kind was cut; the others were shown whole.
    const std::int64_t gone = i == 0 ? std::min(skip, count(&items)) : skip > 0 ? count(&items) : 0;
    list.erase(list.begin(), list.begin() + gone);
  }
}

Result<json::Value> whole(Pager& pager) {
  json::Value out = json::Value::object();
  for (;;) {
    RC_TRY(auto page, pager.next());
    if (!page) break;
    for (const auto name : pager.pages().items) {
      const json::Value* found = look_up(*page, name);
      if (found == nullptr || found->is_null()) continue;
      json::Value& items = member_of(*page, name);
      json::Value& sum = member_of(out, name);
      if (sum.is_null()) {
        sum = std::move(items);
      } else {
        for (json::Value& item : items.items()) sum.push(std::move(item));
      }
    }
  }
  for (const json::Member& member : pager.kept().members()) {
    member_of(out, member.name) = member.value;
  }
  if (pager.resume_token()) out.add("NextToken", json::Value::string(*pager.resume_token()));
  return out;
}

}  // namespace rolecall::calls
