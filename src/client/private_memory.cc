#include "client/private_memory.h"

#include <sys/prctl.h>

namespace rolecall::client {

void keep_out_of_core_dumps() {
  // The leak checker attaches to its own process at the end, which this forbids.
#if !defined(__SANITIZE_ADDRESS__)
  ::prctl(PR_SET_DUMPABLE, 0);
#endif
}

}  // namespace rolecall::client
