#include "base/residue.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

MemoryFs machine() {
  MemoryFs fs;
  fs.seed_folder("/home/me");
  fs.seed_mount("/dev/shm", true);
  return fs;
}

TEST(StaysInMemory, AsTheNearestFolderThatIsThere) {
  MemoryFs fs = machine();
  for (const char* path : {"/dev/shm", "/dev/shm/", "/dev/shm/new", "/dev/shm/new/deeper/still"})
    EXPECT_TRUE(*stays_in_memory(fs, path)) << path;
  for (const char* path : {"/home/me/new", "new", "new/deeper", ".", "/", "/dev", "/nowhere/at/all", "/dev/shm/.."})
    EXPECT_FALSE(*stays_in_memory(fs, path)) << path;
}

TEST(StaysInMemory, IsNotFooledByALinkOrAWayUp) {
  MemoryFs fs = machine();
  fs.seed_link("/dev/shm/link", "/home/me");
  for (const char* path : {"/dev/shm/link/new", "/dev/shm/link/../new", "/dev/shm/new/../../../home/me/new"})
    EXPECT_FALSE(*stays_in_memory(fs, path)) << path;
}

TEST(StaysInMemory, IsNotSaidWhenItCannotBeTold) {
  MemoryFs fs = machine();
  fs.seed_link("/dev/shm/loop", "loop");
  EXPECT_CODE(stays_in_memory(fs, "/dev/shm/loop/new"), Code::io);
}

TEST(SwapInTheClear, IsWhatIsNeitherCompressedMemoryNorEncrypted) {
  MemoryFs fs;
  fs.seed("/proc/swaps", as_view("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
                                 "/dev/zram0                              partition\t1\t0\t100\n"
                                 "/dev/dm-1                               partition\t1\t0\t-2\n"
                                 "/dev/dm-2                               partition\t1\t0\t-3\n"
                                 "/dev/sda3                               partition\t1\t0\t-4\n"
                                 "/swap\\040file                           file\t\t1\t0\t-5\n"));
  fs.seed("/sys/block/dm-1/dm/uuid", as_view("CRYPT-PLAIN-swap\n"));
  fs.seed("/sys/block/dm-2/dm/uuid", as_view("LVM-swap\n"));
  EXPECT_EQ(swap_in_the_clear(fs), (std::vector<std::string>{"/dev/dm-2", "/dev/sda3", "/swap\\040file"}));
}

TEST(SwapInTheClear, IsNoneWithoutSwapOrWithoutAnAnswer) {
  MemoryFs fs;
  EXPECT_TRUE(swap_in_the_clear(fs).empty());
  fs.seed("/proc/swaps", as_view("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"));
  EXPECT_TRUE(swap_in_the_clear(fs).empty());
}

}  // namespace
}  // namespace muniment
