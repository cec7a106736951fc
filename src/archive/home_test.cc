#include "archive/home.h"

#include <gtest/gtest.h>

#include "archive/archive_testing.h"
#include "archive/charter_draft.h"
#include "archive/proposal.h"
#include "base/posix_fs.h"
#include "crypto/random.h"
#include "testing/expect_code.h"
#include "testing/fixed_clock.h"
#include "testing/fixed_random.h"
#include "testing/memory_fs.h"
#include "testing/temporary_folder.h"

namespace muniment {
namespace {

class AHome : public ::testing::Test {
 protected:
  std::string log_key_file() {
    const auto names = fs.list("archive/home");
    for (const std::string& name : names ? *names : std::vector<std::string>{}) {
      if (name.starts_with("log-key-")) return join("archive/home", name);
    }
    return {};
  }
  Result<std::unique_ptr<Home>> open(const std::string& root = "archive") { return open(root, archive.custodian); }
  Result<std::unique_ptr<Home>> open(const std::string& root, const HolderKeys& holder) {
    return Home::open(doors, place(root), charter, holder);
  }
  /// Kept, since homes refer to it.
  Place& place(const std::string& root) {
    places.push_back(std::make_unique<FolderPlace>(doors, root));
    return *places.back();
  }
  /// A copy as `cp -r` makes it.
  void copy_to(const std::string& root) {
    for (const auto& [path, bytes] : fs.files()) {
      if (path.starts_with("archive/")) fs.seed(root + path.substr(7), bytes);
    }
  }

