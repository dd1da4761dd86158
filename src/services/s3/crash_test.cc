// The process is killed in the middle of puts: what was acknowledged is there, whole; nothing else
// is.
#include <signal.h>
#include <sys/wait.h>

#include "crypto/hash.h"
#include "services/s3/s3_fixture.h"

namespace rolecall::s3 {
namespace {

// Every third object is large enough to be a file.
std::string body_of_put(int n) {
  const std::size_t size = n % 3 == 0 ? 150'000 + static_cast<std::size_t>(n) : 1'000;
  return std::string(size, static_cast<char>('a' + n % 26)) + std::to_string(n);
}

class Crash : public S3Test {
 protected:
  // In a child: puts k0, k1, … and replaces "same", telling each acknowledged number.
  [[noreturn]] void put_until_killed(int tell) {
    open();
    for (int n = 0;; ++n) {
      put("k" + std::to_string(n), body_of_put(n));
      put("same", body_of_put(n));
      [[maybe_unused]] ssize_t written = ::write(tell, &n, sizeof n);
    }
  }
};

TEST_F(Crash, acknowledged_puts_survive_and_half_ones_do_not) {
  make_bucket("bucket");
  for (int round = 0; round < 6; ++round) {
    SCOPED_TRACE(round);
    close();  // no thread of ours is left when the child is made
    int tell[2];
    ASSERT_EQ(::pipe(tell), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) put_until_killed(tell[1]);
    ::close(tell[1]);
    int last = -1;
    const int enough = 3 + round * 7;
    for (int n; last < enough && ::read(tell[0], &n, sizeof n) == sizeof n;) last = n;
    ::usleep(static_cast<useconds_t>(random_->next_u64() % 3'000));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    for (int n; ::read(tell[0], &n, sizeof n) == sizeof n;) last = n;
    ::close(tell[0]);

    open();
    int named_files = 0;
    for (int n = 0; n <= last; ++n) {
      ASSERT_EQ(read("k" + std::to_string(n)), body_of_put(n)) << n;
      named_files += n % 3 == 0;
    }
    // The one that was under way is whole or not there; the replaced one is one of its versions.
    const std::string next = read("k" + std::to_string(last + 1));
    const bool there = next == body_of_put(last + 1);
    EXPECT_TRUE(there || next.starts_with("NoSuchKey")) << next.size();
    const std::string same = read("same");
    EXPECT_TRUE(same == body_of_put(last) || same == body_of_put(last + 1));
    if (there) named_files += (last + 1) % 3 == 0;
    named_files += same.size() > store::kInlineBytesMax;
    ASSERT_TRUE(plane_->sweep());
    EXPECT_EQ(files(), named_files);

    ListObjectsInput list;
    list.bucket = "bucket";
    const auto all = ok(list).first;
    for (const auto& object : *all.contents) {
      auto in = at<DeleteObjectInput>(*object.key);
      ok(in);
    }
  }
}

}  // namespace
}  // namespace rolecall::s3
