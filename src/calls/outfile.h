// Where the body of an answer goes: a file that appears whole or not at all, or what cannot be
// replaced (/dev/stdout, a pipe) directly.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

namespace rolecall::calls {

class Outfile {
 public:
  // Failures in Python's words: "[Errno 2] No such file or directory: 'x/y'" (255).
  static Result<std::unique_ptr<Outfile>> open(const std::string& path, Random& random);
  // Without finish() nothing is left behind.
  ~Outfile();
  Outfile(const Outfile&) = delete;
  Outfile& operator=(const Outfile&) = delete;

  // Everything so far is void: another attempt begins.
  bool restart();
  bool write(std::string_view bytes);
  Status finish();

 private:
  Outfile(int fd, std::string path, std::string temporary)
      : fd_(fd), path_(std::move(path)), temporary_(std::move(temporary)) {}
  int fd_;
  std::string path_;
  std::string temporary_;  // "" when written directly
};

}  // namespace rolecall::calls
