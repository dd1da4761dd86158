#include "oracle/generate.h"

#include <array>
#include <string>
#include <vector>

namespace rolecall::oracle {
namespace {

using json::Value;

constexpr std::array<const char*, 3> kAccounts = {"111122223333", "444455556666", "999900001111"};
constexpr std::array<const char*, 16> kActions = {
    "s3:GetObject",           "s3:PutObject",          "s3:ListBucket",
    "s3:PutBucketPolicy",     "sqs:SendMessage",       "iam:GetRole",
    "ec2:RunInstances",       "kms:Decrypt",           "sts:AssumeRole",
    "sts:TagSession",         "sts:GetCallerIdentity", "sts:GetSessionToken",
    "sts:GetFederationToken", "iam:PassRole",          "made:Up",
    "dynamodb:GetItem"};
constexpr std::array<const char*, 10> kTexts = {
    "alice", "Alice", "team-a", "b*", "a?c", "blue/green", "", "x:y", "\xC3\xA9t\xC3\xA9", "0"};
constexpr std::array<const char*, 9> kKeys = {
    "aws:username",        "aws:PrincipalTag/team", "s3:prefix",
    "aws:SourceIp",        "aws:CurrentTime",       "aws:MultiFactorAuthAge",
    "aws:SecureTransport", "aws:PrincipalArn",      "aws:TagKeys"};
constexpr std::array<const char*, 27> kOperators = {"StringEquals",
                                                    "StringNotEquals",
                                                    "StringEqualsIgnoreCase",
                                                    "StringNotEqualsIgnoreCase",
                                                    "StringLike",
                                                    "StringNotLike",
                                                    "NumericEquals",
                                                    "NumericNotEquals",
                                                    "NumericLessThan",
                                                    "NumericLessThanEquals",
                                                    "NumericGreaterThan",
                                                    "NumericGreaterThanEquals",
                                                    "DateEquals",
                                                    "DateNotEquals",
                                                    "DateLessThan",
                                                    "DateLessThanEquals",
                                                    "DateGreaterThan",
                                                    "DateGreaterThanEquals",
                                                    "Bool",
                                                    "BinaryEquals",
                                                    "IpAddress",
                                                    "NotIpAddress",
                                                    "ArnEquals",
                                                    "ArnLike",
                                                    "ArnNotEquals",
                                                    "ArnNotLike",
                                                    "Null"};

class Generator {
 public:
  explicit Generator(Choices& choices) : c_(choices) {}

  Value run() {
    principal();
    action_ = kActions[c_.pick(kActions.size())];
    resource();
    context();
    Value request = Value::object();
    request.add("principal", principal_);
    request.add("action", Value::string(action_));
    request.add("resource", Value::string(resource_));
    request.add("resourceAccount", Value::string(owner_));
    if (c_.one_in(12)) request.add("awsManagedKey", Value::boolean(true));
    request.add("context", context_);
    Value out = Value::object();
    out.add("name", Value::string("generated"));
    out.add("request", std::move(request));
    Value identity = Value::array();
    for (std::size_t i = c_.pick(3); i > 0; --i) {
      Value entry = Value::object();
      entry.add("name", Value::string("p"));
      entry.add("document", document(false, false));
      identity.push(std::move(entry));
    }
    out.add("identityPolicies", std::move(identity));
    out.add("boundary", c_.one_in(4) ? document(false, false) : Value::null());
    Value sessions = Value::array();
    if (c_.one_in(4)) sessions.push(document(false, false));
    out.add("sessionPolicies", std::move(sessions));
    out.add("scps", chain(false));
    out.add("rcps", chain(true));
    out.add("resourcePolicy", c_.one_in(2) ? document(true, false) : Value::null());
    if (c_.one_in(4)) {
      Value organization = Value::object();
      organization.add("managementAccount", Value::string(kAccounts[c_.pick(3)]));
      out.add("organization", std::move(organization));
    }
    return out;
  }

 private:
  template <class T>
  auto any(const T& list) {
    return list[c_.pick(list.size())];
  }

