#include "media/jpeg.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace muniment::media {
namespace {

void put(Bytes& bytes, std::uint64_t number, unsigned count, bool little) {
  for (unsigned i = 0; i < count; ++i)
    bytes.push_back(static_cast<std::uint8_t>(number >> 8 * (little ? i : count - 1 - i)));
}

/// A photograph of a camera, without the picture.
Bytes photo(bool little, const std::string& taken = "2024:01:31 12:34:56") {
  Bytes tiff;
  append(tiff, as_view(little ? "II" : "MM"));
  put(tiff, 42, 2, little);
  put(tiff, 8, 4, little);
  const auto field = [&](std::uint64_t tag, std::uint64_t type, std::uint64_t count, std::uint64_t value) {
    put(tiff, tag, 2, little);
    put(tiff, type, 2, little);
    put(tiff, count, 4, little);
    put(tiff, value, 4, little);
  };
  put(tiff, 3, 2, little);
  field(0x010f, 2, 9, 100);
  field(0x8769, 4, 1, 50);
  field(0x8825, 4, 1, 200);
  put(tiff, 0, 4, little);
  tiff.resize(50);
  put(tiff, 1, 2, little);
  field(0x9003, 2, 20, 120);
  tiff.resize(100);
  append(tiff, as_view("Invented"));
  tiff.resize(120);
  append(tiff, as_view(taken));
  tiff.resize(202);
  Bytes bytes = {0xff, 0xd8, 0xff, 0xe1};
  put(bytes, tiff.size() + 8, 2, false);
  append(bytes, as_view(std::string_view("Exif\0\0", 6)));
  append(bytes, tiff);
  append(bytes, as_view("\xff\xda"));
  return bytes;
}

TEST(ReadPhoto, FindsCameraTimeAndPlaceInBothOrders) {
  for (const bool little : {true, false}) {
    const PhotoFacts facts = read_photo(photo(little));
    EXPECT_TRUE(facts.is_jpeg && facts.is_known && facts.has_exif && facts.has_place);
    EXPECT_EQ(facts.maker, "Invented");
    EXPECT_EQ(facts.taken, "2024:01:31 12:34:56");
  }
}

TEST(ReadPhoto, OfAClockThatWasNeverSetGivesNoTime) {
  EXPECT_EQ(read_photo(photo(true, "0000:00:00 00:00:00")).taken, "");
  EXPECT_EQ(read_photo(photo(true, "    :  :     :  :  ")).taken, "");
}

TEST(ReadPhoto, SaysOfAStrippedOneThatNothingIsThere) {
  const Bytes stripped = {0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xda};
  const PhotoFacts facts = read_photo(stripped);
  EXPECT_TRUE(facts.is_jpeg && facts.is_known);
  EXPECT_FALSE(facts.has_exif);
}

TEST(ReadPhoto, OfOneThatGoesOnBehindTheStartIsNotKnown) {
  const Bytes whole = photo(true);
  for (std::size_t size = 2; size < whole.size(); ++size) {
    EXPECT_FALSE(read_photo(ByteView(whole).first(size)).is_known) << size << " bytes do not reach the picture";
  }
}

TEST(ReadPhoto, IsNotOfOtherFiles) {
  EXPECT_FALSE(read_photo(as_view("\x89PNG\r\n\x1a\n")).is_jpeg);
  EXPECT_FALSE(read_photo({}).is_jpeg);
}

/// Any byte of it may be anything.
TEST(ReadPhoto, SurvivesEveryAlteredByte) {
  const Bytes whole = photo(false);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int byte : {0, 1, 0x7f, 0x80, 0xff}) {
      Bytes altered = whole;
      altered[at] = static_cast<std::uint8_t>(byte);
      EXPECT_LE(read_photo(altered).maker.size(), 64u);
    }
  }
}

TEST(ReadPhoto, ReadsWhatACameraWrote) {
  const char* shared = std::getenv("MUNIMENT_SHARED");
  if (shared == nullptr) GTEST_SKIP() << "there are no photographs here";
  std::ifstream file(std::string(shared) + "/corpus/photos/nikon-20221019-building.jpeg", std::ios::binary);
  if (!file) GTEST_SKIP() << "there are no photographs here";
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const PhotoFacts facts = read_photo(as_view(text));
  EXPECT_TRUE(facts.is_known);
  EXPECT_TRUE(facts.maker.starts_with("NIKON")) << facts.maker;
  EXPECT_TRUE(facts.taken.starts_with("202")) << facts.taken;
}

}  // namespace
}  // namespace muniment::media
