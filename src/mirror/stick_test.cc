#include "mirror/stick.h"

#include <gtest/gtest.h>

#include "age/file.h"
#include "age/keys.h"
#include "bag/tar.h"
#include "mirror/audit.h"
#include "mirror/copies_testing.h"
#include "mirror/copy.h"
#include "testing/expect_code.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

class Sticks : public ::testing::Test {
 protected:
  Sticks() { ids = office.deposit(4, 5000); }

  ArchiveView view() { return *view_archive(office.store(), office.pin()); }
  Result<StickPlan> plan(StickLimits limits) { return plan_stick(office.store(), office.charter(), view(), limits); }
  std::uint64_t small_bytes() { return plan({.first = 1000})->bytes; }
  Result<void> fill(const StickPlan& plan, MemoryFs& disk, const std::string& folder = "stick") {
    FolderStore stick(disk, folder, random);
    return fill_stick(office.store(), office.charter(), view(), plan, stick, {});
  }
  std::uint64_t parts_on(MemoryFs& disk, const std::string& folder = "stick") {
    std::uint64_t count = 0;
    for (const auto& [name, bytes] : objects_in(disk, folder)) count += name.find("/part-") != std::string::npos;
    return count;
  }
  /// Room for two deposits of the four.
  StickLimits two() { return {.bytes_max = small_bytes() + 2 * 5600}; }

  FixedRandom random;
  MemoryFs fs;
  Office office{fs, random};
  std::vector<Sha256> ids;
};

TEST_F(Sticks, CarryWholeDepositsInTheOrderOfTheLogWithinTheLimit) {
  const auto first = plan(two());
  ASSERT_TRUE(first) << first.error().sentence();
  EXPECT_EQ(first->first, 0u);
  EXPECT_EQ(first->next, 3u) << "entry 0 is the charter, 1 and 2 are on it";
  EXPECT_EQ(first->deposits, 2u);
  MemoryFs stick;
  ASSERT_TRUE(fill(*first, stick));
  std::uint64_t bytes = 0;
  for (const auto& [name, object] : objects_in(stick, "stick")) bytes += object.size();
  EXPECT_EQ(bytes, first->bytes) << "the plan is exact";
  EXPECT_LE(bytes, two().bytes_max);

  StickLimits rest = two();
  rest.first = first->next;
  const auto second = plan(rest);
  EXPECT_EQ(second->deposits, 2u);
  EXPECT_EQ(second->next, office.head().head.size);
}

TEST_F(Sticks, ThatAreTooSmallAreNamed) {
  EXPECT_CODE(plan({.bytes_max = small_bytes() - 1}), Code::limit);
  EXPECT_CODE(plan({.bytes_max = small_bytes() + 100}), Code::limit);
}

TEST_F(Sticks, JoinToACopyOneAfterTheOther) {
  MemoryFs disk;
  MemoryFs copy_fs;
  FolderStore copy(copy_fs, "copy", random);
  const auto pull = [&](const std::string& folder) {
    FolderStore stick(disk, folder, random);
    return copy_archive({&stick}, office.charter(), office.head(), copy, {.waits_for_sticks = true});
  };
  const StickPlan first = *plan(two());
  StickLimits rest = two();
  rest.first = first.next;
  ASSERT_TRUE(fill(first, disk, "one") && fill(*plan(rest), disk, "two"));

  const auto half = pull("one");
  ASSERT_TRUE(half) << half.error().sentence();
  EXPECT_EQ(half->elsewhere, 6u) << "parts, headers and contents of two deposits";
  EXPECT_TRUE(half->lost.empty() && half->bad.empty());
  EXPECT_FALSE(copy.size(ObjectName("checkpoint"))) << "nobody sees a checkpoint whose objects are missing";
  const auto whole = pull("two");
  ASSERT_TRUE(whole) << whole.error().sentence();
  EXPECT_EQ(whole->elsewhere, 0u);
  EXPECT_EQ(difference(objects_in(copy_fs, "copy"), office.objects()), "");
}

TEST_F(Sticks, SayWhatTheyAreWhenTheyAreAudited) {
  MemoryFs disk;
  ASSERT_TRUE(fill(*plan(two()), disk));
  FolderStore stick(disk, "stick", random);
  const auto audit = [&] { return audit_copies(*survey_copies({&stick}, office.pin()), {})->at(0); };
  EXPECT_EQ(audit().state, CopyState::stick) << audit().sentence;
  EXPECT_EQ(audit().agreed->percent(), 50u);
  EXPECT_NE(audit().sentence.find("one stick's part (50 %)"), std::string::npos) << audit().sentence;
  ASSERT_TRUE(stick.remove(ObjectName(deposit_folder(ids[0]) + "/part-0000000")));
  EXPECT_EQ(audit().state, CopyState::damaged);
}

TEST_F(Sticks, AreNoCopiesToBringUpToDate) {
  MemoryFs disk;
  ASSERT_TRUE(fill(*plan(two()), disk));
  FolderStore stick(disk, "stick", random);
  EXPECT_CODE(copy_archive({&office.store()}, office.charter(), office.head(), stick), Code::conflict);
  MemoryFs copy_fs;
  FolderStore copy(copy_fs, "stick", random);
  ASSERT_TRUE(copy_archive({&office.store()}, office.charter(), office.head(), copy));
  EXPECT_CODE(fill(*plan(two()), copy_fs), Code::conflict) << "a whole copy is not made a stick";
  Office other(fs, random, "other", 'b');
  MemoryFs other_fs;
  copy_files(fs, "other", other_fs, "stick");
  EXPECT_CODE(fill(*plan(two()), other_fs), Code::conflict);
}

