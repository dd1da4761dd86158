// Answers to the screen: --output, --query, and the AWS CLI's habits about empty ones.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "calls/arguments.h"
#include "calls/paging.h"
#include "client/session.h"
#include "jmespath/expression.h"
#include "render/format.h"

namespace rolecall::calls {

class Printer {
 public:
  // The format: --output, AWS_DEFAULT_OUTPUT, the profile's `output`, json.
  static Result<Printer> create(const Globals& globals, client::Session& session,
                                std::string_view operation_name, std::ostream& out);

  Status print(json::Value answer);
  // Text and yaml-stream print each page as it comes, the others all of them as one.
  Status print_pages(Pager& pager);

 private:
  Printer(std::ostream& out, render::Format format) : out_(&out), format_(format) {}
  Status write(const json::Value& answer) const;
  Result<json::Value> queried(json::Value answer) const;
  Status text_pages(Pager& pager);

  std::ostream* out_;
  render::Format format_;
  render::Options options_;
  bool to_terminal_ = false;
  std::optional<jmespath::Expression> query_;
};

}  // namespace rolecall::calls
