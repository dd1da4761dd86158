// Preloaded into a server: makes its disk fail as a test says. The file named by FAULTS_CONTROL holds one line, read at each call:
//   OPERATION PART ERRNO [COUNT]      OPERATION: fsync (fdatasync too), write (pwrite too)
// Calls on a file whose path holds PART answer ERRNO; COUNT: so many of them, then none. An empty or missing file: nothing fails.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int done;  // calls that failed since the control file last said nothing

static int fails(const char* operation, int fd) {
  const char* control = getenv("FAULTS_CONTROL");
  if (control == NULL) return 0;
  char text[300], path[64], name[4096], wanted[16], part[200];
  // By system calls: our own write and open must not come here again.
  const int file = (int)syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC, 0);
  if (file < 0) return 0;
  const ssize_t got = syscall(SYS_read, file, text, sizeof text - 1);
  syscall(SYS_close, file);
  int number = 0, count = 1 << 30;
  if (got > 0) text[got] = 0;
  if (got <= 0 || sscanf(text, "%15s %199s %d %d", wanted, part, &number, &count) < 3) {
    done = 0;
    return 0;
  }
  if (strcmp(wanted, operation) != 0) return 0;
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(path, name, sizeof name - 1);
  if (length < 0) return 0;
  name[length] = 0;
  if (strstr(name, part) == NULL) return 0;
  if (__sync_fetch_and_add(&done, 1) >= count) return 0;
  errno = number;
  return 1;
}

int fsync(int fd) { return fails("fsync", fd) ? -1 : (int)syscall(SYS_fsync, fd); }
int fdatasync(int fd) { return fails("fsync", fd) ? -1 : (int)syscall(SYS_fdatasync, fd); }
ssize_t write(int fd, const void* data, size_t size) { return fails("write", fd) ? -1 : syscall(SYS_write, fd, data, size); }
ssize_t pwrite(int fd, const void* data, size_t size, off_t at) { return fails("write", fd) ? -1 : syscall(SYS_pwrite64, fd, data, size, at); }
ssize_t pwrite64(int fd, const void* data, size_t size, off_t at) { return fails("write", fd) ? -1 : syscall(SYS_pwrite64, fd, data, size, at); }
