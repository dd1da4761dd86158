// Input validation: collects what a reader finds wrong and says it as the service in question
// would.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "wire/shape.h"

namespace rolecall::wire {

// Where a value was found, as a chain of frames on the readers' stack.
struct Path {
  const Path* up = nullptr;
  std::string_view name = {};  // a member's name; empty: the element `index` (1-based) of a list
  std::size_t index = 0;

  // "tags.1.member.key": AWS writes members with a small first letter.
  std::string text() const;
};

class Checks {
 public:
  enum class Style {
    none,   // client side: what a server answered is taken as it is
    query,  // ValidationError, all failures in one message (IAM, STS, SNS, SQS)
    json,   // ValidationException, the same message
    ec2,    // MissingParameter for what is absent; values are left to the handlers
    s3,     // MalformedXML, InvalidRequest; values are left to the handlers
  };
  explicit Checks(Style style) : style_(style) {}

  bool wanted() const { return style_ == Style::query || style_ == Style::json; }
  void missing(const Path& path, const Member& member);
  // Precondition of these two: wanted(). `value` points at a value of `shape`.
  void value(const Shape& shape, const void* value, const Path& path);

  // The one error that says it all, or nothing.
  std::optional<ApiError> error() const;

 private:
  void fail(const Shape* shape, const void* value, const Path& path, std::string_view demand);

  Style style_;
  std::vector<std::string> failures_;
  std::string later_;              // told when nothing else is wrong
  std::optional<ApiError> first_;  // ec2 and s3 tell the first failure only
};

// A value as it is shown in messages: "x", "7", "[a, b]".
std::string shown(const Shape& shape, const void* value);

}  // namespace rolecall::wire