  void principal() {
    const std::string account = any(kAccounts);
    const std::string iam = "arn:aws:iam::" + account + ":", sts = "arn:aws:sts::" + account + ":";
    principal_ = Value::object();
    const auto fill = [&](const char* kind, const std::string& arn, const std::string& id) {
      arn_ = arn;
      principal_.add("arn", Value::string(arn));
      principal_.add("kind", Value::string(kind));
      principal_.add("userId", Value::string(id));
    };
    account_ = account;
    switch (c_.pick(12)) {
      case 0:
        fill("Root", iam + "root", account);
        break;
      case 1:
      case 2: {
        const bool linked = c_.one_in(5);
        role_ = iam + (linked ? "role/aws-service-role/x.amazonaws.com/dev" : "role/team/dev");
        fill("RoleSession", sts + "assumed-role/dev/alice", "AROAEXAMPLEDEV00:alice");
        principal_.add("roleArn", Value::string(role_));
        break;
      }
      case 3:
        fill("FederatedUser", sts + "federated-user/bob", account + ":bob");
        role_ = iam + "user/alice";
        principal_.add("userArn", Value::string(role_));
        break;
      case 4:
        fill("Service", "ec2.amazonaws.com", "");
        account_.clear();
        break;
      case 5:
        fill("Anonymous", "anonymous", "anonymous");
        account_.clear();
        break;
      case 6:
        fill(c_.one_in(2) ? "SAML" : "WebIdentity", iam + "saml-provider/idp", "");
        break;
      default:
        fill("User", iam + "user/alice", "AIDAEXAMPLEALICE");
        if (c_.one_in(8)) principal_.add("credential", Value::string("GetSessionToken"));
        break;
    }
    principal_.add("account", account_.empty() ? Value::null() : Value::string(account_));
  }

  void resource() {
    owner_ = c_.one_in(3) || account_.empty() ? any(kAccounts) : account_;
    const std::string service = action_.substr(0, action_.find(':'));
    if (c_.one_in(10)) {
      resource_ = "*";
    } else if (service == "s3") {
      resource_ = "arn:aws:s3:::reports";
      if (action_.ends_with("Object")) resource_ += "/2024/q1 " + std::string(any(kTexts));
    } else if (service == "sts") {
      resource_ = "arn:aws:iam::" + owner_ + ":role/deploy";
      if (c_.one_in(6)) resource_ = "arn:aws:sts::" + owner_ + ":federated-user/bob";
    } else if (service == "kms") {
      resource_ = "arn:aws:kms:us-east-1:" + owner_ + (c_.one_in(6) ? ":alias/aws/s3" : ":key/1-2");
    } else if (service == "iam") {
      resource_ = "arn:aws:iam::" + owner_ + ":role/" + any(kTexts);
    } else {
      resource_ = "arn:aws:" + service + ":us-east-1:" + owner_ + ":orders:" + any(kTexts);
    }
  }

  std::string context_value(const std::string& key) {
    if (key == "aws:SourceIp") {
      static constexpr std::array<const char*, 4> kIps = {"10.1.2.3", "192.0.2.7", "2001:db8::1",
                                                          "nonsense"};
      return any(kIps);
    }
    if (key == "aws:CurrentTime") {
      static constexpr std::array<const char*, 5> kDates = {
          "2026-01-01T00:00:00Z", "2026-01-01", "1767225600", "2025-12-31T23:00:00-01:00", "x"};
      return any(kDates);
    }
    if (key == "aws:MultiFactorAuthAge") {
      static constexpr std::array<const char*, 6> kNumbers = {"10",   "10.0", "-1",
                                                              "3600", "1e2",  "x"};
      return any(kNumbers);
    }
    if (key == "aws:SecureTransport") {
      static constexpr std::array<const char*, 4> kTruths = {"true", "false", "TRUE", "maybe"};
      return any(kTruths);
    }
    if (key == "aws:PrincipalArn") return arn_;
    return any(kTexts);
  }

