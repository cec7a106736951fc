// Two sequencers at once, step by step in any order: prototype P7 of the design's review, where 56 of 100 such
// interleavings left a head that contradicted its own tiles.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "ledger/appender.h"
#include "ledger/log_testing.h"
#include "testing/expect_code.h"
#include "testing/faulty_store.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

/// Lets two threads go one step at a time, in the order given, over and over. Who is alone goes on alone.
class Turns {
 public:
  explicit Turns(std::vector<int> order) : order_(std::move(order)), running_(order_.front()) {}

  /// Called before each step: passes the turn on and waits for the next.
  void step(int who) {
    std::unique_lock lock(mutex_);
    if (running_ == who) pass();
    changed_.wait(lock, [&] { return running_ == who; });
  }

  void leave(int who) {
    const std::unique_lock lock(mutex_);
    gone_[who] = true;
    if (running_ == who) pass();
  }

 private:
  void pass() {
    const int next = order_[position_++ % order_.size()];
    running_ = gone_[next] ? 1 - next : next;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> order_;
  std::size_t position_ = 0;
  int running_;
  bool gone_[2] = {false, false};
};

class SteppedHead final : public HeadStore {
 public:
  SteppedHead(HeadStore& inner, std::function<void()> step) : inner_(inner), step_(std::move(step)) {}
  Result<std::optional<Bytes>> read() override {
    step_();
    return inner_.read();
  }
  Result<void> compare_and_swap(const std::optional<Bytes>& expected, ByteView desired) override {
    step_();
    return inner_.compare_and_swap(expected, desired);
  }

 private:
  HeadStore& inner_;
  std::function<void()> step_;
};

struct Tried {
  std::vector<Bytes> entries;
  Result<SignedHead> result = Error(Code::invalid, "not run");
};

/// Two writers of one log, and a reader who looks at every step.
class Race {
 public:
  Race(MemoryFs& fs, std::vector<int> order) : fs_(fs), turns_(std::move(order)) {}

  /// Each appends its batches, each batch once: what loses is given up.
  void run(const std::vector<std::vector<Bytes>>& first, const std::vector<std::vector<Bytes>>& second) {
    std::jthread one([&] { write(0, first); });
    std::jthread two([&] { write(1, second); });
  }

  std::vector<Tried> tried[2];
  std::vector<SignedHead> seen;  // every checkpoint that was ever published
  std::string mixture;           // what a reader could not make sense of

 private:
  void write(int who, const std::vector<std::vector<Bytes>>& batches) {
    FixedRandom random(static_cast<std::uint64_t>(who) + 10);
    turns_.step(who);
    for (const auto& batch : batches) {
      LogHome home(fs_, random);
      const auto step = [this, who] {
        turns_.step(who);
        look();
      };
      FaultyStore store(home.store);
      store.on_call([&](const FaultyStore::Call&) -> Result<void> {
        step();
        return {};
      });
      SteppedHead head(home.head, step);
      tried[who].push_back({batch, Appender(store, head, home.log, home.signer).append(batch)});
    }
    turns_.leave(who);
  }

