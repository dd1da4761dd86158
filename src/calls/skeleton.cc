#include "calls/skeleton.h"

#include <algorithm>
#include <vector>

namespace rolecall::calls {
namespace {

class Generator {
 public:
  explicit Generator(bool names) : names_(names) {}

  json::Value value(const wire::Shape& shape, std::string_view name) {
    switch (shape.kind) {
      case wire::Kind::structure:
        return structure(shape, {}, 0);
      case wire::Kind::list: {
        above_.push_back(&shape);
        json::Value out = json::Value::array();
        out.push(value(*shape.element, shape.element->name));
        above_.pop_back();
        return out;
      }
      case wire::Kind::map: {
        above_.push_back(&shape);
        json::Value out = json::Value::object();
        out.add("KeyName", value(*shape.element, ""));
        above_.pop_back();
        return out;
      }
      case wire::Kind::string:
        if (names_) return json::Value::string(std::string(name));
        if (shape.constraints != nullptr && !shape.constraints->values.empty()) {
          return json::Value::string(std::string(shape.constraints->values.front()));
        }
        return json::Value::string("");
      case wire::Kind::integer:
      case wire::Kind::long_:
        return json::Value::integer(0);
      case wire::Kind::floating:
      case wire::Kind::double_:
        return json::Value::number("0.0");
      case wire::Kind::boolean:
        return json::Value::boolean(true);
      case wire::Kind::timestamp:
        return json::Value::string("1970-01-01T00:00:00");
      case wire::Kind::blob:
        break;
    }
    return json::Value::null();
  }

  // `body`: the name of a streamed member, which stands at `body_at`.
  json::Value structure(const wire::Shape& shape, std::string_view body, std::size_t body_at) {
    json::Value out = json::Value::object();
    // A shape within itself is shown once.
    if (std::ranges::count(above_, &shape) > 0) return out;
    above_.push_back(&shape);
    for (std::size_t i = 0; i <= shape.members.size(); ++i) {
      if (!body.empty() && i == body_at) out.add(std::string(body), json::Value::null());
      if (i == shape.members.size()) break;
      const wire::Member& member = shape.members[i];
      out.add(std::string(member.name), value(*member.shape, member.name));
    }
    above_.pop_back();
    return out;
  }

 private:
  bool names_;
  std::vector<const wire::Shape*> above_;
};

}  // namespace

json::Value input_skeleton(const wire::Operation& operation) {
  return Generator(false).structure(*operation.input, operation.body_member,
                                    operation.body_member_at);
}

json::Value output_skeleton(const wire::Operation& operation) {
  return Generator(true).structure(*operation.output, {}, 0);
}

}  // namespace rolecall::calls
