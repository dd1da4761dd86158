// Running a program for its output.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace rolecall::client {

struct Ran {
  int status = 0;  // exit status, or 128 + signal
  std::string out, err;
};

inline constexpr std::size_t kProcessOutputBytesMax = 1u << 20;

// Runs words[0] with its arguments, no shell; standard input and terminal are inherited, both
// outputs captured. A program that is not there fails in Python's words, as the AWS CLI's do.
Result<Ran> run_captured(const std::vector<std::string>& words);

}  // namespace rolecall::client
