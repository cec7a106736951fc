// The appender cut off, refused and lied to at every operation.
#include <gtest/gtest.h>

#include <set>

#include "ledger/appender.h"
#include "ledger/log_testing.h"
#include "testing/expect_code.h"
#include "testing/faulty_store.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

/// A log on a disk, and what is appended to it by the run that is cut off.
struct Case {
  std::uint64_t size;   // before
  std::uint64_t count;  // entries of the run
};
/// From nothing, in the middle of a tile, onto its last place, over it, and from one full tile.
constexpr Case kCases[] = {{0, 1}, {3, 2}, {255, 1}, {255, 2}, {256, 1}};
/// So many tiles that they are made durable in groups.
constexpr Case kInGroups = {255, 7 * 256 + 1 - 255};

MemoryFs disk_with_log(std::uint64_t size, Random& random) {
  MemoryFs fs;
  if (size == 0) return fs;
  LogHome home(fs, random);
  MUNIMENT_CHECK(home.appender.append(numbered_entries(0, size)));
  return fs;
}

std::vector<Bytes> operator+(std::vector<Bytes> first, const std::vector<Bytes>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// Watches one log through its accidents: what was published once must stay so.
class Watch {
 public:
  Watch(const Case& what, std::string when) : case_(what), when_(std::move(when)) {}

  /// The log as it lies there: nothing yet, the old one or the new one, whole and never a mixture.
  void look(MemoryFs& fs, Random& random) {
    LogHome home(fs, random);
    const auto log = read_whole_log(home.store, home.log);
    if (!log && log.error().code() == Code::not_found && case_.size == 0) return;
    ASSERT_TRUE(log) << when_ << ": " << log.error().sentence();
    const bool is_old = log->entries == old_entries();
    EXPECT_TRUE(is_old || log->entries == new_entries()) << when_ << ": a mixture of " << log->entries.size();
    heads_.push_back(log->signed_head.head);
    remember_private_head(home);
  }

  /// The next run completes, and the log holds what it must: `reported` is whether the run that was cut off said that
  /// it was done.
  void complete(MemoryFs& fs, Random& random, bool reported) {
    const std::vector<Bytes> next = {entry_of("the next run")};
    {
      LogHome home(fs, random);
      const auto appended = home.appender.append(next);
      ASSERT_TRUE(appended) << when_ << ": the next run completes: " << appended.error().sentence();
    }
    // All of it survives a power cut right after the run has reported it.
    fs.reboot(Unsynced::lost);
    LogHome home(fs, random);
    const auto log = read_whole_log(home.store, home.log);
    ASSERT_TRUE(log) << when_ << ": " << log.error().sentence();
    const bool has_cut_batch = log->entries == new_entries() + next;
    EXPECT_TRUE(has_cut_batch || (!reported && log->entries == old_entries() + next)) << when_;
    for (const tlog::TreeHead& head : heads_) {
      EXPECT_TRUE(leads_through(*log, head)) << when_ << ": a signed head of " << head.size << " is lost";
    }
    EXPECT_EQ(as_text(**home.head.read()), log->signed_head.note) << when_;
    EXPECT_TRUE(home.appender.append({entry_of("and one more")})) << when_;
  }

 private:
  std::vector<Bytes> old_entries() const { return numbered_entries(0, case_.size); }
  std::vector<Bytes> new_entries() const { return numbered_entries(0, case_.size + case_.count); }

  void remember_private_head(LogHome& home) {
    const auto note = home.head.read();
    ASSERT_TRUE(note) << when_;
    if (!*note) return;
    const auto head = verify_head(as_text(**note), home.log);
    ASSERT_TRUE(head) << when_ << ": a torn head: " << head.error().sentence();
    heads_.push_back(head->head);
  }

  Case case_;
  std::string when_;
  std::vector<tlog::TreeHead> heads_;  // published or signed at some time
};

/// One run. True when it said that it was done.
bool append_to(MemoryFs& fs, const Case& what, Random& random) {
  LogHome home(fs, random);
  return home.appender.append(numbered_entries(what.size, what.count)).has_value();
}

class AppenderAccident : public ::testing::TestWithParam<Case> {
 protected:
  FixedRandom random;
  MemoryFs before = disk_with_log(GetParam().size, random);
};

void cut_power_at_every_operation(const MemoryFs& before, const Case& what, Random& random) {
  MemoryFs whole = before;
  ASSERT_TRUE(append_to(whole, what, random));
  std::set<std::pair<bool, std::map<std::string, Bytes>>> tried;  // many cuts leave the same disk
  for (std::uint64_t n = before.operations() + 1; n <= whole.operations() + 1; ++n) {
    MemoryFs cut = before;
    cut.cut_power_at(n);
    FixedRandom same_staging(7);
    const bool reported = append_to(cut, what, same_staging);
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs fs = cut;
      fs.reboot(unsynced);
      if (!tried.insert({reported, fs.files()}).second) continue;
      Watch watch(what, "cut at " + std::to_string(n) + ", mode " + std::to_string(static_cast<int>(unsynced)));
      watch.look(fs, random);
      watch.complete(fs, random, reported);
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST_P(AppenderAccident, APowerCutAtEveryOperationLeavesTheOldOrTheNewLog) {
  cut_power_at_every_operation(before, GetParam(), random);
}

TEST(AppenderInGroups, APowerCutAtEveryOperationLeavesTheOldOrTheNewLog) {
  FixedRandom random;
  cut_power_at_every_operation(disk_with_log(kInGroups.size, random), kInGroups, random);
}

TEST_P(AppenderAccident, AFailureOfAnyOneOperationLosesNothing) {
  MemoryFs whole = before;
  ASSERT_TRUE(append_to(whole, GetParam(), random));
  for (std::uint64_t n = before.operations() + 1; n <= whole.operations(); ++n) {
    MemoryFs fs = before;
    fs.fail_at(n, Code::io, "told to fail");
    const bool reported = append_to(fs, GetParam(), random);
    Watch watch(GetParam(), "failed at " + std::to_string(n));
    watch.look(fs, random);
    watch.complete(fs, random, reported);
    if (HasFatalFailure()) return;
  }
}

TEST_P(AppenderAccident, AFullDiskAtAnySizeLosesNothing) {
  MemoryFs whole = before;
  ASSERT_TRUE(append_to(whole, GetParam(), random));
  std::uint64_t used = 0;
  for (const auto& [path, bytes] : before.files()) used += bytes.size();
  const std::uint64_t step = GetParam().size < 10 ? 7 : 997;
  for (std::uint64_t room = 0;; room += step) {
    MemoryFs fs = before;
    fs.limit_bytes(used + room);
    const bool reported = append_to(fs, GetParam(), random);
    Watch watch(GetParam(), "room for " + std::to_string(room));
    watch.look(fs, random);
    fs.limit_bytes(UINT64_MAX);
    watch.complete(fs, random, reported);
    if (HasFatalFailure() || reported) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, AppenderAccident, ::testing::ValuesIn(kCases), [](const auto& each) {
  return std::to_string(each.param.size) + "And" + std::to_string(each.param.count);
});

// A store that is refused, reordered or lies.

/// Notes at which store operation the head is swapped: what comes before is before signing was of any use.
class NotingHead final : public HeadStore {
 public:
  NotingHead(HeadStore& inner, const FaultyStore& store) : inner_(inner), store_(store) {}
  Result<std::optional<Bytes>> read() override { return inner_.read(); }
  Result<void> compare_and_swap(const std::optional<Bytes>& expected, ByteView desired) override {
    swapped_at = store_.operations();
    return inner_.compare_and_swap(expected, desired);
  }
  std::optional<std::uint64_t> swapped_at;

 private:
  HeadStore& inner_;
  const FaultyStore& store_;
};

struct FaultyRun {
  Result<SignedHead> appended = Error(Code::invalid, "not run");
  std::uint64_t operations = 0;
  std::optional<std::uint64_t> swapped_at;
  std::vector<FaultyStore::Call> calls;
};

FaultyRun append_with(MemoryFs& fs, const Case& what, Random& random,
                      const std::function<void(FaultyStore&)>& prepare) {
  LogHome home(fs, random);
  FaultyStore store(home.store);
  NotingHead head(home.head, store);
  FaultyRun run;
  store.on_call([&](const FaultyStore::Call& call) -> Result<void> {
    run.calls.push_back(call);
    return {};
  });
  prepare(store);
  run.appended = Appender(store, head, home.log, home.signer).append(numbered_entries(what.size, what.count));
  run.operations = store.operations();
  run.swapped_at = head.swapped_at;
  return run;
}

TEST_P(AppenderAccident, ARefusedOperationOrALostConnectionLosesNothing) {
  MemoryFs whole = before;
  const FaultyRun run = append_with(whole, GetParam(), random, [](FaultyStore&) {});
  ASSERT_TRUE(run.appended);
  for (std::uint64_t n = 1; n <= run.operations; ++n) {
    for (const bool for_good : {false, true}) {
      MemoryFs fs = before;
      const FaultyRun refused = append_with(fs, GetParam(), random, [&](FaultyStore& store) {
        if (for_good) {
          store.refuse_from(n);
        } else {
          store.inject(n, Fault::refuse);
        }
      });
      Watch watch(GetParam(), "refused at " + std::to_string(n));
      watch.look(fs, random);
      watch.complete(fs, random, refused.appended.has_value());
      if (HasFatalFailure()) return;
    }
  }
}

TEST_P(AppenderAccident, AWriteThatComesLateDoesNoHarm) {
  MemoryFs whole = before;
  const FaultyRun run = append_with(whole, GetParam(), random, [](FaultyStore&) {});
  for (std::uint64_t n = 1; n <= run.operations; ++n) {
    MemoryFs fs = before;
    append_with(fs, GetParam(), random, [&](FaultyStore& store) { store.inject(n, Fault::delay); });
    Watch watch(GetParam(), "late: " + std::to_string(n));
    watch.complete(fs, random, false);
    if (HasFatalFailure()) return;
  }
}

/// All but batches that are staged.
std::map<std::string, Bytes> shown_files(const MemoryFs& fs) {
  auto files = fs.files();
  std::erase_if(files, [](const auto& file) { return file.first.starts_with("archive/home/staged/"); });
  return files;
}

/// Runs with one lie about a staged object before the swap: none of them may be signed. Of all objects, or of those
/// whose name ends so. Gives the number of lies.
int tell_lies(const MemoryFs& before, const Case& what, Random& random, std::string_view ending = "") {
  MemoryFs whole = before;
  const FaultyRun honest = append_with(whole, what, random, [](FaultyStore&) {});
  if (!honest.appended || !honest.swapped_at) return 0;
  const auto shown_before = shown_files(before);
  int lies = 0;
  for (const FaultyStore::Call& call : honest.calls) {
    const bool carries_batch =
        call.name.starts_with("home/staged/") &&
        (call.operation == FaultyStore::Operation::get || call.operation == FaultyStore::Operation::put);
    if (!carries_batch || !call.name.ends_with(ending) || call.number > *honest.swapped_at) continue;
    for (const Fault fault : {Fault::flip, Fault::truncate, Fault::lose}) {
      ++lies;
      MemoryFs fs = before;
      const FaultyRun run =
          append_with(fs, what, random, [&](FaultyStore& store) { store.inject(call.number, fault); });
      const std::string when = call.name + " at " + std::to_string(call.number);
      EXPECT_CODE(run.appended, fault == Fault::lose ? Code::not_found : Code::corrupt) << when;
      EXPECT_FALSE(run.swapped_at) << when << ": signed all the same";
      EXPECT_TRUE(shown_files(fs) == shown_before) << when << ": something of it shows";
    }
  }
  return lies;
}

TEST_P(AppenderAccident, AStoreThatLiesOnReadBackIsCaughtBeforeSigning) {
  EXPECT_GE(tell_lies(before, GetParam(), random), 12);
}

TEST(AppenderAtTheSecondLevel, AStoreThatLiesOnReadBackIsCaughtBeforeSigning) {
  FixedRandom random;
  EXPECT_GE(tell_lies(disk_with_log(65'535, random), {65'535, 2}, random), 12);
  // Neither the new root nor the way from the old one leads through this tile.
  EXPECT_GE(tell_lies({}, {0, 65'537}, random, "/tile/1/000"), 6);
}

}  // namespace
}  // namespace muniment