  void context() {
    context_ = Value::object();
    if (c_.one_in(3)) {
      context_.add("aws:MultiFactorAuthPresent",
                   Value::array({Value::string(c_.one_in(2) ? "true" : "false")}));
    }
    for (const std::string key : kKeys) {
      if (c_.one_in(3)) continue;
      Value values = Value::array();
      const std::size_t count = key == "aws:TagKeys" ? c_.pick(4) : c_.one_in(12) ? c_.pick(3) : 1;
      for (std::size_t i = 0; i < count; ++i) values.push(Value::string(context_value(key)));
      context_.add(key, std::move(values));
    }
  }

  Value chain(bool resource) {
    Value out = Value::array();
    if (!c_.one_in(4)) return out;
    for (std::size_t level = 1 + c_.pick(3); level > 0; --level) {
      Value documents = Value::array();
      if (!resource && !c_.one_in(4)) {
        documents.push(*json::parse(
            R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})"));
      }
      if (c_.one_in(2)) documents.push(document(resource, resource));
      out.push(std::move(documents));
    }
    return out;
  }

  Value document(bool with_principal, bool rcp) {
    Value out = Value::object();
    if (!c_.one_in(8)) out.add("Version", Value::string("2012-10-17"));
    Value statements = Value::array();
    for (std::size_t i = 1 + c_.pick(3); i > 0; --i)
      statements.push(statement(with_principal, rcp));
    out.add("Statement", std::move(statements));
    return out;
  }

  Value statement(bool with_principal, bool rcp) {
    Value out = Value::object();
    const bool deny = rcp || c_.one_in(4);
    out.add("Effect", Value::string(deny ? "Deny" : "Allow"));
    if (with_principal) {
      const bool negated = !rcp && c_.one_in(8);
      out.add(negated ? "NotPrincipal" : "Principal", rcp ? Value::string("*") : principals());
    }
    out.add(c_.one_in(6) ? "NotAction" : "Action",
            list([&] { return Value::string(action_pattern()); }));
    out.add(c_.one_in(8) ? "NotResource" : "Resource",
            list([&] { return Value::string(resource_pattern()); }));
    if (c_.one_in(2)) out.add("Condition", conditions());
    return out;
  }

  template <class F>
  Value list(F&& make) {
    if (c_.one_in(2)) return make();
    Value out = Value::array();
    for (std::size_t i = 1 + c_.pick(2); i > 0; --i) out.push(make());
    return out;
  }

  std::string action_pattern() {
    const std::string service = action_.substr(0, action_.find(':') + 1);
    const std::string name = action_.substr(service.size());
    switch (c_.pick(9)) {
      case 0:
        return "*";
      case 1:
        return service + "*";
      case 2:
        return service + name.substr(0, c_.pick(name.size() + 1)) + "*";
      case 3:
        return service + "*" + name.substr(c_.pick(name.size()));
      case 4:
        return bend(action_, 3);
      case 5:
        return any(kActions);
      case 6: {
        std::string upper = action_;
        for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        return upper;
      }
      default:
        return action_;
    }
  }

  std::string resource_pattern() {
    switch (c_.pick(9)) {
      case 0:
      case 1:
        return "*";
      case 2:
        return resource_;
      case 3:
        return resource_.substr(0, c_.pick(resource_.size() + 1)) + "*";
      case 4: {
        const std::size_t at = c_.pick(resource_.size() + 1);
        const std::size_t gap = c_.pick(5);
        return resource_.substr(0, at) + "*" +
               (at + gap < resource_.size() ? resource_.substr(at + gap) : "");
      }
      case 5:
        return segments();
      case 6:
        return resource_ + (c_.one_in(2) ? "${aws:username}" : "${aws:PrincipalTag/team, 'x'}");
      case 7:
        return "arn:aws:s3:::reports/2024/q1 ${aws:username}";
      default:
        return bend(resource_, 4);
    }
  }

