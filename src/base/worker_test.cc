#include "base/worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <vector>

#include "testing/expect_code.h"

namespace muniment {
namespace {

class WorkerTest : public ::testing::TestWithParam<Worker::Mode> {};
INSTANTIATE_TEST_SUITE_P(Modes, WorkerTest, ::testing::Values(Worker::Mode::by_thread, Worker::Mode::at_once));

TEST_P(WorkerTest, DoesEverythingInOrderAndCanBeGivenMoreAfterAnEnd) {
  std::vector<int> done;
  Worker worker(GetParam(), 2);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(worker.give([&done, i]() -> Result<void> {
        done.push_back(i);
        return {};
      }));
    }
    ASSERT_TRUE(worker.finish());
    ASSERT_EQ(done.size(), 100u);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(done[static_cast<std::size_t>(i)], i);
    done.clear();
  }
}

TEST_P(WorkerTest, TheFirstErrorIsToldAndNothingIsDoneAfterIt) {
  std::atomic<int> done = 0;
  Worker worker(GetParam(), 2);
  auto given = Result<void>();
  for (int i = 0; i < 1000 && given; ++i) {
    given = worker.give([&done]() -> Result<void> {
      if (++done == 5) return Error(Code::io, "the disk is full");
      return {};
    });
  }
  EXPECT_CODE(given, Code::io);
  EXPECT_CODE(worker.finish(), Code::io);
  EXPECT_EQ(done, 5);
  EXPECT_CODE(worker.give([]() -> Result<void> { return {}; }), Code::io);
}

TEST_P(WorkerTest, SaysWhetherAllIsDone) {
  std::promise<void> go;
  std::future<void> gone = go.get_future();
  Worker worker(GetParam(), 2);
  EXPECT_TRUE(worker.is_idle());
  if (GetParam() == Worker::Mode::at_once) go.set_value();
  ASSERT_TRUE(worker.give([&gone]() -> Result<void> {
    gone.wait();
    return {};
  }));
  EXPECT_EQ(worker.is_idle(), GetParam() == Worker::Mode::at_once);
  if (GetParam() == Worker::Mode::by_thread) go.set_value();
  ASSERT_TRUE(worker.finish());
  EXPECT_TRUE(worker.is_idle());
}

TEST_P(WorkerTest, CanBeLeftInTheMiddle) {
  std::atomic<int> done = 0;
  {
    Worker worker(GetParam(), 100);
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(worker.give([&done]() -> Result<void> {
        ++done;
        return {};
      }));
    }
  }
  EXPECT_LE(done, 50);
}

}  // namespace
}  // namespace muniment
