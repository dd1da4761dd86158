#include "shell/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "client/failure.h"

namespace rolecall::shell {
namespace {

constexpr std::string_view kEnter = "\x1b[?1049h\x1b[2J\x1b[H";  // the other screen, cleared
constexpr std::string_view kExit = "\x1b[?1049l";
// An Esc that stands alone is the key; the rest of a longer key follows at once.
constexpr int kEscapeMillis = 40;
constexpr std::size_t kDefaultRows = 24, kDefaultColumns = 80;

// These are taken from a descriptor while the screen is up, so that it can be put back first.
constexpr int kSignals[] = {SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGQUIT};

class Screen {
 public:
  explicit Screen(int fd) : fd_(fd) {
    sigset_t wanted;
    ::sigemptyset(&wanted);
    for (const int number : kSignals) ::sigaddset(&wanted, number);
    ::pthread_sigmask(SIG_BLOCK, &wanted, &signals_before_);
    signals_ = ::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    is_raw_ = ::tcgetattr(fd_, &before_) == 0;
    if (is_raw_) {
      termios raw = before_;
      raw.c_iflag &= ~static_cast<tcflag_t>(ICRNL | IXON | ISTRIP | INLCR);
      raw.c_oflag &= ~static_cast<tcflag_t>(OPOST);
      raw.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | IEXTEN | ISIG);
      raw.c_cc[VMIN] = 1;
      raw.c_cc[VTIME] = 0;
      ::tcsetattr(fd_, TCSADRAIN, &raw);
    }
    put(kEnter);
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  ~Screen() {
    put(kExit);
    if (is_raw_) ::tcsetattr(fd_, TCSADRAIN, &before_);
    if (signals_ >= 0) ::close(signals_);
    ::pthread_sigmask(SIG_SETMASK, &signals_before_, nullptr);
  }

  void put(std::string_view text) {
    while (!text.empty()) {
      const ssize_t wrote = ::write(fd_, text.data(), text.size());
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(wrote));
    }
  }

  void show(Picker& picker) {
    winsize size{};
    const bool known = ::ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0;
    put("\x1b[H" +
        picker.draw(known ? size.ws_row : kDefaultRows, known ? size.ws_col : kDefaultColumns));
  }

  struct Event {
    enum class Kind { typed, nothing, resized, ended } kind;
    int signal = 0;
  };
  // Waits; what was typed is added to `into`.
  Event wait(std::string& into) {
    pollfd waits[] = {{fd_, POLLIN, 0}, {signals_, POLLIN, 0}};
    const int ready = ::poll(waits, 2, into.empty() ? -1 : kEscapeMillis);
    if (ready == 0) return {Event::Kind::nothing};
    if (ready < 0) return {errno == EINTR ? Event::Kind::resized : Event::Kind::ended};
    if (waits[1].revents != 0) {
      signalfd_siginfo said{};
      if (::read(signals_, &said, sizeof said) == sizeof said) {
        const int number = static_cast<int>(said.ssi_signo);
        if (number == SIGWINCH) return {Event::Kind::resized};
        return {Event::Kind::ended, number};
      }
    }
    if (waits[0].revents == 0) return {Event::Kind::resized};
    char bytes[512];
    const ssize_t got = ::read(fd_, bytes, sizeof bytes);
    if (got <= 0) return {Event::Kind::ended};  // the terminal has gone
    into.append(bytes, static_cast<std::size_t>(got));
    return {Event::Kind::typed};
  }

 private:
  int fd_;
  int signals_ = -1;
  bool is_raw_ = false;
  termios before_{};
  sigset_t signals_before_{};
};

// What ended it: 0 a person, else a signal, which is given back once the terminal is as before.
int run(Picker& picker, int fd) {
  Screen screen(fd);
  std::string bytes;
  while (picker.outcome() == Picker::Outcome::open) {
    screen.show(picker);
    const auto event = screen.wait(bytes);
    if (event.kind == Screen::Event::Kind::resized) {
      screen.put("\x1b[2J");
      continue;
    }
    if (event.kind == Screen::Event::Kind::ended) {
      picker.press({Key::Kind::leave});
      return event.signal;
    }
    for (const Key& key : take_keys(bytes, event.kind == Screen::Event::Kind::nothing)) {
      if (picker.outcome() == Picker::Outcome::open) picker.press(key);
    }
  }
  return 0;
}

}  // namespace

Result<std::optional<std::size_t>> pick_on_terminal(Picker& picker) {
  const int fd = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) {
    return client::with_note(client::general_failure("There is no terminal to pick on."),
                             "rolecall profiles --plain lists the profiles");
  }
  const int signal = run(picker, fd);
  ::close(fd);
  if (signal != 0 && signal != SIGINT) ::raise(signal);
  if (picker.outcome() != Picker::Outcome::taken) return std::optional<std::size_t>();
  return picker.current();
}

bool output_is_screen(const client::Environment& environment) {
  const auto term = environment.get_filled("TERM");
  return ::isatty(STDOUT_FILENO) == 1 && term && *term != "dumb";
}

}  // namespace rolecall::shell
