#include "base/secret.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <bit>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace muniment {
namespace {

/// What /proc/self/smaps says of the pages around an address: its VmFlags line, or none when nothing is mapped there.
std::optional<std::string> flags_of(const void* address) {
  const auto wanted = std::bit_cast<std::uintptr_t>(address);
  std::ifstream maps("/proc/self/smaps");
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t from = 0, to = 0;
    if (std::sscanf(line.c_str(), "%zx-%zx ", &from, &to) == 2) inside = from <= wanted && wanted < to;
    if (inside && line.starts_with("VmFlags:")) return line;
  }
  return std::nullopt;
}

/// Tried on a page that has nothing to do with secrets.
bool locking_works() {
  alignas(4096) static std::uint8_t page[4096];
  if (::mlock(page, sizeof page) != 0) return false;
  const auto flags = flags_of(page);
  ::munlock(page, sizeof page);
  return flags && flags->find(" lo") != std::string::npos;
}

Bytes numbers(std::size_t count) {
  Bytes bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(i + 1);
  return bytes;
}

TEST(SecretBytes, BeginsAsZerosOrAsACopy) {
  EXPECT_TRUE(SecretBytes().empty());
  EXPECT_TRUE(SecretBytes(0).empty());
  const SecretBytes zeros(5000);
  EXPECT_EQ(zeros.size(), 5000u);
  EXPECT_TRUE(all_zero(zeros.expose()));
  EXPECT_EQ(SecretBytes::copy_of(as_view("passphrase")).expose_text(), "passphrase");
  EXPECT_TRUE(SecretBytes::copy_of({}).empty());
}

TEST(SecretBytes, MovesWithoutCopyingAndLeavesNothingBehind) {
  SecretBytes from = SecretBytes::copy_of(numbers(32));
  const std::uint8_t* place = from.expose().data();
  SecretBytes to = std::move(from);
  EXPECT_EQ(to.expose().data(), place);
  EXPECT_TRUE(equal(to.expose(), numbers(32)));
  EXPECT_TRUE(from.empty());                 // NOLINT(bugprone-use-after-move): the promise under test
  EXPECT_EQ(from.expose().data(), nullptr);  // NOLINT(bugprone-use-after-move)

  SecretBytes other = SecretBytes::copy_of(numbers(5));
  other = std::move(to);
  EXPECT_EQ(other.expose().data(), place);
  SecretBytes& same = other;
  other = std::move(same);
  EXPECT_TRUE(equal(other.expose(), numbers(32))) << "moving onto itself loses nothing";
}

TEST(SecretBytes, ShrinkWipesTheRest) {
  SecretBytes secret = SecretBytes::copy_of(numbers(100));
  const std::uint8_t* bytes = secret.expose().data();
  secret.shrink(10);
  EXPECT_EQ(secret.size(), 10u);
  EXPECT_TRUE(equal(secret.expose(), numbers(10)));
  EXPECT_TRUE(all_zero({bytes + 10, 90})) << "the pages are still ours";
  secret.shrink(10);
  secret.shrink(0);
  EXPECT_TRUE(all_zero({bytes, 100}));
}

TEST(SecretBytes, LiesInPagesThatAreLockedAndNotDumped) {
  const SecretBytes secret = SecretBytes::copy_of(numbers(32));
  const auto flags = flags_of(secret.expose().data());
  if (!flags) GTEST_SKIP() << "this kernel does not show the flags of pages (/proc/self/smaps)";
  EXPECT_NE(flags->find(" dd"), std::string::npos) << *flags;
  if (!locking_works()) GTEST_SKIP() << "mlock does nothing here: a low limit (ulimit -l), or a sanitizer";
  EXPECT_NE(flags->find(" lo"), std::string::npos) << *flags;
}

TEST(SecretBytes, GivesItsPagesBack) {
  const std::uint8_t* place = nullptr;
  {
    const SecretBytes secret = SecretBytes::copy_of(numbers(32));
    place = secret.expose().data();
    if (!flags_of(place)) GTEST_SKIP() << "this kernel does not show the flags of pages (/proc/self/smaps)";
  }
  const auto flags = flags_of(place);
  EXPECT_TRUE(!flags || flags->find(" dd") == std::string::npos) << "locked pages are scarce";
}

TEST(SecretBytesDeathTest, DoesNotGrowByShrinking) {
  SecretBytes secret(4);
  EXPECT_DEATH(secret.shrink(5), "size <= size_");
}

TEST(Secret, HasItsLengthInItsType) {
  const Bytes bytes = numbers(32);
  Secret<32> secret = Secret<32>::copy_of(std::span<const std::uint8_t, 32>(bytes));
  static_assert(decltype(secret.expose())::extent == 32);
  static_assert(!std::is_copy_constructible_v<Secret<32>> && !std::is_copy_assignable_v<Secret<32>>);
  EXPECT_TRUE(equal(secret.expose(), bytes));
  secret.expose_mut()[0] = 9;
  EXPECT_EQ(secret.expose()[0], 9);
  EXPECT_TRUE(all_zero(Secret<16>().expose()));
}

TEST(Wipe, OverwritesExactlyTheBytesGiven) {
  Bytes bytes = numbers(10);
  wipe(MutableBytes(bytes).subspan(2, 5));
  EXPECT_EQ(bytes, (Bytes{1, 2, 0, 0, 0, 0, 0, 8, 9, 10}));
  wipe({});
}

TEST(ForbidCoreDumpsDeathTest, LeavesNothingForADump) {
  const auto forbid_and_look = [] {
    forbid_core_dumps();
    rlimit limit{1, 1};
    ::getrlimit(RLIMIT_CORE, &limit);
    const auto stack = flags_of(__builtin_frame_address(0));  // a sanitizer has locals elsewhere
    const bool safe = limit.rlim_cur == 0 && limit.rlim_max == 0 && ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 &&
                      (!stack || stack->find(" dd") != std::string::npos);
    std::_Exit(safe ? 0 : 1);
  };
  EXPECT_EXIT(forbid_and_look(), ::testing::ExitedWithCode(0), "") << "in a process of its own: it cannot be undone";
}

}  // namespace
}  // namespace muniment
