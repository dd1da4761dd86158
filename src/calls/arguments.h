// The arguments of one operation as the AWS CLI has them, and a command line read with them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "client/session.h"
#include "wire/shape.h"

namespace rolecall::calls {

// What an argument stands for. Most are a member of the input; the rest is what the AWS CLI adds.
enum class Role : std::uint8_t {
  member,
  on,              // --dry-run
  off,             // --no-dry-run
  body,            // a streamed input: a file's name
  structure_on,    // --ebs-optimized for {"Value": true}, or its value
  structure_off,   // --no-ebs-optimized
  outfile,         // a streamed output: positional
  input_json,      // --cli-input-json
  skeleton,        // --generate-cli-skeleton
  starting_token,  // paging, by the AWS CLI's names
  page_size,
  max_items,
  mfa_outfile,  // iam create-virtual-mfa-device
  mfa_method,
  count,  // ec2 run-instances: --count 1:3 for MinCount and MaxCount
  secondary_addresses,
  secondary_count,
  public_address_on,
  public_address_off,
};

enum class Takes : std::uint8_t { nothing, one, at_most_one, many };
// When a text that is no number is noticed: by the command line's reader, or not there.
enum class Number : std::uint8_t { no, integer, real };

struct Argument {
  std::string name;  // "role-name"
  Role role = Role::member;
  const wire::Member* member = nullptr;  // for paging: the one it stands before, if any
  Takes takes = Takes::one;
  bool required = false;
  bool hidden = false;  // works, but is not shown: what the paging arguments replace
  Number number = Number::no;
  std::span<const std::string_view> choices = {};

  bool positional() const { return role == Role::outfile; }
};

std::vector<Argument> arguments_of(const wire::Operation& operation);

// The options that stand before everything and anywhere.
struct Globals {
  client::Options session;
  std::optional<std::string> output, query, color, binary_format;
  std::optional<int> connect_seconds, read_seconds;
  bool paginate = true;
  bool sign = true;
  bool debug = false;
  bool help = false;
};

// What they are called and take, for completion.
struct GlobalOption {
  std::string_view name;  // "--region"
  bool takes_value = false;
  std::span<const std::string_view> choices = {};
};
std::vector<GlobalOption> global_options();

// Takes the global options out of `words`; what is left keeps its order.
Result<Globals> take_globals(std::vector<std::string>& words);

struct Given {
  const Argument* argument;
  std::vector<std::string> values;  // empty for Takes::nothing
};

// In the order of `arguments`, each at most once: the last one typed counts. `words` are what
// follows the operation's name. Global options may be shortened too.
Result<std::vector<Given>> read_words(std::span<const Argument> arguments,
                                      std::span<const std::string> words);

// "usage: … error: MESSAGE", 252.
ApiError usage_error(std::string_view message);
ApiError unknown_options(std::span<const std::string> words);
// "argument operation: Invalid choice, …": all choices, then those that look like `word`.
ApiError invalid_choice(std::string_view argument, std::string_view word,
                        std::span<const std::string> choices);

}  // namespace rolecall::calls