  /// By whoever has the turn, so that there is one reader at a time.
  void look() {
    const auto checkpoint = read_file(fs_, "archive/checkpoint", 10'000);
    if (!checkpoint || *checkpoint == checkpoint_) return;
    checkpoint_ = *checkpoint;
    FixedRandom random;
    LogHome home(fs_, random);
    const auto log = read_whole_log(home.store, home.log);
    if (!log) {
      mixture += log.error().sentence() + "\n";
    } else {
      seen.push_back(log->signed_head);
    }
  }

  MemoryFs& fs_;
  Turns turns_;
  Bytes checkpoint_;
};

/// How often the batch stands in the log, in one piece.
int count_batch(const std::vector<Bytes>& log, const std::vector<Bytes>& batch) {
  int count = 0;
  for (auto at = log.begin();; ++at) {
    at = std::search(at, log.end(), batch.begin(), batch.end());
    if (at == log.end()) return count;
    ++count;
  }
}

/// What must be true when both are done, whoever has won. Empty when all is well.
std::string complaints_about(MemoryFs& fs, const Race& race, std::size_t base) {
  FixedRandom random(99);
  LogHome home(fs, random);
  // A slow writer may have put an older checkpoint over a newer one: the next run puts that right.
  if (const auto finished = home.appender.finish_earlier(); !finished) return finished.error().sentence();
  const auto log = read_whole_log(home.store, home.log);
  if (!log) return log.error().sentence();
  std::string wrong = race.mixture;
  std::size_t expected = base;
  for (const auto& tried : race.tried) {
    for (const Tried& attempt : tried) {
      const int count = count_batch(log->entries, attempt.entries);
      if (attempt.result) expected += attempt.entries.size();
      if (attempt.result && count != 1) wrong += "a batch that won is there " + std::to_string(count) + " times\n";
      if (!attempt.result && count != 0) wrong += "a batch that lost is in the log\n";
      if (!attempt.result && attempt.result.error().code() != Code::conflict)
        wrong += "a loser is told: " + attempt.result.error().sentence() + "\n";
    }
  }
  if (log->entries.size() != expected) wrong += "there are entries that nobody has appended\n";
  for (const SignedHead& head : race.seen) {
    if (!leads_through(*log, head.head)) wrong += "a published checkpoint was taken back\n";
  }
  return wrong;
}

std::vector<std::vector<Bytes>> batches_of(const std::string& writer, const std::vector<int>& sizes) {
  std::vector<std::vector<Bytes>> batches;
  for (const int size : sizes) {
    auto& batch = batches.emplace_back();
    for (int i = 0; i < size; ++i) {
      batch.push_back(entry_of(writer + std::to_string(batches.size()) + " " + std::to_string(i)));
    }
  }
  return batches;
}

MemoryFs disk_with_log(std::uint64_t size) {
  MemoryFs fs;
  FixedRandom random;
  LogHome home(fs, random);
  if (size > 0) MUNIMENT_CHECK(home.appender.append(numbered_entries(0, size)));
  return fs;
}

RC_GTEST_PROP(TwoAppenders, NeverMixTheirBatchesInWhateverOrderTheirStepsFall, ()) {
  const auto base = *rc::gen::element<std::size_t>(0, 1, 3, 254, 255, 256);
  const auto batch_sizes =
      rc::gen::resize(3, rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 4))));
  // Now one step each, now a long run of one while the other stands still.
  auto order = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 2)));
  const auto stretch = *rc::gen::element<std::size_t>(1, 1, 5, 20);
  std::vector<int> stretched;
  for (const int who : order) stretched.insert(stretched.end(), stretch, who);
  stretched.push_back(0);
  stretched.push_back(1);
  MemoryFs fs = disk_with_log(base);
  Race race(fs, stretched);
  race.run(batches_of("one ", *batch_sizes), batches_of("two ", *batch_sizes));
  const std::string wrong = complaints_about(fs, race, base);
  RC_LOG() << wrong;
  RC_ASSERT(wrong.empty());
}

TEST(TwoAppenders, StepByStepOneWinsAndTheOtherGetsConflict) {
  MemoryFs fs = disk_with_log(3);
  Race race(fs, {0, 1});
  race.run(batches_of("one ", {2}), batches_of("two ", {2}));
  EXPECT_EQ(complaints_about(fs, race, 3), "");
  EXPECT_NE(race.tried[0][0].result.has_value(), race.tried[1][0].result.has_value());
}

TEST(TwoAppenders, OneThatStandsStillAtAnyStepLosesToOneThatDoesNot) {
  // The second writer does all of its work after the first one's n-th step.
  std::uint64_t lost = 0;
  for (std::size_t n = 1; n < 80; ++n) {
    MemoryFs fs = disk_with_log(3);
    std::vector<int> order(n, 0);
    order.insert(order.end(), 10'000, 1);
    Race race(fs, order);
    race.run(batches_of("one ", {1}), batches_of("two ", {2, 1}));
    ASSERT_EQ(complaints_about(fs, race, 3), "") << n;
    if (!race.tried[0][0].result) ++lost;
  }
  EXPECT_GT(lost, 5u);
  EXPECT_LT(lost, 70u);
}

TEST(TwoAppenders, OfTheSameBatchTheLoserLeavesTheWinnersAlone) {
  const auto same = batches_of("same ", {1});
  int both_won = 0;
  // The first stands still after n steps, the second after m; then the first goes on to its end, and the second to its.
  for (std::size_t n = 6; n < 26; ++n) {
    for (std::size_t m = 6; m < 26; ++m) {
      MemoryFs fs = disk_with_log(3);
      std::vector<int> order(n, 0);
      order.insert(order.end(), m, 1);
      order.insert(order.end(), 10'000, 0);
      Race race(fs, order);
      race.run(same, same);
      FixedRandom random(99);
      LogHome home(fs, random);
      const auto finished = home.appender.finish_earlier();
      ASSERT_TRUE(finished) << n << ", " << m << ": " << finished.error().sentence();
      const auto log = read_whole_log(home.store, home.log);
      ASSERT_TRUE(log) << n << ", " << m << ": " << log.error().sentence();
      const int wins = (race.tried[0][0].result ? 1 : 0) + (race.tried[1][0].result ? 1 : 0);
      EXPECT_EQ(count_batch(log->entries, same[0]), wins) << n << ", " << m;
      EXPECT_GE(wins, 1) << n << ", " << m;
      if (wins == 2) ++both_won;
    }
  }
  EXPECT_LT(both_won, 300);
}

}  // namespace
}  // namespace muniment
