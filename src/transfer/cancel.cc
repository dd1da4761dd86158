#include "transfer/cancel.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace rolecall::transfer {

Cancel::Cancel() {
  sigset_t ours;
  sigemptyset(&ours);
  sigaddset(&ours, SIGINT);
  sigaddset(&ours, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ours, &before_);
  // Without a descriptor (-1) the signals are merely late.
  fd_ = ::signalfd(-1, &ours, SFD_NONBLOCK | SFD_CLOEXEC);
}

Cancel::~Cancel() {
  take_status();
  if (fd_ >= 0) ::close(fd_);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool Cancel::requested() const {
  pollfd one{fd_, POLLIN, 0};
  return ::poll(&one, 1, 0) > 0;
}

int Cancel::take_status() {
  int status = 0;
  signalfd_siginfo info{};
  while (::read(fd_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (status == 0) status = 128 + static_cast<int>(info.ssi_signo);
  }
  return status;
}

}  // namespace rolecall::transfer
