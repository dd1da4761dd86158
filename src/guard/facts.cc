#include "guard/facts.h"

#include "wire/texts.h"

namespace rolecall::guard {
namespace {

using Keys = std::vector<std::pair<std::string, std::vector<std::string>>>;

// Keys that the request itself gives: those the facts name, and its tags (Rule 709).
Keys request_keys(const wire::Authorization& facts, const wire::Shape& shape, const void* input) {
  Keys keys;
  for (const auto& fact : facts.keys) {
    auto values = wire::texts_at(shape, input, fact.path);
    if (!values.empty()) keys.emplace_back(fact.key, std::move(values));
  }
  if (!facts.tags.empty()) {
    std::vector<std::string> names;
    for (auto& [name, value] : wire::tags_at(shape, input, facts.tags)) {
      keys.push_back({"aws:RequestTag/" + name, {std::move(value)}});
      names.push_back(std::move(name));
    }
    if (!names.empty()) keys.emplace_back("aws:TagKeys", std::move(names));
  } else if (!facts.tag_keys.empty()) {
    auto names = wire::texts_at(shape, input, facts.tag_keys);
    if (!names.empty()) keys.emplace_back("aws:TagKeys", std::move(names));
  }
  return keys;
}

}  // namespace

Result<std::vector<services::Question>> questions(const wire::Operation& operation,
                                                  const void* input, const services::Call& call,
                                                  const services::Module& service) {
  const wire::Authorization& facts = operation.authorization;
  const wire::Shape& shape = *operation.input;
  const Keys keys = request_keys(facts, shape, input);
  std::vector<services::Question> out;

  const auto ask = [&](const wire::AuthAction& fact, std::span<const std::string> id) -> Status {
    services::Question question;
    question.action = fact.action;
    question.resource = "*";
    question.resource_account = call.account;
    question.keys = keys;
    if (fact.resource != "*") {
      RC_TRY(auto resource, service.resolve(fact.resource, id, call));
      question.resource = std::move(resource.arn);
      if (!resource.account.empty()) question.resource_account = resource.account;
      question.resource_policy = resource.policy;
      question.resource_tags = resource.tags;
      question.shown = std::move(resource.shown);
      for (auto& key : resource.keys) question.keys.push_back(std::move(key));
    }
    out.push_back(std::move(question));
    return {};
  };

  for (const wire::AuthAction& fact : facts.actions) {
    if (!fact.when.empty() && !wire::present_at(shape, input, fact.when)) continue;
    // One text a path; a path over a list asks once for each of its elements.
    std::vector<std::vector<std::string>> texts;
    std::size_t rounds = 1;
    for (const std::string_view path : fact.ids) {
      texts.push_back(wire::texts_at(shape, input, path));
      if (path.find("[]") != path.npos) {
        rounds = texts.back().size();
      } else if (texts.back().size() > 1) {
        rounds = texts.back().size();
      }
    }
    for (std::size_t i = 0; i < rounds; ++i) {
      std::vector<std::string> id;
      for (const auto& values : texts) {
        id.push_back(i < values.size() ? values[i]
                     : values.empty()  ? std::string()
                                       : values.front());
      }
      RC_CHECK(ask(fact, id));
    }
  }
  return out;
}

Status authorize(const wire::Operation& operation, const void* input, const services::Call& call,
                 const services::Module& service) {
  const wire::Authorization& facts = operation.authorization;
  if (facts.anonymous || facts.by_handler) return {};
  if (facts.unauthorized) {
    // Any valid signature suffices, and no signature does not.
    if (call.caller.kind != identity::CallerKind::anonymous) return {};
    return ApiError::access_denied("Access Denied");
  }
  RC_TRY(const auto all, questions(operation, input, call, service));
  // Fail closed: an operation that asks nothing is not allowed by silence, unless every fact was
  // conditional on something the request does not hold; that is refused as well, because each
  // operation has one unconditional action.
  if (all.empty()) return ApiError::access_denied("Access Denied");
  for (const auto& question : all) {
    if (auto refused = call.ask.may(question)) return std::move(*refused);
  }
  return {};
}

}  // namespace rolecall::guard
