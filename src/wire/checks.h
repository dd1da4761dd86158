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
  // The client's side: what a server answered is taken as it is.
  Checks() = default;
  // awsQuery: ValidationError, all failures in one message. The JSON ones: ValidationException, the
  // same message. EC2: MissingParameter; S3: MalformedXML, InvalidRequest: of what is absent, and
  // values are left to the handlers.
  explicit Checks(Dialect dialect) : dialect_(dialect) {}

  bool wanted() const { return dialect_ && *dialect_ != Dialect::ec2 && *dialect_ != Dialect::s3; }
  void missing(const Path& path, const Member& member);
  // Precondition of these two: wanted(). `value` points at a value of `shape`.
  void value(const Shape& shape, const void* value, const Path& path);

  // The one error that says it all, or nothing.
  std::optional<ApiError> error() const;

 private:
  void fail(const Shape* shape, const void* value, const Path& path, std::string_view demand);

  std::optional<Dialect> dialect_;
  std::vector<std::string> failures_;
  std::string later_;              // told when nothing else is wrong
  std::optional<ApiError> first_;  // ec2 and s3 tell the first failure only
};

// A value as it is shown in messages: "x", "7", "[a, b]".
std::string shown(const Shape& shape, const void* value);

}  // namespace rolecall::wire
