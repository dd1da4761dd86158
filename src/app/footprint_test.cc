#include "app/footprint.h"

#include <gtest/gtest.h>

namespace rolecall::app {
namespace {

constexpr std::string_view kSmaps =
    "55d0c0000000-55d0c0001000 r--p 00000000 fe:01 11                         /usr/bin/x\n"
    "Rss:                   4 kB\nShared_Dirty:          0 kB\nPrivate_Dirty:         0 kB\n"
    "Anonymous:             0 kB\nSwap:                  0 kB\nLocked:                0 kB\n"
    "55d0c0001000-55d0c0002000 r-xp 00001000 fe:01 11                         /usr/bin/x y "
    "(deleted)\n"
    "Shared_Dirty:          0 kB\nPrivate_Dirty:         0 kB\nAnonymous:             0 kB\n"
    "55d0c0002000-55d0c0003000 r--p 00002000 fe:01 11                         /usr/bin/relocated\n"
    "Shared_Dirty:          0 kB\nPrivate_Dirty:         4 kB\nAnonymous:             4 kB\n"
    "55d0c0003000-55d0c0004000 rw-p 00003000 fe:01 11                         /usr/bin/writable\n"
    "Shared_Dirty:          0 kB\nPrivate_Dirty:         0 kB\nAnonymous:             0 kB\n"
    "55d0c0004000-55d0c0005000 r--s 00000000 fe:01 12                         /data/shared\n"
    "Shared_Dirty:          0 kB\nPrivate_Dirty:         0 kB\nAnonymous:             0 kB\n"
    "55d0c0005000-55d0c0006000 r--p 00000000 00:00 0                          [vvar]\n"
    "Shared_Dirty:          0 kB\nPrivate_Dirty:         0 kB\nAnonymous:             0 kB\n"
    "55d0c0006000-55d0c0007000 r-xp 00000000 fe:01 13                         /lib/untold.so\n"
    "Private_Dirty:         0 kB\n";

TEST(Footprint, dropsOnlyWhatTheFileHoldsToo) {
  const auto found = droppable_mappings(kSmaps);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].begin, 0x55d0c0000000u);
  EXPECT_EQ(found[0].end, 0x55d0c0001000u);
  EXPECT_EQ(found[1].begin, 0x55d0c0001000u);
  for (const char* text :
       {"", "\n\n", "x", "1-2", "1-2 r-xp", "zz-zz r-xp 0 0 0 /x\nAnonymous: 0 kB\n"}) {
    EXPECT_TRUE(droppable_mappings(text).empty()) << text;
  }
}

TEST(Footprint, theProgramGoesOn) {
  drop_start_pages();
  drop_start_pages();
  EXPECT_FALSE(droppable_mappings("").size());
}

}  // namespace
}  // namespace rolecall::app
