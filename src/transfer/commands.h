// `rolecall s3 …`: the commands, and their help pages.
#pragma once

#include "client/commands.h"
#include "client/help.h"
#include "transfer/options.h"

namespace rolecall::transfer {

int run_s3(client::Words words, client::Console& console);

extern const client::HelpPage kS3Page;
inline constexpr std::size_t kS3PageCount = 8;
extern const client::HelpPage* const kS3Pages[kS3PageCount];  // "s3 ls" and so on

// One command each; the status as the AWS CLI's. An error is printed by run_s3.
Result<int> run_list(const Parsed& parsed, client::Console& console);
Result<int> run_presign(const Parsed& parsed, client::Console& console);
Result<int> run_make_bucket(const Parsed& parsed, client::Console& console);
Result<int> run_remove_bucket(const Parsed& parsed, client::Console& console);
Result<int> run_transfer(Command command, const Parsed& parsed, client::Console& console);

// "2026-11-22 04:53:37" in this machine's time zone.
std::string local_time_text(Instant at);

}  // namespace rolecall::transfer
