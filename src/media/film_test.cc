#include "media/film.h"

#include <gtest/gtest.h>

#include <string>

namespace muniment::media {
namespace {

std::string number(std::uint64_t value, unsigned count) {
  std::string bytes;
  for (unsigned i = 0; i < count; ++i) bytes += static_cast<char>(value >> 8 * (count - 1 - i));
  return bytes;
}
std::string box(const std::string& type, const std::string& body) { return number(8 + body.size(), 4) + type + body; }
/// In seconds since 1904.
std::string movie_header(std::uint64_t created) {
  return box("mvhd", number(0, 4) + number(created, 4) + std::string(92, '\0'));
}
const std::string kStart = box("ftyp", "isom");
const std::string kMaker = box("udta", box("\xa9mak", "Invented"));
constexpr std::uint64_t kIn2024 = std::uint64_t{2'082'844'800} + 1'706'704'496;

std::optional<FilmFacts> read(const std::string& film, std::size_t piece = 1 << 20) {
  FilmReader reader;
  for (std::size_t at = 0; at < film.size(); at += piece)
    reader.update(as_view(std::string_view(film).substr(at, piece)));
  return reader.finish();
}

TEST(FilmReader, FindsMakerAndTimeAtTheStartAndAtTheEnd) {
  const std::string about = box("moov", movie_header(kIn2024) + box("trak", std::string(5000, 'x')) + kMaker);
  const std::string pictures = box("mdat", std::string(100'000, 'p'));
  for (const std::string& film : {kStart + about + pictures, kStart + pictures + about}) {
    EXPECT_TRUE(is_film(as_view(film)));
    for (const std::size_t piece : {1u, 7u, 4096u, 1u << 20}) {
      const auto facts = read(film, piece);
      ASSERT_TRUE(facts) << piece;
      EXPECT_TRUE(facts->has_maker);
      EXPECT_EQ(facts->created_s, 1'706'704'496);
    }
  }
}

TEST(FilmReader, FindsWhatPhonesWrite) {
  for (const char* key : {"com.apple.quicktime.make", "com.android.manufacturer"}) {
    const std::string film = kStart + box("moov", movie_header(0) + box("meta", box("keys", key)));
    EXPECT_TRUE(read(film)->has_maker) << key;
  }
}

TEST(FilmReader, SaysOfAStrippedOneThatNothingIsThere) {
  const auto facts = read(kStart + box("moov", movie_header(0) + box("udta", "")) + box("mdat", "p"));
  ASSERT_TRUE(facts);
  EXPECT_FALSE(facts->has_maker);
  EXPECT_EQ(facts->created_s, 0);
}

TEST(FilmReader, DoesNotTakeATracksWordsForTheDevices) {
  EXPECT_FALSE(read(kStart + box("moov", movie_header(0) + box("trak", "com.apple.quicktime.make")))->has_maker);
  EXPECT_FALSE(read(kStart + box("moov", movie_header(0)) + box("mdat", "\xa9mak"))->has_maker);
}

TEST(FilmReader, ReadsLongBoxesAndOneWithoutAnEnd) {
  const std::string longer = number(1, 4) + "mdat" + number(16 + 5, 8) + "12345";
  EXPECT_TRUE(read(kStart + longer + box("moov", movie_header(0))));
  EXPECT_TRUE(read(kStart + box("moov", movie_header(0) + kMaker) + number(0, 4) + "mdat" + "ppp") == std::nullopt)
      << "whether it is whole cannot be told";
}

TEST(FilmReader, SaysNothingOfWhatIsBroken) {
  EXPECT_FALSE(read(kStart));
  EXPECT_FALSE(read(kStart + box("moov", movie_header(0)).substr(0, 60))) << "cut off";
  EXPECT_FALSE(read(kStart + box("moov", number(5000, 4) + "mvhd" + std::string(100, '\0'))))
      << "larger than what it is in";
  EXPECT_FALSE(read(kStart + box("moov", number(3, 4) + "mvhd"))) << "smaller than its header";
  EXPECT_FALSE(read(number(1, 4) + "ftyp" + number(UINT64_MAX, 8)));
}

TEST(FilmReader, KeepsLittleOfALargeBox) {
  const std::string film = kStart + box("moov", movie_header(0) + box("udta", std::string(1 << 20, 'x') + "\xa9mak"));
  EXPECT_FALSE(read(film)->has_maker) << "64 KiB are looked at";
}

}  // namespace
}  // namespace muniment::media
