#include "base/crew.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <set>

#include "testing/expect_code.h"

namespace muniment {
namespace {

class CrewOf : public ::testing::TestWithParam<std::size_t> {};

TEST_P(CrewOf, RunsEveryTaskOnceInALaneThatExists) {
  std::mutex mutex;
  std::multiset<int> done;
  Crew crew(GetParam(), 3);
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(crew.give([&, i](std::size_t lane) -> Result<void> {
      const std::lock_guard lock(mutex);
      EXPECT_LT(lane, GetParam());
      done.insert(i);
      return {};
    }));
  }
  EXPECT_TRUE(crew.finish());
  EXPECT_EQ(done.size(), 200u);
  EXPECT_EQ(std::set<int>(done.begin(), done.end()).size(), 200u);
}

TEST_P(CrewOf, ALaneIsUsedByOneTaskAtATime) {
  std::vector<std::atomic<int>> inside(GetParam());
  Crew crew(GetParam(), 3);
  const auto enter = [&](std::size_t lane) {
    EXPECT_EQ(inside[lane].fetch_add(1), 0);
    std::this_thread::yield();
    inside[lane].fetch_sub(1);
  };
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(crew.give([&](std::size_t lane) -> Result<void> {
      enter(lane);
      return crew.share(lane, 5, [&](std::size_t piece_lane, std::uint64_t) -> Result<void> {
        enter(piece_lane);
        return {};
      });
    }));
  }
  EXPECT_TRUE(crew.finish());
}

TEST_P(CrewOf, SharedPiecesAreAllDoneBeforeTheTaskGoesOn) {
  Crew crew(GetParam(), 3);
  std::atomic<int> tasks = 0;
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(crew.give([&](std::size_t lane) -> Result<void> {
      std::vector<std::atomic<int>> seen(17);
      TRY(crew.share(lane, seen.size(), [&](std::size_t, std::uint64_t number) -> Result<void> {
        ++seen[number];
        return {};
      }));
      for (const auto& count : seen) EXPECT_EQ(count, 1);
      ++tasks;
      return {};
    }));
  }
  EXPECT_TRUE(crew.finish());
  EXPECT_EQ(tasks, 40);
}

TEST_P(CrewOf, TheFirstErrorEndsAll) {
  Crew crew(GetParam(), 2);
  std::atomic<int> begun = 0;
  auto given = Result<void>();
  int count = 0;
  for (; count < 100'000 && given; ++count) {
    given = crew.give([&](std::size_t) -> Result<void> {
      if (++begun == 5) return Error(Code::io, "the disk is full");
      return {};
    });
  }
  EXPECT_CODE(given, Code::io) << "whoever gives tasks is told";
  EXPECT_LT(count, 100'000);
  EXPECT_CODE(crew.give([](std::size_t) -> Result<void> { return {}; }), Code::io);
  EXPECT_CODE(crew.finish(), Code::io);
}

TEST_P(CrewOf, AnErrorOfAPieceIsTheTasks) {
  Crew crew(GetParam(), 2);
  std::atomic<bool> told = false;
  const auto task = [&](std::size_t lane) -> Result<void> {
    const auto shared = crew.share(lane, 100, [&](std::size_t, std::uint64_t number) -> Result<void> {
      if (number == 3) return Error(Code::denied, "not this one");
      return {};
    });
    told = !shared;
    return shared;
  };
  static_cast<void>(crew.give(task).has_value());
  EXPECT_CODE(crew.finish(), Code::denied);
  EXPECT_TRUE(told);
}

TEST(Crew, PiecesAreSharedAlsoWhenNoTaskComesAnyMore) {
  std::mutex mutex;
  std::condition_variable changed;
  bool no_more = false;
  int begun = 0;
  const auto wait_until = [&](const std::function<bool()>& is_so, std::chrono::milliseconds time_max) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, time_max, is_so);
  };
  Crew crew(3, 2);
  ASSERT_TRUE(crew.give([&](std::size_t lane) -> Result<void> {
    wait_until([&] { return no_more; }, std::chrono::seconds(10));
    // A while for the other lanes to see that no task comes.
    wait_until([] { return false; }, std::chrono::milliseconds(100));
    return crew.share(lane, 2, [&](std::size_t, std::uint64_t) -> Result<void> {
      {
        const std::lock_guard lock(mutex);
        ++begun;
      }
      changed.notify_all();
      if (wait_until([&] { return begun == 2; }, std::chrono::seconds(10))) return {};
      return Error(Code::unavailable, "the other piece was not begun");
    });
  }));
  {
    const std::lock_guard lock(mutex);
    no_more = true;
  }
  changed.notify_all();
  EXPECT_TRUE(crew.finish());
}

TEST_P(CrewOf, CanBeLeftWithoutAnEnd) {
  std::atomic<int> done = 0;
  {
    Crew crew(GetParam(), 100);
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(crew.give([&](std::size_t) -> Result<void> {
        ++done;
        return {};
      }));
    }
  }
  EXPECT_LE(done, 50);
}

INSTANTIATE_TEST_SUITE_P(Lanes, CrewOf, ::testing::Values(1u, 2u, 5u));

}  // namespace
}  // namespace muniment