  // Some ARN segments replaced by `*`, sometimes with the rest left out.
  std::string segments() {
    std::string out;
    std::size_t colons = 0;
    for (const char c : resource_) {
      if (c == ':' && ++colons > 2 && c_.one_in(12)) return out;
      if (c == ':' && colons > 2 && c_.one_in(4)) {
        const std::size_t last = out.rfind(':');
        if (last != out.npos && colons > 3) out.resize(last + 1);
        out += '*';
      }
      out += c;
    }
    return out;
  }

  // A character replaced by a wildcard, or dropped.
  std::string bend(std::string text, std::size_t keep) {
    if (text.size() <= keep) return text;
    const std::size_t at = keep + c_.pick(text.size() - keep);
    switch (c_.pick(4)) {
      case 0:
        text[at] = '?';
        break;
      case 1:
        text[at] = '*';
        break;
      case 2:
        text.erase(at, 1);
        break;
      default:
        text.insert(at, "*");
        break;
    }
    return text;
  }

  Value principals() {
    if (c_.one_in(4)) return Value::string("*");
    Value out = Value::object();
    if (c_.one_in(5)) out.add("Service", Value::string("ec2.amazonaws.com"));
    if (c_.one_in(5)) out.add("Federated", Value::string(arn_));
    out.add("AWS", list([&] { return Value::string(aws_principal()); }));
    return out;
  }

  std::string aws_principal() {
    const std::string account = account_.empty() ? std::string(any(kAccounts)) : account_;
    switch (c_.pick(9)) {
      case 0:
        return "*";
      case 1:
        return account;
      case 2:
        return "arn:aws:iam::" + account + ":root";
      case 3:
        return "arn:aws-cn:iam::" + account + ":root";
      case 4:
        return role_.empty() ? "arn:aws:iam::" + account + ":role/dev" : role_;
      case 5:
        return c_.one_in(2) ? "AROAEXAMPLEDEV00" : "AIDAEXAMPLEALICE";
      case 6:
        return "arn:aws:iam::" + std::string(any(kAccounts)) + ":user/alice";
      default:
        return arn_;
    }
  }

  Value conditions() {
    Value out = Value::object();
    for (std::size_t i = 1 + c_.pick(2); i > 0; --i) {
      std::string name = any(kOperators);
      const bool null = name == "Null";
      if (!null && c_.one_in(3)) name += "IfExists";
      if (!null && c_.one_in(4)) name = (c_.one_in(2) ? "ForAllValues:" : "ForAnyValue:") + name;
      if (out.find(name) != nullptr) continue;
      const std::string key = any(kKeys);
      Value block = Value::object();
      block.add(key, list([&] { return Value::string(policy_value(name, key)); }));
      out.add(name, std::move(block));
    }
    return out;
  }

  std::string policy_value(const std::string& op, const std::string& key) {
    if (op == "Null") return c_.one_in(2) ? "true" : "false";
    if (op.find("Arn") != op.npos && c_.one_in(2)) {
      static constexpr std::array<const char*, 5> kArns = {
          "arn:aws:iam::*:user/*", "arn:aws:*::111122223333:*", "*",
          "arn:aws:iam::*:user/${aws:username}", "arn:aws:sts::*:assumed-role/dev/al?ce"};
      return any(kArns);
    }
    if (op.find("Ip") != op.npos && c_.one_in(2)) {
      static constexpr std::array<const char*, 6> kNets = {
          "10.0.0.0/8", "0.0.0.0/0", "192.0.2.7", "2001:db8::/32", "10.1.2.3/31", "bad"};
      return any(kNets);
    }
    const std::string same = context_value(key);
    switch (c_.pick(6)) {
      case 0:
        return "${aws:username}";
      case 1:
        return same + "*";
      case 2:
        return "${" + key + ", 'b*'}";
      case 3:
        return bend(same, 0);
      default:
        return same;
    }
  }

  Choices& c_;
  Value principal_, context_;
  std::string arn_, account_, role_, action_, resource_, owner_;
};

}  // namespace

std::size_t Choices::pick(std::size_t count) {
  if (at_ >= bytes_.size() || count < 2) return 0;
  return bytes_[at_++] % count;
}

json::Value generate_vector(Choices& choices) { return Generator(choices).run(); }

}  // namespace rolecall::oracle
