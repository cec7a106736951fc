#include "serve/guard.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class GuardTest : public ::testing::Test {
 protected:
  FixedClock clock{1'767'225'600};  // midnight
  FixedRandom random;
  const int names[4] = {};
  ByteView one = as_view("192.0.2.1");
  ByteView other = as_view("192.0.2.2");
};

TEST_F(GuardTest, CountsConnectionsByAddressAndInAll) {
  Guard guard(clock, random, {.connections_max = 3, .connections_per_address_max = 2});
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(guard.admits(one));
    guard.opened(&names[i], -1, one);
  }
  EXPECT_FALSE(guard.admits(one));
  EXPECT_TRUE(guard.admits(other));
  guard.opened(&names[2], -1, other);
  guard.closed(&names[0]);
  EXPECT_TRUE(guard.admits(one));
  guard.opened(&names[3], -1, one);
  EXPECT_FALSE(guard.admits(as_view("192.0.2.3"))) << "three in all";
  guard.closed(&names[0]);  // long gone
  EXPECT_FALSE(guard.admits(other));
}

TEST_F(GuardTest, BehindAProxyAddressesSayNothing) {
  Guard guard(clock, random, {.connections_max = 3, .connections_per_address_max = 0});
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(guard.admits(one));
    guard.opened(&names[i], -1, one);
  }
  EXPECT_FALSE(guard.admits(one));
}

TEST_F(GuardTest, WhoComesByAUnixSocketHasNoAddressToBeCountedBy) {
  Guard guard(clock, random, {.connections_max = 3, .connections_per_address_max = 1});
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(guard.admits({}));
    guard.opened(&names[i], -1, {});
  }
  EXPECT_FALSE(guard.admits({})) << "three in all";
  guard.closed(&names[0]);
  EXPECT_TRUE(guard.admits({}));
  EXPECT_TRUE(guard.admits(one)) << "and they do not count for others";
}

TEST_F(GuardTest, CutsWhatTakesTooLongAndNothingElse) {
  Guard guard(clock, random, {.request_seconds_max = 20, .bytes_per_second_min = 1000});
  int sockets[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
  guard.opened(&names[0], sockets[0], one);
  clock.advance_s(20);
  clock.set(clock.now_s() + 3600);
  EXPECT_EQ(guard.cut_overdue(), 0u) << "an hour that did not pass";
  guard.request_begins(&names[0], 30'000);
  clock.advance_s(50);
  EXPECT_EQ(guard.cut_overdue(), 0u) << "its bytes may take 30 seconds more";
  guard.request_ends(&names[0]);
  clock.advance_s(21);
  char byte = 0;
  EXPECT_EQ(::recv(sockets[1], &byte, 1, MSG_DONTWAIT), -1) << "open so far";
  EXPECT_EQ(guard.cut_overdue(), 1u);
  EXPECT_EQ(::recv(sockets[1], &byte, 1, MSG_DONTWAIT), 0) << "the end";
  guard.closed(&names[0]);
  EXPECT_EQ(guard.cut_overdue(), 0u);
  for (const int socket : sockets) ::close(socket);
}

TEST_F(GuardTest, BytesPerSecondAreKeptOnAverage) {
  Guard guard(clock, random, {.bytes_per_second_max = 100});
  EXPECT_EQ(*guard.charge(1000), std::nullopt) << "one object is never cut in two";
  EXPECT_EQ(*guard.charge(1), 10u);
  clock.advance_s(8);
  EXPECT_EQ(*guard.charge(1), 2u);
  clock.set(clock.now_s() + 3600);
  EXPECT_EQ(*guard.charge(1), 2u) << "a clock that is set pays for nothing";
  clock.set(0);
  clock.advance_s(1);
  EXPECT_EQ(*guard.charge(1), std::nullopt);
}

TEST_F(GuardTest, CapsOfADayAndOfAMonthHoldBoth) {
  Guard guard(clock, random, {.bytes_per_day_max = 100, .bytes_per_month_max = 150});
  EXPECT_EQ(*guard.charge(100), std::nullopt);
  EXPECT_EQ(*guard.charge(1), 86'400u);
  clock.advance_s(86'400);
  EXPECT_EQ(*guard.charge(50), std::nullopt);
  EXPECT_EQ(*guard.charge(1), 30u * 86'400) << "31 days has January";
}

TEST_F(GuardTest, WithoutItsCountNothingLeaves) {
  MemoryFs fs;
  Guard guard(clock, random, {.bytes_per_day_max = 6400}, std::move(*TrafficFile::open(fs, "copy")));
  EXPECT_EQ(*guard.charge(50), std::nullopt);
  fs.fail_at(fs.operations() + 2, Code::io, "no space");  // of the file that takes the older one's place
  EXPECT_EQ(*guard.charge(50), std::nullopt) << "counted already";
  EXPECT_CODE(guard.charge(1), Code::io);
  EXPECT_EQ(*guard.charge(1), std::nullopt) << "there is space again";
}

TEST_F(GuardTest, UploadsAreFewAtOnceAndFewInADay) {
  Guard guard(clock, random, {.uploads_max = 2, .upload_bytes_per_day_max = 100});
  EXPECT_TRUE(guard.upload_begins(40));
  EXPECT_TRUE(guard.upload_begins(40));
  EXPECT_FALSE(guard.upload_begins(1)) << "two at once";
  guard.upload_ends();
  EXPECT_FALSE(guard.upload_begins(21)) << "a hundred bytes in a day";
  EXPECT_TRUE(guard.upload_begins(20));
  guard.upload_ends();
  guard.upload_ends();
  clock.set(0);
  EXPECT_FALSE(guard.upload_begins(100)) << "a clock that is set makes no new day";
  clock.set(1'767'225'600);
  clock.advance_s(86'400);
  EXPECT_TRUE(guard.upload_begins(100));
}

}  // namespace
}  // namespace muniment
