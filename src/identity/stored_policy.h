// A policy document as an account keeps it: the text as it was given, and the compiled form, made
// when it is first asked for. Thread-safe; shared between snapshots, and between entities whose
// text is the same.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

namespace rolecall::policy {
class Document;
enum class Kind : unsigned char;
}  // namespace rolecall::policy

namespace rolecall::identity {

class StoredPolicy {
 public:
  StoredPolicy(std::string text, policy::Kind kind);
  ~StoredPolicy();
  StoredPolicy(const StoredPolicy&) = delete;
  StoredPolicy& operator=(const StoredPolicy&) = delete;

  const std::string& text() const { return text_; }
  policy::Kind kind() const { return kind_; }
  // Compiles on the first call; lives as long as this object does.
  const policy::Document& compiled() const;

 private:
  std::string text_;
  policy::Kind kind_;
  mutable std::atomic<const std::shared_ptr<const policy::Document>*> compiled_{nullptr};
};

using PolicyRef = std::shared_ptr<const StoredPolicy>;
PolicyRef make_policy(std::string text, policy::Kind kind);

}  // namespace rolecall::identity