TEST_F(Sticks, CarryNothingThatIsNotAsItWasLogged) {
  fs.corrupt(join("office", deposit_folder(ids[1]) + "/part-0000000"), 3);
  MemoryFs disk;
  EXPECT_CODE(fill(*plan(two()), disk), Code::corrupt);
  EXPECT_FALSE(FolderStore(disk, "stick", random).size(ObjectName("checkpoint")));
  ASSERT_TRUE(office.store().remove(ObjectName(deposit_folder(ids[0]) + "/header-0")));
  EXPECT_CODE(plan(two()), Code::corrupt);
}

TEST_F(Sticks, CutOffAnywhereAreCompletedByTheNextRun) {
  const StickPlan planned = *plan(two());
  MemoryFs whole;
  ASSERT_TRUE(fill(planned, whole));
  const Files expected = objects_in(whole, "stick");
  for (std::uint64_t n = 1; n <= whole.operations(); ++n) {
    MemoryFs cut;
    cut.cut_power_at(n);
    const bool reported = fill(planned, cut).has_value();
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs disk = cut;
      disk.reboot(unsynced);
      if (reported || objects_in(disk, "stick").contains("checkpoint")) {
        ASSERT_EQ(difference(objects_in(disk, "stick"), expected), "") << n;
      }
      ASSERT_TRUE(fill(planned, disk)) << n;
      ASSERT_EQ(difference(objects_in(disk, "stick"), expected), "") << n;
    }
  }
}

class WrappedSticks : public Sticks {
 protected:
  Bytes wrap(const StickPlan& plan) {
    Bytes file;
    const age::X25519Recipient recipient = key.recipient();
    EXPECT_TRUE(wrap_stick(office.store(), office.charter(), view(), plan, recipient, random, [&](ByteView bytes) {
      file.insert(file.end(), bytes.begin(), bytes.end());
      return Result<void>();
    }));
    return file;
  }
  Result<std::uint64_t> unwrap(const Bytes& file, const age::Identity& by, MemoryFs& to) {
    MemoryFs at;
    at.seed("parcel", file);
    FolderStore target(to, "parcel", random);
    return unwrap_stick(**at.open("parcel"), by, target);
  }
  /// A tar archive of these files, sealed for the key.
  Bytes wrap_files(const std::vector<std::pair<std::string, std::string>>& files) {
    Bytes plain;
    bag::TarWriter tar([&](ByteView bytes) {
      plain.insert(plain.end(), bytes.begin(), bytes.end());
      return Result<void>();
    });
    for (const auto& [name, text] : files) {
      EXPECT_TRUE(tar.begin_file(name, text.size(), 0) && tar.write(as_view(text)) && tar.end_file());
    }
    EXPECT_TRUE(tar.finish(tar.finished_size()));
    const age::X25519Recipient recipient = key.recipient();
    const age::Recipient* const recipients[] = {&recipient};
    return *age::seal_bytes(plain, recipients, random);
  }

  age::X25519Identity key = age::X25519Identity::make(random);
};

TEST_F(WrappedSticks, ComeBackAsTheyWere) {
  const StickPlan planned = *plan(two());
  MemoryFs disk;
  ASSERT_TRUE(fill(planned, disk));
  MemoryFs out;
  const auto objects = unwrap(wrap(planned), key, out);
  ASSERT_TRUE(objects) << objects.error().sentence();
  EXPECT_EQ(difference(objects_in(out, "parcel"), objects_in(disk, "stick")), "");
  EXPECT_EQ(*objects, objects_in(disk, "stick").size());
}

TEST_F(WrappedSticks, KeepToTheLimit) {
  office.deposit(3, 60000);
  StickLimits limits{.is_wrapped = true};
  const std::uint64_t all = plan(limits)->bytes;
  EXPECT_LE(wrap(*plan(limits)).size(), all);
  limits.bytes_max = all - 1;
  const auto fewer = plan(limits);
  ASSERT_TRUE(fewer) << fewer.error().sentence();
  EXPECT_LT(fewer->deposits, 7u);
  EXPECT_LE(wrap(*fewer).size(), limits.bytes_max);
}

TEST_F(WrappedSticks, ShowNothingOfAnArchive) {
  const Bytes file = wrap(*plan({.is_wrapped = true}));
  const std::string_view bytes = as_text(file);
  for (const char* trace : {"muniment", "checkpoint", "deposits/", "part-"})
    EXPECT_EQ(bytes.find(trace), std::string_view::npos) << trace;
}

TEST_F(WrappedSticks, OpenForNobodyElseAndNotWhenAlteredOrCut) {
  const Bytes file = wrap(*plan(two()));
  MemoryFs nowhere;
  EXPECT_CODE(unwrap(file, age::X25519Identity::make(random), nowhere), Code::denied);
  for (const std::size_t at : {std::size_t{0}, file.size() / 2, file.size() - 1}) {
    Bytes altered = file;
    altered[at] ^= 1;
    MemoryFs to;
    EXPECT_FALSE(unwrap(altered, key, to)) << at;
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{100}, file.size() / 2, file.size() - 1}) {
    MemoryFs to;
    EXPECT_FALSE(unwrap(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)), key, to)) << size;
  }
}

TEST_F(WrappedSticks, BringNothingButObjectsOfACopy) {
  MemoryFs to;
  EXPECT_TRUE(unwrap(wrap_files({{"README.txt", "x"}}), key, to));
  for (const char* name : {"home/head", "incoming/x", "withdrawn/x", "x", "deposits/-x/y", "staging/1"}) {
    EXPECT_CODE(unwrap(wrap_files({{name, "x"}}), key, to), Code::corrupt) << name;
  }
  EXPECT_EQ(objects_in(to, "parcel").size(), 1u);
}

}  // namespace
}  // namespace muniment
