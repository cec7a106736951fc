#include "bag/tar.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "bag/tar_testing.h"
#include "base/encoding.h"

namespace muniment::bag {
namespace {

using namespace std::string_literals;

constexpr std::int64_t kNoon = 1'767'268'800;  // 2026-01-01T12:00:00Z, octal 15125460700

std::string field(ByteView header, std::size_t offset, std::size_t size) {
  return std::string(as_text(header.subspan(offset, size)));
}

Bytes front_of(const TarFile& file) {
  const auto tar = make_tar({file});
  EXPECT_TRUE(tar);
  // Without the data, its padding and the closing blocks.
  const std::size_t data_bytes = (file.data.size() + 511) / 512 * 512;
  return {tar->begin(), tar->end() - static_cast<std::ptrdiff_t>(data_bytes + 1024)};
}

TEST(TarWriter, WritesTheHeaderThatIsWrittenDown) {
  const Bytes header = front_of({"base/a.txt", to_bytes("hello"), kNoon});
  ASSERT_EQ(header.size(), 512u);
  EXPECT_EQ(field(header, 0, 100), "base/a.txt" + std::string(90, '\0'));
  EXPECT_EQ(field(header, 100, 24), "0000644\0"s + "0000000\0"s + "0000000\0"s);
  EXPECT_EQ(field(header, 124, 12), "00000000005\0"s);
  EXPECT_EQ(field(header, 136, 12), "15125460700\0"s);
  EXPECT_EQ(field(header, 148, 8), "011132\0 "s);
  EXPECT_EQ(field(header, 156, 1), "0");
  EXPECT_EQ(field(header, 157, 100), std::string(100, '\0'));
  EXPECT_EQ(field(header, 257, 8), "ustar\0"s + "00");
  EXPECT_EQ(field(header, 265, 64), std::string(64, '\0'));
  EXPECT_EQ(field(header, 329, 16), "0000000\0"s + "0000000\0"s);
  EXPECT_EQ(field(header, 345, 167), std::string(167, '\0'));
}

TEST(TarWriter, WritesTheWholeArchiveThatIsWrittenDown) {
  const auto tar = make_tar({{"a", to_bytes("x"), 0}}, 512);
  ASSERT_TRUE(tar);
  ASSERT_EQ(tar->size(), 512u + 512 + 1024 + 512);
  EXPECT_EQ((*tar)[512], 'x');
  EXPECT_TRUE(all_zero(ByteView(*tar).subspan(513)));
}

TEST(TarWriter, PutsAPaxHeaderOnlyWhereItIsNeeded) {
  EXPECT_EQ(front_of({std::string(100, 'n'), {}, 0}).size(), 512u);
  EXPECT_EQ(front_of({"with space", {}, (std::int64_t{1} << 33) - 1}).size(), 512u);
  EXPECT_EQ(front_of({std::string(101, 'n'), {}, 0}).size(), 1536u);
  EXPECT_EQ(front_of({"\u0439", {}, 0}).size(), 1536u);
  EXPECT_EQ(front_of({"a", {}, -1}).size(), 1536u);
  EXPECT_EQ(front_of({"a", {}, std::int64_t{1} << 33}).size(), 1536u);
}

TEST(TarWriter, WritesThePaxHeaderThatIsWrittenDown) {
  const std::string name = "folder/" + std::string(92, 'n') + "/\u0439";
  const Bytes front = front_of({name, {}, -5});
  ASSERT_EQ(front.size(), 1536u);
  const std::string records = "112 path=" + name + "\n12 mtime=-5\n";
  EXPECT_EQ(field(front, 0, 100), "PaxHeaders/0" + std::string(88, '\0'));
  EXPECT_EQ(field(front, 124, 12), "00000000174\0"s);  // 124 bytes
  EXPECT_EQ(field(front, 136, 12), "00000000000\0"s);
  EXPECT_EQ(field(front, 156, 1), "x");
  EXPECT_EQ(field(front, 512, 512), records + std::string(512 - records.size(), '\0'));
  // The name for readers without pax would end in a slash and be taken for a folder.
  EXPECT_EQ(field(front, 1024, 100), "folder/" + std::string(92, 'n') + "_");
  EXPECT_EQ(field(front, 1024 + 136, 12), "00000000000\0"s);
  EXPECT_EQ(field(front, 1024 + 156, 1), "0");
}

TEST(TarWriter, CountsTheDigitsOfARecordsLength) {
  // Around 10, 100 and 1,000 bytes the digits of the length make the record one digit longer.
  for (std::size_t size = 2; size <= 1000; ++size) {
    std::string name = "\u0439" + std::string(size - 2, 'n');
    for (std::size_t i = 100; i + 1 < size; i += 101) name[i] = '/';
    const Bytes front = front_of({name, {}, 0});
    const std::string records = field(front, 512, front.size() - 1024);
    const std::size_t end = records.find('\n');
    ASSERT_EQ(records.substr(0, records.find(' ')), std::to_string(end + 1)) << size;
  }
}

/// The front of a file of which no data is written.
Result<Bytes> front_of_size(std::uint64_t size_bytes) {
  Bytes front;
  TarWriter writer([&front](ByteView bytes) -> Result<void> {
    append(front, bytes);
    return {};
  });
  TRY(writer.begin_file("big", size_bytes, 0));
  return front;
}

TEST(TarWriter, WritesSizesFrom8GiBTwice) {
  const auto below = front_of_size(0777'7777'7777);
  ASSERT_TRUE(below);
  EXPECT_EQ(below->size(), 512u);
  EXPECT_EQ(field(*below, 124, 12), "77777777777\0"s);
  const auto front = front_of_size(0x2'0000'0001);
  ASSERT_TRUE(front);
  ASSERT_EQ(front->size(), 1536u);
  EXPECT_EQ(field(*front, 512, 19), "19 size=8589934593\n");
  EXPECT_EQ(field(*front, 1024 + 124, 12), "\x80\0\0\0\0\0\0\2\0\0\0\1"s);
}

TEST(TarWriter, GivesTheOffsetOfTheData) {
  TarWriter writer([](ByteView) -> Result<void> { return {}; });
  EXPECT_EQ(writer.begin_file("a", 3, 0).value(), 512u);
  ASSERT_TRUE(writer.write(to_bytes("abc")));
  ASSERT_TRUE(writer.end_file());
  EXPECT_EQ(writer.offset_bytes(), 1024u);
  EXPECT_EQ(writer.finished_size(), 2048u);
  EXPECT_EQ(writer.begin_file("\u0439", 0, 0).value(), 1024u + 1536);
}

TEST(TarWriter, RefusesWhatTheReaderWouldRefuse) {
  const ByteSink nowhere = [](ByteView) -> Result<void> { return {}; };
  for (const char* name : {"", "/a", "a/", "../a", "a%"})
    EXPECT_EQ(TarWriter(nowhere).begin_file(name, 0, 0).error().code(), Code::invalid) << name;
  std::string deep = "d";
  while (deep.size() <= 4096) deep += "/d";
  EXPECT_EQ(TarWriter(nowhere).begin_file(deep, 0, 0).error().code(), Code::limit);
  EXPECT_EQ(TarWriter(nowhere).begin_file("a", std::uint64_t{1} << 63, 0).error().code(), Code::limit);
}

TEST(TarWriter, HoldsTheCallerToTheAnnouncedSize) {
  TarWriter writer([](ByteView) -> Result<void> { return {}; });
  ASSERT_TRUE(writer.begin_file("a", 3, 0));
  EXPECT_EQ(writer.end_file().error().code(), Code::invalid);
  EXPECT_EQ(writer.write(to_bytes("abcd")).error().code(), Code::invalid);
  EXPECT_TRUE(writer.write(to_bytes("abc")));
  EXPECT_TRUE(writer.end_file());
}

TEST(TarWriter, HandsOnTheErrorsOfTheSink) {
  TarWriter writer([](ByteView) -> Result<void> { return Error(Code::io, "disk full"); });
  EXPECT_EQ(writer.begin_file("a", 3, 0).error().code(), Code::io);
}

RC_GTEST_PROP(Tar, ReadsWhatItWroteInPiecesOfAnySize, ()) {
  const auto seconds =
      rc::gen::oneOf(rc::gen::inRange<std::int64_t>(0, 2'000'000'000), rc::gen::arbitrary<std::int64_t>(),
                     rc::gen::element<std::int64_t>(INT64_MIN, INT64_MAX, -1, 1LL << 33));
  const auto name = rc::gen::element("a"s, "b c"s, "\u0439/\u00e9"s, std::string(99, 'n'), std::string(100, 'n'),
                                     std::string(101, 'n'), "d/" + std::string(255, 'm'), "-x"s);
  const auto sizes = rc::gen::element<std::size_t>(0, 1, 511, 512, 513, 1024, 5000);
  const auto count = *rc::gen::inRange(0, 6);
  std::vector<TarFile> files;
  for (int i = 0; i < count; ++i) files.push_back({*name, Bytes(*sizes, static_cast<std::uint8_t>('0' + i)), *seconds});
  const auto zero_blocks = *rc::gen::inRange<std::uint64_t>(0, 4);
  const auto tar = make_tar(files, 512 * zero_blocks);
  RC_ASSERT(tar.has_value());
  RC_ASSERT(tar->size() % 512 == 0);
  const auto read = read_tar(*tar, *rc::gen::inRange<std::size_t>(1, 3000));
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == files);
}

}  // namespace
}  // namespace muniment::bag
