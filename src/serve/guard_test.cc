#include "serve/guard.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"

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
  EXPECT_EQ(guard.cut_overdue(), 0u);
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
  EXPECT_EQ(guard.charge(1000), std::nullopt) << "one object is never cut in two";
  EXPECT_EQ(guard.charge(1), 10u);
  clock.advance_s(8);
  EXPECT_EQ(guard.charge(1), 2u);
  clock.advance_s(1);
  EXPECT_EQ(guard.charge(1), std::nullopt);
  clock.advance_s(-5);
  EXPECT_EQ(guard.charge(0), 1u) << "a clock that goes back pays for nothing";
}

TEST_F(GuardTest, BytesPerDayEndWithTheDay) {
  Guard guard(clock, random, {.bytes_per_day_max = 100});
  clock.advance_s(3600);
  EXPECT_EQ(guard.charge(100), std::nullopt);
  EXPECT_EQ(guard.charge(1), 23u * 3600);
  clock.advance_s(23 * 3600);
  EXPECT_EQ(guard.charge(100), std::nullopt);
}

TEST_F(GuardTest, BytesPerMonthEndWithTheCalendarMonth) {
  constexpr std::int64_t kDay = 86'400;
  clock.advance_s(*parse_date("2028-02-28") + kDay / 2 - clock.now_s());
  Guard guard(clock, random, {.bytes_per_month_max = 100});
  EXPECT_EQ(guard.charge(60), std::nullopt);
  EXPECT_EQ(guard.charge(41), 3u * kDay / 2) << "half a day, and the 29th of a leap year";
  clock.advance_s(kDay);
  EXPECT_EQ(guard.charge(41), kDay / 2u) << "a new day is no new month";
  EXPECT_EQ(guard.charge(40), std::nullopt);
  clock.advance_s(kDay / 2);
  EXPECT_EQ(guard.charge(100), std::nullopt) << "March";
  EXPECT_EQ(guard.charge(1), 31u * kDay);
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
  clock.advance_s(86'400);
  EXPECT_TRUE(guard.upload_begins(100));
}

}  // namespace
}  // namespace muniment
