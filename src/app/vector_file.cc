#include "app/vector_file.h"

#include <fstream>
#include <iterator>
#include <optional>

namespace rolecall::app {

using policy::Kind;
using policy::PolicyRef;
using policy::PrincipalKind;

namespace {

std::optional<PrincipalKind> principal_kind(std::string_view name) {
  if (name == "User") return PrincipalKind::user;
  if (name == "RoleSession") return PrincipalKind::role_session;
  if (name == "FederatedUser") return PrincipalKind::federated_user;
  if (name == "Root") return PrincipalKind::root;
  if (name == "Service") return PrincipalKind::service;
  if (name == "WebIdentity") return PrincipalKind::web_identity;
  if (name == "SAML") return PrincipalKind::saml;
  if (name == "Anonymous") return PrincipalKind::anonymous;
  return std::nullopt;
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad()) return fault("cannot read `" + path + "`");
  return text;  // perhaps empty
}

Result<std::unique_ptr<VectorCase>> VectorCase::load(const json::Value& source) {
  std::unique_ptr<VectorCase> out(new VectorCase);
  RC_CHECK(out->read(source));
  return out;
}

Result<PolicyRef> VectorCase::document(const json::Value& source, Kind kind, std::string name) {
  if (!source.is_object() && !source.is_string()) return fault("a policy that is no object");
  const std::string text = source.is_string() ? source.text() : source.dump();
  documents_.push_back(policy::Document::compile(text, kind));
  return PolicyRef{documents_.back().get(), keep(std::move(name))};
}

Status VectorCase::chain(const json::Value* source, Kind kind,
                         std::vector<std::vector<PolicyRef>>& levels,
                         std::vector<policy::PolicySpan>& spans) {
  if (source == nullptr) return {};
  for (const json::Value& level : source->items()) {
    auto& refs = levels.emplace_back();
    for (const json::Value& item : level.items()) {
      RC_TRY(auto ref,
             document(item, kind,
                      std::string(policy::kind_name(kind)) + " " + std::to_string(refs.size() + 1) +
                          " of level " + std::to_string(levels.size())));
      refs.push_back(ref);
    }
  }
  for (const auto& refs : levels) spans.emplace_back(refs);
  return {};
}

Status VectorCase::read_request(const json::Value& source) {
  const json::Value* who = source.find("principal");
  if (who == nullptr || !who->is_object()) return fault("no request.principal");
  policy::Principal& principal = request_.principal;
  const auto text = [&](const json::Value& from, std::string_view name) -> std::string_view {
    const auto value = from.find_text(name);
    return value ? keep(std::string(*value)) : std::string_view{};
  };
  const auto kind = principal_kind(text(*who, "kind"));
  if (!kind) return fault("an unknown principal kind");
  principal.kind = *kind;
  principal.arn = text(*who, "arn");
  principal.user_id = text(*who, "userId");
  principal.role_arn = text(*who, "roleArn");
  principal.federating_user_arn = text(*who, "userArn");
  principal.canonical_user_id = text(*who, "canonicalUserId");
  principal.session_token = text(*who, "credential") == "GetSessionToken";
  if (const auto account = AccountId::parse(text(*who, "account"))) principal.account = *account;

  action_ = policy::Action::parse(text(source, "action"));
  request_.action = action_ ? &*action_ : nullptr;
  const std::string_view resource = text(source, "resource");
  request_.resource = resource.empty() ? std::string_view("*") : resource;
  if (const auto account = AccountId::parse(text(source, "resourceAccount"))) {
    request_.resource_account = *account;
  }
  const json::Value* managed = source.find("awsManagedKey");
  request_.aws_managed_key = managed != nullptr && managed->as_bool();
  if (const json::Value* context = source.find("context")) {
    for (const auto& [key, values, at] : context->members()) {
      const std::string_view name = keep(key);
      context_.declare(name);
      if (!values.is_array() && !values.is_object()) context_.own(name, values.text());
      for (const json::Value& value : values.items()) context_.own(name, value.text());
    }
  }
  request_.context = &context_;
  return {};
}

Status VectorCase::read(const json::Value& source) {
  name_ = source.find_text("name").value_or("");
  expected_ = source.find_text("expected").value_or("");
  const json::Value* request = source.find("request");
  if (request == nullptr) return fault("vector `" + name_ + "` has no request");
  RC_CHECK(read_request(*request));

  if (const json::Value* policies = source.find("identityPolicies")) {
    for (const json::Value& item : policies->items()) {
      const json::Value* text = item.find("document");
      if (text == nullptr) return fault("an identity policy without document");
      RC_TRY(auto ref,
             document(*text, Kind::inline_, std::string(item.find_text("name").value_or(""))));
      identity_.push_back(ref);
    }
  }
  policies_.identity = identity_;
  if (const json::Value* policies = source.find("sessionPolicies")) {
    for (const json::Value& item : policies->items()) {
      RC_TRY(auto ref, document(item, Kind::session,
                                "session policy " + std::to_string(session_.size() + 1)));
      session_.push_back(ref);
    }
  }
  policies_.session = session_;
  const auto single = [&](std::string_view field, Kind kind, PolicyRef& out) -> Status {
    const json::Value* text = source.find(field);
    if (text == nullptr || text->is_null()) return {};
    RC_TRY(out, document(*text, kind, std::string(field)));
    return {};
  };
  RC_CHECK(single("boundary", Kind::boundary, policies_.boundary));
  RC_CHECK(single("resourcePolicy", Kind::resource, policies_.resource));
  RC_CHECK(single("endpointPolicy", Kind::resource, policies_.endpoint));
  RC_CHECK(chain(source.find("scps"), Kind::scp, scp_levels_, scp_spans_));
  RC_CHECK(chain(source.find("rcps"), Kind::rcp, rcp_levels_, rcp_spans_));
  policies_.scps = scp_spans_;
  policies_.rcps = rcp_spans_;
  if (const json::Value* organization = source.find("organization")) {
    if (const auto id =
            AccountId::parse(organization->find_text("managementAccount").value_or(""))) {
      policies_.management_account = *id;
    }
  }
  return {};
}

}  // namespace rolecall::app
