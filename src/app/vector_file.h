// Policy vectors as the engine takes them: one case read from its JSON, owning what it refers to.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "policy/decision.h"

namespace rolecall::app {

// Move it nowhere after load(): policies() and request() hold views into it.
class VectorCase {
 public:
  static Result<std::unique_ptr<VectorCase>> load(const json::Value& source);

  const std::string& name() const { return name_; }
  const std::string& expected() const { return expected_; }
  const policy::Request& request() const { return request_; }
  const policy::Policies& policies() const { return policies_; }

 private:
  VectorCase() = default;
  Status read(const json::Value& source);
  Status read_request(const json::Value& source);
  Result<policy::PolicyRef> document(const json::Value& source, policy::Kind kind,
                                     std::string name);
  Status chain(const json::Value* source, policy::Kind kind,
               std::vector<std::vector<policy::PolicyRef>>& levels,
               std::vector<policy::PolicySpan>& spans);
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

  std::string name_, expected_;
  std::deque<std::string> texts_;
  std::vector<std::shared_ptr<const policy::Document>> documents_;
  policy::Context context_;
  std::optional<policy::Action> action_;
  policy::Request request_;
  policy::Policies policies_;
  std::vector<policy::PolicyRef> identity_, session_;
  std::vector<std::vector<policy::PolicyRef>> scp_levels_, rcp_levels_;
  std::vector<policy::PolicySpan> scp_spans_, rcp_spans_;
};

// The whole file; a Fault when it cannot be read.
Result<std::string> read_file(const std::string& path);

}  // namespace rolecall::app
