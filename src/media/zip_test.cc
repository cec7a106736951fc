#include "media/zip.h"

#include <gtest/gtest.h>

namespace muniment::media {
namespace {

std::string little(std::uint64_t value, unsigned count) {
  std::string bytes;
  for (unsigned i = 0; i < count; ++i) bytes += static_cast<char>(value >> 8 * i);
  return bytes;
}

/// The list and the end of a ZIP file behind `front` bytes of data.
std::string zip(const std::vector<std::string>& names, std::size_t front = 100, const std::string& comment = "") {
  std::string list;
  for (const std::string& name : names) {
    list += little(0x02014b50, 4) + std::string(24, '\0') + little(name.size(), 2) + little(3, 2) + little(2, 2) +
            std::string(12, '\0') + name + "abc" + "de";
  }
  return std::string(front, 'x') + list + little(0x06054b50, 4) + little(0, 4) + little(names.size(), 2) +
         little(names.size(), 2) + little(list.size(), 4) + little(front, 4) + little(comment.size(), 2) + comment;
}

std::optional<std::vector<std::string>> list(const std::string& file, std::size_t end = kZipEndBytes) {
  const std::string_view text = std::string_view(file).substr(file.size() - std::min(end, file.size()));
  return list_zip(as_view(text), file.size());
}

TEST(ListZip, GivesTheNames) {
  const std::vector<std::string> names = {"a.jpg", "b/c.txt", "\xff"};
  EXPECT_EQ(list(zip(names)), names);
  EXPECT_EQ(list(zip(names, 0)), names);
  EXPECT_EQ(list(zip(names, 100, "a comment")), names);
  EXPECT_EQ(list(zip({})), std::vector<std::string>{});
}

TEST(ListZip, GivesThemFromTheEndOfALargeFile) {
  const std::vector<std::string> names = {"a", "b"};
  EXPECT_EQ(list(zip(names, 1 << 20)), names);
  EXPECT_EQ(list(zip(names), 60), std::nullopt) << "the list does not lie in what is looked at";
}

TEST(ListZip, SaysNothingOfWhatIsBroken) {
  const std::string good = zip({"a", "b"});
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_EQ(list(good.substr(0, size)), std::nullopt) << size;
  std::string many = good;
  many[good.size() - 12] = '\x7f';  // more names than there are
  EXPECT_EQ(list(many), std::nullopt);
  EXPECT_EQ(list(zip(std::vector<std::string>(kZipNamesMax + 1, "a"))), std::nullopt);
}

TEST(ListZip, SurvivesEveryAlteredByte) {
  const std::string good = zip({"a", "b"}, 10);
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char byte : {'\0', '\x01', '\x7f', '\xff'}) {
      std::string altered = good;
      altered[at] = byte;
      const auto names = list(altered);
      EXPECT_TRUE(!names || names->size() <= 2);
    }
  }
}

}  // namespace
}  // namespace muniment::media
