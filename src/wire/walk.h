// The one reader: walks a descriptor and pulls values from a Source. Each protocol brings its
// Source (a node of a form, a JSON tree, an XML tree); what is absent, what is too much and what
// breaks a constraint is noticed here, once.
//
// A Source is a cheap value with
//   std::optional<Source> child(const Member&) const;                    absent → nullopt
//   std::vector<Source> items(const Shape& list, bool flattened) const;
//   std::vector<std::pair<std::string, Source>> entries(const Shape& map, bool flattened) const;
//   Status scalar(const Shape&, TimestampFormat, void* out) const;       by_protocol allowed
//   Status expect(const Shape&) const;                                   right kind of node?
#pragma once

#include "base/result.h"
#include "wire/checks.h"
#include "wire/scalar.h"
#include "wire/shape.h"

namespace rolecall::wire {

// Only shapes that contain themselves can go deep; none of AWS's inputs needs more than a dozen.
inline constexpr int kWalkDepthMax = 32;

template <class Source>
class Walk {
 public:
  explicit Walk(Checks& checks) : checks_(checks) {}

  // Reads the members that travel in the body. `out` is a fresh value of `shape`.
  Status structure(const Shape& shape, const Source& source, void* out, const Path* path,
                   int depth = 0) {
    if (depth > kWalkDepthMax) {
      return ApiError::make(400, "SerializationException", "the request is nested too deeply");
    }
    for (const Member& member : shape.members) {
      if (member.location != Location::body) continue;
      const Path here{path, member.name};
      auto child = source.child(member);
      if (!child) {
        if (member.required) checks_.missing(here, member);
        continue;
      }
      RC_CHECK(value(*member.shape, format_of(member, TimestampFormat::by_protocol), *child,
                     member.flattened, member.make(out), here, depth));
    }
    return {};
  }

  Status value(const Shape& shape, TimestampFormat format, const Source& source, bool flattened,
               void* out, const Path& path, int depth) {
    switch (shape.kind) {
      case Kind::structure:
        RC_CHECK(source.expect(shape));
        return structure(shape, source, out, &path, depth + 1);
      case Kind::list: {
        RC_CHECK(source.expect(shape));
        const auto items = source.items(shape, flattened);
        shape.list->reserve(out, items.size());
        Path element{&path, {}, 0};
        const bool nested = shape.element->kind == Kind::structure ||
                            shape.element->kind == Kind::list || shape.element->kind == Kind::map;
        for (const auto& item : items) {
          ++element.index;
          void* slot = shape.list->append(out);
          if (nested) {
            RC_CHECK(value(*shape.element, format, item, false, slot, element, depth + 1));
          } else {
            RC_CHECK(item.scalar(*shape.element, format, slot));
          }
        }
        break;
      }
      case Kind::map: {
        RC_CHECK(source.expect(shape));
        for (auto& [key, item] : source.entries(shape, flattened)) {
          const Path entry{&path, key};
          void* slot = shape.map->insert(out, key);
          RC_CHECK(value(*shape.element, format, item, false, slot, entry, depth + 1));
        }
        break;
      }
      default:
        RC_CHECK(source.scalar(shape, format, out));
    }
    if (checks_.wanted() && (shape.constraints || shape.kind == Kind::list)) {
      checks_.value(shape, out, path);
    }
    return {};
  }

 private:
  Checks& checks_;
};

}  // namespace rolecall::wire
