// may_i POLICY-FILE ACTION RESOURCE [KEY=VALUE…]: may alice, who has this one policy, make this
// call? Prints the explanation; exit status 0 for yes, 1 for no, 2 when it cannot be asked.
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>

#include "policy/explain.h"
#include "policy/validate.h"

namespace policy = rolecall::policy;

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: may_i POLICY-FILE ACTION RESOURCE [KEY=VALUE...]\n";
    return 2;
  }
  std::ifstream file(argv[1]);
  std::stringstream text;
  text << file.rdbuf();
  if (!file.is_open()) {
    std::cerr << argv[1] << ": cannot be read\n";
    return 2;
  }

  // AWS's own words for what is wrong with a document.
  if (const auto wrong = policy::validate(policy::Kind::inline_, text.str())) {
    std::cerr << argv[1] << ": " << wrong->message << '\n';
    return 2;
  }
  // Compiled once, when a policy is written; then shared by all threads that decide.
  const auto document = policy::Document::compile(text.str(), policy::Kind::inline_);
  const policy::PolicyRef attached{document.get(), argv[1]};
  policy::Policies policies;
  policies.identity = {&attached, 1};

  const auto action = policy::Action::parse(argv[2]);
  if (!action) {
    std::cerr << argv[2] << ": not an action\n";
    return 2;
  }
  policy::Context context;
  for (int i = 4; i < argc; ++i) {
    const std::string_view pair = argv[i];
    const std::size_t equals = pair.find('=');
    if (equals != pair.npos) context.set(pair.substr(0, equals), pair.substr(equals + 1));
  }
  const auto account = *rolecall::AccountId::parse("111122223333");
  policy::Request request;
  request.principal = {policy::PrincipalKind::user, "arn:aws:iam::111122223333:user/alice", account,
                       "AIDAEXAMPLEALICE"};
  request.action = &*action;
  request.resource = argv[3];
  request.resource_account = account;
  request.context = &context;

  const policy::Trace trace =
      policy::explain(request, policies);  // decide() answers without reasons
  std::cout << policy::to_tree(trace);
  return trace.decision.allowed() ? 0 : 1;
}
