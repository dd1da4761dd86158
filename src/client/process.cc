#include "client/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "client/failure.h"

extern char** environ;

namespace rolecall::client {
namespace {

struct Pipe {
  int ends[2] = {-1, -1};
  bool open() { return ::pipe2(ends, O_CLOEXEC) == 0; }
  void close(int end) {
    if (ends[end] >= 0) ::close(ends[end]);
    ends[end] = -1;
  }
  ~Pipe() {
    close(0);
    close(1);
  }
};

}  // namespace

Result<Ran> run_captured(const std::vector<std::string>& words) {
  if (words.empty()) return general_failure("there is no command to run");
  Pipe out, err;
  if (!out.open() || !err.open()) return general_failure("cannot make a pipe");
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, out.ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err.ends[1], STDERR_FILENO);
  pid_t pid = 0;
  const int failed = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return general_failure("[Errno " + std::to_string(failed) + "] " + std::strerror(failed) +
                           ": '" + words[0] + "'");
  }
  out.close(1);
  err.close(1);
  Ran ran;
  bool too_much = false;
  Pipe* pipes[] = {&out, &err};
  std::string* texts[] = {&ran.out, &ran.err};
  while (out.ends[0] >= 0 || err.ends[0] >= 0) {
    pollfd waiting[2] = {{out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0 && errno != EINTR) break;
    for (int i = 0; i < 2; ++i) {
      if (pipes[i]->ends[0] < 0 || waiting[i].revents == 0) continue;
      char piece[4096];
      const ssize_t got = ::read(pipes[i]->ends[0], piece, sizeof piece);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        pipes[i]->close(0);
        continue;
      }
      if (texts[i]->size() < kProcessOutputBytesMax) {
        texts[i]->append(piece, static_cast<std::size_t>(got));
      } else {
        // It may never end by itself.
        too_much = true;
        ::kill(pid, SIGKILL);
        out.close(0);
        err.close(0);
      }
    }
  }
  int state = 0;
  while (::waitpid(pid, &state, 0) < 0 && errno == EINTR) {
  }
  ran.status = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
  if (too_much) return general_failure("`" + words[0] + "` printed more than 1 MiB");
  return ran;
}

}  // namespace rolecall::client
