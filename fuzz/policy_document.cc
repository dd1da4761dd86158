// Any bytes as a policy of each kind: compiling, validating, linting and explaining must come back,
// and a document that cannot be read must not allow.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "policy/explain.h"
#include "policy/lint.h"
#include "policy/principals.h"
#include "policy/program.h"
#include "policy/validate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rolecall;  // NOLINT
  if (size == 0) return 0;
  const auto kind = static_cast<policy::Kind>(data[0] % 12);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  (void)policy::lint(kind, text);
  (void)policy::counted_size(text);
  const std::string same = policy::rewrite_principals(text, [](auto) { return std::nullopt; });
  if (same != text) std::abort();
  const auto document = policy::Document::compile(text, kind);
  const auto action = policy::Action::parse("s3:GetObject");
  policy::Context context;
  context.set("aws:PrincipalTag/team", "a*b");
  context.set(policy::Key::aws_source_ip, "10.0.0.1");
  policy::Request request;
  request.principal = {policy::PrincipalKind::user, "arn:aws:iam::111122223333:user/alice",
                       *AccountId::parse("111122223333"), "AIDAEXAMPLEALICE"};
  request.action = &*action;
  request.resource = "arn:aws:s3:::b/k";
  request.context = &context;
  policy::PolicyRef ref{document.get(), "fuzzed"};
  policy::Policies policies;
  if (policy::has_principal(kind)) {
    policies.resource = ref;
  } else {
    policies.identity = {&ref, 1};
  }
  const policy::Decision decision = policy::decide(request, policies);
  if (!document->readable() && decision.allowed()) std::abort();
  (void)policy::to_tree(policy::explain(request, policies));
  const auto program = policy::Program::build(policies);
  policies.program = program.get();
  if (policy::outcome_name(policy::decide(request, policies)) != policy::outcome_name(decision)) {
    std::abort();
  }
  return 0;
}
