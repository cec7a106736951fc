#include "mirror/mirror_settings.h"

#include <gtest/gtest.h>

#include "testing/expect_code.h"
#include "testing/memory_fs.h"

namespace muniment {
namespace {

MirrorSettings some_settings() {
  return {.archive = sha256(as_view("an archive")),
          .role = "vault",
          .joined = "2026-11-26",
          .bytes_max = 500,
          .bytes_per_month = 1000,
          .access = Access::port,
          .listen = "127.0.0.1:8080",
          .address = "https://oak.example",
          .language = "be",
          .units = "/srv/mirror/units",
          .from = {"http://a.onion", "https://b.example"}};
}

TEST(MirrorSettings, AreReadAsTheyWereWritten) {
  const auto parsed = parse_mirror_settings(render_mirror_settings(some_settings()));
  ASSERT_TRUE(parsed) << parsed.error().sentence();
  EXPECT_EQ(parsed->bytes_max, 500u);
  EXPECT_EQ(parsed->bytes_per_month, 1000u);
  EXPECT_EQ(parsed->access, Access::port);
  EXPECT_EQ(parsed->address, "https://oak.example");
  EXPECT_EQ(parsed->from.size(), 2u);
  MirrorSettings least{.archive = sha256(as_view("an archive")), .joined = "2026-11-26", .from = {"http://a.onion"}};
  const auto all = parse_mirror_settings(render_mirror_settings(least));
  ASSERT_TRUE(all) << all.error().sentence();
  EXPECT_FALSE(all->bytes_max);
  EXPECT_EQ(all->listen, "");
}

TEST(MirrorSettings, WrittenInAnotherWayAreCorrupt) {
  const std::string good = render_mirror_settings(some_settings());
  for (const auto& [what, with] : std::vector<std::pair<std::string, std::string>>{{"settings/v1", "settings/v2"},
                                                                                   {"access port", "access door"},
                                                                                   {"holds 500", "holds 0500"},
                                                                                   {"month 1000", "month -1"},
                                                                                   {"joined 2026", "joined 20x6"},
                                                                                   {"from http", "from ftp"}}) {
    std::string changed = good;
    changed.replace(changed.find(what), what.size(), with);
    EXPECT_CODE(parse_mirror_settings(changed), Code::corrupt) << what;
  }
  EXPECT_CODE(parse_mirror_settings(good.substr(0, good.find("from"))), Code::corrupt);
  EXPECT_CODE(parse_mirror_settings(std::string(kMirrorSettingsBytesMax + 1, 'x')), Code::limit);
}

TEST(MirrorSettings, OfAFolderWithoutAMirrorAreNotFound) {
  MemoryFs fs;
  EXPECT_CODE(read_mirror_settings(fs, {"nowhere"}), Code::not_found);
}

}  // namespace
}  // namespace muniment
