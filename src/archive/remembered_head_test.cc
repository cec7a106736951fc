#include "archive/remembered_head.h"

#include <gtest/gtest.h>

#include "note/note.h"
#include "store/folder_store.h"
#include "testing/expect_code.h"
#include "testing/memory_fs.h"
#include "tlog/checkpoint.h"

namespace muniment {
namespace {

Bytes head_of(std::uint64_t size, std::uint8_t root) {
  tlog::Checkpoint checkpoint{.origin = "muniment.example/log", .head = {}};
  checkpoint.head.size = size;
  checkpoint.head.root.bytes.fill(root);
  Secret<32> seed;
  std::ranges::fill(seed.expose_mut(), std::uint8_t{7});
  const SignerKey key("muniment.example/log", std::move(seed));
  const SignerKey* const signers[] = {&key};
  const std::string note = sign_note(tlog::render_checkpoint(checkpoint), signers);
  return {note.begin(), note.end()};
}

class RememberedHeadTest : public ::testing::Test {
 protected:
  void service_shows(const Bytes& head) { fs.seed("service/head", head); }
  Result<std::optional<Bytes>> read() {
    FolderHead inner(fs, "service/head");
    return RememberedHead(inner, fs, "own/home/last-head").read();
  }
  MemoryFs fs;
};

TEST_F(RememberedHeadTest, FollowsAHeadThatGrows) {
  EXPECT_EQ(*read(), std::nullopt) << "a home that is being founded";
  for (const std::uint64_t size : {std::uint64_t{3}, std::uint64_t{3}, std::uint64_t{5}, std::uint64_t{9}}) {
    service_shows(head_of(size, 1));
    EXPECT_EQ(*read(), head_of(size, 1));
  }
}

TEST_F(RememberedHeadTest, RefusesOneThatWasPutBackAltersOrIsGone) {
  service_shows(head_of(5, 1));
  ASSERT_TRUE(read());
  service_shows(head_of(4, 1));
  const auto older = read();
  EXPECT_CODE(older, Code::forged);
  EXPECT_NE(older.error().sentence().find("it shows 4 entries, and this machine has seen it with 5"),
            std::string::npos);
  service_shows(head_of(5, 2));
  EXPECT_CODE(read(), Code::forged);
  ASSERT_TRUE(fs.remove("service/head"));
  EXPECT_CODE(read(), Code::forged);
  service_shows(head_of(5, 1));
  EXPECT_TRUE(read()) << "the true one goes on";
}

TEST_F(RememberedHeadTest, RemembersWhatItSwapsItself) {
  FolderHead inner(fs, "service/head");
  RememberedHead head(inner, fs, "own/home/last-head");
  ASSERT_TRUE(head.compare_and_swap(std::nullopt, head_of(2, 1)));
  ASSERT_TRUE(head.compare_and_swap(head_of(2, 1), head_of(3, 1)));
  EXPECT_CODE(head.compare_and_swap(head_of(2, 1), head_of(4, 1)), Code::conflict);
  service_shows(head_of(2, 1));
  EXPECT_CODE(read(), Code::forged);
}

TEST_F(RememberedHeadTest, SurvivesAPowerCutAtEveryOperation) {
  service_shows(head_of(5, 1));
  ASSERT_TRUE(read());
  service_shows(head_of(9, 1));
  MemoryFs whole = fs;
  {
    FolderHead inner(whole, "service/head");
    ASSERT_TRUE(RememberedHead(inner, whole, "own/home/last-head").read());
  }
  for (std::uint64_t n = fs.operations() + 1; n <= whole.operations(); ++n) {
    for (const Unsynced unsynced : kEveryUnsynced) {
      MemoryFs disk = fs;
      disk.cut_power_at(n);
      FolderHead inner(disk, "service/head");
      static_cast<void>(RememberedHead(inner, disk, "own/home/last-head").read().has_value());
      disk.reboot(unsynced);
      FolderHead again(disk, "service/head");
      EXPECT_TRUE(RememberedHead(again, disk, "own/home/last-head").read()) << n;
      disk.seed("service/head", head_of(4, 1));
      FolderHead back(disk, "service/head");
      EXPECT_CODE(RememberedHead(back, disk, "own/home/last-head").read(), Code::forged) << n;
    }
  }
}

TEST_F(RememberedHeadTest, AMemoryThatIsDamagedIsNamed) {
  service_shows(head_of(5, 1));
  fs.seed("own/home/last-head", as_view("nonsense"));
  const auto refused = read();
  EXPECT_CODE(refused, Code::corrupt);
  EXPECT_NE(refused.error().sentence().find("own/home/last-head"), std::string::npos);
}

}  // namespace
}  // namespace muniment
