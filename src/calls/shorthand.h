// The AWS CLI's shorthand: "Key=a,Values=b,c", "Ebs={VolumeSize=8},DeviceName=/dev/xvda".
//
//   parameter = keyval *("," keyval)      keyval = key ["@"] "=" values
//   values = list "a,b" / "[" … "]" / "{" … "}" / 'single' / "double quoted"
//
// `key@=file://…` takes the value from a file. Everything is text; what a number is, only the
// model knows (coerce()).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "wire/shape.h"

namespace rolecall::calls {

// SAFETY: nesting is recursion. The deepest input of a modelled operation has six levels.
inline constexpr int kShorthandDepthMax = 32;

// What `@=` does with "file://…" and "fileb://…"; any other text is its own value.
using LoadValue = std::function<Result<std::string>(std::string text)>;

// An object. The failure's text has a caret below the place, as the AWS CLI prints it.
Result<json::Value> parse_shorthand(std::string_view text, const LoadValue& load);

// Turns texts into what the model says: numbers, booleans, one-element lists. What does not fit
// stays as it is for validation to name.
Status coerce(json::Value& value, const wire::Shape& shape);

}  // namespace rolecall::calls
