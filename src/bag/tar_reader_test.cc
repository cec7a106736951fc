// What TarReader refuses: archives that TarWriter would not write, made by hand.
#include <gtest/gtest.h>

#include <functional>

#include "bag/tar.h"
#include "bag/tar_testing.h"
#include "base/encoding.h"

namespace muniment::bag {
namespace {

using namespace std::string_literals;

void put(Bytes& block, std::size_t offset, std::string_view text) {
  std::copy(text.begin(), text.end(), block.begin() + static_cast<std::ptrdiff_t>(offset));
}

void fix_checksum(Bytes& block) {
  put(block, 148, "        ");
  unsigned sum = 0;
  for (const std::uint8_t byte : block) sum += byte;
  char text[8];
  std::snprintf(text, sizeof text, "%06o", sum);
  put(block, 148, std::string_view(text, 7));
}

/// A ustar header as POSIX describes it, of this room's profile unless `change` makes it another thing.
Bytes header(std::string_view name, std::size_t size_bytes, char type = '0',
             const std::function<void(Bytes&)>& change = nullptr) {
  Bytes block(512);
  put(block, 0, name);
  put(block, 100, "0000644\0"s + "0000000\0"s + "0000000\0"s);
  char size[16];
  std::snprintf(size, sizeof size, "%011zo", size_bytes);
  put(block, 124, size);
  put(block, 136, "00000000000");
  block[156] = static_cast<std::uint8_t>(type);
  put(block, 257, "ustar\0"s + "00");
  put(block, 329, "0000000\0"s + "0000000\0"s);
  if (change) change(block);
  fix_checksum(block);
  return block;
}

Bytes padded(std::string_view text) {
  Bytes data = to_bytes(text);
  data.resize((data.size() + 511) / 512 * 512);
  return data;
}

Bytes joined(const std::vector<Bytes>& pieces) {
  Bytes all;
  for (const Bytes& piece : pieces) append(all, piece);
  return all;
}

/// A record with its right length: "12 path=abc\n" of "path=abc".
std::string record(const std::string& text) {
  for (std::size_t length = text.size();; ++length) {
    std::string whole = std::to_string(length) + " " + text + "\n";
    if (whole.size() == length) return whole;
  }
}

Bytes pax(std::string_view records) { return joined({header("PaxHeaders/0", records.size(), 'x'), padded(records)}); }

const Bytes kEnd(1024);

/// Expects `corrupt` for the reason whose words are given: refused for another reason hides a hole.
void expect_corrupt_tar(const Bytes& tar, std::string_view reason) {
  for (const std::size_t piece_bytes : {tar.size(), std::size_t{100}}) {
    const auto read = read_tar(tar, piece_bytes);
    ASSERT_FALSE(read) << "accepted; expected: " << reason;
    EXPECT_EQ(read.error().code(), Code::corrupt);
    EXPECT_NE(read.error().sentence().find(reason), std::string::npos) << read.error().sentence();
  }
}

TEST(TarReader, TakesTheHandMadeProfile) {
  const auto read =
      read_tar(joined({header("a", 5), padded("hello"), pax(record("path=\u0439-b")), header("__-b", 0), kEnd}), 99);
  ASSERT_TRUE(read) << read.error().sentence();
  EXPECT_EQ(*read, (std::vector<TarFile>{{"a", to_bytes("hello"), 0}, {"\u0439-b", {}, 0}}));
}

TEST(TarReader, TakesAnEmptyArchive) {
  EXPECT_TRUE(read_tar(kEnd, 7));
  EXPECT_TRUE(read_tar(Bytes(64 * 1024), 1000));
}

TEST(TarReader, RefusesPathsThatAreNotPlain) {
  for (const char* name :
       {"../a", "a/../b", "..", ".", "/a", "/", "a/", "./a", "a//b", "a\\b", "a%", "a\nb", "\xff", ""})
    expect_corrupt_tar(joined({header(name, 0), kEnd}), "path that is not plain");
  expect_corrupt_tar(joined({pax(record("path=../../a")), header("../../a", 0), kEnd}), "path that is not plain");
  expect_corrupt_tar(joined({pax(record("path=a\0b"s)), header("a", 0), kEnd}), "path that is not plain");
}

TEST(TarReader, RefusesEverythingButFiles) {
  // Links, devices, folders, FIFO, GNU's long names, sparse files and volumes, global pax headers, the type of old
  // tars.
  for (const char type : "1234567DKLMNSVXg\0"s)
    expect_corrupt_tar(joined({header("a", 0, type), kEnd}), "something other than a file");
}

TEST(TarReader, RefusesSparseFiles) {
  expect_corrupt_tar(joined({pax(record("GNU.sparse.major=1")), header("a", 0), kEnd}), "unknown record");
  expect_corrupt_tar(joined({pax(record("GNU.sparse.realsize=99")), header("a", 0), kEnd}), "unknown record");
}

TEST(TarReader, RefusesWrongChecksums) {
  for (const std::size_t offset : {0u, 100u, 130u, 156u, 511u}) {
    Bytes block = header("a", 0);
    block[offset] ^= 1;
    expect_corrupt_tar(joined({block, kEnd}), "checksum");
  }
  Bytes block = header("a", 0);
  put(block, 148, "zzzzzz");
  expect_corrupt_tar(joined({block, kEnd}), "checksum");
}

TEST(TarReader, RefusesHeadersOfAnotherForm) {
  const std::pair<std::size_t, std::string> changes[] = {
      {100, "0004755"}, {108, "0001750"}, {116, "0001750"},     {157, "target"},     {257, "ustar  \0"s},
      {263, "01"},      {265, "root"},    {297, "root"},        {329, "0000001"},    {345, "prefix"},
      {500, "x"},       {50, "hidden"},   {124, " 0000000000"}, {136, " 0000000000"}};
  for (const auto& [offset, text] : changes) {
    const Bytes block = header("a", 0, '0', [&, at = offset, with = text](Bytes& bytes) { put(bytes, at, with); });
    const auto read = read_tar(joined({block, kEnd}), 512);
    ASSERT_FALSE(read) << offset;
    EXPECT_EQ(read.error().code(), Code::corrupt);
  }
}

TEST(TarReader, RefusesOddSizes) {
  const auto with_size = [](const std::string& size) {
    return header("a", 0, '0', [&](Bytes& block) { put(block, 124, size); });
  };
  const std::string negative = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe";
  expect_corrupt_tar(joined({with_size(negative), kEnd}), "size that is not a number");
  expect_corrupt_tar(joined({with_size("0000000000x"), kEnd}), "size that is not a number");
  expect_corrupt_tar(joined({with_size("-0000000001"), kEnd}), "size that is not a number");
  // Base 256 where octal would do, with bits beyond 64, and beyond what an offset can hold.
  expect_corrupt_tar(joined({with_size("\x80\0\0\0\0\0\0\0\0\0\0\0"s), kEnd}), "unusual tar header");
  expect_corrupt_tar(joined({with_size("\x80\0\0\1\0\0\0\0\0\0\0\0"s), kEnd}), "unusual tar header");
  expect_corrupt_tar(joined({with_size("\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"s), kEnd}), "impossible size");
}

TEST(TarReader, RefusesFilesBeyondTheEnd) {
  expect_corrupt_tar(joined({header("a", 2000), padded("only one block")}), "cut off");
  // The closing blocks are the file's data then.
  expect_corrupt_tar(joined({header("a", 2000), padded("only one block"), kEnd}), "cut off");
}

TEST(TarReader, RefusesPaxRecordsOfTheWrongLength) {
  for (const std::string& records :
       {"10 path=ab\n"s, "12 path=ab\n"s, "999 path=ab\n"s, "0 path=ab\n"s, "3 path=ab\n"s, "x path=ab\n"s,
        "-11 path=ab\n"s, "11path=ab\n"s, "99999999999999999999999 path=ab\n"s, "10 path=ab"s, "2 "s, "12"s,
        "11 path=ab\n\0"s})
    expect_corrupt_tar(joined({pax(records), header("ab", 0), kEnd}), "record of the wrong length");
}

TEST(TarReader, RefusesPaxRecordsOfAnotherForm) {
  const std::string needed = record("path=\u0439-b");
  // Not needed, twice, with a leading zero, in another order, without a value.
  for (const std::string& records :
       {record("path=a"), needed + needed, "0" + std::to_string(needed.size() + 1) + needed.substr(2),
        record("mtime=-1") + needed, needed + record("size=0"), needed + record("mtime=0")}) {
    const auto read = read_tar(joined({pax(records), header("__-b", 0), kEnd}), 512);
    ASSERT_FALSE(read) << records;
    EXPECT_EQ(read.error().code(), Code::corrupt);
  }
  expect_corrupt_tar(joined({pax(record("path=")), header("", 0), kEnd}), "path that is not plain");
  expect_corrupt_tar(joined({pax(record("path")), header("", 0), kEnd}), "path that is not plain");
  expect_corrupt_tar(joined({pax(record("mtime=1.5")), header("a", 0), kEnd}), "not a whole number");
  expect_corrupt_tar(joined({pax(record("size=-1")), header("a", 0), kEnd}), "size that is not a number");
  expect_corrupt_tar(joined({pax(record("size=99999999999999999999")), header("a", 0), kEnd}),
                     "size that is not a number");
}

TEST(TarReader, RefusesHiddenBytesBehindPaxRecords) {
  Bytes front = pax(record("path=\u0439-b"));
  front.back() = 1;
  expect_corrupt_tar(joined({front, header("__-b", 0), kEnd}), "unusual tar header");
}

TEST(TarReader, RefusesPaxHeadersWithoutAFile) {
  expect_corrupt_tar(joined({pax(record("mtime=-1")), kEnd}), "without a file");
  expect_corrupt_tar(joined({pax(record("mtime=-1")), pax(record("mtime=-1")), header("a", 0), kEnd}),
                     "two pax headers");
  expect_corrupt_tar(joined({header("PaxHeaders/0", 0, 'x'), header("a", 0), kEnd}), "a pax header is empty");
  expect_corrupt_tar(pax(record("mtime=-1")), "cut off");
}

TEST(TarReader, RefusesBytesBehindTheEnd) {
  Bytes tar = joined({header("a", 0), kEnd, Bytes(2048)});
  EXPECT_TRUE(read_tar(tar, 512));
  tar.back() = 1;
  expect_corrupt_tar(tar, "follow the end");
  // A lone zero block and then another file.
  expect_corrupt_tar(joined({header("a", 0), Bytes(512), header("b", 0), kEnd}), "follow the end");
}

TEST(TarReader, RefusesBytesInThePaddingOfAFile) {
  Bytes data = padded("hello");
  data[5] = 1;
  expect_corrupt_tar(joined({header("a", 5), data, kEnd}), "padding of a file");
  data[5] = 0;
  data[511] = 1;
  expect_corrupt_tar(joined({header("a", 5), data, kEnd}), "padding of a file");
}

TEST(TarReader, RefusesArchivesCutAtAnyByte) {
  const Bytes tar =
      joined({header("a", 5), padded("hello"), pax(record("path=\u0439-b")), header("__-b", 0), kEnd, kEnd});
  const std::size_t whole = tar.size() - kEnd.size();
  ASSERT_TRUE(read_tar(tar, tar.size()));
  for (std::size_t size = 0; size < tar.size(); ++size) {
    const auto read = read_tar(ByteView(tar).first(size), 4096);
    // Of zeros behind the end only whole blocks can be missing without a trace; the deposit's parts fix the size.
    if (size >= whole && size % 512 == 0) {
      EXPECT_TRUE(read) << size;
      continue;
    }
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().code(), Code::corrupt);
  }
}

TEST(TarReader, ReadsTheSameInPiecesOfEverySize) {
  const std::vector<TarFile> files = {{"base/" + std::string(150, 'n'), Bytes(700, 'x'), -7},
                                      {"base/empty", {}, 0},
                                      {"base/block", Bytes(512, 'y'), 1}};
  const auto tar = make_tar(files, 1024);
  ASSERT_TRUE(tar);
  for (std::size_t piece_bytes = 1; piece_bytes <= 600; ++piece_bytes) {
    const auto read = read_tar(*tar, piece_bytes);
    ASSERT_TRUE(read) << piece_bytes << ": " << read.error().sentence();
    EXPECT_EQ(*read, files) << piece_bytes;
  }
}

TEST(TarReader, GivesTheOffsetOfTheData) {
  const auto tar = make_tar({{"a", to_bytes("one"), 0}, {"\u0439", to_bytes("two"), 0}});
  ASSERT_TRUE(tar);
  TarCollector collector;
  TarReader reader(collector);
  ASSERT_TRUE(reader.write(*tar));
  ASSERT_TRUE(reader.finish());
  EXPECT_EQ(reader.offset_bytes(), tar->size());
  ASSERT_EQ(collector.offsets.size(), 2u);
  EXPECT_EQ(as_text(ByteView(*tar).subspan(collector.offsets[0], 3)), "one");
  EXPECT_EQ(as_text(ByteView(*tar).subspan(collector.offsets[1], 3)), "two");
}

TEST(TarReader, HandsWholeViewsOfDataThrough) {
  class LargestPiece final : public TarHandler {
   public:
    Result<void> begin_file(const TarEntry&) override { return {}; }
    Result<void> data(ByteView bytes) override {
      largest = std::max(largest, bytes.size());
      return {};
    }
    Result<void> end_file() override { return {}; }
    std::size_t largest = 0;
  } handler;
  const auto tar = make_tar({{"a", Bytes(100'000, 'x'), 0}});
  ASSERT_TRUE(tar);
  TarReader reader(handler);
  ASSERT_TRUE(reader.write(*tar));
  EXPECT_EQ(handler.largest, 100'000u);
}

TEST(TarReader, KeepsToItsLimits) {
  std::string deep = "d";
  while (deep.size() < 200) deep += "/d";
  const auto tar = make_tar({{deep, {}, 0}});
  ASSERT_TRUE(tar);
  EXPECT_TRUE(read_tar(*tar, 512, {.path_bytes_max = deep.size(), .pax_bytes_max = 1024}));
  EXPECT_EQ(read_tar(*tar, 512, {.path_bytes_max = deep.size() - 1, .pax_bytes_max = 1024}).error().code(),
            Code::limit);
  EXPECT_EQ(read_tar(*tar, 512, {.path_bytes_max = 4096, .pax_bytes_max = 100}).error().code(), Code::limit);
  // Refused from the header alone, before any of it is held in memory.
  EXPECT_EQ(read_tar(header("PaxHeaders/0", 0777'7777'7777, 'x'), 512).error().code(), Code::limit);
}

TEST(TarReader, StopsWhereTheHandlerDoes) {
  class Refuser final : public TarHandler {
   public:
    explicit Refuser(int at) : at_(at) {}
    Result<void> begin_file(const TarEntry&) override { return answer(0); }
    Result<void> data(ByteView) override { return answer(1); }
    Result<void> end_file() override { return answer(2); }

   private:
    Result<void> answer(int call) const {
      if (call == at_) return Error(Code::denied, "no");
      return {};
    }
    int at_;
  };
  const auto tar = make_tar({{"a", to_bytes("x"), 0}});
  ASSERT_TRUE(tar);
  for (const int at : {0, 1, 2}) {
    Refuser handler(at);
    TarReader reader(handler);
    EXPECT_EQ(reader.write(*tar).error().code(), Code::denied);
  }
}

}  // namespace
}  // namespace muniment::bag
