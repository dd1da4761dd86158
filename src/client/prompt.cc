#include "client/prompt.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/encoding.h"
#include "client/failure.h"

namespace rolecall::client {
namespace {

constexpr std::size_t kLineBytesMax = 1024;  // a terminal's own limit is 4095; nobody types this

volatile std::sig_atomic_t g_caught = 0;
void on_signal(int number) { g_caught = number; }

// While it lives, echo is off (if asked) and what would end the program ends the question instead.
class QuietTerminal {
 public:
  QuietTerminal(int fd, Echo echo) : fd_(fd) {
    struct sigaction action{};
    action.sa_handler = &on_signal;  // without SA_RESTART: the read ends
    ::sigemptyset(&action.sa_mask);
    g_caught = 0;
    for (std::size_t i = 0; i < std::size(kSignals); ++i) {
      ::sigaction(kSignals[i], nullptr, &old_[i]);
      // What somebody ignores (nohup) stays ignored.
      if (old_[i].sa_handler != SIG_IGN) ::sigaction(kSignals[i], &action, nullptr);
    }
    changed_ = echo == Echo::off && ::tcgetattr(fd_, &before_) == 0;
    if (!changed_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(fd_, TCSAFLUSH, &quiet);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;
  ~QuietTerminal() {
    if (changed_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
    for (std::size_t i = 0; i < std::size(kSignals); ++i) {
      ::sigaction(kSignals[i], &old_[i], nullptr);
    }
  }

 private:
  static constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
  int fd_;
  bool changed_ = false;
  termios before_{};
  struct sigaction old_[std::size(kSignals)] = {};
};

}  // namespace

Result<std::optional<Secret>> ask_on_terminal(const std::string& question, Echo echo) {
  const int fd = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return std::optional<Secret>();
  std::string line;
  while (true) {
    line.clear();
    line.reserve(kLineBytesMax);  // a string that grows leaves its bytes behind
    {
      const QuietTerminal quiet(fd, echo);
      [[maybe_unused]] auto wrote = ::write(fd, question.data(), question.size());
      char c = 0;
      while (g_caught == 0 && line.size() < kLineBytesMax && ::read(fd, &c, 1) == 1 && c != '\n') {
        line.push_back(c);
      }
      if (echo == Echo::off) wrote = ::write(fd, "\n", 1);
    }
    if (g_caught == 0) break;
    // The terminal is as it was: now the signal does what it always does. After a stop (Ctrl-Z)
    // and `fg` the question is asked again.
    std::raise(g_caught);
  }
  ::close(fd);
  return std::optional<Secret>(Secret(std::move(line)));
}

Result<std::string> prompt_on_terminal(const std::string& serial) {
  RC_TRY(const auto line, ask_on_terminal("Enter MFA code for " + serial + ": ", Echo::off));
  if (!line) {
    return with_note(
        general_failure("There is no terminal to ask for the MFA code of " + serial + "."),
        "set mfa_process in the profile to a command that prints the code, or run `rolecall "
        "whoami` once on a terminal: the session it opens is shared");
  }
  std::string code(trim(line->reveal()));
  if (code.empty()) return general_failure("No MFA code was entered for " + serial + ".");
  return code;
}

}  // namespace rolecall::client
