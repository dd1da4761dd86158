// application/x-www-form-urlencoded, as awsQuery and ec2Query use it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rolecall::wire {

// The largest known callers (SimulateCustomPolicy with many actions) stay below a tenth of it.
inline constexpr std::size_t kFormParametersMax = 10'000;

// Parameters sorted by decoded key; values still percent-encoded. Views into the parsed text, which
// must outlive it. Movable, not copyable.
class Form {
 public:
  struct Parameter {
    std::string_view key;  // decoded
    std::string_view raw_value;
    std::uint32_t order;  // among all parameters, as they came
  };

  Form() = default;
  Form(Form&&) = default;
  Form& operator=(Form&&) = default;
  Form(const Form&) = delete;
  Form& operator=(const Form&) = delete;

  // Adds what `text` holds; call sort() after the last one. Of equal keys the first added counts.
  Status add(std::string_view text);
  void sort();

  std::span<const Parameter> parameters() const { return parameters_; }
  // nullopt when absent; decoded.
  Result<std::optional<std::string>> text(std::string_view key) const;

 private:
  std::vector<Parameter> parameters_;
  std::deque<std::string> decoded_keys_;
};

// A value's text; an error when a '%' is not followed by two hex digits or the bytes are not UTF-8.
Result<std::string> decode_form_value(std::string_view raw);

}  // namespace rolecall::wire
