#include "client/prompt.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include "base/encoding.h"
#include "client/failure.h"

namespace rolecall::client {
namespace {

constexpr std::size_t kCodeBytesMax = 256;

// Echo is switched off for as long as this lives.
class QuietTerminal {
 public:
  explicit QuietTerminal(int fd) : fd_(fd) {
    changed_ = ::tcgetattr(fd_, &before_) == 0;
    if (!changed_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(fd_, TCSAFLUSH, &quiet);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;
  ~QuietTerminal() {
    if (changed_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
  }

 private:
  int fd_;
  bool changed_ = false;
  termios before_{};
};

}  // namespace

Result<std::string> prompt_on_terminal(const std::string& serial) {
  const int fd = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) {
    return with_note(
        general_failure("There is no terminal to ask for the MFA code of " + serial + "."),
        "set mfa_process in the profile to a command that prints the code, or run `rolecall "
        "whoami` once on a terminal: the session it opens is shared");
  }
  const std::string question = "Enter MFA code for " + serial + ": ";
  std::string code;
  {
    const QuietTerminal quiet(fd);
    [[maybe_unused]] auto wrote = ::write(fd, question.data(), question.size());
    char c = 0;
    while (code.size() < kCodeBytesMax && ::read(fd, &c, 1) == 1 && c != '\n') code.push_back(c);
    wrote = ::write(fd, "\n", 1);
  }
  ::close(fd);
  code = trim(code);
  if (code.empty()) return general_failure("No MFA code was entered for " + serial + ".");
  return code;
}

}  // namespace rolecall::client
