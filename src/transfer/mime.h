// A file's Content-Type guessed from its name, as the AWS CLI guesses it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace rolecall::transfer {

// Immutable once made; any thread.
class MimeTypes {
 public:
  // The built-in table, and over it the text of a mime.types file ("" for none).
  static MimeTypes of(std::string_view mime_types_file);
  // With this machine's /etc/mime.types.
  static MimeTypes of_machine();

  // "text/plain" for "/a/notes.txt"; compressed files count as what is in them, so "x.tar.gz" is
  // "application/x-tar". nullopt when nothing is known.
  std::optional<std::string_view> guess(std::string_view path) const;

 private:
  std::optional<std::string_view> find(std::string_view ending) const;
  std::map<std::string, std::string, std::less<>> own_;
};

}  // namespace rolecall::transfer
