// The process environment as the client sees it: variables, the home folder, paths with ~ and $X.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace rolecall::client {

// A value; copies share nothing. Thread-safe as long as nobody calls setenv.
class Environment {
 public:
  using Lookup = std::function<std::optional<std::string>(std::string_view name)>;
  static Environment of_process();
  // As it is now: later changes do not show.
  static Environment copy_of_process();
  static Environment of(std::map<std::string, std::string, std::less<>> variables);

  std::optional<std::string> get(std::string_view name) const { return lookup_(name); }
  // Set and not empty.
  std::optional<std::string> get_filled(std::string_view name) const;
  bool is_true(std::string_view name) const;  // "true" in any case
  const Lookup& lookup() const { return lookup_; }

  std::string home() const;
  // $NAME, ${NAME} (left as they are when unset), then a leading ~ or ~user.
  std::string expand_path(std::string_view path) const;

  std::string config_path() const;       // AWS_CONFIG_FILE or ~/.aws/config, expanded
  std::string credentials_path() const;  // AWS_SHARED_CREDENTIALS_FILE or ~/.aws/credentials
  std::string config_path_as_given() const;

 private:
  explicit Environment(Lookup lookup) : lookup_(std::move(lookup)) {}
  Lookup lookup_;
};

}  // namespace rolecall::client