  MemoryFs fs;
  FixedRandom random;
  FixedClock clock;
  Doors doors{fs, random, clock};
  std::vector<std::unique_ptr<FolderPlace>> places;
  TestArchive archive = *found_test_archive(doors, "archive");
  Charter charter = view_of(doors, archive)->charter;
};

TEST_F(AHome, OpensForItsCustodianAndAppends) {
  const auto home = open();
  ASSERT_TRUE(home) << home.error().sentence();
  const auto head = (*home)->appender().append({bytes_of("entry")});
  ASSERT_TRUE(head);
  EXPECT_EQ(head->head.size, 2u);
  EXPECT_TRUE(*is_home(place("archive"), charter));
}

TEST_F(AHome, IsHeldByOneRunAtATime) {
  {
    const auto held = open();
    ASSERT_TRUE(held);
    EXPECT_CODE(open(), Code::conflict);
  }
  EXPECT_TRUE(open()) << "and is free when that run is over";
}

/// format-review 8: two custodians on two copies, or a restored backup, would fork the log.
TEST_F(AHome, ThatWasCopiedRefusesToAppend) {
  copy_to("copy");
  EXPECT_FALSE(*is_home(place("copy"), charter));
  const auto copied = open("copy");
  ASSERT_TRUE(fails_with(copied, Code::denied));
  EXPECT_NE(copied.error().sentence().find("fork"), std::string::npos) << "says why";
  EXPECT_TRUE(open()) << "the home itself goes on";
}

TEST_F(AHome, ThatWasMovedIsStillTheHome) {
  ASSERT_TRUE(fs.rename("archive", "moved"));
  EXPECT_TRUE(open("moved"));
}

TEST_F(AHome, IsNotInAPlainCopy) {
  copy_to("copy");
  ASSERT_TRUE(remove_tree(fs, "copy/home"));
  EXPECT_FALSE(*is_home(place("copy"), charter));
  EXPECT_CODE(open("copy"), Code::denied);
}

TEST_F(AHome, OfAnotherCharterIsNotThisOne) {
  charter.home = std::string(32, '0');
  EXPECT_FALSE(*is_home(place("archive"), charter));
  EXPECT_CODE(open(), Code::denied);
}

TEST_F(AHome, IsDeniedToAnotherKey) {
  EXPECT_CODE(open("archive", HolderKeys::make("custodian-1", random)), Code::denied);
  EXPECT_TRUE(open()) << "and the lock was let go";
}

TEST_F(AHome, WithADamagedLogKeyIsNamedAsDamaged) {
  const std::string path = log_key_file();
  const Bytes whole = *read_file(fs, path, 10'000);
  fs.corrupt(path, whole.size() - 1);
  const auto damaged = open();
  ASSERT_TRUE(fails_with(damaged, Code::forged));
  EXPECT_NE(damaged.error().sentence().find("home/log-key-"), std::string::npos);
  const auto recipient = age::parse_recipient(archive.custodian.recipient());
  const age::Recipient* const recipients[] = {recipient->get()};
  fs.seed(path, *age::seal_bytes(as_view("no log key"), recipients, random));
  EXPECT_CODE(open(), Code::corrupt);
  ASSERT_TRUE(fs.remove(path));
  EXPECT_CODE(open(), Code::not_found);
}

/// A thief who puts a key of her own there signs nothing that is kept: the charter names another.
TEST_F(AHome, WithAnotherLogKeyAppendsNothing) {
  ASSERT_TRUE(fs.remove(log_key_file()));
  ASSERT_TRUE(fs.remove("archive/home/place"));
  ASSERT_TRUE(make_home(doors, place("archive"), charter, random_secret<32>(random)));
  const auto before = fs.files();
  const auto home = open();
  ASSERT_TRUE(home);
  EXPECT_CODE((*home)->appender().append({bytes_of("entry")}), Code::forged);
  EXPECT_EQ(view_of(doors, archive)->head.head.size, 1u);
  EXPECT_EQ(fs.files().at("archive/home/head"), before.at("archive/home/head"));
}

/// A restored backup of home/head under a newer checkpoint: appending would sign a second tree of that size.
TEST_F(AHome, WithAnOlderHeadThanItsCheckpointAppendsNothing) {
  const Bytes old_head = *read_file(fs, "archive/home/head", 10'000);
  ASSERT_TRUE(append_entries(doors, archive, {bytes_of("one"), bytes_of("two")}));
  fs.seed("archive/home/head", old_head);
  EXPECT_CODE(append_entries(doors, archive, {bytes_of("other")}), Code::forged);
  ASSERT_TRUE(fs.remove("archive/home/head"));
  EXPECT_CODE(append_entries(doors, archive, {bytes_of("other")}), Code::forged);
  EXPECT_EQ(view_of(doors, archive)->head.head.size, 3u);
}

/// What a charter that comes into force does to a home, cut off wherever it may be.
class AHomeWhoseCharterChanges : public AHome {
 protected:
  AHomeWhoseCharterChanges() {
    FolderStore store(fs, "archive", random);
    const ArchiveView now = *view_of(doors, archive);
    CharterDraft draft = CharterDraft::after(now.chain);
    MUNIMENT_CHECK(draft.add_custodian(second.holder()));
    const auto keys = open_compartment(store, now.charter, kEvidence, archive.custodian.opener());
    MUNIMENT_CHECK(draft.grant(kEvidence, second.pseudonym(), **keys, random));
    const SignerKey signer(now.charter.origin, Secret<32>::copy_of(seed.expose()));
    draft.set_log_key({signer.verifier(), now.head.head.size});
    for (const auto& [name, file] : draft.files()) MUNIMENT_CHECK(store.put(name, file) && store.flush());
    next = draft.charter();
    const SignerKey* const signers[] = {&archive.custodian.signer(), &second.signer()};
    note = sign_note(render_charter(next), signers);
  }
  Doors doors_on(Fs& disk) { return {disk, random, clock}; }
  /// What a command does that carries the proposal out.
  Result<void> carry(Fs& disk) {
    const Doors on = doors_on(disk);
    FolderPlace here(on, "archive");
    TRY(add_log_key(on, here.store(), next, seed));
    TRY(save_proposal(on, "archive", note));
    TRY_ASSIGN(const ArchiveView view, view_of(on, archive));
    TRY_ASSIGN(const Proposal proposal, read_proposal(note, view));
    return carry_out(on, here, IdPin::of(archive.id), proposal, archive.custodian);
  }
  /// What the next command does, whichever it is: the newest charter, the home, what was left.
  Result<ArchiveView> next_run(Fs& disk, const HolderKeys& holder) {
    const Doors on = doors_on(disk);
    FolderPlace here(on, "archive");
    TRY_ASSIGN(const FoundCharter charters, read_charter(here.store(), IdPin::of(archive.id)));
    TRY_ASSIGN(const auto home, Home::open(on, here, charters.charter, holder));
    TRY(home->finish_earlier(IdPin::of(archive.id)));
    return view_archive(here.store(), IdPin::of(archive.id));
  }

  HolderKeys second = HolderKeys::make("custodian-2", random);
  Secret<32> seed = random_secret<32>(random);
  Charter next;
  std::string note;
};

TEST_F(AHomeWhoseCharterChanges, LogsACharterThatLiesBesideTheLogAndSealsTheLogKeyToItsCustodians) {
  ASSERT_TRUE(add_log_key(doors, place("archive").store(), next, seed));
  fs.seed("archive/charter/2", as_view(note));
  const auto view = next_run(fs, second);
  ASSERT_TRUE(view) << view.error().sentence();
  EXPECT_EQ(view->charter.version, 2u);
  EXPECT_EQ(view->head.head.size, 2u);
  EXPECT_TRUE(next_run(fs, archive.custodian));
}

TEST_F(AHomeWhoseCharterChanges, IsNotOpenedUnderACharterThatIsNoLongerTheNewest) {
  ASSERT_TRUE(carry(fs));
  const auto stale = open();
  ASSERT_TRUE(fails_with(stale, Code::conflict)) << "its log key's time is over";
  EXPECT_NE(stale.error().sentence().find("charter/2"), std::string::npos);
}

TEST_F(AHomeWhoseCharterChanges, IgnoresACharterBesideTheLogThatDoesNotFollow) {
  std::string unsigned_note = note;
  unsigned_note.resize(unsigned_note.find("\n\n") + 2);
  unsigned_note += archive.custodian.signer().sign(unsigned_note.substr(0, unsigned_note.size() - 1));
  fs.seed("archive/charter/2", as_view(unsigned_note));
  const auto view = next_run(fs, archive.custodian);
  ASSERT_TRUE(view) << view.error().sentence();
  EXPECT_EQ(view->charter.version, 1u);
  EXPECT_TRUE(view->objections.empty());
}

TEST_F(AHomeWhoseCharterChanges, CutOffAnywhereHasTheOldCharterOrTheNewAndTheNextRunCompletes) {
  constexpr std::uint64_t kShredOperationsMax = 2000;
  const MemoryFs disk = fs;
  for (std::uint64_t cut = 1;; ++cut) {
    MemoryFs broken = disk;
    broken.cut_power_at(broken.operations() + cut);
    const auto carried = carry(broken);
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs after = broken;
      after.reboot(unsynced);
      const auto seen = view_of(doors_on(after), archive);
      ASSERT_TRUE(seen) << "cut at " << cut << ": a reader finds an archive: " << seen.error().sentence();
      auto view = next_run(after, archive.custodian);
      ASSERT_TRUE(view) << "cut at " << cut << ": " << view.error().sentence();
      if (carried) {
        EXPECT_EQ(view->charter.version, 2u) << "reported success, then forgot";
      }
      if (view->charter.version == 1) {
        const auto again = carry(after);
        ASSERT_TRUE(again) << "cut at " << cut << ": " << again.error().sentence();
      }
      view = next_run(after, second);
      ASSERT_TRUE(view) << "cut at " << cut << ": the new custodian cannot go on: " << view.error().sentence();
      EXPECT_EQ(view->charter.version, 2u);
      EXPECT_EQ(view->head.head.size, 2u) << "logged once";
      EXPECT_TRUE(view->objections.empty());
    }
    if (carried) break;
    ASSERT_LT(cut, kShredOperationsMax);
  }
}

TEST(AHomeOnDisk, ThatWasCopiedRefusesToAppend) {
  const TemporaryFolder folder;
  FixedRandom random;
  FixedClock clock;
  const Doors doors{posix_fs(), random, clock};
  const auto archive = found_test_archive(doors, folder.path() + "/archive");
  ASSERT_TRUE(archive) << archive.error().sentence();
  const Charter charter = view_of(doors, *archive)->charter;
  const std::string copy = folder.path() + "/copy";
  ASSERT_EQ(std::system(("cp -a '" + archive->root + "' '" + copy + "'").c_str()), 0);
  FolderPlace copied(doors, copy);
  EXPECT_CODE(Home::open(doors, copied, charter, archive->custodian), Code::denied);
  ASSERT_TRUE(posix_fs().rename(archive->root, folder.path() + "/moved"));
  FolderPlace moved(doors, folder.path() + "/moved");
  EXPECT_TRUE(Home::open(doors, moved, charter, archive->custodian));
}

}  // namespace
}  // namespace muniment
