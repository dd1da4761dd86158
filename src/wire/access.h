// The typed side of shape.h's type-erased operations; included by generated tables only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "wire/shape.h"

namespace rolecall::wire {

template <class T>
inline constexpr ValueOps kValueOps{sizeof(T), []() -> void* { return new T(); },
                                    [](void* p) { delete static_cast<T*>(p); }};

template <class T>
inline constexpr ListOps kListOps{
    [](const void* list) { return static_cast<const std::vector<T>*>(list)->size(); },
    [](const void* list) -> const void* {
      return static_cast<const std::vector<T>*>(list)->data();
    },
    sizeof(T),
    [](void* list) -> void* { return &static_cast<std::vector<T>*>(list)->emplace_back(); },
    [](void* list, std::size_t count) { static_cast<std::vector<T>*>(list)->reserve(count); }};

template <class T>
inline constexpr MapOps kMapOps{
    [](const void* map) { return static_cast<const std::map<std::string, T>*>(map)->size(); },
    [](void* map, std::string key) -> void* {
      return &(*static_cast<std::map<std::string, T>*>(map))[std::move(key)];
    },
    [](const void* map, void* context, void (*visit)(void*, const std::string&, const void*)) {
      for (const auto& [key, value] : *static_cast<const std::map<std::string, T>*>(map)) {
        visit(context, key, &value);
      }
    }};

template <class T>
inline constexpr OptionalOps kOptionalOps{[](const void* field) -> const void* {
                                            const auto& optional =
                                                *static_cast<const std::optional<T>*>(field);
                                            return optional ? &*optional : nullptr;
                                          },
                                          [](void* field) -> void* {
                                            auto& optional = *static_cast<std::optional<T>*>(field);
                                            return optional ? &*optional : &optional.emplace();
                                          }};

}  // namespace rolecall::wire
