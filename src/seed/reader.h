// Reading a map of the file with every mistake noted: wrong kinds, unknown keys, missing ones.
// For this room only.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seed/seed.h"

namespace rolecall::seed {

struct Problems {
  std::string file;
  std::vector<Problem> list;
  void add(Place at, std::string message) { list.push_back({at, std::move(message)}); }
  // "org.yaml:12:3: …" a line, in the order of the file.
  Fault fault() const;
};

// The nearest of `known` if it is near enough to be what was meant, else "".
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known);

using Check = bool (*)(std::string_view text);

class MapReader {
 public:
  // `what` names it in messages: "user", "account".
  MapReader(const Node& node, std::string_view what, Problems& problems);
  // Notes the keys that nobody asked for.
  ~MapReader();
  MapReader(const MapReader&) = delete;
  MapReader& operator=(const MapReader&) = delete;

  const Node* get(std::string_view key);
  const Node* need(std::string_view key);
  // "" when absent or wrong. `form` says in words what `check` wants.
  std::string text(std::string_view key, Check check = nullptr, std::string_view form = {});
  std::string need_text(std::string_view key, Check check = nullptr, std::string_view form = {});
  std::optional<std::int64_t> number(std::string_view key, std::int64_t min, std::int64_t max);
  // One text or a list of them.
  std::vector<std::pair<std::string, Place>> texts(std::string_view key);
  identity::Tags tags();
  // Calls `read` with each item of a list.
  void each(std::string_view key, const std::function<void(const Node& item)>& read);
  Place at() const { return node_.at; }

 private:
  std::string checked(std::string_view key, const Node& value, Check check, std::string_view form);
  const Node& node_;
  std::string_view what_;
  Problems& problems_;
  std::vector<std::string_view> known_;
};

}  // namespace rolecall::seed
