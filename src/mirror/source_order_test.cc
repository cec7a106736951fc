#include "mirror/source_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace muniment {
namespace {

using AskedOrder = std::vector<std::size_t>;

class SourceOrderTest : public ::testing::Test {
 protected:
  void fetch(std::size_t source, std::uint64_t bytes, std::int64_t ns) {
    SourceOrder::Fetch fetch(order, source, bytes);
    now_ns += ns;
    fetch.brought(bytes);
  }

  std::int64_t now_ns = 1;
  SourceOrder order{3, [this] { return now_ns; }};
};

TEST_F(SourceOrderTest, EachIsTriedOnceBeforeTheFastestIsPreferred) {
  EXPECT_EQ(order.order(), (AskedOrder{0, 1, 2}));
  fetch(0, 1000, 100);
  EXPECT_EQ(order.order(), (AskedOrder{1, 2, 0}));
  fetch(1, 1000, 10);
  EXPECT_EQ(order.order(), (AskedOrder{2, 1, 0}));
  fetch(2, 1000, 1000);
  EXPECT_EQ(order.order(), (AskedOrder{1, 0, 2}));
}

TEST_F(SourceOrderTest, TheFastestIsNotAskedForEverythingAtOnce) {
  fetch(0, 1000, 100);
  fetch(1, 1000, 40);
  fetch(2, 1000, 100'000);
  const SourceOrder::Fetch one(order, 1, 1000);
  EXPECT_EQ(order.order(), (AskedOrder{1, 0, 2})) << "two of it are still done sooner than one of the next";
  const SourceOrder::Fetch another(order, 1, 1000);
  EXPECT_EQ(order.order(), (AskedOrder{0, 1, 2}));
}

TEST_F(SourceOrderTest, NobodyWaitsForASourceOfWhichOneIsStillWaiting) {
  const SourceOrder::Fetch stuck(order, 0, 1000);
  fetch(1, 1000, 10'000);
  fetch(2, 1000, 20'000);
  EXPECT_EQ(order.order(), (AskedOrder{1, 2, 0}));
}

TEST_F(SourceOrderTest, ASourceThatBecomesSlowIsLeftWithinAFewObjects) {
  for (std::size_t i = 0; i < 3; ++i) fetch(i, 1000, i == 0 ? 10 : 100);
  for (int i = 0; i < 30; ++i) fetch(0, 1000, 10);
  int slow = 0;
  while (order.order().front() == 0 && slow < 100) {
    fetch(0, 1000, 1000);
    ++slow;
  }
  EXPECT_LT(slow, 5);
}

TEST_F(SourceOrderTest, OneThatGaveWrongBytesComesLast) {
  fetch(0, 1000, 1);
  fetch(1, 1000, 100);
  fetch(2, 1000, 200);
  {
    SourceOrder::Fetch lie(order, 0, 1000);
    lie.brought(1000);
    lie.failed();
  }
  EXPECT_EQ(order.order(), (AskedOrder{1, 2, 0}));
}

TEST_F(SourceOrderTest, ASlowSourceIsAskedForOneLargeObjectAtATime) {
  constexpr std::uint64_t kLarge = 1 << 20;
  constexpr std::int64_t kSecondNs = 1'000'000'000;
  fetch(0, kLarge, 10 * kSecondNs);
  std::atomic<int> running = 0, most = 0, done = 0;
  const auto ask = [&] {
    const SourceOrder::Fetch one(order, 0, kLarge);
    most = std::max<int>(most, ++running);
    std::this_thread::yield();
    --running;
    ++done;
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back(ask);
  }
  EXPECT_EQ(done, 4);
  EXPECT_EQ(most, 1);
  {
    const SourceOrder::Fetch large(order, 0, kLarge);
    const SourceOrder::Fetch small(order, 0, 1000);  // does not wait
    EXPECT_EQ(order.order(), (AskedOrder{1, 2, 0}));
  }
}

TEST_F(SourceOrderTest, AFastSourceIsAskedForSeveralLargeObjectsAtOnce) {
  constexpr std::uint64_t kLarge = 1 << 20;
  fetch(0, kLarge, 1'000'000);
  const SourceOrder::Fetch one(order, 0, kLarge);
  const SourceOrder::Fetch another(order, 0, kLarge);  // would wait for ever
}

TEST(SourceOrder, WithoutAClockItIsTheGivenOne) {
  SourceOrder order(3, {});
  {
    SourceOrder::Fetch lie(order, 0, 1000);
    lie.failed();
  }
  EXPECT_EQ(order.order(), (AskedOrder{0, 1, 2}));
}

}  // namespace
}  // namespace muniment
