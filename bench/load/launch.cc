// Runs a command again and again and tells what each run took, one line each: wall µs, CPU µs
// (user and system), peak KiB. A small program for it, because a child's peak begins with the
// memory of whoever started it. Its output goes nowhere.
//   launch COUNT PROGRAM [ARGUMENT…]
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

extern char** environ;

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  for (int left = std::atoi(argv[1]); left > 0; --left) {
    const auto begin = std::chrono::steady_clock::now();
    pid_t child = 0;
    if (posix_spawnp(&child, argv[2], &actions, nullptr, argv + 2, environ) != 0) return 3;
    int status = 0;
    rusage used{};
    if (wait4(child, &status, 0, &used) != child) return 3;
    const auto wall = std::chrono::steady_clock::now() - begin;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return 4;
    const long cpu = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1'000'000 +
                     used.ru_utime.tv_usec + used.ru_stime.tv_usec;
    std::printf(
        "%lld %ld %ld\n",
        static_cast<long long>(std::chrono::duration_cast<std::chrono::microseconds>(wall).count()),
        cpu, used.ru_maxrss);
  }
  return 0;
}
