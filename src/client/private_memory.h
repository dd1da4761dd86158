// Commands of the client hold secrets.
#pragma once

namespace rolecall::client {

// From here on this process leaves no core dump, and no other process of the user may look into its
// memory (prctl(2), PR_SET_DUMPABLE). A program that takes its place (exec) is as usual again.
void keep_out_of_core_dumps();

}  // namespace rolecall::client
